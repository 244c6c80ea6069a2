#!/usr/bin/env perl
# Memory that runs out in a running server: for each request another allocation fails. The request is answered as ever or with the error,
# the server goes on, nothing is half written, and without failures it answers as before. Only the allocations that Rebound itself makes.
use strict;
use warnings;
use lib 'tests/lib';
use Cwd qw(getcwd);
use RebHttp;
use Test::More;
use Time::HiRes qw(time);

my $preload = getcwd() . '/build/tests/lib/failing_alloc.so';
my $plain = $ENV{REB_PLAIN} // 'build/rebound';    # as released: ASan has its own malloc
-x $plain && -e $preload or plan skip_all => 'make test builds build/rebound and build/tests/lib/failing_alloc.so';
$RebHttp::binary = $plain;
my $share = ($ENV{REB_ALLOCATIONS} // '') eq 'all' ? 1e9 : 0.6;    # seconds a request

my $db = RebHttp::new_db('sqlite', 'allocations');
RebHttp::run($db, 'demo', '--out', "$RebHttp::tmp/demo", '--customers', '30', '--seed', '7', '--until', '2026-05-01');
RebHttp::run($db, 'import', "$RebHttp::tmp/demo/orders.csv", '--now', '2026-05-01');
RebHttp::run($db, 'fit', '--now', '2026-05-01');
my $steer = "$RebHttp::tmp/steer";
my $fail = sub { open my $h, '+<:raw', $steer or die $!; syswrite $h, pack 'q', shift; close $h };
open my $made, '>:raw', $steer or die $!;
print $made pack 'q', 0;
close $made;
my $s = do {
    local $ENV{LD_PRELOAD} = $preload;
    local $ENV{REB_FAIL_STEER} = $steer;
    RebHttp::serve($db, '--rate', '0');
};
my ($status, $list) = $s->call('GET', '/v1/customers?limit=5');
is($status, 200, 'the server runs');
my $who = (($list // {})->{customers} // ($list // {})->{items} // [])->[0]{id} // '';
isnt($who, '', 'a customer to ask about');
my $local = { 'X-Requested-With' => 'test' };
my @requests = (
    ['customers', 'GET', '/v1/customers?limit=5'],
    ['one customer', 'GET', "/v1/customers/$who"],
    ['found customers', 'GET', '/v1/customers/search?q=a'],
    ['today', 'GET', '/v1/today'],
    ['summary', 'GET', '/v1/summary'],
    ['settings', 'GET', '/v1/settings'],
    ['a setting', 'PUT', '/v1/settings/margin_rate', { value => 0.4 }],
    ['a note', 'POST', "/v1/customers/$who/notes", { text => 'likes tea' }],
    ['a body that is no JSON', 'POST', '/v1/tokens', '{"name'],
    ['openapi', 'GET', '/openapi.json'],
    ['nothing', 'GET', '/nope'],
);
for my $r (@requests) {
    my ($name, $method, $path, $body) = @$r;
    my ($usual) = $s->call($method, $path, $body, $local);
    my ($n, $end, $refused, $quiet, %bad) = (0, time + $share, 0, 0);
    while ($n < 2000 && $quiet < 12 && time < $end) {
        $fail->(++$n);
        my $began = time;
        my ($got, $value) = $s->call($method, $path, $body, $local);
        open my $h, '<:raw', $steer;
        sysread $h, my $left, 8;
        $fail->(0);
        $quiet = unpack('q', $left) > 0 ? $quiet + 1 : 0;    # the request made fewer allocations than that
        my $honest = $got == $usual || ($got == 500 && ref $value && ($value->{error}{code} // '') eq 'memory') || $got == 503 || $got == 599;
        $got = 'late' if time - $began > 60;
        push @{ $bad{$got} }, $n if !$honest || $got eq 'late';
        $refused++ if $got != $usual;
    }
    my ($again) = $s->call($method, $path, $body, $local);
    ok(!%bad && $again == $usual, "$name ($usual): $n allocations failed in turn, $refused requests refused, then as ever");
    diag("$name: answered $_ at @{$bad{$_}}") for sort keys %bad;
}
is($s->stop, 0, 'and it ends in order');
my ($rc, $said) = RebHttp::run($db, 'verify');
is($rc, 0, 'the database is sound') or diag($said);
done_testing;
