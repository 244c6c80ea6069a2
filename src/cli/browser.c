/* Opens an address in the person's browser, where there is a desktop. */
#include "cli.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static bool has_desktop(void) {
    const char *x11 = getenv("DISPLAY");
    const char *wayland = getenv("WAYLAND_DISPLAY");
    return (x11 != NULL && *x11 != '\0') || (wayland != NULL && *wayland != '\0');
}

bool reb_cli_browse(const char *url) {
    if (!has_desktop()) return false;
    posix_spawnattr_t how;
    posix_spawn_file_actions_t files;
    sigset_t none;
    sigset_t usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    posix_spawnattr_init(&how);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF); /* a server has blocked its signals */
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setsigdefault(&how, &usual);
    for (int fd = 0; fd < 3; fd++) posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
    char command[] = "xdg-open";
    char *address = strdup(url);
    char *argv[] = {command, address, NULL};
    pid_t pid;
    bool opened = address != NULL && posix_spawnp(&pid, command, &files, &how, argv, environ) == 0;
    free(address);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&how);
    return opened;
}
