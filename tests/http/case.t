#!/usr/bin/env perl
# One case over HTTP, on both engines: every address of it, two who act at once, what agents of other teams and analysts see, the live notice,
# the audit log, files, and that all of it goes when somebody is erased.
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

sub upload { # FILE BYTES
    my ($s, $path, $name, $bytes, $headers) = @_;
    my $b = 'xxBOUNDARYxx';
    my $body = "--$b\r\nContent-Disposition: form-data; name=\"direction\"\r\n\r\nin\r\n--$b\r\n"
        . "Content-Disposition: form-data; name=\"file\"; filename=\"$name\"\r\nContent-Type: application/octet-stream\r\n\r\n$bytes\r\n--$b--\r\n";
    my ($status, $v) = $s->call('POST', $path, $body, { %$headers, 'Content-Type' => "multipart/form-data; boundary=$b" });
    return ($status, $v);
}

for my $engine (RebHttp::engines()) {
    diag("engine $engine");
    my $db = RebHttp::new_db($engine, 'case');
    RebHttp::add_user($db, 'owner@example.com', 'owner');
    RebHttp::add_user($db, "$_\@example.com", 'agent') for qw(nora sam);
    RebHttp::add_user($db, 'ana@example.com', 'analyst');
    my $s = RebHttp::serve($db, '--now', '2026-05-04T09:00:00Z', '--rate', '0');
    my %as = map { $_ => { 'X-Requested-With' => 'x', %{ $s->sign_in("$_\@example.com") } } } qw(owner nora sam ana);
    my ($o, $nora, $sam) = @as{qw(owner nora sam)};
    yes($s, 200, 'PUT', '/v1/settings/case_assign', { value => 'nobody' }, $o);
    my %id = map { $_->{email} =~ /^(\w+)/; ($1 => $_->{id}) } @{ yes($s, 200, 'GET', '/v1/users', undef, $o)->{users} };
    is(join(' ', map { $_->{role} } @{ yes($s, 200, 'GET', '/v1/people', undef, $nora)->{people} }), 'agent agent owner', 'colleagues, without analysts');
    my $ann = yes($s, 201, 'POST', '/v1/customers', { name => 'Ann Archer', email => 'ann@example.net' }, $o)->{customer_id};

    # it comes in
    my $made = yes($s, 201, 'POST', '/v1/cases', { text => "Zyxparcel came late.\nAnd crushed.", email => 'ANN@example.net ', name => 'Ann', channel => 'phone',
        kind => 'delivery_late', sought => 'My money', order_ref => 'O-1', facts_day => '2026-05-01', language => 'el-GR', key => 'k1', acknowledge => 'phone' }, $nora);
    my $n = $made->{number};
    is_deeply([@{$made}{qw(state kind channel language subject sought order_ref facts_day anonymous)}],
        ['acknowledged', 'delivery_late', 'phone', 'el', 'Zyxparcel came late.', 'My money', 'O-1', '2026-05-01', JSON::PP::false], 'as it was told');
    is($made->{customer}{id}, $ann, 'known by the e-mail address');
    is_deeply($made->{steps}, { heard => 'done', apologised => 'now', map { $_ => 'later' } qw(fixing gesture called_back) }, 'and heard');
    is(yes($s, 201, 'POST', '/v1/cases', { text => 'other words', key => 'k1' }, $nora)->{number}, $n, 'the same key is the same case');
    like($made->{status_link}, qr{^/c/$n-[\w-]{22}$}, 'a link for the customer');
    ok((grep { $_->{kind} eq 'first_answer' && $_->{state} eq 'running' && $_->{open_left_us} > 0 } @{ $made->{clocks} }), 'a clock runs');
    yes($s, 422, 'POST', '/v1/cases', { text => " \n " }, $nora);
    yes($s, 422, 'POST', '/v1/cases', { text => 'x', kind => 'no_such' }, $nora);
    yes($s, 422, 'POST', '/v1/cases', { text => 'x', email => 'not an address' }, $nora);
    yes($s, 404, 'POST', '/v1/cases', { text => 'x', customer_id => '99' }, $nora);
    yes($s, 404, 'GET', '/v1/cases/999', undef, $nora);
    yes($s, 404, 'GET', '/v1/cases/99999999', undef, $nora);
    is(yes($s, 200, 'GET', "/v1/cases/C-$n", undef, $nora)->{number}, $n, 'by the number as people say it');

    # what happens to it
    is(yes($s, 200, 'POST', "/v1/cases/$n/assess", { kind => 'product_faulty', severity => 'high', safety => JSON::PP::true }, $nora)->{severity}, 'high', 'assessed');
    is(yes($s, 200, 'POST', "/v1/cases/$n/assign", { user_id => $id{sam} }, $nora)->{assignee}{id}, $id{sam}, 'given to Sam');
    yes($s, 409, 'POST', "/v1/cases/$n/assign", { user_id => $id{ana} }, $nora);
    is(yes($s, 200, 'POST', "/v1/cases/$n/escalate", { user_id => $id{owner}, why => 'she is angry' }, $sam)->{escalated}{id}, $id{owner}, 'escalated');
    my $noted = yes($s, 201, 'POST', "/v1/cases/$n/notes", { text => 'Zyxnote', mentions => [$id{nora}] }, $sam);
    is_deeply($noted->{events}[-1]{data}, { mentions => [$id{nora}] }, 'a note mentions somebody');
    my $told = yes($s, 201, 'POST', "/v1/cases/$n/messages", { text => 'We are sorry.', channel => 'phone', key => 'm1' }, $sam);
    is($told->{escalated}, undef, 'answered: no longer escalated');
    is(yes($s, 201, 'POST', "/v1/cases/$n/messages", { text => 'We are sorry.', key => 'm1' }, $sam)->{seq}, $told->{seq}, 'the same key is the same message');
    my $waits = yes($s, 200, 'POST', "/v1/cases/$n/wait", { for => 'customer', why => 'a photograph', until => '2026-05-06T09:00:00Z' }, $sam);
    is("$waits->{state} $waits->{waiting}{for} $waits->{waiting}{why}", 'waiting customer a photograph', 'waiting');
    ok((grep { $_->{kind} eq 'solution' && $_->{state} eq 'paused' } @{ $waits->{clocks} }), 'the clock stands still');
    is(yes($s, 200, 'POST', "/v1/cases/$n/resume", {}, $sam)->{state}, 'investigating', 'and goes on');
    yes($s, 409, 'POST', "/v1/cases/$n/close", { cause => 'delivery' }, $sam);

    # files
    my ($status, $with) = upload($s, "/v1/cases/$n/attachments", '../Zyxfile <a>.png', "\x89PNG\r\n\x1a\npixels", $nora);
    is($status, 201, 'a file is taken') or diag(explain($with));
    is_deeply([@{ $with->{attachments}[0] }{qw(media_type bytes)}], ['image/png', 14], 'as what it is');
    unlike($with->{attachments}[0]{name}, qr{[/<]}, 'under a safe name');
    my $file = "/v1/cases/$n/attachments/$with->{attachments}[0]{id}";
    my (undef, $bytes, $head) = $s->call('GET', $file, undef, $sam);
    is($bytes, "\x89PNG\r\n\x1a\npixels", 'it comes back byte for byte');
    like($head->{'content-disposition'}, qr/^attachment/, '... as a download');
    is($head->{'x-content-type-options'}, 'nosniff', '... whose type nobody guesses');
    is((upload($s, "/v1/cases/$n/attachments", 'photo.jpg', "MZ\x90\0\3\0\0\0", $nora))[0], 422, 'a program is not, whatever it is called');
    is((upload($s, "/v1/cases/$n/attachments", 'x.txt', '', $nora))[0], 422, 'nor an empty one');
    yes($s, 404, 'GET', "/v1/cases/$n/attachments/7", undef, $nora);

    # two who decide at once
    my $seen = yes($s, 200, 'GET', "/v1/cases/$n", undef, $nora)->{seq};
    is(yes($s, 200, 'POST', "/v1/cases/$n/decide", { outcome => 'upheld', reason => 'Zyxreason', remedies => ['refund_full'], seen => $seen }, $nora)->{outcome}, 'upheld', 'Nora decides');
    my $refused = yes($s, 409, 'POST', "/v1/cases/$n/decide", { outcome => 'not_upheld', reason => 'no', seen => $seen }, $sam);
    is($refused->{error}{code}, 'case_changed', 'Sam is told first');
    like($refused->{error}{detail}, qr/The agent.*decided: upheld/, '... what, and by whom');
    is(yes($s, 409, 'POST', "/v1/cases/$n/decide", { outcome => 'not_upheld', reason => 'no' }, $sam)->{error}{code}, 'case_changed', '... also where he does not say what he has seen');
    my $now = yes($s, 200, 'GET', "/v1/cases/$n", undef, $sam);
    is("$now->{decision}{outcome} $now->{decision}{reason} $now->{decision}{remedies}[0]{code}", 'upheld Zyxreason refund_full', 'nothing is lost');
    is(yes($s, 200, 'POST', "/v1/cases/$n/decide", { outcome => 'partly', reason => 'both', seen => $now->{seq} }, $sam)->{outcome}, 'partly', 'who has seen it may decide otherwise');
    yes($s, 200, 'POST', "/v1/cases/$n/communicate", { how => 'phone' }, $sam);
    yes($s, 422, 'POST', "/v1/cases/$n/close", { cause => 'no_such_cause' }, $sam);
    is(yes($s, 200, 'POST', "/v1/cases/$n/close", { cause => 'delivery' }, $sam)->{state}, 'closed', 'closed');
    my $again = yes($s, 200, 'POST', "/v1/cases/$n/reopen", { by => 'appeal', why => 'She objects' }, $nora);
    is("$again->{state} $again->{first_outcome} $again->{reopened_count}", 'investigating upheld 1', 'opened again; the first decision stays');

    # merged and taken apart
    my $m = yes($s, 201, 'POST', '/v1/cases', { text => "Zyxparcel came late.\nAnd crushed.", email => 'ann@example.net', order_ref => 'O-1' }, $nora)->{number};
    my $doubles = yes($s, 200, 'GET', "/v1/cases/$m/doubles", undef, $nora)->{doubles};
    is_deeply([$doubles->[0]{number}, $doubles->[0]{why}], [$n, [qw(same_words same_customer same_order)]], 'it is seen to be the same');
    is(yes($s, 200, 'GET', "/v1/cases/$m", undef, $nora)->{state}, 'received', '... and nothing was closed by itself');
    my $merged = yes($s, 200, 'POST', "/v1/cases/$m/merge", { into => "C-$n" }, $nora);
    is("$merged->{state} $merged->{merged_into}", "merged $n", 'merged');
    is_deeply(yes($s, 200, 'GET', "/v1/cases/$n", undef, $nora)->{merged_from}, ["$m"], 'known there');
    is(yes($s, 409, 'POST', "/v1/cases/$n/merge", { into => "C-$m" }, $nora)->{error}{code}, 'conflict', 'no circle');
    is(yes($s, 409, 'POST', "/v1/cases/$m/wait", { for => 'other', why => 'x' }, $nora)->{error}{reason}, 'case_merged', 'whoever speaks of it is told of the other');
    is(yes($s, 200, 'POST', "/v1/cases/$m/unmerge", {}, $nora)->{state}, 'received', 'and taken out again');
    is(yes($s, 200, 'POST', "/v1/cases/$m/identify", { customer_id => undef }, $nora)->{customer}, undef, 'nobody\'s');
    is(yes($s, 200, 'POST', "/v1/cases/$m/identify", { customer_id => $ann }, $nora)->{customer}{id}, $ann, 'Ann\'s again');
    is(yes($s, 200, 'POST', "/v1/cases/$m/refer", { to => 'ombudsman', why => 'She asked them' }, $nora)->{state}, 'referred', 'given outside');
    yes($s, 403, 'POST', "/v1/cases/$m/conduct", { lift => JSON::PP::true }, $nora);
    yes($s, 422, 'POST', "/v1/cases/$m/conduct", { until_day => '2026-06-01', review_day => '2026-05-20', why => 'shouted' }, $o);
    is(yes($s, 200, 'POST', "/v1/cases/$m/conduct", { until_day => '2026-06-01', review_day => '2026-05-20', why => 'shouted at staff', appeal => 'the board' }, $o)->{restricted_until},
        '2026-06-01T23:00:00Z', 'a restriction ends');
    is(yes($s, 200, 'POST', "/v1/cases/$m/conduct", { lift => JSON::PP::true, why => 'calm' }, $o)->{restricted_until}, undef, '... or is lifted');

    # who sees what
    my $blank = yes($s, 200, 'GET', "/v1/cases/$n", undef, $as{ana});
    unlike(encode_json($blank), qr/Zyx|ann\@|Ann/, 'an analyst meets nobody');
    is($blank->{first_outcome}, 'upheld', '... and has the figures');
    yes($s, 403, 'GET', $file, undef, $as{ana});
    yes($s, 200, 'PUT', '/v1/settings/agents_see', { value => 'team' }, $o);
    yes($s, 200, 'GET', "/v1/cases/$n", undef, $sam);    # his to work on
    is(($s->call('GET', "/v1/cases/$n", undef, $nora))[0], 404, 'a case of another team\'s customer is not there');
    is(($s->call('POST', "/v1/cases/$n/notes", { text => 'x' }, $nora))[0], 404, '... nor to be written to');
    is(($s->call('GET', $file, undef, $nora))[0], 404, '... nor its files');
    is(($s->call('POST', '/v1/cases', { text => 'x', customer_id => $ann }, $nora))[0], 404, '... nor can one be opened in their name');
    # by an address it comes to whom it is from; who took it learns no more than what was typed
    yes($s, 204, 'POST', '/v1/keepers', { customer_ids => [$ann], user_id => $id{sam} }, $o);
    my $taken = yes($s, 201, 'POST', '/v1/cases', { text => 'On behalf', name => 'A caller', email => 'ann@example.net', channel => 'phone' }, $nora);
    ok($taken->{customer_elsewhere} && !defined $taken->{customer}, 'a complaint by the address of another team\'s customer: said so, and no more');
    is_deeply([@{ $taken->{person} }{qw(name email)}], ['A caller', 'ann@example.net'], '... what was typed stands');
    unlike(encode_json($taken), qr/Ann Archer|"$ann"/, '... and neither the name nor the number of the customer');
    is(($s->call('GET', "/v1/cases/$taken->{number}", undef, $nora))[0], 404, '... it lies with the other team now');
    my $theirs = yes($s, 200, 'GET', "/v1/cases/$taken->{number}", undef, $sam);
    is($theirs->{customer}{id}, $ann, '... attached to the right customer');
    ok(!$theirs->{customer_elsewhere}, '... who is theirs');
    my $u = yes($s, 201, 'POST', '/v1/cases', { text => 'Nobody known' }, $nora)->{number};
    yes($s, 200, 'GET', "/v1/cases/$u", undef, $sam);
    is(($s->call('POST', "/v1/cases/$u/identify", { customer_id => $ann }, $nora))[0], 404, '... and nobody is made Ann by whom may not see her');

    # told and written down
    my $stream = $s->connect_to;
    syswrite $stream, "GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nCookie: $o->{Cookie}\r\n\r\n";
    RebHttp::read_until($stream, qr/\n\n|: /);
    yes($s, 201, 'POST', "/v1/cases/$u/notes", { text => 'x' }, $sam);
    like(RebHttp::read_until($stream, qr/"number":"$u"/), qr/event: case\r?\ndata: \{"number":"$u"\}/, 'the live stream tells of it');
    close $stream;
    my $log = ''; # what could not be written beside the answer follows it soon
    ok(RebHttp::eventually(30, sub { ($log = encode_json(($s->call('GET', '/v1/audit?limit=200', undef, $o))[1])) =~ /"case_decide"/ }), 'the audit log has who decided');
    unlike($log, qr/Zyx/, '... and no words');

    # erased
    my $held = encode_json(yes($s, 200, 'GET', "/v1/customers/$ann/personal-data", undef, $o));
    like($held, qr/Zyxparcel.*Zyxreason/s, 'what is held on somebody holds their cases');
    yes($s, 200, 'POST', "/v1/customers/$ann/erase", { reason => 'asked' }, $o);
    my $erased = yes($s, 200, 'GET', "/v1/cases/$n", undef, $o);
    unlike(encode_json($erased), qr/Zyx|ann\@|She objects|sorry/, 'erased: no word of it is left');
    is_deeply([@{$erased}{qw(state first_outcome reopened_count cause person)}, scalar @{ $erased->{attachments} }], ['investigating', 'upheld', 1, 'delivery', undef, 0],
        '... and what happened stays');

    # a stranger's complaint, whose address turns out to be a customer's
    my %stranger = map { $_ => yes($s, 201, 'POST', '/v1/cases', { channel => 'phone', text => "Zyxstranger $_", email => 'later@example.org', %{ $_ eq 'shy' ? { anonymous => JSON::PP::true } : {} } }, $o)->{number} } qw(open shy);
    is(yes($s, 200, 'GET', "/v1/cases/$stranger{open}", undef, $o)->{customer}, undef, 'nobody known');
    yes($s, 201, 'POST', '/v1/customers', { name => 'Late', email => 'Later@Example.org' }, $o);
    my $late = yes($s, 200, 'GET', "/v1/cases/$stranger{open}", undef, $o)->{customer};
    is($late->{name}, 'Late', '... is known once a customer has the address');
    is(yes($s, 200, 'GET', "/v1/cases/$stranger{shy}", undef, $o)->{customer}, undef, '... but who does not want to be known is not');
    yes($s, 200, 'POST', "/v1/customers/$late->{id}/erase", { reason => 'asked' }, $o);
    unlike(encode_json(yes($s, 200, 'GET', "/v1/cases/$stranger{open}", undef, $o)), qr/Zyx|later\@/, '... and what they said goes with them');
    is($s->stop, 0, 'it stops in order');
    unlike(RebHttp::slurp($s->{log}), qr/Zyx|"level":"error"/, 'nothing failed, and no words stand in the log');
    my ($rc, $out) = RebHttp::run($db, 'verify');
    is($rc, 0, 'the database is in order') or diag($out);
    ($rc, $out) = RebHttp::run($db, '--json', 'rebuild');
    is($rc, 0, 'made anew') or diag($out);

    # a back-up goes to the other engine and says the same of a case, to the byte, its link included
    my @at = ('--now', '2026-05-05T09:00:00Z', '--json');
    my ($shown, $before) = RebHttp::run($db, @at, 'case', 'show', "C-$u");
    is($shown, 0, 'the terminal shows a case');
    my $copy = "$RebHttp::tmp/case-$engine.backup";
    is((RebHttp::run($db, 'backup', $copy))[0], 0, 'backed up');
    for my $other (RebHttp::engines()) {
        my $to = RebHttp::new_db($other, "case_copy_$engine");
        is((RebHttp::run($to, 'restore', $copy, '--force'))[0], 0, "restored on $other");
        is((RebHttp::run($to, @at, 'case', 'show', "C-$u"))[1], $before, '... and the case is the same');
        is((RebHttp::run($to, 'verify'))[0], 0, '... and all is sound');
    }
}
done_testing;
