#include "consent.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const k_purposes[] = {"marketing", "service", "feedback", "any", NULL};
static const char *const k_channels[] = {"email", "phone", "sms", "whatsapp", "post", "any", NULL};
static const char *const k_contact[] = {"phone", "email", "sms", "whatsapp", "chat", "visit", "post", NULL};

static const char *known_word(const char *const *words, const char *word) {
    for (size_t i = 0; word != NULL && words[i] != NULL; i++)
        if (strcasecmp(words[i], word) == 0) return words[i];
    return NULL;
}

static reb_status unknown_word(const char *what, const char *const *words, reb_err *err) {
    char list[160] = "";
    size_t used = 0;
    for (size_t i = 0; words[i] != NULL; i++) {
        int n = snprintf(list + used, sizeof list - used, "%s%s", i == 0 ? "" : words[i + 1] == NULL ? " or " : ", ", words[i]);
        if (n > 0 && (size_t)n < sizeof list - used) used += (size_t)n;
    }
    return reb_fail(err, REB_E_USAGE, "%s must be %s.", what, list);
}

reb_status reb_consent_fact(char out[REB_CONSENT_TEXT], const char *purpose, const char *channel, reb_err *err) {
    const char *p = purpose != NULL && strcasecmp(purpose, "all") == 0 ? "any" : known_word(k_purposes, purpose);
    const char *c = channel != NULL && strcasecmp(channel, "all") == 0 ? "any" : known_word(k_channels, channel);
    if (p == NULL) return unknown_word("The purpose of consent", k_purposes, err);
    if (c == NULL) return unknown_word("The channel of consent", k_channels, err);
    snprintf(out, REB_CONSENT_TEXT, "consent:%s:%s", p, c);
    return REB_OK;
}

bool reb_consent_parts(char purpose[REB_CONSENT_TEXT], char channel[REB_CONSENT_TEXT], const char *fact) {
    static const char prefix[] = "consent:";
    if (strncmp(fact, prefix, sizeof prefix - 1) != 0) return false;
    fact += sizeof prefix - 1;
    const char *colon = strchr(fact, ':');
    size_t n = colon != NULL ? (size_t)(colon - fact) : strlen(fact);
    if (n >= REB_CONSENT_TEXT) return false;
    memcpy(purpose, fact, n);
    purpose[n] = '\0';
    snprintf(channel, REB_CONSENT_TEXT, "%s", colon != NULL ? colon + 1 : "any");
    return true;
}

reb_status reb_contact_channel(char out[REB_CONSENT_TEXT], const char *channel, reb_err *err) {
    const char *word = known_word(k_contact, channel);
    if (word == NULL) return unknown_word("The channel of a contact", k_contact, err);
    snprintf(out, REB_CONSENT_TEXT, "%s", word);
    return REB_OK;
}
