#!/usr/bin/env perl
# The audit log, on both engines: who saw and changed what through every door; tampering by direct SQL is found and named; the engines themselves
# refuse to change it; several processes make one chain; kill -9 breaks nothing and loses no change that was answered.
use strict;
use warnings;
use lib 'tests/lib';
use RebHttp;
use JSON::PP;
use Test::More;

sub yes {
    my ($s, $want, $method, $path, $body, $headers) = @_;
    my ($status, $v) = $s->call($method, $path, $body, $headers);
    is($status, $want, "$method $path") or diag(explain($v));
    return $v;
}
# Statements by hand; what the engine said. On SQLite and PostgreSQL alike.
sub sql {
    my ($db, @statements) = @_;
    my @cmd = $db =~ /^postgresql:/ ? ('psql', '-qAtX', '-v', 'ON_ERROR_STOP=1', $db, map { ('-c', $_) } @statements) : ('sqlite3', '-cmd', '.timeout 10000', $db, @statements);
    my $pid = open(my $out, '-|') // die;
    if ($pid == 0) { open STDERR, '>&', \*STDOUT; exec @cmd or die }
    local $/;
    my $text = <$out> // '';
    close $out;
    chomp $text;
    return $text;
}
my $pg_open = 'alter table audit disable trigger all; alter table audit_head disable trigger all';
my $pg_shut = 'alter table audit enable trigger all; alter table audit_head enable trigger all';
sub tamper { # with the guards off, as somebody who owns the database can have them
    my ($db, @statements) = @_;
    return sql($db, $pg_open, @statements, $pg_shut) if $db =~ /^postgresql:/;
    my @guards = split /;;\n/, sql($db, "select sql || ';' from sqlite_master where type = 'trigger' and name like 'audit_keep%'") =~ s/end;$/end;;/gmr;
    my @names = split /\n/, sql($db, "select name from sqlite_master where type = 'trigger' and name like 'audit_keep%'");
    return sql($db, (map { "drop trigger $_" } @names), @statements, map { s/;+$//r } @guards);
}
sub verify { my ($db, @more) = @_; return RebHttp::run($db, 'audit', 'verify', @more) }

for my $engine (RebHttp::engines()) {
    diag("engine $engine");
    my $db = RebHttp::new_db($engine, 'audit');
    my $s = RebHttp::serve($db, '--now', '2026-05-01T09:00:00Z', '--rate', '0');

    # every kind of thing leaves its record
    my $id = yes($s, 201, 'POST', '/v1/customers', { name => 'Ann Archer', email => 'ann@example.net', phone => '+44 20 7946 0018' })->{customer_id};
    my $other = yes($s, 201, 'POST', '/v1/customers', { name => 'Anne Archer' })->{customer_id};
    yes($s, 200, 'GET', "/v1/customers/$id");
    yes($s, 200, 'GET', "/v1/customers/$id") for 1 .. 3;
    yes($s, 200, 'GET', '/v1/customers');
    yes($s, 200, 'GET', '/v1/customers/search?q=nobody-at-all');
    yes($s, 201, 'POST', "/v1/customers/$id/notes", { text => 'is afraid of spiders' });
    yes($s, 409, 'POST', '/v1/customers', { name => 'X', email => 'ann@example.net' });
    yes($s, 200, 'PUT', '/v1/settings/contact_gap_days', { value => 20 });
    yes($s, 200, 'POST', "/v1/customers/$id/merge", { other_id => $other });
    my $log = RebHttp::eventually(sub {
        my $l = yes($s, 200, 'GET', '/v1/audit?limit=100');
        (grep { $_->{did} eq 'customer_merge' } @{ $l->{records} }) && (grep { $_->{did} eq 'customer_list' } @{ $l->{records} }) ? $l : undef;
    });
    my @r = grep { $_->{about} eq 'customer' || $_->{about} eq 'setting' } @{ $log->{records} };
    my %n;
    $n{"$_->{kind} $_->{did}"}++ for @r;
    is_deeply(\%n, { 'changed customer_add' => 2, 'saw customer_get' => 1, 'saw customer_list' => 1, 'changed customer_note' => 1, 'changed setting_put' => 1,
        'changed customer_merge' => 1 }, 'one record each; the same seen again at once is not said twice; what failed or showed nobody is not there');
    my %by = map { $_->{did} => $_ } @r;
    is_deeply([sort @{ $by{customer_list}{subjects} }], [sort $id, $other], 'a list names whom it showed');
    is_deeply($by{customer_note}{subjects}, [$id], 'a note names its customer');
    is_deeply([sort @{ $by{customer_merge}{subjects} }], [sort $id, $other], 'a merge names both');
    is($by{setting_put}{detail}, '{"key":"contact_gap_days","before":"14","after":"20","events_moved":0}', 'a setting, from what to what');
    is($by{customer_note}{who}, 'local', 'by whom');
    my $all = encode_json($log);
    unlike($all, qr/spider|Archer|ann\@|7946/, 'no personal data stands in the log');
    is_deeply([map { $_->{did} } @{ yes($s, 200, 'GET', "/v1/audit?subject=$other&about=customer&kind=changed")->{records} }], ['customer_merge', 'customer_add'], 'asked by subject');
    is(scalar @{ yes($s, 200, 'GET', '/v1/audit?from=2090-01-01T00:00:00Z')->{records} }, 0, '... and by time');
    my $page = yes($s, 200, 'GET', '/v1/audit?limit=2&did=customer_add');
    is_deeply([scalar @{ $page->{records} }, $page->{next}], [2, undef], 'a page that is the last');
    $page = yes($s, 200, 'GET', '/v1/audit?limit=3');
    is(yes($s, 200, 'GET', "/v1/audit?limit=1&before=$page->{next}")->{records}[0]{seq}, $page->{next} - 1, 'pages follow on each other');

    # keys: by name, and what they may not
    my $key = yes($s, 201, 'POST', '/v1/tokens', { name => 'till', scopes => ['read'], days => 2 })->{key};
    ok(RebHttp::eventually(sub { ($s->call('GET', '/v1/jobs'))[0] == 401 }), 'keys are needed');
    my $auth = { Authorization => "Bearer $key" };
    yes($s, 200, 'GET', "/v1/customers/$id/card", undef, $auth);
    yes($s, 403, 'POST', "/v1/customers/$id/notes", { text => 'x' }, $auth);
    yes($s, 403, 'GET', '/v1/audit', undef, $auth);
    is($s->stop, 0, 'the server ends');
    my ($rc, $out) = RebHttp::run($db, 'audit', '--who', 'key:till', '--json');
    is_deeply([map { "$_->{kind} $_->{did}" } reverse @{ decode_json($out)->{records} }], ['saw customer_card', 'denied customer_note', 'denied audit_list'],
        'what a key saw, and what it was refused');

    # the terminal
    ($rc) = RebHttp::run($db, 'customer', 'consent', $id, 'marketing', 'email', 'no');
    is($rc, 0, 'a consent at the terminal');
    ($rc, $out) = RebHttp::run($db, 'audit', '--customer', $id, '--limit', '1', '--json');
    my $last = decode_json($out)->{records}[0];
    like("$last->{who} $last->{did} $last->{about}", qr/^terminal:\S+ customer consent customer$/, 'is in the log, by whom');
    ($rc, $out) = RebHttp::run($db, 'audit');
    like($out, qr/customer consent/, 'the list for a person');

    # the engine refuses
    like(sql($db, "update audit set who = 'nobody'"), qr/append-only/, 'no UPDATE');
    like(sql($db, 'delete from audit where seq = 2'), qr/append-only/, 'no DELETE');
    like(sql($db, 'update audit_head set last_seq = last_seq - 1'), qr/only grows|append-only/, 'the head does not go back');
    like(sql($db, 'delete from audit_head'), qr/append-only/, '... or away');
    like(sql($db, 'truncate audit'), qr/append-only/, 'no TRUNCATE') if $engine eq 'pg';

    # tampering, found and named
    ($rc, $out) = verify($db);
    is($rc, 0, 'the chain is whole') or diag($out);
    my ($head) = $out =~ /Head: (\d+:[0-9a-f]{64})/;
    my ($end) = $head =~ /^(\d+)/;
    (undef, my $said) = RebHttp::run($db, 'audit', 'head');
    is($said, "$head\n", 'audit head says the same');
    my $saved = "create table kept as select * from audit; create table kept_head as select * from audit_head";
    sql($db, split /; /, $saved);
    my $restore = sub { tamper($db, 'delete from audit', 'insert into audit select * from kept', 'delete from audit_head', 'insert into audit_head select * from kept_head') };
    my @crimes = (
        ['a word changed', qr/Record 3 was changed/, ["update audit set who = 'key:evil' where seq = 3"]],
        ['a time changed', qr/Record 4 was changed/, ['update audit set at_us = at_us + 1 where seq = 4']],
        ['a hash changed', qr/Record 4 was changed/, ["update audit set hash = 'zz' || substr(hash, 3) where seq = 4"]],
        ['one removed', qr/Record 3 is missing/, ['delete from audit where seq = 3']],
        ['three removed', qr/Records 3 to 5 are missing/, ['delete from audit where seq between 3 and 5']],
        ['the first removed', qr/Record 1 is missing/, ['delete from audit where seq = 1']],
        ['the last removed', qr/Record $end, the last one, is missing/, ["delete from audit where seq = $end"]],
        ['one added at the end', qr/stand after the end/, ["insert into audit select seq + 1, at_us, who, role, kind, did, about, subjects, detail, hash, hash from audit where seq = $end"]],
        ['one put before the beginning', qr/Record 0 stands before the beginning/, ['insert into audit select 0, at_us, who, role, kind, did, about, subjects, detail, prev_hash, hash from audit where seq = 1']],
        ['two that changed places', qr/Record 3 was moved: it stood at 4.*Record 4 was moved: it stood at 3/s, ['update audit set seq = -3 where seq = 3', 'update audit set seq = 3 where seq = 4', 'update audit set seq = 4 where seq = -3']],
        ['the head changed', qr/The head is not that of record/, ["update audit_head set last_hash = first_hash"]],
        ['a beginning that nobody attests', qr/no record says that the older ones were removed/, ['delete from audit where seq < 3', "update audit_head set first_seq = 3, first_hash = (select prev_hash from audit where seq = 3)"]],
    );
    for my $c (@crimes) {
        tamper($db, @{ $c->[2] });
        ($rc, $out) = verify($db);
        is($rc, 11, "$c->[0]: exit code 11");
        like($out, $c->[1], '... and which');
        $restore->();
    }
    ($rc, $out) = verify($db);
    is($rc, 0, 'put back: whole again') or diag($out);
    # the end cut off with its head: found by a head that was written down
    tamper($db, "delete from audit where seq > $end - 3", 'update audit_head set last_seq = (select max(seq) from audit), last_hash = (select hash from audit order by seq desc limit 1)');
    is((verify($db))[0], 0, 'an end that is cut off with its head cannot be seen from inside');
    ($rc, $out) = verify($db, '--head', $head);
    is($rc, 11, '... but with a head that was written down') or diag($out);
    like($out, qr/Record $end was written down as head, but the log ends/, '... and it says so');
    $restore->();
    ($rc, $out) = verify($db, '--head', $head);
    is($rc, 0, 'and is the right one when it is') or diag($out);
    is((verify($db, '--head', '3:zz'))[0], 2, 'a head that is none');
    is((verify($db, '--head', '3:' . '0' x 64))[0], 11, 'a head with another hash');
    sql($db, 'drop table kept', 'drop table kept_head');

    # backup and restore keep the chain; a restore may replace it
    my $copy = "$RebHttp::tmp/copy.$engine";
    is((RebHttp::run($db, 'backup', $copy))[0], 0, 'backup');
    is((verify($copy))[0], 0, 'the copy is whole');
    my $new = RebHttp::new_db($engine, 'audit2');
    ($rc, $out) = RebHttp::run($new, 'restore', $copy, '--force');
    is($rc, 0, 'restored over another') or diag($out);
    ($rc, $out) = verify($new, '--head', $head);
    is($rc, 0, 'and whole there') or diag($out);

    # several processes at once, and one of them killed
    my @s = map { RebHttp::serve($db, '--now', '2026-05-01T09:00:00Z', '--rate', '0') } 1 .. 2;
    my $admin = (RebHttp::run($db, 'token', 'add', 'many', '--scopes', 'admin', '--json'))[1];
    my ($token) = $admin =~ /(reb_[\w-]+)/;
    my $bearer = { Authorization => "Bearer $token" };
    my @pipes;
    for my $k (0 .. 3) {
        my $pid = open(my $pipe, '-|') // die;
        if ($pid == 0) {
            $| = 1;
            my $at = $s[$k % 2];
            for my $i (1 .. 40) {
                my ($status, $v) = eval { $at->call('POST', "/v1/customers/$id/notes", { text => "n$k.$i" }, $bearer) };
                print STDERR "# $status ", JSON::PP::encode_json($v), "\n" if defined $status && $status != 201 && $status != 599;
                last unless defined $status && $status == 201;
                print "$v->{event_id}\n";
            }
            POSIX::_exit(0);
        }
        push @pipes, $pipe;
    }
    my @answered;
    push @answered, scalar readline $pipes[0] for 1 .. 8;
    $s[0]->stop('KILL');
    for my $p (@pipes) { push @answered, <$p>; close $p }
    @answered = grep { defined } @answered;
    ok(@answered >= 88, scalar(@answered) . ' notes were answered, by two servers of which one was killed');
    is($s[1]->stop, 0, 'the other ends in order');
    ($rc, $out) = verify($db);
    is($rc, 0, 'one chain, whole') or diag($out);
    my $notes = sql($db, "select count(*) from event where kind = 'note' and data like '%many%'");
    my $records = sql($db, "select count(*) from audit where did = 'customer_note' and who = 'key:many'");
    is($records, $notes, "as many records as notes ($notes)");
    cmp_ok($notes, '>=', scalar @answered, '... and none that was answered is missing');

    # every address that reads is in the table
    open my $f, '<', 'api/audit.def' or die;
    my %told = map { /^REB_AUDIT\((\w+),/ ? ($1 => 1) : () } <$f>;
    open $f, '<', 'api/routes.def' or die;
    is(join(' ', grep { !$told{$_} } map { /^REB_ROUTE\((\w+), GET, "[^"]+", (?:READ|FIGURES),/ ? $1 : () } <$f>), '', 'api/audit.def tells of every address that reads');
}
done_testing;
