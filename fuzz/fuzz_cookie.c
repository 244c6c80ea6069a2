/* Headers of browsers and proxies: what is found in a Cookie header lies in it and nowhere else, what a proxy tells is an address or
   nothing, a device gets a few words of ours and an address is cut. */
#include "../src/domain/session.h"
#include "../src/http/cookie.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const k_names[] = {"rebound", "__Host-rebound", "rebound-known", ""};
    char *text = malloc(size + 1);
    if (text == NULL) abort();
    if (size > 0) memcpy(text, data, size);
    text[size] = '\0';
    char value[REB_SECRET_TEXT];
    for (size_t i = 0; i < sizeof k_names / sizeof k_names[0]; i++) {
        bool found = reb_cookie_find(value, sizeof value, text, k_names[i]);
        if (!found && value[0] != '\0') abort();
        if (found && (strlen(value) >= sizeof value || strstr(text, value) == NULL || strchr(value, ';') != NULL)) abort();
        if (found && reb_secret_well_formed(value) &&
            strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != 43)
            abort();
    }
    char address[46];
    char cut[REB_ADDRESS_TEXT];
    struct in6_addr any;
    bool told = reb_forwarded_last(address, sizeof address, text);
    if (told != (address[0] != '\0')) abort();
    if (told && inet_pton(AF_INET, address, &any) != 1 && inet_pton(AF_INET6, address, &any) != 1) abort();
    reb_address_cut(cut, text);
    if (cut[0] != '\0' && strchr(cut, '/') == NULL) abort();
    reb_address_cut(cut, address);
    if (told && cut[0] == '\0') abort();
    char device[REB_SESSION_DEVICE];
    reb_device_words(device, text);
    if (device[0] == '\0' || strspn(device, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz ") != strlen(device)) abort();
    free(text);
    return 0;
}
