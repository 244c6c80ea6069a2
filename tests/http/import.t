#!/usr/bin/env perl
# The way of a file through the server as the console goes it: in parts, looked at, mapped by hand, checked, imported, refused rows mended
# in place, the mapping remembered, taken back.
use strict;
use warnings;
use lib 'tests/lib';
use RebHttp;
use JSON::PP;
use Test::More;

my $db;
my $s;

sub yes { # a call that must succeed with a status
    my ($want, $method, $path, $body) = @_;
    my ($status, $v) = $s->call($method, $path, $body);
    is($status, $want, "$method $path") or diag(explain($v));
    return $v;
}
sub finished { # waits for a job's end
    my ($job) = @_;
    return { state => 'not begun' } unless ref $job && $job->{job_id};
    return RebHttp::eventually(sub {
        my ($status, $j) = $s->call('GET', "/v1/jobs/$job->{job_id}");
        return $status == 200 && $j->{state} =~ /^(done|failed|cancelled)$/ ? $j : undef;
    }) // { state => 'still running' };
}
sub bytes { # a call with a body that is no JSON
    my ($method, $path, $text) = @_;
    return $s->call($method, $path, $text, { 'Content-Type' => 'application/octet-stream' });
}
sub upload {
    my ($name, $text) = @_;
    my ($status, $u) = bytes('POST', "/v1/uploads?name=$name", $text);
    is($status, 201, "upload of $name") or diag(explain($u));
    return $u->{upload};
}
sub roles { my ($look) = @_; return join ' ', map { $_->{role} } @{ $look->{columns} } }

# Nothing tells which column is what; 03/04/2026 can be read in two ways in most rows, and is decided by one.
my $strange = join "\n", 'Beleg;Wann;Wer;Wieviel', 'B1;03/04/2026;ann@example.net;10,50', 'B2;04/04/2026;bob@example.net;20,00',
    'B3;23/04/2026;cy@example.net;1.030,00', 'B4;99/99/2026;dee@example.net;5,00', 'B5;05/04/2026;eve@example.net;abc',
    'B6;06/04/2026;fay@example.net;7,00', 'B6;06/04/2026;fay@example.net;x', '';

for my $engine (RebHttp::engines()) {
    $db = RebHttp::new_db($engine, 'wizard');
    $s = RebHttp::serve($db, '--now', '2026-05-01T09:00:00Z', '--rate', '0');
    diag("engine $engine");

    my $words = yes(200, 'GET', '/v1/imports/vocabulary');
    ok((grep { $_->{role} eq 'order_id' } @{ $words->{roles} }) && (grep { $_ eq 'shopify_orders' } @{ $words->{profiles} }), 'the vocabulary');

    # in parts
    my $half = length($strange) / 2;
    my ($status, $u) = bytes('POST', '/v1/uploads?name=till.csv&modified=77&total=' . length $strange, substr($strange, 0, $half));
    is($status, 201, 'a first part');
    ok(!$u->{complete} && $u->{bytes} == int $half && $u->{total} == length $strange, 'tells how much is here');
    yes(404, 'POST', '/v1/imports/look', { upload => $u->{upload} });
    is((bytes('PUT', "/v1/uploads/$u->{upload}?offset=3", 'x'))[0], 409, 'a part must go on where the last one ended');
    my $known = yes(200, 'GET', '/v1/uploads')->{uploads};
    ok(@$known == 1 && $known->[0]{modified} == 77 && $known->[0]{name} eq 'till.csv', 'whoever comes back finds it');
    ($status, $u) = bytes('PUT', "/v1/uploads/$u->{upload}?offset=" . int $half, substr($strange, $half));
    ok($status == 200 && $u->{complete} && $u->{bytes} == length $strange, 'the rest makes it whole') or diag(explain($u));
    is((bytes('PUT', "/v1/uploads/$u->{upload}?offset=$u->{bytes}", 'x'))[0], 404, 'and then there is no more');
    (undef, my $over) = bytes('POST', '/v1/uploads?name=a.csv&total=3', 'abcd');
    is($over->{error}{code}, 'bad_input', 'more than was said');

    # looked at
    my $look = yes(200, 'POST', '/v1/imports/look', { upload => $u->{upload} });
    ok(!$look->{recognised} && $look->{error}{code} eq 'bad_input', 'its header tells too little, and that is said');
    is(scalar @{ $look->{columns} }, 4, 'its columns are shown all the same');
    is($look->{columns}[2]{samples}[0], 'ann@example.net', '... with what stands in them');
    is($look->{reading}{delimiter}, 'semicolon', 'how it is read');
    my $plan = { records => 'orders', source => 'till',
        columns => [map { { index => $_->[0], role => $_->[1] } } [0, 'order_id'], [1, 'date'], [2, 'email'], [3, 'amount']] };
    $look = yes(200, 'POST', '/v1/imports/look', { upload => $u->{upload}, plan => $plan });
    ok($look->{recognised} && $look->{by_hand}, 'mapped by hand it is understood');
    is(roles($look), 'order_id date email amount', '... as told');
    is("$look->{reading}{dates} $look->{reading}{dates_origin} $look->{reading}{decimal}", 'dmy found comma', 'what the values decide');
    is(roles(yes(200, 'POST', '/v1/imports/look', { upload => $u->{upload} })), 'order_id date email amount', 'the mapping waits with the file');
    yes(400, 'POST', '/v1/imports/look', { upload => $u->{upload}, plan => { columns => [{ index => 0, role => 'king' }] } });
    yes(400, 'POST', '/v1/imports/look', { upload => $u->{upload}, plan => { columns => [{ index => 40, role => 'date' }] } });

    # checked
    my $check = finished(yes(202, 'POST', '/v1/imports/check', { upload => $u->{upload} }));
    is($check->{state}, 'done', 'checked') or diag(explain($check));
    is("$check->{kind} $check->{subject} $check->{upload}", "import_check till.csv $u->{upload}", 'the job tells what it is about');
    my $r = $check->{result};
    is("$r->{counts}{rows} $r->{counts}{orders} $r->{counts}{rejected_rows}", '7 3 4', 'what it would bring');
    my %fault = map { $_->{code} => $_ } @{ $r->{rejects} };
    is(join(' ', map { "$_:$fault{$_}{rows}" } sort keys %fault), 'amount:2 date:1 same_order:1', 'faults by kind');
    is_deeply([$fault{date}{lines}, @{ $fault{date}{examples}[0] }{qw(line column value)}], [[5], 5, 'Wann', '99/99/2026'], '... with lines and values');
    my $first = $r->{records_read}[0];
    is("$first->{order_id} $first->{day} $first->{email} $first->{amount_minor} $first->{currency}", 'B1 2026-04-03 ann@example.net 1050 GBP', 'a record as it would become');
    is_deeply(yes(200, 'GET', '/v1/imports')->{batches}, [], 'nothing was written');
    is(yes(200, 'GET', "/v1/uploads/$u->{upload}")->{check_job}, $check->{job_id}, 'the check is found again');

    # imported
    my $job = finished(yes(202, 'POST', '/v1/imports', { upload => $u->{upload}, fit => JSON::PP::true, remember => 'the till' , plan => $plan}));
    is($job->{state}, 'done', 'imported') or diag(explain($job));
    is($job->{result}{counts}{orders}, 3, 'as foretold');
    unlike(JSON::PP->new->encode($job->{result}), qr/example\.net|99\/99/, 'a result that stays for months holds no values of the file');
    ok($job->{result}{fit_job}, 'the fit follows by itself');
    finished({ job_id => $job->{result}{fit_job} });
    yes(404, 'GET', "/v1/uploads/$u->{upload}");

    # mended
    my $rows = yes(200, 'GET', "/v1/jobs/$job->{job_id}/rejected-rows");
    is(join(' ', map { "$_->{line}:$_->{code}:" . ($_->{column} // '-') } @{ $rows->{rows} }), '5:date:1 6:amount:3 7:same_order:- 8:amount:3', 'the refused rows');
    is_deeply($rows->{rows}[0]{fields}, ['B4', '99/99/2026', 'dee@example.net', '5,00'], '... with their fields');
    is(scalar @{ yes(200, 'GET', "/v1/jobs/$job->{job_id}/rejected-rows?code=amount&limit=1")->{rows} }, 1, 'page by page, by kind');
    my @send = ({ row => 1, line => 5, fields => ['B4', '09/04/2026', 'dee@example.net', '5,00'] }, { row => 2, line => 6, fields => ['B5', '05/04/2026', 'eve@example.net', 'still not'] },
        { row => 4, line => 8, leave_out => JSON::PP::true });
    my $mend = finished(yes(202, 'POST', "/v1/jobs/$job->{job_id}/mend", { rows => \@send }));
    is($mend->{state}, 'done', 'mended') or diag(explain($mend));
    is("$mend->{result}{counts}{orders} $mend->{result}{counts}{rejected_rows} $mend->{result}{mends}", "2 1 $job->{job_id}", 'two orders more, one refused again');
    $rows = yes(200, 'GET', "/v1/jobs/$job->{job_id}/rejected-rows");
    is(join(' ', map { "$_->{row}:$_->{line}:$_->{fields}[3]" } @{ $rows->{rows} }), '1:6:still not', 'what is left is what was refused again, as it was typed');
    my $april = yes(200, 'GET', '/v1/customers/search?q=dee%40example.net')->{customers}[0];
    is($april->{last_day} // $april->{last_purchase} // '', '2026-04-09', 'a lone 09/04 is read as the whole file was: day first') if $april;
    my $stale = finished(yes(202, 'POST', "/v1/jobs/$job->{job_id}/mend", { rows => [{ row => 3, line => 7 }] }));
    is("$stale->{state} $stale->{error}{code}", 'failed conflict', 'a row that is no longer there');
    $mend = finished(yes(202, 'POST', "/v1/jobs/$job->{job_id}/mend", { rows => [{ row => 1, line => 6, fields => ['B5', 'no date', 'eve@example.net', '8'] }] }));
    is($mend->{state}, 'done', 'a correction may be wrong, too') or diag(explain($mend));
    is(yes(200, 'GET', "/v1/jobs/$job->{job_id}/rejected-rows")->{rows}[0]{code}, 'date', '... and says so');
    $mend = finished(yes(202, 'POST', "/v1/jobs/$job->{job_id}/mend", { rows => [{ row => 1, line => 6, leave_out => JSON::PP::true }] }));
    is($mend->{state}, 'done', 'left out') or diag(explain($mend));
    is_deeply(yes(200, 'GET', "/v1/jobs/$job->{job_id}/rejected-rows")->{rows}, [], 'nothing is left');

    # remembered
    my $mappings = yes(200, 'GET', '/v1/imports/mappings')->{mappings};
    is($mappings->[0]{name}, 'the till', 'the mapping is remembered');
    my $next = upload('may.csv', "Beleg;Wann;Wer;Wieviel\nC1;13/05/2026;ann\@example.net;3,00\n");
    $look = yes(200, 'POST', '/v1/imports/look', { upload => $next });
    is(($look->{remembered} // '') . ' ' . roles($look), 'the till order_id date email amount', 'the next file of that header is understood at once');
    ok(!yes(200, 'POST', '/v1/imports/look', { upload => $next, fresh => JSON::PP::true })->{recognised}, 'unless somebody wants to begin anew');
    yes(204, 'DELETE', "/v1/imports/mappings/$mappings->[0]{signature}");
    yes(404, 'DELETE', "/v1/imports/mappings/$mappings->[0]{signature}");
    yes(204, 'DELETE', "/v1/uploads/$next");

    # a failed import leaves the file for another try
    my $bad = upload('bad.csv', "Beleg;Wann;Wer;Wieviel\nC1;never;ann\@example.net;3,00\n");
    is(finished(yes(202, 'POST', '/v1/imports', { upload => $bad, plan => $plan }))->{state}, 'failed', 'a column of dates without a date');
    yes(200, 'POST', '/v1/imports/look', { upload => $bad });

    # the sample
    my $sample = yes(201, 'POST', '/v1/uploads/sample');
    ok($sample->{sample} && $sample->{bytes} > 10000, 'a sample, marked as such');
    $look = yes(200, 'POST', '/v1/imports/look', { upload => $sample->{upload} });
    is("$look->{profile} $look->{source} $look->{by_hand}", 'shopify_orders sample 0', 'an export like any other, with a label of its own');
    $job = finished(yes(202, 'POST', '/v1/imports', { upload => $sample->{upload} }));
    ok($job->{state} eq 'done' && $job->{result}{counts}{orders} > 500 && $job->{result}{counts}{other_currency_orders} == 0, 'in the currency of the business')
        or diag(explain($job->{error} // $job->{result}{counts}));

    # hostile files: an answer that a person can act on, and nothing breaks
    my %hostile = (
        'empty' => '', 'binary' => join('', map { chr } 0 .. 255) x 40, 'header of 1 MB' => ('x' x 1_000_000) . ",date,email\n1,2026-01-01,a\@b.c\n",
        '5,000 columns' => join(',', map { "c$_" } 1 .. 5000) . "\n", 'mixed encodings' => "Date,Email,Name,Amount\n2026-01-02,a\@b.net,\xE3\xE5\xE3\xCF,3\n2026-01-03,c\@d.net,\xD9\x85\xD8\xAD\xD9\x85\xD8\xAF,4\n",
        'a quote never closed' => "Date,Email,Amount\n\"2026-01-02,a\@b.net,3\n", 'NUL bytes' => "Date,Email,Amount\n2026\0-01-02,a\@b.net,3\n",
        'only a header' => "Date,Email,Amount\n");
    for my $kind (sort keys %hostile) {
        my $h = upload('h.csv', $hostile{$kind});
        ($status, my $v) = $s->call('POST', '/v1/imports/look', { upload => $h });
        ok($status == 200 || ($status =~ /^4(13|22)$/ && $v->{error}{detail}), "$kind: $status " . ($v->{error}{detail} // '')) or diag(explain($v));
        yes(204, 'DELETE', "/v1/uploads/$h");
    }

    my ($rc, $out) = RebHttp::run($db, 'verify');
    is($rc, 0, 'the database is in order') or diag($out);
    is($s->stop, 0, 'it stops in order');
}
done_testing;
