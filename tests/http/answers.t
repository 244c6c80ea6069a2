#!/usr/bin/env perl
# An answer to a survey is something a customer felt and told: it enters their mood by the published rule, a bad one keeps proposals away and asks for
# a call, until it is mended. Taken back, merged, erased, undone. On both engines; what surveys come to stays as it was.
use strict;
use warnings;
use lib 'tests/lib';
use RebHttp;
use HTTP::Tiny;
use JSON::PP;
use POSIX 'strftime';
use Test::More;

sub yes {
    my ($s, $want, $method, $path, $body, $headers) = @_;
    my ($status, $v) = $s->call($method, $path, $body, $headers);
    is($status, $want, "$method $path") or diag(explain($v));
    return $v;
}

# The real clock, so that what comes later is later.
sub ago { strftime '%Y-%m-%d', gmtime(time - 86400 * shift) }

# Sixty customers who bought twice; the last purchase is some days old, so that many are worth asking.
sub orders {
    my $csv = "Order,Date,Customer id,Product,Amount\n";
    for my $i (1 .. 60) {
        $csv .= sprintf "a%d,%s,c%d,Mug,20.00\n", $i, ago(60 + $i % 27), $i;
        $csv .= sprintf "b%d,%s,c%d,Cup,90.00\n", $i, ago(4 + $i % 8), $i;
    }
    return $csv;
}

for my $engine (RebHttp::engines()) {
    diag("engine $engine");
    my $db = RebHttp::new_db($engine, 'answers');
    RebHttp::add_user($db, 'owner@example.com', 'owner');
    RebHttp::add_user($db, "$_\@example.com", 'agent') for qw(nora sam);
    my $s = RebHttp::serve($db, '--rate', '0');
    my %as = map { $_ => { 'X-Requested-With' => 'x', %{ $s->sign_in("$_\@example.com") } } } qw(owner nora sam);
    my $o = $as{owner};
    my $u = yes($s, 201, 'POST', '/v1/uploads?name=o.csv', orders(), { %$o, 'Content-Type' => 'application/octet-stream' });
    my $job = yes($s, 202, 'POST', '/v1/imports', { upload => $u->{upload} }, $o);
    $job = RebHttp::eventually(sub { my $j = yes($s, 200, 'GET', "/v1/jobs/$job->{job_id}", undef, $o); $j->{state} =~ /done|failed/ ? $j : undef });
    my %id = map { my $c = $_; map { $_->{value} => $c->{id} } grep { $_->{kind} eq 'external' } @{ $c->{identities} // [] } }
        map { yes($s, 200, 'GET', "/v1/customers/$_->{id}", undef, $o) } @{ yes($s, 200, 'GET', '/v1/customers?limit=3', undef, $o)->{customers} };
    my ($one, $two, $three) = map { $id{$_} } sort keys %id;
    ok($one && $two && $three, 'three customers of the file') or diag(explain(\%id));

    my $asked = 0;
    my $ask = sub { my ($who, $kind) = @_; $asked++; return yes($s, 201, 'POST', '/v1/surveys/invitations', { kind => $kind, customer_id => $who }, $o)->{link} };
    my $answer = sub {
        my ($link, $score, $comment) = @_;
        my $body = join '', map { "--bOuNd\r\nContent-Disposition: form-data; name=\"$_->[0]\"\r\n\r\n$_->[1]\r\n" } [score => $score], [comment => $comment // ''];
        my $r = HTTP::Tiny->new(timeout => 60, max_redirect => 0)->request('POST', "$s->{url}$link",
            { headers => { 'Content-Type' => 'multipart/form-data; boundary=bOuNd' }, content => "$body--bOuNd--\r\n" });
        is($r->{status}, 303, "answered: $score") or diag($r->{content});
    };
    my $view = sub { yes($s, 200, 'GET', "/v1/customers/$_[0]", undef, $o) };
    my $calls = sub { [grep { $_->{kind} eq 'answer' } @{ yes($s, 200, 'GET', '/v1/today?minutes=2000&peek=true', undef, $_[0] // $o)->{duties} }] };
    my $proposed = sub { my $who = shift; scalar grep { $_->{customer}{id} eq $who } @{ yes($s, 200, 'GET', '/v1/today?minutes=2000&peek=true', undef, $o)->{items} } };

    # asked is not answered
    my $csat = $ask->($one, 'csat');
    HTTP::Tiny->new->get("$s->{url}$csat?a=1");
    my $was = $view->($one);
    is($was->{no_proposal}, undef, 'asked, the link followed: nothing has happened yet');
    my $before = $proposed->($one);
    is_deeply($calls->(), [], 'nobody to call');

    # a bad answer
    $answer->($csat, 1, 'Zyxcomment: nobody called me');
    my $v = $view->($one);
    is($v->{no_proposal}, 'bad_last', 'a bad answer is a bad last event: no proposal');
    is($proposed->($one), 0, '... on Today neither (there it was before: ' . $before . ')');
    my $m = $v->{mood};
    is($m->{last_kind}, 'answer_bad', 'the mood ends with it');
    is_deeply([@{ $m->{moments}[0] }{qw(kind survey score)}], [qw(answer_bad csat 1)], '... says which answer') or diag(explain($m->{moments}[0]));
    cmp_ok(abs($m->{last} + 0.8), '<', 1e-9, '... weighs it by the published rule');
    cmp_ok(abs($m->{value} - ($m->{share_last} * $m->{last} + $m->{share_worst} * $m->{worst} + $m->{share_mean} * $m->{mean})), '<', 1e-9, '... and is what the formula says');
    my ($scale) = grep { $_->{survey} eq 'csat' } @{ $m->{answer_scales} };
    is_deeply([@{$scale}{qw(least bad good most)}, $m->{answer_line}, $m->{answer_end}], [1, 2, 4, 5, 0.4, 0.8], '... which is told') or diag(explain($scale));
    my $duties = $calls->();
    is_deeply([map { [@{$_}{qw(customer_id word what)}] } @$duties], [[$one, 'csat', 'Zyxcomment: nobody called me']], 'Today asks for a call') or diag(explain($duties));
    like($duties->[0]{text}, qr/satisfaction.* 1 of 5.*Call and ask/, '... in words') or diag(explain($duties));
    my ($rc, $out) = RebHttp::run($db, 'today', '--peek');
    like($out, qr/rated their satisfaction 1 of 5/, '... in the terminal too');

    # somebody called: taken back, it is due again
    my $call = yes($s, 201, 'POST', "/v1/customers/$one/contacted", { channel => 'phone', text => 'said sorry' }, $o);
    is_deeply($calls->(), [], 'spoken with: nobody to call any more');
    is($view->($one)->{no_proposal}, 'bad_last', '... a talk alone has not made it good');
    yes($s, 200, 'POST', "/v1/acts/$call->{event_id}/undo", undef, $o);
    is(scalar @{ $calls->() }, 1, 'the talk was noted by mistake: the call is due again');

    # answered anew: the newest counts, once
    $answer->($csat, 3);
    is($view->($one)->{no_proposal}, undef, 'neither satisfied nor not is no bad event');
    is_deeply([map { $_->{kind} } grep { $_->{kind} =~ /^answer/ } @{ $view->($one)->{mood}{moments} }], ['answer_even'], '... one answer, one moment');
    is_deeply($calls->(), [], '... nobody to call');
    $answer->($csat, 2);
    is(scalar @{ $calls->() }, 1, 'worse again');
    my $ces = $ask->($one, 'ces');
    $answer->($ces, 6);
    is($view->($one)->{no_proposal}, undef, 'a good answer after it has made it good');
    is_deeply($calls->(), [], '... and nobody is to be called');

    # a complaint after a bad answer has its own clock
    my $nps = $ask->($two, 'nps');
    $answer->($nps, 6);
    is(scalar @{ $calls->() }, 1, 'a detractor');
    my $case = yes($s, 201, 'POST', '/v1/cases', { customer_id => $two, channel => 'phone', kind => 'other', subject => 'Late', text => 'It came late.' }, $o);
    is($view->($two)->{no_proposal}, 'open_case', 'who complains after it has an open case');
    is_deeply($calls->(), [], '... whose clocks ask for the call');

    # merged: the answer goes with the person, and comes back when they are parted
    $answer->($nps, 9);
    my $bad = $ask->($three, 'ces');
    $answer->($bad, 2, 'Zyxcomment too');
    is(scalar @{ $calls->() }, 1, 'another one');
    is_deeply([map { $_->{customer_id} } @{ $calls->() }], [$three], '... with their number');
    yes($s, 200, 'POST', "/v1/customers/$one/merge", { other_id => $three }, $o);
    is_deeply([map { $_->{customer_id} } @{ $calls->() }], [$one], 'merged: it is their answer');
    is($view->($one)->{mood}{last_kind}, 'answer_bad', '... and in their mood');
    yes($s, 200, 'POST', "/v1/customers/$three/unmerge", {}, $o);
    is_deeply([map { $_->{customer_id} } @{ $calls->() }], [$three], 'parted: it is not');

    # an agent of another team is not told
    yes($s, 204, 'POST', '/v1/keepers', { customer_ids => [$three], user_id => yes($s, 200, 'GET', '/v1/users', undef, $o)->{users}[1]{id} }, $o);
    yes($s, 200, 'PUT', '/v1/settings/agents_see', { value => 'team' }, $o);
    is_deeply([scalar @{ $calls->($as{nora}) }, scalar @{ $calls->($as{sam}) }], [1, 0], 'whose customer it is is told, others are not');

    # the figures of surveys are what they were: each invitation once
    my %f = map { $_->{kind} => $_ } @{ yes($s, 200, 'GET', '/v1/surveys', undef, $o)->{surveys} };
    is_deeply([map { [@{ $f{$_} }{qw(asked answered)}] } qw(csat nps ces)], [[1, 1], [1, 1], [2, 2]], 'asked and answered') or diag(explain(\%f));

    # erased: the words go and nobody calls; the scores stay, and so does what they did to the mood
    yes($s, 200, 'POST', "/v1/customers/$three/erase", { reason => 'asked' }, $o);
    is_deeply($calls->(), [], 'erased: nobody to call');
    my $left = $view->($three);
    is($left->{mood}{last_kind}, 'answer_bad', '... the score stays');
    unlike(JSON::PP->new->encode($left), qr/Zyxcomment/, '... without a word');
    my %after = map { $_->{kind} => $_ } @{ yes($s, 200, 'GET', '/v1/surveys', undef, $o)->{surveys} };
    is_deeply(\%after, \%f, '... and the figures do not change by a digit');

    # undone: the file's customers go, but who answered stays, with the answer
    my $undo = yes($s, 202, 'POST', "/v1/imports/$job->{result}{batch_id}/undo", undef, $o);
    $undo = RebHttp::eventually(sub { my $j = yes($s, 200, 'GET', "/v1/jobs/$undo->{job_id}", undef, $o); $j->{state} =~ /done|failed/ ? $j : undef });
    is($undo->{state}, 'done', 'the import is taken back') or diag(explain($undo));
    is($view->($one)->{mood}{last_kind}, 'answer_good', 'who answered is still there, with the answer');
    is_deeply($calls->(), [], 'and Today stands');
    is($s->stop, 0, 'it stops in order');
    ($rc, $out) = RebHttp::run($db, 'verify');
    is($rc, 0, 'the database is in order') or diag($out);
}
done_testing;
