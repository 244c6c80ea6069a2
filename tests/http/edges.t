#!/usr/bin/env perl
# The edges of HTTP, spoken on raw sockets: framing that could smuggle a request, clients that are slow on purpose, limits, and who may ask.
use strict;
use warnings;
use lib 'tests/lib';
use RebHttp;
use Test::More;
use Compress::Zlib ();
use MIME::Base64;
use Time::HiRes qw(time);

my $db = RebHttp::new_db('sqlite', 'edges');
my $s = RebHttp::serve($db, '--rate', '0');
my $host = "Host: 127.0.0.1:$s->{port}\r\n";
my $local = "${host}X-Requested-With: test\r\nContent-Type: application/json\r\n";
# libmicrohttpd writes the headers of its own errors twice (0.9.75): such a pair counts as one answer.
sub status { my ($text) = @_; $text =~ s/^(HTTP\/1\.1 400 .*?\r\n\r\n)\1/$1/s; return join ' ', $text =~ /HTTP\/1\.1 (\d+) /g }

# --- framing: each of these could be read in two ways ---
my %odd = (
    'two Content-Length headers' => "POST /v1/tokens HTTP/1.1\r\n${local}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    'two different Content-Length headers' => "POST /v1/tokens HTTP/1.1\r\n${local}Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}",
    'Content-Length beside Transfer-Encoding' =>
        "POST /v1/tokens HTTP/1.1\r\n${local}Content-Length: 30\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n$host\r\n",
    'two Transfer-Encoding headers' => "POST /v1/tokens HTTP/1.1\r\n${local}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    'a transfer encoding that is not chunked' => "POST /v1/tokens HTTP/1.1\r\n${local}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    'Content-Length that is no number' => "POST /v1/tokens HTTP/1.1\r\n${local}Content-Length: +2\r\n\r\n{}",
    'Content-Length as a list' => "POST /v1/tokens HTTP/1.1\r\n${local}Content-Length: 2, 2\r\n\r\n{}",
    'a space before the colon' => "POST /v1/tokens HTTP/1.1\r\n${local}Content-Length : 2\r\n\r\n{}",
    'no Host' => "GET /healthz HTTP/1.1\r\n\r\n",
    'two Hosts' => "GET /healthz HTTP/1.1\r\n${host}Host: other\r\n\r\n",
    'a body on GET' => "GET /healthz HTTP/1.1\r\n${host}Content-Length: 24\r\n\r\nGET /openapi.json HTTP/1",
    'a chunked body on DELETE' => "DELETE /v1/tokens/x HTTP/1.1\r\n${local}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
);
for my $name (sort keys %odd) {
    my $text = $s->raw($odd{$name});
    is(status($text), '400', "$name: 400, one answer, and the connection ends");
}
like($s->raw("GET /healthz HTTP/1.0\r\n\r\n"), qr/^HTTP\/1\.[01] 200/, 'HTTP/1.0 needs no Host');
is(status($s->raw("GET /healthz HTTP/1.1\r\n$host\r\nGET /v1/version HTTP/1.1\r\n${host}Connection: close\r\n\r\n")), '200 200',
    'two requests at once are answered in order');
is(status($s->raw("GET /nope HTTP/1.1\r\n$host\r\nGET /v1/version HTTP/1.1\r\n${host}Connection: close\r\n\r\n")), '404 200',
    'an error keeps the connection open');

# --- slowness on purpose ---
my $hasty = RebHttp::serve($db, '--head-ms', '700', '--body-ms', '700', '--idle-ms', '700', '--rate', '0', '--no-jobs');
sub drip { # sends the first part, then a piece every 100 ms; what the server said and after how long it ended
    my ($first, $piece) = @_;
    my $c = $hasty->connect_to;
    my $begin = time;
    my ($text, $select) = ('', IO::Select->new($c));
    syswrite $c, $first;
    local $SIG{PIPE} = 'IGNORE';
    while (time - $begin < $RebHttp::patience) {
        if ($select->can_read(0.1)) {
            last unless sysread $c, my $part, 4096;
            $text .= $part;
        } else {
            syswrite $c, $piece;
        }
    }
    return ($text, time - $begin);
}
for (['headers', "GET /healthz HTTP/1.1\r\n$host", "X-Slow: 1\r\n"], ['a request line', 'GET /heal', 'a'],
    ['a body', "POST /v1/tokens HTTP/1.1\r\n${local}Content-Length: 5000\r\n\r\n{", ' '],
    ['chunks', "POST /v1/tokens HTTP/1.1\r\n${local}Transfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n"],
    ['an upload', "POST /v1/uploads?name=x HTTP/1.1\r\n${host}Content-Type: application/octet-stream\r\nContent-Length: 900000\r\n\r\n", 'a'])
{
    my ($what, $first, $piece) = @$_;
    my ($text, $took) = drip($first, $piece);
    ok($took > 0.5 && $took < $RebHttp::patience, "$what coming byte by byte is cut off") or diag("after $took s");
    is(status($text), '408', "... with 408");
}
{
    my $c = $hasty->connect_to;
    my $begin = time;
    syswrite $c, "GET /healthz HTTP/1.1\r\n$host\r\n";
    my $text = RebHttp::read_all($c);
    my $took = time - $begin;
    ok(status($text) eq '200' && $took > 0.4 && $took < $RebHttp::patience, 'a connection without a next request is closed') or diag("after $took s: $text");
}
is($hasty->stop, 0, 'who has no time ends, too');

# --- sizes ---
my $many = join '', map { "X-Filler-$_: " . 'a' x 200 . "\r\n" } 1 .. 100;
is(status($s->raw("GET /healthz HTTP/1.1\r\n$host$many\r\n")), '431', 'headers of 20 KB: 431');
my $huge = join '', map { "X-Filler-$_: " . 'a' x 200 . "\r\n" } 1 .. 1000;
is(status($s->raw("GET /healthz HTTP/1.1\r\n$host$huge\r\n")), '431', 'headers of 200 KB: 431');
like(status($s->raw('GET /' . 'a' x 100000 . " HTTP/1.1\r\n$host\r\n")), qr/^(414|431)$/, 'an address of 100 KB: 414');
is(status($s->raw("POST /v1/tokens HTTP/1.1\r\n${local}Content-Length: 2000000\r\n\r\n{")), '413', 'a body announced as 2 MB: 413 before it is sent');
{
    my $c = $s->connect_to;
    local $SIG{PIPE} = 'IGNORE';
    syswrite $c, "POST /v1/tokens HTTP/1.1\r\n${local}Transfer-Encoding: chunked\r\n\r\n";
    my $chunk = sprintf("%x\r\n", 65536) . ' ' x 65536 . "\r\n";
    my ($sent, $text) = (0, '');
    my $select = IO::Select->new($c);
    while ($sent < 2000 && !$select->can_read(0)) { syswrite($c, $chunk) // last; $sent++ }
    $text = RebHttp::read_all($c);
    ok($sent < 2000, 'a body that grows beyond the limit in chunks is cut') or diag($sent);
    like($text, qr/^(HTTP\/1\.1 413.*)?$/s, '... with 413 when the client still listens');
}

# --- addresses ---
my ($status, $body, $headers) = $s->call('GET', '/v1/nothing');
is($status, 404, 'an unknown address');
is($body->{error}{code}, 'not_found', '... is told in JSON');
($status, $body, $headers) = $s->call('DELETE', '/v1/version');
is("$status $headers->{allow}", '405 GET, HEAD, OPTIONS', 'a method that is not taken: 405 with Allow');
($status, $body, $headers) = $s->call('OPTIONS', '/v1/tokens');
is("$status $headers->{allow}", '204 GET, HEAD, POST, OPTIONS', 'OPTIONS tells the methods');
ok(!exists $headers->{'access-control-allow-origin'}, '... and opens nothing to other origins');
($status, $body, $headers) = $s->call('TRACE', '/healthz');
is($status, 405, 'TRACE is not taken');
is(status($s->raw("GET /v1/jobs/%31 HTTP/1.1\r\n${host}Connection: close\r\n\r\n")), '404', 'an escaped digit is a digit');
is(status($s->raw("GET /v1%2Fversion HTTP/1.1\r\n${host}Connection: close\r\n\r\n")), '404', 'an escaped slash is no slash');
is(status($s->raw("GET /v1/settings/%zz HTTP/1.1\r\n${host}Connection: close\r\n\r\n")), '405', 'a path is looked up before it is decoded');
is(status($s->raw("GET /v1/jobs?state=%zz HTTP/1.1\r\n${host}Connection: close\r\n\r\n")), '400', 'a broken escape in the query');
is(status($s->raw("GET /v1/jobs?state=done%00 HTTP/1.1\r\n${host}Connection: close\r\n\r\n")), '400', 'a NUL in the query');
is(status($s->raw("GET /v1/jobs?limit=1&limit=2 HTTP/1.1\r\n${host}Connection: close\r\n\r\n")), '400', 'a parameter given twice');
($status, $body) = $s->call('GET', '/v1/jobs?limit=0');
like("$status $body->{error}{detail}", qr/^400 limit must be a whole number from 1 to 200/, 'a number out of its range is told');
for my $path ('/healthz', '/v1/version', '/', '/nothing') {
    my $text = $s->raw("HEAD $path HTTP/1.1\r\n${host}Connection: close\r\n\r\n");
    ok($text =~ /\r\n\r\n$/ && $text =~ /Content-Length: [1-9]/, "HEAD $path has headers and no body");
}
($status, $body, $headers) = $s->call('GET', '/');
like($headers->{'content-security-policy'}, qr/default-src 'none'; script-src 'self';/, 'the console runs nothing but its own files');
unlike($headers->{'content-security-policy'}, qr/unsafe|\*|data:/, 'and makes no exception');
is($headers->{'x-content-type-options'}, 'nosniff', 'types are not guessed');
is($headers->{'cache-control'}, 'no-cache', 'a browser asks each time whether the console was renewed');
my ($script) = $body =~ m{(/assets/[^"]+\.js)};
my $etag = $headers->{etag};
is(status($s->raw("GET / HTTP/1.1\r\n${host}If-None-Match: $etag\r\nConnection: close\r\n\r\n")), '304', 'and is told when it was not');
my ($plain, $plain_headers, $packed, $packed_headers);
($status, $plain, $plain_headers) = $s->call('GET', $script);
ok($status == 200 && !$plain_headers->{'content-encoding'}, 'a file for who cannot unpack');
like($plain_headers->{'cache-control'}, qr/immutable/, 'a file with a hash in its name never changes');
($status, $packed, $packed_headers) = $s->call('GET', $script, undef, { 'Accept-Encoding' => 'br, gzip' });
is($packed_headers->{'content-encoding'}, 'gzip', 'packed for who can');
is(Compress::Zlib::memGunzip($packed), $plain, 'and it is the same file');
($status, undef, $packed_headers) = $s->call('GET', $script, undef, { 'Accept-Encoding' => 'gzip;q=0' });
ok(!$packed_headers->{'content-encoding'}, 'gzip;q=0 is a no');
($status, undef, $headers) = $s->call('GET', '/v1/jobs');
is($headers->{'cache-control'}, 'no-store', 'of the data nothing is kept by caches');

# --- JSON bodies ---
for (['[1', 400], ['{"name":"a"}', 400], ['[]', 400], ["{\"name\":\"\xff\",\"scopes\":[\"read\"]}", 400], ["{\"name\":\"a\\u0000b\",\"scopes\":[\"read\"]}", 400],
    ['{"name":"a","scopes":["read"],"more":1}', 400], ['{"name":"a","name":"b","scopes":["read"]}', 400], ['{"name":"a","scopes":"read"}', 400],
    ['{"name":"a","scopes":["owner"]}', 400], ['{"name":"a","scopes":["read"],"days":1e9}', 400], ['{"name":"a","scopes":["read"],"days":1.5}', 400],
    ['[' x 5000, 400], ['{"name":"a","scopes":["read"]} x', 400])
{
    my ($text, $want) = @$_;
    my ($got, $answer) = $s->call('POST', '/v1/tokens', $text);
    ok($got == $want && $answer->{error}{detail}, 'refused with a reason: ' . substr($text, 0, 40)) or diag("$got");
}
($status) = $s->call('POST', '/v1/tokens', '{"name":"a","scopes":["read"]}', { 'Content-Type' => 'text/plain' });
is($status, 403, 'a form of another site cannot write: its type is not JSON');
($status) = $s->call('POST', '/v1/tokens', '{"name":"a","scopes":["read"]}', { 'Content-Type' => 'text/plain', 'X-Requested-With' => 'x' });
is($status, 415, 'JSON must be called so');

# --- who may ask ---
for (["Host: evil.example\r\n", 401], ["Host: 127.0.0.1.evil.example\r\n", 401], ["Host: localhost:9\r\n", 200], ["Host: [::1]\r\n", 200],
    ["${host}X-Forwarded-For: 203.0.113.9\r\n", 401], ["${host}Forwarded: for=203.0.113.9\r\n", 401])
{
    my ($h, $want) = @$_;
    (my $name = $h) =~ s/\r\n/ /g;
    is(status($s->raw("GET /v1/jobs HTTP/1.1\r\n${h}Connection: close\r\n\r\n")), $want, "without a key, $name: $want");
}
for (['cross-site', 'empty', 401], ['same-site', 'image', 401], ['cross-site', 'iframe', 401], ['cross-site', 'document', 200],
    ['same-origin', 'empty', 200], ['none', 'document', 200])
{
    my ($site, $dest, $want) = @$_;
    is(status($s->raw("GET /v1/today HTTP/1.1\r\n${host}Sec-Fetch-Site: $site\r\nSec-Fetch-Dest: $dest\r\nConnection: close\r\n\r\n")), $want,
        "a browser asks for a page that is $site, into $dest: $want");
}
is($s->stop, 0, 'SIGTERM ends it with 0');

# --- what is left of old imports ---
my $kept = "$db.uploads/rejects-" . 'a' x 32 . '.csv';
my $old_rows = "$db.uploads/rejects-" . 'b' x 32 . '.csv';
my $foreign = "$db.uploads/rejects-mine.csv";
for my $path ($kept, $old_rows, $foreign) {
    open my $f, '>', $path or die "$path: $!";
    close $f;
    utime 1, 1, $path if $path ne $kept;
}
$s = RebHttp::serve($db, '--rate', '0');
ok(RebHttp::eventually(sub { !-e $old_rows }), 'refused rows of an import of long ago are removed');
ok(-e $kept && -e $foreign, '... younger ones and files of others are not');
$s->stop;

my ($rc, $out) = RebHttp::run($db, 'serve', '--listen', '0.0.0.0:0');
is($rc, 8, 'no open address without a key');
like($out, qr/token add/, '... and the way out is told');
($rc, my $read) = RebHttp::run($db, 'token', 'add', 'looker', '--scopes', 'read', '--json');
($rc, my $write) = RebHttp::run($db, 'token', 'add', 'writer', '--scopes', 'read,write', '--json');
($rc, my $admin) = RebHttp::run($db, 'token', 'add', 'boss', '--scopes', 'admin', '--json');
($rc, my $old) = RebHttp::run($db, '--now', '2020-01-01', 'token', 'add', 'old', '--scopes', 'admin', '--days', '30', '--json');
s/.*"key":"([^"]+)".*/$1/s for $read, $write, $admin, $old;
like($read, qr/^reb_[\w-]{43}$/, 'a key is shown once');
($rc, $out) = RebHttp::run($db, 'token', 'list');
unlike($out, qr/\Q$read\E/, '... and never again');
($rc, $out) = RebHttp::run($db, 'token', 'add', 'looker');
is($rc, 5, 'a name belongs to one living key');

$s = RebHttp::serve($db, '--listen', '0.0.0.0:0', '--rate', '0');
sub with { return { Authorization => "Bearer $_[0]" } }
is(($s->call('GET', '/v1/jobs'))[0], 401, 'once a key exists, each request needs one');
is(($s->call('GET', '/v1/jobs', undef, with('reb_' . 'A' x 43)))[0], 401, 'an unknown key');
is(($s->call('GET', '/v1/jobs', undef, with('x' x 5000)))[0], 401, 'a very long key');
is(($s->call('GET', '/v1/jobs', undef, with($old)))[0], 401, 'an expired key');
is(($s->call('GET', '/v1/jobs', undef, with($read)))[0], 200, 'a key that may read reads');
is(($s->call('POST', '/v1/jobs/1/cancel', undef, with($read)))[0], 403, '... and does not write');
is(($s->call('POST', '/v1/jobs/1/cancel', undef, with($write)))[0], 404, 'a key that may write gets as far as the job that is not there');
is(($s->call('GET', '/v1/tokens', undef, with($write)))[0], 403, '... and sees no keys');
is(($s->call('GET', '/v1/tokens', undef, with($admin)))[0], 200, 'an admin does');
is(($s->call('GET', '/healthz'))[0], 200, 'health needs no key');

is(($s->call('GET', '/v1/jobs', undef, { Authorization => 'Basic ' . encode_base64("me:$read", '') }))[0], 200, 'a browser gives the key as password');
($rc) = RebHttp::run($db, 'token', 'revoke', 'looker');
ok(RebHttp::eventually(sub { ($s->call('GET', '/v1/jobs', undef, with($read)))[0] == 401 }), 'a revoked key ends within moments');
like(RebHttp::slurp($s->{log}), qr/"message":"request"/, 'each request is logged');
unlike(RebHttp::slurp($s->{log}), qr/reb_/, '... without keys');
$s->stop;

$s = RebHttp::serve($db, '--open-on-loopback', '--rate', '5');
my @got = map { ($s->call('GET', '/healthz'))[0] } 1 .. 30;
ok((grep { $_ == 200 } @got) >= 10, 'a burst is allowed');
ok((grep { $_ == 429 } @got) >= 5, 'more than that is 429') or diag("@got");
($status, $body, $headers) = $s->call('GET', '/healthz');
ok($status == 429 && $headers->{'retry-after'} >= 1, '... and tells how long to wait');
$s->stop;
# --- systemd ---
{
    use IO::Socket::UNIX;
    use Socket qw(SOCK_DGRAM);
    my $path = "$RebHttp::tmp/notify";
    my $socket = IO::Socket::UNIX->new(Local => $path, Type => SOCK_DGRAM) or die "socket: $!";
    local @ENV{qw(NOTIFY_SOCKET WATCHDOG_USEC)} = ($path, 200000);
    $s = RebHttp::serve($db);
    my $select = IO::Select->new($socket);
    my $next = sub { $select->can_read(5) ? do { recv $socket, my $m, 100, 0; $m } : 'nothing' };
    is($next->(), 'READY=1', 'systemd is told when it is ready');
    is($next->(), 'WATCHDOG=1', '... and that it lives');
    kill 'TERM', $s->{pid};
    my $last = 'WATCHDOG=1';
    $last = $next->() while $last eq 'WATCHDOG=1';
    is($last, 'STOPPING=1', '... and when it ends');
    $s->stop;
}
done_testing;
