#include "vault.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY = crypto_aead_xchacha20poly1305_ietf_KEYBYTES, NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, TAG = 16 };
static const char k_sealed[] = "s1:"; /* nonce and ciphertext, base64 */
static const char k_plain[] = "p1:";  /* the bytes themselves, base64 */

/* Where the key lies; empty: nowhere. */
static reb_status key_path(char out[1200], const reb_store *s, reb_err *err) {
    const char *named = getenv("REBOUND_KEY_FILE");
    const char *db = reb_store_location(s);
    int n = 0;
    out[0] = '\0';
    if (named != NULL && named[0] != '\0') {
        n = snprintf(out, 1200, "%s", named);
    } else if (reb_store_engine(s) == REB_ENGINE_SQLITE && db[0] != '\0' && db[0] != ':') {
        n = snprintf(out, 1200, "%s-key", db);
    }
    return n < 1200 ? REB_OK : reb_fail(err, REB_E_IO, "The name of the key's file is too long.");
}

static reb_status read_key(unsigned char key[KEY], bool *there, const char *path, reb_err *err) {
    *there = false;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 && errno == ENOENT) return REB_OK;
    if (fd < 0) return reb_fail(err, REB_E_IO, "The key's file %s cannot be read: %s.", path, strerror(errno));
    unsigned char bytes[KEY + 1];
    ssize_t n = read(fd, bytes, sizeof bytes);
    close(fd);
    if (n != KEY) {
        reb_fail(err, REB_E_INPUT, "%s holds no key: a key is exactly %d bytes.", path, (int)KEY);
        reb_err_next(err, "Put back the file that was made with this database, or remove it and set second factors up anew.");
        return REB_E_INPUT;
    }
    memcpy(key, bytes, KEY);
    sodium_memzero(bytes, sizeof bytes);
    *there = true;
    return REB_OK;
}

/* A whole file or none, and never over one that is there: written under a name of its own, then linked. */
static reb_status make_key(const char *path, reb_err *err) {
    char draft[1240];
    unsigned char key[KEY];
    unsigned char salt[8];
    char hex[17];
    randombytes_buf(salt, sizeof salt);
    sodium_bin2hex(hex, sizeof hex, salt, sizeof salt);
    snprintf(draft, sizeof draft, "%s.%s", path, hex);
    int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return reb_fail(err, REB_E_IO, "The key's file %s cannot be made: %s.", path, strerror(errno));
    randombytes_buf(key, sizeof key);
    bool ok = write(fd, key, sizeof key) == (ssize_t)sizeof key && fsync(fd) == 0;
    sodium_memzero(key, sizeof key);
    ok = close(fd) == 0 && ok;
    ok = ok && (link(draft, path) == 0 || errno == EEXIST); /* another process may have been first: then its key counts */
    int why = errno;
    unlink(draft);
    return ok ? REB_OK : reb_fail(err, REB_E_IO, "The key's file %s cannot be made: %s.", path, strerror(why));
}

static reb_status get_key(unsigned char key[KEY], bool *there, reb_store *s, bool make, reb_err *err) {
    char path[1200];
    *there = false;
    if (sodium_init() < 0) return reb_fail(err, REB_E_INTERNAL, "libsodium cannot start.");
    reb_status st = key_path(path, s, err);
    if (st != REB_OK || path[0] == '\0') return st;
    st = read_key(key, there, path, err);
    if (st != REB_OK || *there || !make) return st;
    st = make_key(path, err);
    return st == REB_OK ? read_key(key, there, path, err) : st;
}

reb_status reb_vault_seal(char out[REB_VAULT_TEXT], reb_store *s, const char *label, const unsigned char *bytes, size_t n, reb_err *err) {
    unsigned char key[KEY];
    unsigned char box[NONCE + REB_VAULT_PLAIN + TAG];
    bool there = false;
    if (n == 0 || n > REB_VAULT_PLAIN) return reb_fail(err, REB_E_INTERNAL, "A secret of %zu bytes cannot be sealed.", n);
    reb_status st = get_key(key, &there, s, true, err);
    if (st != REB_OK) return st;
    memcpy(out, there ? k_sealed : k_plain, sizeof k_plain);
    size_t at = sizeof k_plain - 1;
    if (there) {
        unsigned long long len = 0;
        randombytes_buf(box, NONCE);
        crypto_aead_xchacha20poly1305_ietf_encrypt(box + NONCE, &len, bytes, n, (const unsigned char *)label, strlen(label), NULL, box,
                                                   key);
        sodium_bin2base64(out + at, REB_VAULT_TEXT - at, box, NONCE + (size_t)len, sodium_base64_VARIANT_ORIGINAL);
    } else {
        sodium_bin2base64(out + at, REB_VAULT_TEXT - at, bytes, n, sodium_base64_VARIANT_ORIGINAL);
    }
    sodium_memzero(key, sizeof key);
    return REB_OK;
}

static reb_status cannot_open(reb_err *err) {
    reb_fail(err, REB_E_STORE, "A stored secret cannot be opened with the key that is here.");
    reb_err_next(err, "Put back the key's file of this database (see the manual: second factor), or let an owner turn the factor off.");
    return REB_E_STORE;
}

reb_status reb_vault_open(unsigned char *bytes, size_t n, reb_store *s, const char *label, const char *sealed, reb_err *err) {
    unsigned char key[KEY];
    unsigned char box[NONCE + REB_VAULT_PLAIN + TAG];
    unsigned char plain[REB_VAULT_PLAIN];
    size_t len = 0;
    bool there = false;
    const char *end = NULL;
    bool is_sealed = strncmp(sealed, k_sealed, sizeof k_sealed - 1) == 0;
    if (n == 0 || n > REB_VAULT_PLAIN) return reb_fail(err, REB_E_INTERNAL, "A secret of %zu bytes cannot be opened.", n);
    if (!is_sealed && strncmp(sealed, k_plain, sizeof k_plain - 1) != 0) return cannot_open(err);
    const char *text = sealed + sizeof k_plain - 1;
    if (sodium_base642bin(box, sizeof box, text, strlen(text), NULL, &len, &end, sodium_base64_VARIANT_ORIGINAL) != 0 || *end != '\0')
        return cannot_open(err);
    if (!is_sealed) {
        if (len != n) return cannot_open(err);
        memcpy(bytes, box, n);
        return REB_OK;
    }
    reb_status st = get_key(key, &there, s, false, err);
    if (st != REB_OK) return st;
    unsigned long long got = 0;
    bool ok = there && len == NONCE + n + TAG &&
              crypto_aead_xchacha20poly1305_ietf_decrypt(plain, &got, NULL, box + NONCE, len - NONCE, (const unsigned char *)label,
                                                         strlen(label), box, key) == 0 &&
              got == n;
    if (ok) memcpy(bytes, plain, n);
    sodium_memzero(plain, sizeof plain);
    sodium_memzero(key, sizeof key);
    return ok ? REB_OK : cannot_open(err);
}
