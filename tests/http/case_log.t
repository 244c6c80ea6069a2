#!/usr/bin/env perl
# Logs of real help desks become cases, on both engines; a holiday is added and taken away again, and every deadline is as it was. Taken back, the
# log leaves nothing; imported again, everything.
use strict;
use warnings;
use lib 'tests/lib';
use RebHttp;
use JSON::PP;
use Test::More;

my $shared = ($ENV{REB_SHARED} // '../shared') . '/data';

sub run_ok {
    my ($db, @words) = @_;
    my ($rc, $out) = RebHttp::run($db, @words, '--now', '2026-05-01');
    is($rc, 0, "rebound @words[0 .. ($#words > 1 ? 1 : $#words)]") or diag($out);
    return $out;
}
sub json_of { my $out = run_ok(@_, '--json'); my @lines = $out =~ /^(\{.*\})$/mg; return decode_json($lines[-1] // '{}') }
sub file_of { my ($name, $text) = @_; open my $f, '>', "$RebHttp::tmp/$name" or die; print $f $text; close $f; return "$RebHttp::tmp/$name" }

# Every clock as it is stored, but for the version of the calendar.
sub clocks {
    my ($engine, $db) = @_;
    my $q = "select case_id, clock_no, kind, round, state, started_us, due_us, warn_us, paused_since_us, ended_us from case_clock order by case_id, clock_no";
    my @command = $engine eq 'pg' ? ('psql', '-qXAt', '-F', '|', $db, '-c', $q) : ('sqlite3', $db, $q);
    open my $f, '-|', @command or die;
    local $/;
    return scalar <$f>;
}
sub count_of { my ($engine, $db, $q) = @_; open my $f, '-|', $engine eq 'pg' ? ('psql', '-qXAt', $db, '-c', $q) : ('sqlite3', $db, $q) or die; my $n = <$f>; chomp $n; return $n }

# A holiday in the midst of open clocks; when it is gone, nothing differs.
sub holiday_and_back {
    my ($engine, $db, $days, $open, $what) = @_;
    my $before = clocks($engine, $db);
    my $added = json_of($db, 'calendar', 'off', $days, 'Announced', 'late');
    is($added->{cases}, $open, "$what: $open cases have an open clock");
    cmp_ok($added->{moved}, '>', 0, "$what: the holiday moves $added->{moved} of them");
    ok(clocks($engine, $db) ne $before, "$what: deadlines differ while it holds");
    my $gone = json_of($db, 'calendar', 'on', $days);
    is($gone->{moved}, $added->{moved}, "$what: taken away it moves as many back");
    ok(clocks($engine, $db) eq $before, "$what: and every deadline is stored as before, to the microsecond");
    like(run_ok($db, 'verify'), qr/sound/, "$what: replay equals what is stored");
}

my $events_map = file_of('events.map', <<'END');
case = CaseID
time = CompleteTimestamp
activity = ActivityID
on 1 = acknowledged
on 3 = acknowledged
on 8 = message_out
on 9 = waiting customer
on 6 = closed
on otherwise = note
outcome otherwise = upheld
END

for my $engine (RebHttp::engines()) {
    diag("engine $engine");

    # a small log of our own, with all that goes wrong in logs
    my $db = RebHttp::new_db($engine, 'log');
    my $log = file_of('log.csv', <<'END');
CaseID,ActivityID,CompleteTimestamp
a,1,2026-04-20 09:00:00
a,9,2026-04-20 11:00:00
b,8,2026-04-21 10:00:00
a,8,2026-04-22 09:00:00
a,6,2026-04-22 10:00:00
a,6,2026-04-22 11:00:00
b,1,2026-04-21 09:30:00
b,9,2026-04-21 15:00:00
,1,2026-04-21 09:30:00
c,1,yesterday
c,1,2031-01-01 09:00:00
END
    my $r = json_of($db, 'import', 'log', $log, '--map', $events_map);
    is_deeply([ @$r{qw(rows refused cases cases_new events implied events_left)} ], [ 11, 3, 2, 2, 11, 4, 1 ], 'rows become events, with what follows from them');
    is(join(' ', map { "$_->{line}:$_->{reason}" } @{ $r->{faults} }), '10:no case 11:no date 12:lies in the future', 'refused rows by line');
    is(count_of($engine, $db, "select state from case_file order by opened_us limit 1"), 'closed', 'a closed log is a closed case');
    is(count_of($engine, $db, "select count(*) from case_clock where state = 'paused'"), 1, 'the other waits for its customer');
    my $again = json_of($db, 'import', 'log', $log, '--map', $events_map);
    is_deeply([ @$again{qw(batch_id cases_new events)} ], [ undef, 0, 0 ], 'the same log again brings nothing');
    file_of('log.csv', "CaseID,ActivityID,CompleteTimestamp\nb,6,2026-04-23 09:00:00\n");
    my $more = json_of($db, 'import', 'log', $log, '--map', $events_map);
    is_deeply([ @$more{qw(cases_new cases_known events)} ], [ 0, 1, 3 ], 'a later part of the log goes on where it stood');
    my ($rc, $out) = RebHttp::run($db, 'import', 'log', $log, '--map', file_of('bad.map', "case = CaseID\ntime = CompleteTimestamp\nactivity = ActivityID\non 1 = opened\n"));
    like($out, qr/Nothing says what these activities mean: "6"/, 'an activity of which nothing is said is named');
    ($rc, $out) = RebHttp::run($db, 'import', 'log', $log, '--map', file_of('bad.map', "case = Case\nopened = CompleteTimestamp\n"));
    like($out, qr/no column "Case".*It has: CaseID, ActivityID/s, 'so is a column that is not there');
    ($rc, $out) = RebHttp::run($db, 'import', 'log', $log, '--map', file_of('bad.map', "case = CaseID\nopened = CompleteTimestamp\nclosed = CompleteTimestamp\n"));
    like($out, qr/with what outcome/, 'an outcome is not invented');
    ($rc, $out) = RebHttp::run($db, 'import', 'log', $log, '--map', file_of('bad.map', "case = CaseID\non 1 = waiting godot\n"));
    like($out, qr/Line 2 of the mapping: "godot" is no word/, 'a wrong word by its line');
    like(run_ok($db, 'verify'), qr/sound/, 'replay equals what is stored');

    # by the API, as a job
    my $s = RebHttp::serve($db, '--now', '2026-05-01T09:00:00Z', '--rate', '0');
    my ($status, $u) = $s->call('POST', '/v1/uploads?name=whole.csv', "id;opened;closed;what\n1;03/04/2026;05/04/2026;late\n2;28/04/2026;;broken\n",
        { 'Content-Type' => 'application/octet-stream' });
    ($status, my $job) = $s->call('POST', '/v1/imports/log',
        { upload => $u->{upload}, map => "case = id\nopened = opened\nclosed = closed\nsubject = what\noutcome otherwise = partly\n", source => 'whole' });
    is($status, 202, 'a job takes a log in');
    my $done = RebHttp::eventually(sub { my (undef, $j) = $s->call('GET', "/v1/jobs/$job->{job_id}"); $j->{state} =~ /done|failed/ ? $j : undef });
    is($done->{state}, 'done', '... to its end') or diag(explain($done));
    is($done->{result}{cases_new}, 2, '... two cases');
    ($status, my $undo) = $s->call('POST', "/v1/imports/$done->{result}{batch_id}/undo");
    $done = RebHttp::eventually(sub { my (undef, $j) = $s->call('GET', "/v1/jobs/$undo->{job_id}"); $j->{state} =~ /done|failed/ ? $j : undef });
    is($done->{result}{cases}, 2, 'and is taken back');
    is(count_of($engine, $db, 'select count(*) from case_number'), 2, '... to the last number');
    $s->stop('TERM');

    # real logs
  SKIP: {
        skip 'the help desk\'s log is not here', 1 if !-e "$shared/helpdesk_log/helpdesk.csv";
        my $real = RebHttp::new_db($engine, 'helpdesk');
        my $all = json_of($real, 'import', 'log', "$shared/helpdesk_log/helpdesk.csv", '--map', $events_map);
        is_deeply([ @$all{qw(rows refused cases cases_new)} ], [ 13710, 0, 3804, 3804 ], 'helpdesk: 13,710 rows are 3,804 cases');
        my $whole = clocks($engine, $real);
        $whole =~ s/^\d+\|//mg;
        is(json_of($real, 'calendar', 'off', '2011-06-01..2011-06-03', 'Late')->{moved}, 0, 'helpdesk: all are closed, and no holiday moves what has ended');
        run_ok($real, 'import', 'undo', $all->{batch_id});
        is(count_of($engine, $real, 'select (select count(*) from case_event) + (select count(*) from case_file) + (select count(*) from case_text)'), 0, 'helpdesk: taken back');
        is(count_of($engine, $real, 'select count(*) from case_key'), 0, '... with the keys by which the log finds its cases');

        # cut where it stood on 1 June 2011: cases still open
        open my $in, '<', "$shared/helpdesk_log/helpdesk.csv" or die;
        my $head = <$in>;
        my $cut = file_of('cut.csv', join '', $head, grep { (split /,/)[2] lt '2011-06-01' } <$in>);
        my $part = json_of($real, 'import', 'log', $cut, '--map', $events_map);
        my $open = count_of($engine, $real, 'select count(*) from case_file where closed_us = 0');
        cmp_ok($open, '>', 20, "helpdesk: $open cases were open on 1 June 2011");
        holiday_and_back($engine, $real, '2011-05-30..2011-06-03', $open, 'helpdesk');
    }
  SKIP: {
        skip 'the city\'s complaints are not here', 1 if !-e "$shared/nyc_complaints/opened_to_2021.csv.gz";
        my $real = RebHttp::new_db($engine, 'nyc');
        open my $in, '-|', 'zcat', "$shared/nyc_complaints/opened_to_2021.csv.gz" or die;
        my @rows;
        while (<$in>) { push @rows, $_; last if @rows > 5000 }
        close $in;
        my $map = file_of('nyc.map', "case = unique_key\nopened = opendate\nclosed = closedate\nsubject = descriptor\nkind = complaint_type\nkind otherwise = other\noutcome otherwise = upheld\n");
        my $r = json_of($real, 'import', 'log', file_of('nyc.csv', join '', @rows), '--map', $map);
        is($r->{rows}, 5000, "nyc: 5,000 rows are $r->{cases} cases");
        my $open = count_of($engine, $real, 'select count(*) from case_file where closed_us = 0');
        holiday_and_back($engine, $real, '2021-12-29..2022-01-04', $open, 'nyc');
    }
  SKIP: {
        skip 'the consumers\' complaints are not here', 1 if !-e "$shared/cfpb/cfpb_6623.csv.gz";
        my $real = RebHttp::new_db($engine, 'cfpb');
        my $map = file_of('cfpb.map', "case = Complaint ID\nopened = Date received\nacknowledged = Date sent to company\nkind = Product\nkind otherwise = other\n"
              . "subject = Issue\ntext = Consumer complaint narrative\nchannel = Submitted via\nchannel of Web = form\nchannel of Phone = phone\nchannel of Email = email\nchannel otherwise = import\n");
        my $r = json_of($real, 'import', 'log', "$shared/cfpb/cfpb_6623.csv.gz", '--map', $map);
        is_deeply([ @$r{qw(rows refused cases_new)} ], [ 6623, 0, 6623 ], 'cfpb: 6,623 complaints');
        is(count_of($engine, $real, "select count(*) from case_text where part = 'body'"), 1532, 'cfpb: 1,532 with the customer\'s words');
        holiday_and_back($engine, $real, '2019-09-23..2019-09-27', 6623, 'cfpb');
    }
}
done_testing();
