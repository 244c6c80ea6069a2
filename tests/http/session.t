#!/usr/bin/env perl
# Signing in as a browser does: cookies, CSRF, fixation, links, what ends a session; nothing secret in the store or the log; several servers.
use strict;
use warnings;
use lib 'tests/lib';
use RebHttp;
use IO::Select;
use IO::Socket::INET;
use JSON::PP;
use Test::More;
use Time::HiRes qw(time);

my $word = $RebHttp::password;
my $json = JSON::PP->new->utf8;

sub empty_db { # a place for a database, without one
    my ($engine, $name) = @_;
    return "$RebHttp::tmp/$name.db" if $engine ne 'pg';
    my $full = "session_${name}_$$";
    system('psql', '-qX', $ENV{REB_TEST_PG}, '-c', "create database \"$full\"") == 0 or die 'no database';
    (my $db = $ENV{REB_TEST_PG}) =~ s{/postgres\?}{/$full?};
    return $db;
}
sub code { my ($v) = @_; return ref $v && $v->{error} ? $v->{error}{code} : '' }
sub cookies { my ($h) = @_; my $set = $h->{'set-cookie'} // []; return ref $set ? @$set : ($set) }
sub value_of { my ($h, $name) = @_; my ($c) = grep { /^\Q$name\E=/ } cookies($h); return ($c // '') =~ /^[^=]+=([^;]*)/ ? $1 : undef }

for my $engine (RebHttp::engines()) {
    diag("engine $engine");

    # --- from nothing -------------------------------------------------------------------------------------------------------------
    my $db = empty_db($engine, 'fresh');
    my $s = RebHttp::serve($db, '--rate', '0');
    like($s->{welcome}, qr/^[\w-]{43}$/, 'a server without a database makes one and prints a link');
    my ($st, $v, $h) = $s->call('GET', '/v1/session');
    is($v->{state}, 'nobody_yet', 'nobody is there yet');
    ok(!$v->{business} && !$v->{user}, 'nor a business');
    is(($s->call('GET', '/readyz'))[1]{business}, JSON::PP::false, '/readyz says so');
    is_deeply([map { code(($s->call('GET', $_))[1]) } '/v1/today', '/v1/customers', '/v1/settings', '/v1/me/sessions'], [('no_business') x 4],
        'nothing else is answered');
    is(code(($s->call('POST', '/v1/tokens', { name => 'a', scopes => ['read'] }))[1]), 'no_business', 'nor done');
    is(code(($s->call('POST', '/v1/links/check', { token => 'A' x 43 }))[1]), 'link_over', 'a guessed link is none');
    is(($s->call('POST', '/v1/links/check', { token => $s->{welcome} }))[1]{kind}, 'welcome', 'the printed one is');
    my %olga = (token => $s->{welcome}, name => 'Olga', email => 'olga@example.com', password => $word);
    my %shop = (name => 'Γωνιά', currency => 'EUR', timezone => 'Europe/Athens', language => 'el', margin_rate => '35%');
    is(code(($s->call('POST', '/v1/welcome', \%olga))[1]), 'usage', 'the business is wanted with it');
    is(code(($s->call('POST', '/v1/welcome', { %olga, business => { %shop, timezone => 'Mars/Olympus' } }))[1]), 'bad_input', 'as it should be');
    is(code(($s->call('POST', '/v1/welcome', { %olga, password => 'tooshort', business => \%shop }))[1]), 'password', 'and a password');
    ($st, $v, $h) = $s->call('POST', '/v1/welcome', { %olga, business => \%shop });
    is($st, 201, 'then the first owner is in') or diag(explain($v));
    is("$v->{state} $v->{user}{role} $v->{business}{currency} $v->{business}{language}", 'signed_in owner EUR el', 'with the business');
    my $offsets = $v->{business}{offsets};
    is_deeply([sort { $a <=> $b } keys %{ { map { $_->{offset_s} => 1 } @$offsets } }], [7200, 10800], 'and what its clocks are ahead, winter and summer') or diag(explain($offsets));
    ok(@$offsets >= 12 && $offsets->[0]{from} lt $offsets->[1]{from} && $offsets->[-1]{from} lt $v->{business}{offsets_until}, 'three years back and ahead');
    my $owner = RebHttp::headers_of($v, $h);
    is(code(($s->call('POST', '/v1/welcome', { %olga, email => 'eve@example.com' }))[1]), 'link_over', 'the link is over');
    my %setting = map { $_->{key} => $_->{value} } @{ ($s->call('GET', '/v1/settings', undef, $owner))[1]{settings} };
    is($setting{margin_rate}, 0.35, 'the margin is set');
    is(($s->call('GET', '/v1/today', undef, $owner))[0], 200, 'everything else answers from now on');
    is(($s->call('GET', '/v1/today'))[0], 401, '... to whoever is signed in');
    is(($s->call('GET', '/readyz'))[1]{business}, JSON::PP::true, 'and /readyz is glad');
    is($s->stop, 0, 'it stops');
    $s = RebHttp::serve($db, '--rate', '0');
    is($s->{welcome}, undef, 'no link is printed any more');
    is(($s->call('GET', '/v1/today', undef, $owner))[0], 200, 'the session lives on');

    # --- cookies ------------------------------------------------------------------------------------------------------------------------
    my @set = cookies($h);
    is(scalar(@set), 2, 'two cookies');
    like($set[0], qr/^rebound=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/, 'of the session: for scripts and other sites out of reach, gone with the browser');
    like($set[1], qr/^rebound-known=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=15552000$/, 'that the browser is known');
    my %known = (Cookie => 'rebound-known=' . value_of($h, 'rebound-known'));
    is(($s->call('GET', '/v1/today', undef, \%known))[0], 401, '... which lets nobody in');

    # --- CSRF ---------------------------------------------------------------------------------------------------------------------------
    my %no_word = (Cookie => $owner->{Cookie});
    my $other = $s->sign_in('olga@example.com');
    my @note = ('PATCH', '/v1/me', { theme => 'dark' });
    is(code(($s->call(@note, \%no_word))[1]), 'csrf', 'a write without the word');
    is(code(($s->call(@note, { %no_word, 'X-Rebound-CSRF' => 'x' x 43 }))[1]), 'csrf', '... with a wrong one');
    is(code(($s->call(@note, { %no_word, 'X-Rebound-CSRF' => '' }))[1]), 'csrf', '... with an empty one');
    is(code(($s->call(@note, { %no_word, 'X-Rebound-CSRF' => $other->{'X-Rebound-CSRF'} }))[1]), 'csrf', "... with another session's");
    is(($s->call(@note, $owner))[0], 200, 'with its own it is done');
    is(code(($s->call('POST', '/v1/session', { email => 'olga@example.com', password => $word }, { 'Sec-Fetch-Site' => 'cross-site' }))[1]), 'denied',
        'another site cannot sign anybody in');
    is(($s->call('POST', '/v1/session', '{"email":"olga@example.com","password":"x"}', { 'Content-Type' => 'text/plain' }))[0], 403, 'nor by a form');

    # --- fixation -----------------------------------------------------------------------------------------------------------------------
    my $planted = 'P' x 43;
    ($st, $v, $h) = $s->call('POST', '/v1/session', { email => 'olga@example.com', password => $word }, { Cookie => "rebound=$planted" });
    my $new = value_of($h, 'rebound');
    ok($st == 200 && $new ne $planted, 'who signs in gets a secret that nobody has seen');
    is(($s->call('GET', '/v1/today', undef, { Cookie => "rebound=$planted" }))[0], 401, 'a planted one is worth nothing');
    ($st, $v, $h) = $s->call('POST', '/v1/session', { email => 'olga@example.com', password => $word }, { Cookie => "rebound=$new" });
    is(($s->call('GET', '/v1/today', undef, { Cookie => "rebound=$new" }))[0], 401, 'signing in again ends what the browser had');
    my $third = RebHttp::headers_of($v, $h);
    is(($s->call('GET', '/v1/today', undef, { Cookie => "rebound=" . value_of($h, 'rebound') . "; rebound=$planted" }))[0], 401, 'two cookies of the name: neither');
    is(($s->call('GET', '/v1/today', undef, { Cookie => $_ }))[0], 401, 'no cookie: ' . substr($_, 0, 30))
        for 'rebound=', 'rebound', 'rebound=' . 'A' x 4000, "rebound='or 1=1--", ';;;=;rebound', 'xrebound=' . value_of($h, 'rebound');

    # --- the same answer, the same time -----------------------------------------------------------------------------------------------------
    my (%took, %said);
    for my $n (1 .. 3) {
        for my $who ('olga@example.com', 'nobody@example.com', 'no address') {
            my $t = time;
            my ($status, $answer, $headers) = $s->call('POST', '/v1/session', { email => $who, password => 'wrong wrong wrong' });
            push @{ $took{$who} }, time - $t;
            $said{$who} = "$status " . $json->canonical->encode($answer) . ' ' . join ',', sort keys %$headers;
        }
    }
    is($said{'nobody@example.com'}, $said{'olga@example.com'}, 'who exists and who does not get the same answer');
    is($said{'no address'}, $said{'olga@example.com'}, 'and who cannot exist');
    my %middle = map { $_ => (sort { $a <=> $b } @{ $took{$_} })[1] } keys %took;
    cmp_ok($middle{'nobody@example.com'}, '>', 0.4 * $middle{'olga@example.com'}, sprintf 'in the same time: %.0f and %.0f ms', map { 1000 * $middle{$_} } 'nobody@example.com', 'olga@example.com');

    # --- where one is signed in -----------------------------------------------------------------------------------------------------------------
    my $list = ($s->call('GET', '/v1/me/sessions', undef, $owner))[1]{sessions};
    is(scalar(@$list), 3, 'three sessions are listed');
    is(scalar(grep { $_->{current} } @$list), 1, 'one is this one');
    my ($one) = grep { !$_->{current} } @$list;
    is($one->{address}, '127.0.0.0/24', 'by its network');
    is(($s->call('DELETE', "/v1/me/sessions/$one->{id}", undef, $owner))[0], 204, 'one is ended');
    is(($s->call('DELETE', "/v1/me/sessions/$one->{id}", undef, $owner))[0], 404, '... once');
    is(join(' ', sort map { ($s->call('GET', '/v1/today', undef, $_))[0] } $other, $third), '200 401', 'at once');
    is(($s->call('DELETE', '/v1/me/sessions', undef, $owner))[0], 204, 'all others');
    is(join(' ', map { ($s->call('GET', '/v1/today', undef, $_))[0] } $owner, $other, $third), '200 401 401', 'are ended');

    # --- people ------------------------------------------------------------------------------------------------------------------------------------
    ($st, $v) = $s->call('POST', '/v1/users', { email => 'Ana@example.com', name => 'Ana', role => 'agent', team => 'north' }, $owner);
    is($st, 201, 'somebody is invited');
    my ($invite) = $v->{link} =~ m{^/#/invite/([\w-]{43})$} or diag(explain($v));
    my $ana = $v->{user}{id};
    is(code(($s->call('POST', '/v1/users', { email => 'ana@example.com', role => 'agent' }, $owner))[1]), 'email_taken', 'once');
    ($st, $v) = $s->call('POST', '/v1/links/check', { token => $invite });
    is("$v->{kind} $v->{name} $v->{email} $v->{role} $v->{business}{name}", "invite Ana ana\@example.com agent $shop{name}", 'the link knows whose it is');
    is(code(($s->call('POST', '/v1/links/use', { token => $invite, password => 'ana@example.com1' }))[1]), 'password', 'the own address is no password');
    ($st, $v, $h) = $s->call('POST', '/v1/links/use', { token => $invite, password => $word, name => 'Ana Lima' });
    is("$st $v->{state} $v->{user}{name} $v->{user}{team}", '200 signed_in Ana Lima north', 'it lets in');
    my $hers = RebHttp::headers_of($v, $h);
    is(code(($s->call('POST', '/v1/links/use', { token => $invite, password => $word }))[1]), 'link_over', 'once');
    is(code(($s->call('GET', '/v1/users', undef, $hers))[1]), 'denied', 'an agent does not manage people');
    is(code(($s->call('PATCH', "/v1/users/$ana", { role => 'owner' }, $hers))[1]), 'denied', 'nor makes herself an owner');
    is(($s->call('PATCH', '/v1/me', { language => 'fa', calendar => 'persian', digits => 'persian' }, $hers))[1]{language}, 'fa', 'but has her own language');
    is(($s->call('PATCH', '/v1/me', { role => 'owner' }, $hers))[0], 400, 'of herself she changes nothing else');
    is(($s->call('PATCH', "/v1/users/$ana", { role => 'manager' }, $owner))[1]{role}, 'manager', 'an owner gives her another role');
    is(($s->call('GET', '/v1/today', undef, $hers))[0], 401, 'which ends her session');
    $hers = $s->sign_in('ana@example.com');
    ok(($s->call('PUT', '/v1/settings/contact_gap_days', { value => 20 }, $hers))[0] == 200, 'a manager changes settings');
    is(code(($s->call('PATCH', '/v1/users/' . ($s->call('GET', '/v1/session', undef, $owner))[1]{user}{id}, { disabled => JSON::PP::true }, $owner))[1]), 'last_owner',
        'the last owner stays');
    ($st, $v) = $s->call('POST', "/v1/users/$ana/reset", undef, { %$owner });
    my ($reset) = ($v->{link} // '') =~ m{^/#/reset/([\w-]{43})$} or diag(explain($v));
    is(($s->call('GET', '/v1/today', undef, $hers))[0], 200, 'a reset that is not used changes nothing');
    ($st, $v, $h) = $s->call('POST', '/v1/links/use', { token => $reset, password => 'another four words' });
    is("$st $v->{state}", '200 signed_in', 'used, it lets in');
    is(($s->call('GET', '/v1/today', undef, $hers))[0], 401, 'and ends the sessions before');
    is(code(($s->call('POST', '/v1/session', { email => 'ana@example.com', password => $word }))[1]), 'wrong_sign_in', 'and the old password');
    $hers = RebHttp::headers_of($v, $h);
    is(code(($s->call('PUT', '/v1/me/password', { old => 'not it at all', new => $word }, $hers))[1]), 'wrong_password', 'a new password needs the old one');
    ($st, $v, $h) = $s->call('PUT', '/v1/me/password', { old => 'another four words', new => $word }, $hers);
    is($st, 200, 'it is changed');
    is(($s->call('GET', '/v1/today', undef, $hers))[0], 401, 'the session goes on under a new secret only');
    $hers = RebHttp::headers_of($v, $h);
    is(($s->call('GET', '/v1/today', undef, $hers))[0], 200, '... which the answer sets');
    is(($s->call('PATCH', "/v1/users/$ana", { disabled => JSON::PP::true }, $owner))[1]{state}, 'disabled', 'she is shut out');
    is(($s->call('GET', '/v1/today', undef, $hers))[0], 401, 'at once');
    ($st, $v) = $s->call('POST', '/v1/session', { email => 'ana@example.com', password => $word });
    is("$st " . $json->canonical->encode($v), ($said{'olga@example.com'} =~ /^(\d+ \{.*\}) /)[0], 'with the same words as for a wrong password');
    is(($s->call('PATCH', "/v1/users/$ana", { disabled => JSON::PP::false }, $owner))[1]{state}, 'active', 'and let in again');

    # --- signing out ------------------------------------------------------------------------------------------------------------------------------
    $hers = $s->sign_in('ana@example.com');
    ($st, $v, $h) = $s->call('DELETE', '/v1/session', undef, $hers);
    is("$st " . join('|', cookies($h)), '204 rebound=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0', 'signing out takes the cookie back');
    is(($s->call('GET', '/v1/today', undef, $hers))[0], 401, 'and ends the session itself');
    is(($s->call('GET', '/v1/session', undef, $hers))[1]{state}, 'signed_out', 'which is told');

    # --- what lasts longer than a request -----------------------------------------------------------------------------------------------------
    $hers = $s->sign_in('ana@example.com');
    my $key = decode_json((RebHttp::run($db, '--json', 'token', 'add', 'screen', '--scopes', 'read'))[1])->{key};
    my @streams = map {
        my $c = $s->connect_to;
        syswrite $c, "GET /v1/events HTTP/1.1\r\nHost: localhost\r\n$_\r\n\r\n";
        like(RebHttp::read_until($c, qr/retry: /), qr/^HTTP\/1.1 200/, 'a live stream');
        $c;
    } "Cookie: $hers->{Cookie}", "Authorization: Bearer $key", "Cookie: $owner->{Cookie}";
    is(($s->call('DELETE', '/v1/session', undef, $hers))[0], 204, 'signed out');
    is((RebHttp::run($db, 'token', 'revoke', 'screen'))[0], 0, 'and the key revoked');
    my $last = qr/(?:^|\n)0\r\n\r\n\z/;    # the end of a chunked body
    for my $c (@streams[0, 1]) {
        my $began = time;
        like(RebHttp::read_until($c, $last), $last, sprintf 'the stream ends with it (%.1f s)', time - $began);
    }
    unlike(RebHttp::read_until($streams[2], $last, 1), $last, 'others go on');
    close $_ for @streams;

    # --- two servers, one of them killed ---------------------------------------------------------------------------------------------------------
    my $t = RebHttp::serve($db, '--rate', '0', '--no-jobs');
    $hers = $s->sign_in('ana@example.com');
    is(($t->call('GET', '/v1/today', undef, $hers))[0], 200, 'another server on the same database knows the session');
    is(($s->call('DELETE', '/v1/session', undef, $hers))[0], 204, 'it is ended on the one');
    ok(RebHttp::eventually(sub { ($t->call('GET', '/v1/today', undef, $hers))[0] == 401 }), 'and soon on the other');
    $hers = $s->sign_in('ana@example.com');
    $s->stop('KILL');
    is(($t->call('GET', '/v1/today', undef, $hers))[0], 200, 'a server that is killed has lost nobody who is signed in');
    is($t->stop, 0, '(stopped)');

    # --- nothing secret is kept --------------------------------------------------------------------------------------------------------------------
    my @secrets = ($word, 'another four words', $invite, $reset, $olga{token}, map { /=([\w-]{43})/g } map { $_->{Cookie} } $owner, $hers, $other);
    if ($engine eq 'sqlite') {
        my $bytes = join '', map { RebHttp::slurp($_) } grep { -f } glob "$db*";
        is(scalar(grep { index($bytes, $_) >= 0 } @secrets), 0, scalar(@secrets) . ' secrets: none of them is in the database');
    }
    my $log = RebHttp::slurp($s->{log}) . RebHttp::slurp($t->{log});
    is(scalar(grep { index($log, $_) >= 0 } @secrets, 'olga@', 'Olga', 'Ana'), 0, 'nor in the log, nor a name');
    like($log, qr/"caller":"user \d+"/, '... which knows people by number');

    # --- a backup lets nobody in ----------------------------------------------------------------------------------------------------------------
    is((RebHttp::run($db, 'backup', "$RebHttp::tmp/$engine.backup"))[0], 0, 'a backup');
    is((RebHttp::run("$RebHttp::tmp/$engine-restored.db", 'restore', "$RebHttp::tmp/$engine.backup"))[0], 0, 'restored elsewhere');
    $t = RebHttp::serve("$RebHttp::tmp/$engine-restored.db", '--rate', '0');
    is(($t->call('GET', '/v1/today', undef, $hers))[0], 401, 'holds no session');
    ok(!$t->{welcome} && $t->sign_in('ana@example.com'), 'but the people, who sign in anew');
    is($t->stop, 0, '(stopped)');

    # --- behind TLS -------------------------------------------------------------------------------------------------------------------------------------
    $s = RebHttp::serve($db, '--rate', '0', '--behind-tls');
    my %proxy = ('X-Forwarded-Proto' => 'https', 'X-Forwarded-For' => '203.0.113.5');
    ($st, $v, $h) = $s->call('POST', '/v1/session', { email => 'olga@example.com', password => $word }, \%proxy);
    is($st, 200, 'behind a proxy with TLS');
    @set = cookies($h);
    like($set[0], qr/^__Host-rebound=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/, 'the cookie is the safest there is');
    like($set[1], qr/^__Host-rebound-known=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure; Max-Age=\d+$/, 'both are');
    is($h->{'strict-transport-security'}, 'max-age=31536000', 'and browsers are told to come by TLS');
    my $safe = RebHttp::headers_of($v, $h);
    is(($s->call('GET', '/v1/today', undef, { %proxy, %$safe }))[0], 200, 'it is known again');
    (my $plain = $safe->{Cookie}) =~ s/__Host-//g;
    is(($s->call('GET', '/v1/today', undef, { %proxy, Cookie => $plain }))[0], 401, 'under that name only');
    is(($s->call('GET', '/v1/me/sessions', undef, { %proxy, %$safe }))[1]{sessions}[0]{address}, '203.0.113.0/24', 'its network is the one that the proxy tells');
    is(code(($s->call('POST', '/v1/session', { email => 'olga@example.com', password => $word }, { 'X-Forwarded-Proto' => 'http', 'X-Forwarded-For' => '203.0.113.5' }))[1]),
        'needs_tls', 'over plain HTTP the proxy brings no password');

    # --- whoever guesses keeps nobody out -------------------------------------------------------------------------------------------------------------
    my %eve = ('X-Forwarded-Proto' => 'https', 'X-Forwarded-For' => '9.9.9.9, 198.51.100.66');
    # Guesses until one is refused, and the right password right behind it, too: on a busy machine the first waits, of a second and of two, may be
    # over before.
    my ($in, $retry, $right) = (0, 0, '');
    for (1 .. 60) {
        my ($status, $answer, $headers) = $s->call('POST', '/v1/session', { email => 'ana@example.com', password => "guess $_ guess" }, \%eve);
        $status == 401 ? $in++ : $status == 429 && code($answer) eq 'throttled' ? 1 : diag(explain($answer));
        next if $status != 429;
        $retry = $headers->{'retry-after'} // 0;
        $right = code(($s->call('POST', '/v1/session', { email => 'ana@example.com', password => $word }, \%eve))[1]) // '';
        last if $right eq 'throttled';
    }
    ok($in >= 5 && $retry >= 1, "a stranger is slowed down: $in attempts, then wait $retry s");
    is($right, 'throttled', 'even with the right password');
    is(($s->call('POST', '/v1/session', { email => 'ana@example.com', password => $word }, { %proxy, 'X-Forwarded-For' => '192.0.2.1' }))[0], 200, 'Ana is not, elsewhere');
    (my $mine) = $safe->{Cookie} =~ /(__Host-rebound-known=[\w-]+)/;
    ($st) = $s->call('POST', '/v1/session', { email => 'olga@example.com', password => 'wrong wrong wrong' }, { %eve }) for 1 .. 8;
    is(($s->call('POST', '/v1/session', { email => 'olga@example.com', password => $word }, { %eve, Cookie => $mine }))[0], 200,
        'nor Olga in her own browser, even behind the same address');

    # --- many passwords at once ----------------------------------------------------------------------------------------------------------------------------
    my @sockets = map {
        my $c = $s->connect_to;
        my $body = $json->encode({ email => "many$_\@example.com", password => 'wrong wrong wrong' });
        syswrite $c, "POST /v1/session HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 10.0.$_.1\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: "
            . length($body) . "\r\n\r\n$body";
        $c;
    } 1 .. 60;
    # Others are answered before all of the sixty are, however fast the machine is.
    my $select = IO::Select->new(@sockets);
    my $waiting = sub { my @there = $select->can_read(0); return @sockets - @there };
    my $served = 0;
    while ($waiting->()) {
        last if ($s->call('GET', '/v1/today', undef, { %proxy, %$safe }))[0] != 200;
        $served++ if $waiting->();
    }
    ok($served > 0, "while sixty passwords come at once others are answered ($served times)");
    my %got;
    for my $c (@sockets) {
        my $text = RebHttp::read_all($c);
        my ($status) = $text =~ m{^HTTP/1.1 (\d+)};
        $got{ $status // 'none' }++;
        $got{without}++ if ($status // '') eq '503' && $text !~ /\r\nRetry-After: \d/;
    }
    ok(($got{401} // 0) >= 16 && ($got{503} // 0) >= 10 && !$got{without} && $got{401} + $got{503} == 60, 'as many as can be are looked at, the others come again: ' . join ', ', map { "$_: $got{$_}" } sort keys %got);
    unlike(RebHttp::slurp($s->{log}), qr/"status":500/, 'nothing failed');
    is($s->stop, 0, 'it stops');

    # --- not over a network in plain -------------------------------------------------------------------------------------------------------------------
    $s = RebHttp::serve($db, '--rate', '0');
    is(code(($s->call('POST', '/v1/session', { email => 'olga@example.com', password => $word }, \%proxy))[1]), 'needs_tls', 'what a proxy says is not believed unasked');
    my $raw = $s->raw("POST /v1/session HTTP/1.1\r\nHost: shop.example.com\r\nContent-Type: application/json\r\nContent-Length: 46\r\nConnection: close\r\n\r\n"
            . '{"email":"olga@example.com","password":"word"}');
    like($raw, qr/"code":"needs_tls"/, 'nor are passwords taken by another name than localhost');
    is($s->stop, 0, 'it stops');
}

# --- before there is anybody ---------------------------------------------------------------------------------------------------------------------------------
my $db = RebHttp::new_db('sqlite', 'local');
my $s = RebHttp::serve($db, '--rate', '0');
my ($st, $v) = $s->call('GET', '/v1/session');
is("$v->{state} $v->{csrf} $v->{business}{currency}", 'local local GBP', 'a business without people is open to this machine');
is(($s->call('GET', '/v1/session', undef, { 'X-Forwarded-For' => '203.0.113.1' }))[1]{state}, 'nobody_yet', '... and to nobody beyond');
is(($s->call('GET', '/v1/users'))[0], 200, 'as to an owner');
is(code(($s->call('POST', '/v1/users', { email => 'ana@example.com', role => 'agent' }))[1]), 'no_owner', 'who cannot shut themselves out');
is(code(($s->call('PATCH', '/v1/me', { theme => 'dark' }))[1]), 'denied', 'and has no account');
is(($s->call('DELETE', '/v1/uploads/' . 'a' x 32, undef, { 'X-Rebound-CSRF' => 'local' }))[0], 404, 'the word of local makes a write one');
RebHttp::add_user($db, 'olga@example.com', 'owner');
ok(RebHttp::eventually(sub { ($s->call('GET', '/v1/today'))[0] == 401 }), 'from the first person on, everybody signs in');
is(($s->call('GET', '/v1/session'))[1]{state}, 'signed_out', 'which is told');
is(code(($s->call('POST', '/v1/links/check', { token => $s->{welcome} }))[1]), 'link_over', 'the link that was printed is over');
is($s->stop, 0, 'it stops');
my $free = RebHttp::serve($db, '--rate', '0', '--open-on-loopback');
is(($free->call('GET', '/v1/today'))[0], 200, '--open-on-loopback asks nobody on this machine');
is($free->stop, 0, 'it stops');
done_testing;
