#!/usr/bin/env perl
# Signing in by a provider: a real one (npm oidc-provider, run here on loopback), and one that lies. The provider is reached as localhost and
# Rebound as 127.0.0.1, so that they are two sites, and the browser here keeps cookies by SameSite as browsers do.
use strict;
use warnings;
use lib 'tests/lib';
use RebHttp;
use Test::More;
use IPC::Open2;
use File::Temp ();

plan skip_all => 'the provider for tests cannot be installed from the npm registry' if system('tests/oidc/install.sh') != 0;

# --- a browser, as far as cookies and redirects go ---
package Browser;
use HTTP::Tiny;
sub new { return bless { jar => {} }, shift }
sub host { return $_[0] =~ m{^http://([^:/]+)} ? $1 : die "no host in $_[0]" }

# A navigation begun by a page of $from (undef: typed by the person): cookies of another site go along only when they are Lax and it is a GET.
# Redirects keep where the chain began.
sub go {
    my ($self, $method, $url, $from, $form) = @_;
    my @hops;
    for (1 .. 20) {
        my $host = host($url);
        my $same = !defined $from || $from eq $host;
        my %send = map { $_ => $self->{jar}{$host}{$_} } keys %{ $self->{jar}{$host} // {} };
        for my $n (keys %send) {
            my $site = $send{$n}{site};
            delete $send{$n} if !$same && ($site eq 'Strict' || ($site eq 'Lax' && $method ne 'GET'));
        }
        my %h = ('X-Requested-With' => 'browser');
        $h{Cookie} = join '; ', map { "$_=$send{$_}{value}" } sort keys %send if %send;
        my %o = (headers => \%h);
        if ($form) { $o{content} = $form; $h{'Content-Type'} = 'application/x-www-form-urlencoded' }
        my $r = HTTP::Tiny->new(timeout => $RebHttp::patience, max_redirect => 0)->request($method, $url, \%o);
        my $set = $r->{headers}{'set-cookie'} // [];
        for my $c (ref $set ? @$set : $set) {
            my ($n, $v, $rest) = $c =~ /^([^=]+)=([^;]*)(.*)$/ or next;
            my ($site) = $rest =~ /SameSite=(\w+)/i;
            if ($rest =~ /Max-Age=0|expires=Thu, 01 Jan 1970/i) { delete $self->{jar}{$host}{$n} }
            else { $self->{jar}{$host}{$n} = { value => $v, site => ucfirst lc($site // 'Lax'), text => $c } }
        }
        push @hops, { url => $url, status => $r->{status}, content => $r->{content}, headers => $r->{headers} };
        my $to = $r->{headers}{location};
        last unless $r->{status} =~ /^30[1237]$/ && defined $to;
        $from //= $host;    # the chain is cross-site from the first hop that leaves on
        if ($to =~ m{^/}) { my ($base) = $url =~ m{^(http://[^/]+)}; $to = "$base$to" }
        ($url, $method, $form) = ($to, $r->{status} == 307 ? $method : 'GET', $r->{status} == 307 ? $form : undef);
        last if $self->{stop} && $url =~ $self->{stop};
    }
    return ($hops[-1], \@hops, $url);
}

package main;

# Node has been seen to hang while it starts on a busy machine: then another one is started.
sub start_provider {
    my ($redirect, $in_token) = @_;
    for my $try (1 .. 3) {
        my $pid = open2(my $out, my $in, 'tools/node.sh', 'node', 'tests/oidc/provider.mjs', $redirect, $in_token);
        my $text = RebHttp::read_until($out, qr/^port \d+\n/m);
        return { pid => $pid, out => $out, in => $in, url => "http://localhost:$1" } if $text =~ /^port (\d+)\n/m;
        kill 'KILL', $pid;
        waitpid $pid, 0;
        diag('the provider did not start');
    }
    BAIL_OUT('the provider does not start');
}
my @providers;
sub stop_provider { my $p = shift; kill 'KILL', $p->{pid}; waitpid $p->{pid}, 0; $p->{pid} = 0 }
END { my $keep = $?; for (grep { $_->{pid} } @providers) { kill 'KILL', $_->{pid}; waitpid $_->{pid}, 0 } $? = $keep }

# From Rebound's button through the provider's pages; the last answer, the hops, and what the browser would open next.
sub sign_in {
    my ($b, $s, $login) = @_;
    local $b->{stop};
    my ($page, $hops) = $b->go('GET', "$s->{url}/v1/oidc/start");
    for (1 .. 3) {
        my ($action) = $page->{content} =~ /action="([^"]+)"/ or last;
        last unless $page->{url} =~ /interaction/;
        my ($prompt) = $page->{content} =~ /name="prompt"[^>]*value="(\w+)"/;
        my $form = $prompt eq 'login' ? "prompt=login&login=$login&password=x" : 'prompt=consent';
        ($page, my $more) = $b->go('POST', $action, 'localhost', $form);
        push @$hops, @$more;
    }
    return ($page, $hops);
}
sub who { # as the console asks: a page of Rebound's own
    my ($b, $s) = @_;
    my ($r) = $b->go('GET', "$s->{url}/v1/session", '127.0.0.1');
    return JSON::PP::decode_json($r->{content});
}
sub configure {
    my ($db, $issuer, $client, $url, @more) = @_;
    my ($rc, $out) = RebHttp::run($db, 'oidc', 'set', '--issuer', $issuer, '--client-id', $client, '--url', $url, @more);
    is($rc, 0, "set: $client at $issuer") or diag($out);
}

my $secret = "$RebHttp::tmp/secret";
{ open my $f, '>', $secret or die; print $f "a secret/with+signs:%\n"; chmod 0600, $secret }

for my $engine (RebHttp::engines()) {
    diag("engine $engine");
    my $db = RebHttp::new_db($engine, 'oidc');
    for (['anna@example.net', 'owner'], ['ben@example.net', 'agent'], ['out@example.net', 'agent']) {
        my ($rc, $out) = RebHttp::run($db, 'user', 'add', $_->[0], '--role', $_->[1], '--link');
        is($rc, 0, "$_->[0] is invited") or diag($out);
    }
    RebHttp::run($db, 'user', 'disable', 'out@example.net');
    my $s = RebHttp::serve($db, '--rate', '0');
    is(who(Browser->new, $s)->{oidc}, undef, 'no provider, no button');
    is((Browser->new->go('GET', "$s->{url}/v1/oidc/start"))[0]{status}, 404, '... and nowhere to go');
    my $p = start_provider("$s->{url}/v1/oidc/callback", $engine eq 'sqlite' ? 'yes' : 'no');
    push @providers, $p;
    configure($db, $p->{url}, 'rebound', "$s->{url}/", '--client-secret-file', $secret, '--name', 'Example ID');
    my ($rc, $out) = RebHttp::run($db, 'oidc', 'check');
    like($out, qr/of its keys 2 can be used/, 'check asks the provider') or diag($out);
    unlike($out, qr/with\+signs/, '... and shows no secret');

    # the happy way, and what cookies do on it
    my $b = Browser->new;
    is(who($b, $s)->{oidc}{name}, 'Example ID', 'the button has a name');
    my ($page, $hops) = sign_in($b, $s, 'anna');
    my ($leave) = grep { $_->{url} =~ m{/v1/oidc/start} } @$hops;
    is($leave->{status}, 303, 'leaving is a redirect');
    my $to = $leave->{headers}{location};
    like($to, qr/[?&]$_(&|$)/, "... with $_") for 'response_type=code', 'code_challenge_method=S256', 'code_challenge=[\w-]{43}', 'state=[\w-]{43}', 'nonce=[\w-]{43}',
        'scope=openid%20email%20profile';
    my ($state_cookie) = grep { /^rebound-oidc=/ } map { ref $_ ? @$_ : $_ // () } $leave->{headers}{'set-cookie'};
    like($state_cookie, qr/; HttpOnly; SameSite=Lax; Max-Age=600/, 'what the browser keeps meanwhile is Lax and HttpOnly');
    is($page->{status}, 200, 'back at Rebound') or diag($page->{content});
    like($page->{url}, qr{/v1/oidc/callback\?}, '... by its callback');
    like($page->{content}, qr{http-equiv="refresh" content="0;url=/"}, '... whose page goes on within the site');
    is($page->{headers}{'referrer-policy'}, 'no-referrer', '... telling nobody the code in its address');
    like($b->{jar}{'127.0.0.1'}{rebound}{text}, qr/HttpOnly; SameSite=Strict/, 'the session is Strict');
    ok(!$b->{jar}{'127.0.0.1'}{'rebound-oidc'}, 'what was kept meanwhile is gone');
    my $me = who($b, $s);
    is($me->{state}, 'signed_in', 'signed in');
    is($me->{user}{email}, 'anna@example.net', '... as who was invited');
    ok(RebHttp::eventually(sub { RebHttp::slurp($s->{log}) =~ m{/v1/oidc/callback} }), 'the log tells of it');
    unlike(RebHttp::slurp($s->{log}), qr/code=|state=|with\+signs|eyJ/, '... without code, state, secret or token');

    # used once: the same address again, with the cookie that it had
    my ($callback) = map { $_->{url} } grep { $_->{url} =~ m{/v1/oidc/callback} } @$hops;
    my ($kept) = $state_cookie =~ /^rebound-oidc=([^;]+)/;
    my $again = Browser->new;
    $again->{jar}{'127.0.0.1'}{'rebound-oidc'} = { value => $kept, site => 'Lax' };
    my ($r) = $again->go('GET', $callback, 'localhost');
    isnt($r->{status}, 200, 'a code that was used is not taken again');
    is(who($again, $s)->{state}, 'signed_out', '... and lets nobody in');
    ($r) = Browser->new->go('GET', $callback, 'localhost');
    is($r->{status}, 403, 'nor in a browser that did not begin it');
    like($r->{content}, qr/begun in another browser/, '... which is told in words');

    # bound: another account with the same address is not the same person; the address may change
    ($page) = sign_in(Browser->new, $s, 'anna2');
    is($page->{status}, 409, 'another account there with the same address is not let in') or diag($page->{content});
    ($page) = sign_in(Browser->new, $s, 'ben');
    is($page->{status}, 200, 'ben comes');
    HTTP::Tiny->new->get("$p->{url}/-/move");
    $b = Browser->new;
    ($page) = sign_in($b, $s, 'ben');
    is($page->{status}, 200, '... and comes again with another address at the provider');
    is(who($b, $s)->{user}{email}, 'ben@example.net', '... as himself');
    ($page) = sign_in(Browser->new, $s, 'unverified');
    is($page->{status}, 403, 'an address that the provider does not vouch for');
    like($page->{content}, qr/does not confirm an e-mail address/, '... is told so');
    ($page) = sign_in(Browser->new, $s, 'stranger');
    is($page->{status}, 403, 'whom nobody invited');
    like($page->{content}, qr/ask the owner of this account to invite you/, '... is told whom to ask');
    my ($people) = (RebHttp::run($db, 'user', 'list', '--json'))[1];
    unlike($people, qr/stranger/, '... and no account was made');
    ($page) = sign_in(Browser->new, $s, 'out');
    is($page->{status}, 403, 'who was shut out stays out');

    # keys change
    HTTP::Tiny->new->get("$p->{url}/-/rotate");
    ($page) = sign_in(Browser->new, $s, 'anna');
    is($page->{status}, 200, 'the provider has new keys: they are fetched');

    # ways of being a client
    configure($db, $p->{url}, 'rebound-es', $s->{url});
    ($page) = sign_in(Browser->new, $s, 'anna');
    is($page->{status}, 200, 'a public client, ES256') or diag($page->{content});
    { open my $f, '>', $secret or die; print $f "posted\n" }
    configure($db, $p->{url}, 'rebound-post', $s->{url}, '--client-secret-file', $secret);
    ($page) = sign_in(Browser->new, $s, 'anna');
    is($page->{status}, 200, 'another secret, read from its file when it is wanted');
    { open my $f, '>', $secret or die; print $f "a secret/with+signs:%\n" }

    # lies
    my %words = (403 => qr/was not accepted|another browser|cancelled|does not confirm/, 502 => qr/was not accepted/);
    my @faults = $engine eq 'sqlite'
        ?  (['nonce'], ['no-nonce'], ['aud'], ['azp'], ['iss'], ['expired'], ['future'], ['none'], ['hs256'], ['key'], ['kid'], ['mixed-up'],
            ['denied'], ['fails', 403], ['verified-word'], ['nul', 422], ['no-id-token', 502], ['large-token', 502], ['not-json', 502], ['other-userinfo', 502])
        : (['nonce'], ['denied']);
    for (@faults) {
        my ($fault, $status) = @$_;
        configure($db, "$p->{url}/liar/$fault", 'rebound', $s->{url});
        my $c = Browser->new;
        ($page) = sign_in($c, $s, 'anna');
        is($page->{status}, $status // 403, "$fault: not let in") or diag($page->{content});
        is(who($c, $s)->{state}, 'signed_out', "... nobody is");
    }
    # a provider that takes a code twice: here the sign-in is used up all the same
    configure($db, "$p->{url}/liar/again", 'rebound', $s->{url});
    $b = Browser->new;
    ($page, $hops) = sign_in($b, $s, 'anna');
    is($page->{status}, 200, 'with this one, too, anna comes in: who is who is asked of each provider anew');
    ($kept) = map { /^rebound-oidc=([^;]+)/ } map { ref $_ ? @$_ : $_ // () } map { $_->{headers}{'set-cookie'} } grep { $_->{url} =~ /start/ } @$hops;
    $again = Browser->new;
    $again->{jar}{'127.0.0.1'}{'rebound-oidc'} = { value => $kept, site => 'Lax' };
    ($page) = $again->go('GET', $page->{url}, 'localhost');
    is($page->{status}, 403, 'state and code used again, with the cookie: refused');
    is(who($again, $s)->{state}, 'signed_out', '... and nobody is let in');
    for my $fault ('large', 'other-issuer', 'plain-http', 'html', 'redirect', 'broken') {
        configure($db, "$p->{url}/liar/$fault", 'rebound', $s->{url});
        my ($st, $e) = $s->call('GET', '/v1/oidc/start');
        ok($st == 502 || $st == 422, "$fault: the provider is not believed ($st)");
        ok(length $e->{error}{detail}, "... $e->{error}{detail}");
    }
    if ($engine eq 'sqlite') {
        my ($bad, $said) = RebHttp::run($db, 'oidc', 'set', '--issuer', 'http://id.example', '--client-id', 'x', '--url', $s->{url});
        is($bad, 3, 'plain http to elsewhere is no issuer');
        like($said, qr/is no issuer/, '... and it is said');
        configure($db, $p->{url}, 'rebound', $s->{url}, '--client-secret-file', "$RebHttp::tmp/none");
        is((RebHttp::run($db, 'oidc', 'check'))[0], 10, 'a secret that is not there is told by check');
    }

    # the provider is down: told at once, and again when it is back
    configure($db, $p->{url}, 'rebound', $s->{url}, '--client-secret-file', $secret);
    stop_provider($p);
    my ($st, $e) = $s->call('GET', '/v1/oidc/start');
    is($st, 502, 'the provider is down');
    is($e->{error}{code}, 'provider', '... which has a code of its own');
    is((RebHttp::run($db, 'oidc', 'off'))[0], 0, 'the provider is taken away');
    is(who(Browser->new, $s)->{oidc}, undef, '... and the button with it');
    is($s->stop, 0, 'the server stops in order');
    my $log = RebHttp::slurp($s->{log});
    unlike($log, qr/code=|state=|with\+signs|eyJ|anna\@|stranger\@/i, 'no code, secret, token or address in its log');
    ($rc, $out) = RebHttp::run($db, 'audit', 'verify');
    is($rc, 0, 'the audit log is whole') or diag($out);
    ($rc, $out) = RebHttp::run($db, 'audit', 'list', '--json');
    like($out, qr/oidc_callback/, '... and tells who came in by the provider');
    like($out, qr/"kind":"denied","did":"oidc_callback"/, '... and that somebody came in vain');
    like($out, qr/oidc set/, '... and that it was set');
    unlike($out, qr/with\+signs|eyJ/, '... and holds no secret');
}
done_testing;
