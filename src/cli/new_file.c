#include "new_file.h"

#include "../base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

reb_status reb_cli_new_file(const char *path, reb_file_writer write_it, void *ctx, reb_err *err) {
    reb_buf part = {0};
    reb_buf_printf(&part, "%s.part-%ld", path, (long)getpid());
    if (part.failed) {
        reb_buf_free(&part);
        return reb_fail(err, REB_E_MEMORY, "No memory left.");
    }
    const char *name = reb_buf_cstr(&part);
    int fd = open(name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    reb_status st = fd < 0 ? reb_fail(err, REB_E_IO, "%s cannot be written: %s.", path, strerror(errno)) : REB_OK;
    if (st == REB_OK) st = write_it(fd, ctx, err);
    if (fd >= 0 && close(fd) != 0 && st == REB_OK) st = reb_fail(err, REB_E_IO, "%s cannot be written: %s.", path, strerror(errno));
    if (st == REB_OK && rename(name, path) != 0) st = reb_fail(err, REB_E_IO, "%s cannot be written: %s.", path, strerror(errno));
    if (st != REB_OK && fd >= 0) unlink(name);
    reb_buf_free(&part);
    return st;
}
