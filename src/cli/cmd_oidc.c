/* rebound oidc: the provider by which people may sign in. */
#include "cli.h"

#include "../app/oidc.h"
#include "../domain/person.h"
#include "table.h"

#include <sodium.h>
#include <string.h>

static reb_status none_set(reb_err *err) {
    reb_fail(err, REB_E_NOT_FOUND, "No sign-in provider is set.");
    reb_err_next(err, "rebound oidc set --issuer URL --client-id ID --url URL");
    return REB_E_NOT_FOUND;
}

static void print(reb_cli *cli, const reb_oidc_provider *p, int64_t keys) {
    char redirect[REB_OIDC_URL + 32];
    reb_oidc_redirect_uri(redirect, p);
    if (cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_json_obj(&w);
        reb_json_kstr(&w, "name", p->name);
        reb_json_kstr(&w, "issuer", p->issuer);
        reb_json_kstr(&w, "client_id", p->client_id);
        reb_json_kstr(&w, "client_secret_file", p->secret_file[0] != '\0' ? p->secret_file : NULL);
        reb_json_kstr(&w, "url", p->public_url);
        reb_json_kstr(&w, "redirect_uri", redirect);
        if (keys >= 0) reb_json_ki64(&w, "keys", keys);
        reb_json_obj_end(&w);
        reb_cli_document(cli, &b);
        return;
    }
    fprintf(cli->out, "Sign in with   %s\nIssuer         %s\nClient         %s\nSecret in      %s\nThis server    %s\nRedirect to    %s\n",
            p->name, p->issuer, p->client_id, p->secret_file[0] != '\0' ? p->secret_file : "(none: a public client)", p->public_url,
            redirect);
    if (keys >= 0) fprintf(cli->out, "The provider answers; of its keys %lld can be used.\n", (long long)keys);
}

static reb_status set(reb_cli *cli, reb_store *s, reb_err *err) {
    reb_oidc_provider p;
    const char *issuer = reb_cli_value(cli, "--issuer");
    const char *client = reb_cli_value(cli, "--client-id");
    const char *url = reb_cli_value(cli, "--url");
    if (issuer == NULL || client == NULL || url == NULL) {
        reb_fail(err, REB_E_USAGE, "A provider needs its issuer, a client's id and the address of this server.");
        reb_err_next(err, "rebound oidc set --issuer URL --client-id ID --url URL [--client-secret-file FILE] [--name NAME]");
        return REB_E_USAGE;
    }
    reb_status st =
        reb_oidc_configure(&p, reb_cli_value(cli, "--name"), issuer, client, reb_cli_value(cli, "--client-secret-file"), url, err);
    if (st == REB_OK) st = reb_oidc_provider_put(s, &p, reb_clock_now(cli->clock), err);
    if (st != REB_OK) return st;
    reb_cli_wrote(cli, "oidc set", "setting", "oidc");
    print(cli, &p, -1);
    fflush(cli->out);
    if (!cli->json) fprintf(cli->err, "Register the redirect address at the provider, then try: rebound oidc check\n");
    return REB_OK;
}

static reb_status show(reb_cli *cli, reb_store *s, reb_err *err) {
    reb_oidc_provider p;
    reb_status st = reb_oidc_provider_get(&p, s, err);
    if (st == REB_OK && !p.set) st = none_set(err);
    if (st == REB_OK) print(cli, &p, -1);
    sodium_memzero(&p, sizeof p);
    return st;
}

static reb_status check(reb_cli *cli, reb_store *s, reb_err *err) {
    reb_oidc_provider p;
    reb_oidc *o = NULL;
    size_t keys = 0;
    reb_status st = reb_oidc_provider_get(&p, s, err);
    if (st == REB_OK && !p.set) st = none_set(err);
    if (st == REB_OK) st = reb_oidc_open(&o, err);
    if (st == REB_OK) st = reb_oidc_check(&keys, o, &p, err);
    if (st == REB_OK && keys == 0) st = reb_fail(err, REB_E_PROVIDER, "The provider has no key for RS256 or ES256.");
    if (st == REB_OK) print(cli, &p, (int64_t)keys);
    reb_oidc_close(o);
    sodium_memzero(&p, sizeof p);
    return st;
}

static reb_status off(reb_cli *cli, reb_store *s, reb_err *err) {
    reb_status st = reb_oidc_provider_remove(s, err);
    if (st != REB_OK) return st;
    reb_cli_wrote(cli, "oidc off", "setting", "oidc");
    fprintf(cli->out,
            cli->json ? "{\"off\":true}\n" : "Nobody signs in by a provider any more; sessions that began so live on until they end.\n");
    return REB_OK;
}

static reb_status forget(reb_cli *cli, reb_store *s, reb_err *err) {
    reb_person p;
    int64_t n = 0;
    if (cli->arg_count != 2) return reb_fail(err, REB_E_USAGE, "Whose account? rebound oidc forget EMAIL");
    reb_status st = reb_person_need_email(&p, s, cli->args[1], err);
    sodium_memzero(p.password_hash, sizeof p.password_hash);
    if (st == REB_OK) st = reb_oidc_identity_forget(&n, s, p.user_id, err);
    if (st != REB_OK) return st;
    reb_cli_wrote_id(cli, "oidc forget", "user", p.user_id);
    if (cli->json) {
        fprintf(cli->out, "{\"forgotten\":%lld}\n", (long long)n);
    } else {
        fprintf(cli->out, n > 0 ? "The account at the provider is no longer theirs; the next sign-in with their address binds anew.\n"
                                : "They were bound to no account at the provider.\n");
    }
    return REB_OK;
}

static reb_status run_oidc(reb_cli *cli, reb_err *err) {
    const char *action = cli->arg_count > 0 ? cli->args[0] : "show";
    static const struct {
        const char *name;
        reb_status (*run)(reb_cli *cli, reb_store *s, reb_err *err);
    } k_actions[] = {{"set", set}, {"show", show}, {"check", check}, {"off", off}, {"forget", forget}};
    for (size_t i = 0; i < sizeof k_actions / sizeof k_actions[0]; i++) {
        if (strcmp(k_actions[i].name, action) != 0) continue;
        reb_store *s = NULL;
        reb_status st = reb_store_open(&s, cli->db, 0, err);
        if (st == REB_OK) st = k_actions[i].run(cli, s, err);
        reb_store_close(s);
        return st;
    }
    return reb_fail(err, REB_E_USAGE, "rebound oidc knows set, show, check, off and forget, not \"%.40s\".", action);
}

static const reb_cli_option k_options[] = {
    {"--issuer", "URL", "the provider, as it writes itself: the address before /.well-known/openid-configuration"},
    {"--client-id", "ID", "as which Rebound is registered there"},
    {"--client-secret-file", "FILE", "whole path of a file whose first line is the client's secret; none for a public client"},
    {"--url", "URL", "by which browsers reach this server, https://rebound.example.com"},
    {"--name", "NAME", "on the button: Sign in with NAME (the provider's host)"},
    {0},
};

const reb_command reb_cmd_oidc = {
    .name = "oidc",
    .args = "[set | show | check | off | forget EMAIL]",
    .summary = "let people sign in by an OpenID provider",
    .details =
        "set names the provider; show tells what is set; check asks the provider and tells what is wrong; off ends it; forget takes a "
        "person's account at the provider from them, so that the next sign-in binds anew.\n\n"
        "Nobody gets an account by signing in: the provider must vouch for an e-mail address that somebody here was invited with. The "
        "client's secret stays in its file and is read when it is needed.",
    .actions = "set show check off forget",
    .options = k_options,
    .run = run_oidc,
};
