#!/usr/bin/env perl
# What outlives a process: jobs taken up again after kill -9, jobs and live events shared by two processes on one PostgreSQL, an orderly end.
use strict;
use warnings;
use lib 'tests/lib';
use RebHttp;
use Test::More;
use Time::HiRes qw(time);

my $demo = "$RebHttp::tmp/demo";
my ($rc, $out) = RebHttp::run("$RebHttp::tmp/none.db", 'demo', '--out', $demo, '--customers', '1500', '--seed', '7', '--now', '2026-05-01');
is($rc, 0, 'a demo shop') or BAIL_OUT($out);
my $orders = RebHttp::slurp("$demo/orders.csv");
($rc, $out) = RebHttp::run("$RebHttp::tmp/none.db", 'demo', '--out', "$demo-large", '--customers', '8000', '--seed', '7', '--now', '2026-05-01');
is($rc, 0, 'a larger one, for what has to be caught under way') or BAIL_OUT($out);
my $many_orders = RebHttp::slurp("$demo-large/orders.csv");

sub job { my ($s, $id) = @_; return ($s->call('GET', "/v1/jobs/$id"))[1] }
sub start_import {
    my ($s, $file) = @_;
    my (undef, $u) = $s->call('POST', '/v1/uploads?name=orders.csv', $file // $orders, { 'Content-Type' => 'application/octet-stream' });
    my ($status, $j) = $s->call('POST', '/v1/imports', { upload => $u->{upload} });
    is($status, 202, 'an import begins') or diag(explain($j));
    return $j->{job_id};
}
sub ended { my ($s, $id) = @_; return RebHttp::eventually(sub { my $j = job($s, $id); $j->{state} =~ /^(done|failed|cancelled)$/ ? $j : undef }) }

# What the file brings when nobody disturbs it.
my $quiet = RebHttp::new_db('sqlite', 'quiet');
($rc, $out) = RebHttp::run($quiet, 'import', "$demo/orders.csv", '--json');
is($rc, 0, 'imported in peace');
# How many customers a file speaks of is counted anew where an import goes on: the one figure that may differ.
my $want = JSON::PP::decode_json((grep { /"counts"/ } split /\n/, $out)[0])->{imports}[0]{counts};
delete $want->{customers_seen};
sub counts { my %c = %{ ($_[0]->call('GET', '/v1/imports'))[1]{batches}[0]{counts} }; delete $c{customers_seen}; return \%c }

for my $engine (RebHttp::engines()) {
    diag("engine $engine");
    # The job may be through before the server is killed: then the whole is tried again, in a new database.
    my ($db, $s, $id, $j);
    for my $try (1 .. 20) {
        $db = RebHttp::new_db($engine, "kill$try");
        $s = RebHttp::serve($db, '--lease-ms', '1000', '--rate', '0');
        $id = start_import($s);
        RebHttp::eventually(sub { my $j = job($s, $id); $j->{progress} > 0.3 || $j->{state} ne 'running' && $j->{state} ne 'waiting' });
        is($s->stop('KILL'), -9, 'the server is killed in the middle of an import');
        $s = RebHttp::serve($db, '--lease-ms', '1000', '--rate', '0');
        $j = ended($s, $id);
        last if $j->{attempts} >= 2;
        $s->stop;
    }
    is($j->{state}, 'done', 'a new server takes the job up and ends it') or diag(explain($j));
    cmp_ok($j->{attempts}, '>=', 2, '... at the second attempt');
    my ($status, $list) = $s->call('GET', '/v1/imports');
    is(scalar @{ $list->{batches} }, 1, 'one import');
    is_deeply(counts($s), $want, 'and its counts are those of an undisturbed one');
    is($s->stop, 0, 'the server ends');
    ($rc, $out) = RebHttp::run($db, 'verify');
    is($rc, 0, 'the database is in order') or diag($out);

    # SIGTERM in the middle: the job is handed back at once, not after its lease
    $db = RebHttp::new_db($engine, 'term');
    $s = RebHttp::serve($db, '--rate', '0');
    $id = start_import($s);
    RebHttp::eventually(sub { job($s, $id)->{progress} > 0.3 });
    my $begin = time;
    is($s->stop, 0, 'SIGTERM in the middle of a job ends the server in order');
    cmp_ok(time - $begin, '<', 60, '... soon');
    $s = RebHttp::serve($db, '--rate', '0');
    $j = ended($s, $id);
    is($j->{state}, 'done', 'the next one goes on with it') or diag(explain($j));
    is_deeply(counts($s), $want, 'to the same counts');
    # cancel in the middle: whole chunks stay
    $s->stop;

    # A quick machine may be through before it is asked: then the whole is tried again, in a new database.
    my ($asked, $state);
    for my $try (1 .. 20) {
        $db = RebHttp::new_db($engine, "cancel$try");
        $s = RebHttp::serve($db, '--rate', '0');
        $id = start_import($s, $many_orders);
        RebHttp::eventually(sub { job($s, $id)->{progress} > 0.1 });
        ($asked) = $s->call('POST', "/v1/jobs/$id/cancel");
        $state = ended($s, $id)->{state};
        last if $state eq 'cancelled';
        $s->stop;
    }
    is($asked, 200, 'a running import is cancelled');
    is($state, 'cancelled', '... and stops');
    $s->stop;
    ($rc, $out) = RebHttp::run($db, 'verify');
    is($rc, 0, 'what it had written is whole') or diag($out);

    # a request under way is answered although the server is asked to end
    $s = RebHttp::serve($db, '--rate', '0');
    my $c = $s->connect_to;
    my $text = '{"value":"14"}';
    syswrite $c, "PUT /v1/settings/contact_gap_days HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " . length($text) . "\r\n\r\n" . substr($text, 0, 5);
    my $stream = $s->connect_to;
    syswrite $stream, "GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
    like(RebHttp::read_until($stream, qr/retry/), qr/ 200 OK/, 'a live stream is open');
    kill 'TERM', $s->{pid};
    like(RebHttp::read_until($stream, qr/(?:^|\n)0\r\n\r\n\z/), qr/^0\r\n\r\n\z/, '... and is ended with the server');
    syswrite $c, substr($text, 5);
    like(RebHttp::read_all($c), qr/^HTTP\/1\.1 200 /, 'a request that was on its way is answered');
    is($s->stop, 0, 'then it ends');
}

SKIP: {
    skip 'no PostgreSQL here', 7 unless $ENV{REB_TEST_PG};
    my $db = RebHttp::new_db('pg', 'two');
    my @s = map { RebHttp::serve($db, '--rate', '0') } 1, 2;
    my $id = start_import($s[0]);
    is(ended($s[1], $id)->{state}, 'done', 'one process is asked, any works, both tell');
    my @jobs = map { ($s[$_ % 2]->call('POST', '/v1/fit', {}))[1]{job_id} } 1 .. 8;
    my @done = map { ended($s[0], $_) } @jobs;
    is(scalar(grep { $_->{state} eq 'done' && $_->{attempts} == 1 } @done), 8, 'eight jobs for two processes: each ran once') or diag(explain([grep { $_->{state} ne 'done' || $_->{attempts} != 1 } @done]));
    my @worked = map { my $n = () = RebHttp::slurp($_->{log}) =~ /job worked on/g; $n } @s;
    is($worked[0] + $worked[1], 9, '... nine jobs in all');
    my $stream = $s[0]->connect_to;
    syswrite $stream, "GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
    RebHttp::read_until($stream, qr/retry/);
    my (undef, $new) = $s[1]->call('POST', '/v1/customers', { name => 'Zoe' });
    my $seen = RebHttp::read_until($stream, qr/event: customer\ndata: .*\n\n/);
    like($seen, qr/"customer_id":"$new->{customer_id}"/, 'what one process does, the stream of the other tells');
    my ($number) = $seen =~ /id: (\d+)\nevent: customer/;
    $s[1]->call('POST', "/v1/customers/$new->{customer_id}/notes", { text => 'n' });
    my $again = $s[1]->connect_to;
    syswrite $again, "GET /v1/events HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: $number\r\n\r\n";
    $seen = RebHttp::read_until($again, qr/event: customer\n/);
    like($seen, qr/id: @{[ $number + 1 ]}\nevent: customer/, 'who comes back with Last-Event-ID is told what was missed, by any process');
    $again = $s[0]->connect_to;
    syswrite $again, "GET /v1/events HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: 99999\r\n\r\n";
    like(RebHttp::read_until($again, qr/event: resync/), qr/event: resync/, 'a number that is not known asks to read everything anew');
    system('psql', '-qX', $db, '-c', 'delete from notice where notice_id < (select max(notice_id) from notice)');
    $again = $s[0]->connect_to;
    syswrite $again, "GET /v1/events HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: 1\r\n\r\n";
    like(RebHttp::read_until($again, qr/event: resync/), qr/event: resync/, 'so does one that was pruned');
    $_->stop for @s;
}
done_testing;
