#include "cookie.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

bool reb_cookie_find(char *out, size_t size, const char *header, const char *name) {
    size_t name_len = strlen(name);
    bool found = false;
    out[0] = '\0';
    for (const char *p = header; p != NULL && *p != '\0';) {
        p += strspn(p, " \t;");
        size_t len = strcspn(p, ";");
        if (len > name_len && p[name_len] == '=' && memcmp(p, name, name_len) == 0) {
            const char *value = p + name_len + 1;
            size_t n = len - name_len - 1;
            while (n > 0 && (value[n - 1] == ' ' || value[n - 1] == '\t')) n--;
            if (found || n >= size) {
                out[0] = '\0';
                return false;
            }
            memcpy(out, value, n);
            out[n] = '\0';
            found = true;
        }
        p += len;
    }
    return found;
}

bool reb_forwarded_last(char *out, size_t size, const char *header) {
    struct in6_addr any;
    out[0] = '\0';
    if (header == NULL) return false;
    const char *comma = strrchr(header, ',');
    const char *p = comma != NULL ? comma + 1 : header;
    p += strspn(p, " \t[");
    size_t n = strcspn(p, " \t]");
    if (n == 0 || n >= size) return false;
    memcpy(out, p, n);
    out[n] = '\0';
    if (inet_pton(AF_INET, out, &any) == 1 || inet_pton(AF_INET6, out, &any) == 1) return true;
    out[0] = '\0';
    return false;
}
