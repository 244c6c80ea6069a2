#!/usr/bin/env perl
# Promises, on both engines: written down, kept, moved, released, taken back; broken by time alone; from orders; compared; erased; made anew.
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

# Forty orders of three branches: north keeps all but one of 22, south is late with half of 12, west has said nothing yet.
sub orders {
    my $csv = "Order,Date,Customer id,Product,Amount,Estimated delivery date,Delivered at,Branch\n";
    for my $i (1 .. 40) {
        my $branch = $i <= 22 ? 'north' : $i <= 34 ? 'south' : 'west';
        my $late = $branch eq 'north' ? $i == 5 : $branch eq 'south' ? $i % 2 : 0;
        my $day = $branch eq 'west' ? '' : $late ? '2026-03-13' : '2026-03-10';
        $csv .= "o$i,2026-03-01,c$i,Mug,20.00,2026-03-10,$day,$branch\n";
    }
    return $csv;
}

for my $engine (RebHttp::engines()) {
    diag("engine $engine");
    my $db = RebHttp::new_db($engine, 'money');
    RebHttp::add_user($db, 'owner@example.com', 'owner');
    RebHttp::add_user($db, "$_\@example.com", 'agent') for qw(nora sam);
    my $s = RebHttp::serve($db, '--now', '2026-05-01T09:00:00Z', '--rate', '0');
    my %as = map { $_ => { 'X-Requested-With' => 'x', %{ $s->sign_in("$_\@example.com") } } } qw(owner nora sam);
    my $o = $as{owner};
    my $nora = yes($s, 200, 'GET', '/v1/users', undef, $o)->{users}[1]{id};
    my $who = yes($s, 201, 'POST', '/v1/customers', { name => 'Ann Archer', email => 'ann@example.net' }, $o)->{customer_id};

    # written down
    my $made = yes($s, 201, 'POST', '/v1/promises', { customer_id => $who, kind => 'call_back', text => 'Zyxpromise: we call on Monday', due_at => '2026-05-04T12:00:00Z', owner_id => $nora, key => 'k1' }, $o);
    my $p = $made->{promise};
    is_deeply([@{$p}{qw(state origin kind name owner late_us)}], ['open', 'hand', 'call_back', 'Ann Archer', 'The agent', 0], 'a promise') or diag(explain($p));
    my $again = yes($s, 201, 'POST', '/v1/promises', { customer_id => $who, text => 'other words', due_at => '2026-05-04T12:00:00Z', key => 'k1' }, $o);
    ok($again->{known} && $again->{promise}{id} eq $p->{id}, 'the same key is the same promise');
    is(yes($s, 422, 'POST', '/v1/promises', { customer_id => $who, text => 'x', due_day => '2026-04-01' }, $o)->{error}{code}, 'bad_input', 'not due before it was made');
    yes($s, 400, 'POST', '/v1/promises', { customer_id => $who, text => 'x' }, $o);
    yes($s, 422, 'POST', '/v1/promises', { text => 'to nobody', due_day => '2026-05-09' }, $o);
    yes($s, 404, 'POST', '/v1/promises', { customer_id => '7', text => 'x', due_day => '2026-05-09' }, $o);
    yes($s, 404, 'GET', '/v1/promises/7', undef, $o);
    is(yes($s, 200, 'GET', "/v1/promises/$p->{id}", undef, $o)->{text}, 'Zyxpromise: we call on Monday', 'its words');

    # moved, kept, taken back, released
    my $moved = yes($s, 200, 'POST', "/v1/promises/$p->{id}/move", { due_day => '2026-05-06', why => 'they asked for it' }, $o);
    is($moved->{promise}{due_at}, '2026-05-06T22:59:59.999999Z', 'moved to the end of a day in London');
    my ($unsound, $found) = RebHttp::run($db, 'verify');
    is($unsound, 0, 'and what is derived of the customer follows') or diag($found);
    my $kept = yes($s, 200, 'POST', "/v1/promises/$p->{id}/keep", {}, $o);
    is($kept->{promise}{state}, 'kept', 'kept');
    is(yes($s, 409, 'POST', "/v1/promises/$p->{id}/keep", {}, $o)->{error}{code}, 'conflict', 'once');
    yes($s, 200, 'POST', "/v1/acts/$kept->{event_id}/undo", undef, $o);
    is(yes($s, 200, 'GET', "/v1/promises/$p->{id}", undef, $o)->{state}, 'open', 'taken back: open again');
    yes($s, 200, 'POST', "/v1/acts/$moved->{event_id}/undo", undef, $o);
    is(yes($s, 200, 'GET', "/v1/promises/$p->{id}", undef, $o)->{due_at}, '2026-05-04T12:00:00Z', 'and due as before');
    yes($s, 422, 'POST', "/v1/promises/$p->{id}/release", {}, $o);
    yes($s, 422, 'POST', "/v1/promises/$p->{id}/keep", { at => '2026-04-01T00:00:00Z' }, $o);
    my $released = yes($s, 200, 'POST', "/v1/promises/$p->{id}/release", { why => 'no longer needed' }, $o);
    is_deeply([@{ $released->{promise} }{qw(why made_by ended_by employee)}], ['no longer needed', 'The owner', 'The owner', 'The owner'], 'released, with the reason, and by whom') or diag(explain($released));
    is(yes($s, 200, 'POST', "/v1/acts/$released->{event_id}/undo", undef, $o)->{act}, 'promise_released', '... which can be taken back');
    is_deeply([@{ yes($s, 200, 'GET', "/v1/promises/$p->{id}", undef, $o) }{qw(state why ended_by)}], ['open', '', ''], '... and nothing is left of it');
    yes($s, 200, 'POST', "/v1/promises/$p->{id}/release", { why => 'no longer needed' }, $o);
    my $gone = yes($s, 201, 'POST', '/v1/promises', { customer_id => $who, text => 'by mistake', due_day => '2026-05-02' }, $o);
    yes($s, 200, 'POST', "/v1/acts/$gone->{event_id}/undo", undef, $o);
    yes($s, 404, 'GET', "/v1/promises/$gone->{promise}{id}", undef, $o);
    my @told = map { $_->{kind} } @{ yes($s, 200, 'GET', "/v1/customers/$who", undef, $o)->{history}{events} };
    ok(scalar(grep { $_ eq 'promise' } @told) && scalar(grep { $_ eq 'promise_kept' } @told), "the customer's history tells them");

    # from orders, and the gap
    my $u = yes($s, 201, 'POST', '/v1/uploads?name=o.csv', orders(), { %$o, 'Content-Type' => 'application/octet-stream' });
    my $job = yes($s, 202, 'POST', '/v1/imports', { upload => $u->{upload} }, $o);
    $job = RebHttp::eventually(sub { my $j = yes($s, 200, 'GET', "/v1/jobs/$job->{job_id}", undef, $o); $j->{state} =~ /done|failed/ ? $j : undef });
    is_deeply([@{ $job->{result}{counts} }{qw(orders promises deliveries)}], [40, 40, 34], 'forty orders, their promises, what arrived') or diag(explain($job));
    my $all = yes($s, 200, 'GET', '/v1/promises', undef, $o);
    is_deeply($all->{counts}, { open => 0, today => 0, broken => 6, late => 7, kept => 27, released => 1 }, 'how they stand');
    my $broken = yes($s, 200, 'GET', '/v1/promises?state=broken&limit=4', undef, $o);
    is(scalar @{ $broken->{promises} }, 4, 'the broken ones come in pages');
    is(scalar @{ yes($s, 200, 'GET', "/v1/promises?state=broken&limit=4&after=$broken->{next}", undef, $o)->{promises} }, 2, '... and end');
    cmp_ok($broken->{promises}[0]{late_us}, '==', (51 * 86400 + 9 * 3600) * 1_000_000 + 1, '... each with how late it is');
    my $gap = yes($s, 200, 'GET', '/v1/promises/gap?by=branch', undef, $o);
    is_deeply([map { [@{$_}{qw(value count kept late broken)}, $_->{enough} ? 1 : 0] } @{ $gap->{groups} }],
        [['north', 22, 21, 1, 0, 1], ['west', 6, 0, 0, 6, 0], ['south', 12, 6, 6, 0, 0]], 'the gap by branch; few say too little') or diag(explain($gap));
    my $n = $gap->{groups}[0]{share};
    ok(abs($n->{value} - 21 / 22) < 1e-12 && abs($n->{low} - 0.7820) < 5e-5 && abs($n->{high} - 0.9919) < 5e-5 && $n->{origin} eq 'measured', '21 of 22, with its range (Wilson)') or diag(explain($n));
    is_deeply([map { $_->{late_median_days} > 1.99 && $_->{late_median_days} < 2.01 ? 2 : $_->{late_median_days} } $gap->{total}, @{ $gap->{groups} }], [2, 2, 0, 2], '... and half of them at most so late')
        or diag(explain([map { $_->{late_median_days} } $gap->{total}, @{ $gap->{groups} }]));
    is($gap->{groups}[2]{late_days}, 2, 'two days late, reckoned from the end of the day promised') or diag(explain($gap->{groups}[2]));
    is(yes($s, 200, 'GET', '/v1/promises/gap?by=kind&since=2026-04-01T00:00:00Z', undef, $o)->{total}{count}, 0, 'none since April');

    # filtered: each state, product, branch, keeper; counted in the same way; as a file
    my $count = sub { my ($q) = @_; my $l = yes($s, 200, 'GET', "/v1/promises?limit=200&$q", undef, $o); scalar @{ $l->{promises} } };
    is_deeply([map { $count->($_) } qw(state=kept state=late&branch=south branch=west branch=nowhere kind=delivery kind=call_back keeper=me), "keeper=$nora"], [27, 6, 6, 0, 40, 1, 0, 1], 'filtered by state, branch, kind and keeper');
    is(yes($s, 200, 'GET', '/v1/promises?state=kept&branch=south', undef, $o)->{counts}{broken}, 0, '... and counted so');
    is(yes($s, 200, 'GET', '/v1/promises?state=kept&branch=west', undef, $o)->{counts}{broken}, 6, '... whatever their state');
    my $choices = yes($s, 200, 'GET', '/v1/promises/choices', undef, $o);
    is_deeply([$choices->{branches}, $choices->{employees}, $choices->{keepers}], [['north', 'south', 'west'], ['The owner'], [{ id => $nora, name => 'The agent' }]], 'what there is to filter by') or diag(explain($choices));
    my $file = ($s->call('GET', '/v1/promises.csv?state=late&branch=south', undef, $o))[1];
    is(scalar(() = $file =~ /\n/g), 7, 'a file of what was asked for: six, and the titles') or diag($file);

    # Today: what is broken stands first; who waits for us, or was let down last, gets no proposal
    my %of = map { $_->{customer_id} => $_ } @{ yes($s, 200, 'GET', '/v1/promises?limit=200', undef, $o)->{promises} };
    my $today = yes($s, 200, 'GET', '/v1/today?minutes=1000&peek=true', undef, $o);
    is_deeply([scalar @{ $today->{duties} }, $today->{duty_totals}{promise_broken}], [6, 6], 'six broken promises before anything else') or diag(explain($today->{duties}));
    like($today->{duties}[0]{text}, qr/was promised a delivery that has not come/, '... in words');
    my @proposed = grep { $_->{kind} ne 'winback' } @{ $today->{items} };
    is(scalar(grep { ($of{ $_->{customer}{id} } // {})->{state} =~ /broken|late/ } @proposed), 0, 'nothing is proposed to those with a broken promise or a late order');
    is($today->{left_out}{waiting} + scalar(grep { $_->{kind} eq 'winback' } @{ $today->{items} }) > 0 ? 1 : 0, 1, '... they are counted, or won back') or diag(explain($today->{left_out}));
    my ($late) = grep { $_->{state} eq 'late' } values %of;
    my $view = yes($s, 200, 'GET', "/v1/customers/$late->{customer_id}", undef, $o);
    is($view->{no_proposal}, 'bad_last', 'their page says why') or diag(explain($late));
    is($view->{mood}{last_kind}, 'promise_late', 'a late order was the last thing that happened');
    cmp_ok(abs($view->{mood}{value} - (0.5 * $view->{mood}{last} + 0.3 * $view->{mood}{worst} + 0.2 * $view->{mood}{mean})), '<', 1e-9, 'and the mood is what the formula says');
    my ($broke) = grep { $_->{state} eq 'broken' } values %of;
    is(yes($s, 200, 'GET', "/v1/customers/$broke->{customer_id}", undef, $o)->{no_proposal}, 'broken_promise', 'a broken promise stands before it');
    my ($good) = grep { $_->{state} eq 'kept' && $_->{origin} eq 'order' } values %of;
    is(yes($s, 200, 'GET', "/v1/customers/$good->{customer_id}", undef, $o)->{no_proposal}, undef, 'a promise kept stands in nobody\'s way');

    # a case: its promises, its price; no proposal while it is open
    my $case = yes($s, 201, 'POST', '/v1/cases', { customer_id => $good->{customer_id}, channel => 'phone', kind => 'other', subject => 'Zyxsubject', text => 'The cup came broken.' }, $o);
    my $in_case = yes($s, 201, 'POST', '/v1/promises', { case => $case->{number}, kind => 'answer', text => 'We write on Tuesday', due_at => '2026-05-05T10:00:00Z' }, $o)->{promise};
    is_deeply([@{$in_case}{qw(customer_id case origin)}], [$good->{customer_id}, $case->{number}, 'case'], 'promised in a case, to whom it is from');
    my ($told) = grep { $_->{kind} eq 'promised' } @{ yes($s, 200, 'GET', "/v1/cases/$case->{number}", undef, $o)->{events} };
    is_deeply([@{$told}{qw(word until)}], ['answer', '2026-05-05T10:00:00Z'], 'and the case tells it') or diag(explain($told));
    is($in_case->{channel}, 'phone', '... by the way the complaint came');
    my $word = sub { join ' ', map { $_->{word} } grep { $_->{kind} eq 'promised' } @{ yes($s, 200, 'GET', "/v1/cases/$_[0]", undef, $o)->{events} } };
    my $done = yes($s, 200, 'POST', "/v1/promises/$in_case->{id}/keep", {}, $o);
    is($word->($case->{number}), 'answer kept', 'what became of it stands in the case, too');
    yes($s, 200, 'POST', "/v1/acts/$done->{event_id}/undo", undef, $o);
    yes($s, 200, 'POST', "/v1/promises/$in_case->{id}/move", { due_at => '2026-05-05T10:00:00Z' }, $o);
    is($word->($case->{number}), 'answer kept open_again moved', '... and that it was taken back, or moved');
    my $wrong = yes($s, 201, 'POST', '/v1/promises', { case => $case->{number}, text => 'by mistake', due_day => '2026-05-05' }, $o);
    yes($s, 200, 'POST', "/v1/acts/$wrong->{event_id}/undo", undef, $o);
    is($word->($case->{number}), 'answer kept open_again moved other taken_back', '... or should never have been');
    is_deeply([map { [@{$_}{qw(id state text)}] } @{ yes($s, 200, 'GET', "/v1/cases/$case->{number}", undef, $o)->{promises} }], [[$in_case->{id}, 'open', 'We write on Tuesday']], 'the case has its promises');

    # times within open hours: nine to six in London, from a Friday at ten
    my $times = yes($s, 200, 'GET', '/v1/promises/times', undef, $o);
    is_deeply([map { [@{$_}{qw(code due_at)}] } @{ $times->{times} }],
        [['hours', '2026-05-01T11:00:00Z'], map { [$_->[0], "2026-05-$_->[1]T17:00:00Z"] } ['day', '01'], ['next', '02'], ['days', '04'], ['week', '06']], 'times at which a promise can be due') or diag(explain($times->{times}));
    is_deeply([@{ $times->{open} }[0, 1]], [{ from => '2026-05-01T09:00:00Z', to => '2026-05-01T17:00:00Z' }, { from => '2026-05-02T08:00:00Z', to => '2026-05-02T17:00:00Z' }], '... and when it is open');

    is(scalar @{ yes($s, 200, 'GET', "/v1/promises?case=$case->{number}", undef, $o)->{promises} }, 1, '... and lists it');
    my $opened = yes($s, 200, 'GET', "/v1/customers/$good->{customer_id}", undef, $o);
    is_deeply([$opened->{no_proposal}, $opened->{open_cases}[0]{number}], ['open_case', $case->{number}], 'no proposal while a case is open');
    is(scalar(grep { $_->{customer}{id} eq $good->{customer_id} } @{ yes($s, 200, 'GET', '/v1/today?minutes=1000&peek=true', undef, $o)->{items} }), 0, '... on Today neither');
    my $losing = yes($s, 200, 'GET', '/v1/losing', undef, $o);
    is_deeply([@{$losing}{qw(open_count week_count year_count)}, $losing->{scored} ? 1 : 0], [1, 1, 1, 1], 'one open case') or diag(explain($losing));
    my $price = $losing->{cases}[0]{price_minor};
    ok($price->{low} < $price->{value} && $price->{value} < $price->{high} && $price->{origin} eq 'mixed', 'its price has a range, and says that it rests on assumptions') or diag(explain($price));
    # one definition: the price in the summary, what the gestures are weighed against, and the list of cases tell the same
    my $g = yes($s, 200, 'GET', "/v1/cases/$case->{number}/gestures", undef, $o);
    for my $end (qw(value low high)) {
        cmp_ok(abs($g->{price_minor}{$end} - $price->{$end}), '<=', 1, "what losing them costs is one figure: $end");
        cmp_ok(abs($g->{stake_minor}{$end} - $g->{year_minor}{$end} * $g->{leave}{$end}), '<=', 1, "at stake is the year times the share who leave: $end");
        cmp_ok(abs($g->{stake_minor}{$end} + $g->{reach_minor}{$end} - $g->{price_minor}{$end}), '<=', 1, "with the reach it is the price: $end");
    }
    is_deeply([map { $g->{$_}{origin} } qw(year_minor leave reach_minor stake_minor price_minor)], [qw(mixed assumed assumed mixed mixed)], 'each says where it comes from') or diag(explain($g));
    my ($card) = grep { $_->{number} == $case->{number} } @{ yes($s, 200, 'GET', '/v1/cases', undef, $o)->{cases} };
    is($card->{stake_minor}, $g->{stake_minor}{value}, 'the list of cases says the same');
    ok(!(grep { $_->{keeps_minor} && $_->{keeps_minor}{value} > $g->{stake_minor}{value} } @{ $g->{extra} }), 'no gesture keeps more than is at stake');
    my $r = $losing->{reach};
    cmp_ok(abs($r->{price_minor}{value} - 15 * 0.02 * 0.3 * $r->{new_value_minor}{value}), '<=', 1, 'the reach is the product of its factors');
    is_deeply([map { $_->{enough} ? 1 : 0 } @{ $losing->{again} }], [0, 0], 'too little data to compare who buys again');
    yes($s, 200, 'PUT', '/v1/settings/reach_listeners_high', { value => 40 }, $o);
    is(yes($s, 422, 'PUT', '/v1/settings/reach_listeners_low', { value => 20 }, $o)->{error}{code}, 'bad_input', 'a range that contradicts itself is refused');
    yes($s, 200, 'PUT', '/v1/settings/reach_listeners', { value => 30 }, $o);
    cmp_ok(abs(yes($s, 200, 'GET', '/v1/losing', undef, $o)->{reach}{price_minor}{value} - 2 * $r->{price_minor}{value}), '<=', 1, 'twice the listeners, twice the reach');

    my $twin = yes($s, 201, 'POST', '/v1/cases', { customer_id => $good->{customer_id}, channel => 'email', kind => 'other', text => 'It is still broken.' }, $o);
    yes($s, 200, 'POST', "/v1/cases/$case->{number}/merge", { into => "$twin->{number}" }, $o);
    is_deeply([map { $_->{id} } @{ yes($s, 200, 'GET', "/v1/cases/$twin->{number}", undef, $o)->{promises} }], [$in_case->{id}], 'merged, they stand where it goes on');
    my $there = yes($s, 200, 'POST', "/v1/promises/$in_case->{id}/keep", {}, $o);
    is($word->($twin->{number}), 'kept', '... and what becomes of them');
    yes($s, 200, 'POST', "/v1/acts/$there->{event_id}/undo", undef, $o);
    yes($s, 200, 'POST', "/v1/cases/$case->{number}/unmerge", {}, $o);
    yes($s, 200, 'POST', "/v1/cases/$twin->{number}/decide", { outcome => 'withdrawn', reason => 'The same complaint.' }, $o);
    yes($s, 200, 'POST', "/v1/cases/$twin->{number}/close", { cause => 'other' }, $o);

    # the next export tells what has arrived since; the file before is taken back only after it
    (my $later = orders()) =~ s/(o35.*2026-03-10),,west/$1,2026-03-20,west/;
    $u = yes($s, 201, 'POST', '/v1/uploads?name=o.csv', $later, { %$o, 'Content-Type' => 'application/octet-stream' });
    my $second = yes($s, 202, 'POST', '/v1/imports', { upload => $u->{upload} }, $o);
    $second = RebHttp::eventually(sub { my $j = yes($s, 200, 'GET', "/v1/jobs/$second->{job_id}", undef, $o); $j->{state} =~ /done|failed/ ? $j : undef });
    is_deeply([@{ $second->{result}{counts} }{qw(orders promises deliveries)}], [0, 0, 1], 'one has arrived since') or diag(explain($second));
    is(yes($s, 200, 'GET', '/v1/promises', undef, $o)->{counts}{late}, 8, '... late');
    for my $batch ($second->{result}{batch_id}, $job->{result}{batch_id}) {
        my $undo = yes($s, 202, 'POST', "/v1/imports/$batch/undo", undef, $o);
        $undo = RebHttp::eventually(sub { my $j = yes($s, 200, 'GET', "/v1/jobs/$undo->{job_id}", undef, $o); $j->{state} =~ /done|failed/ ? $j : undef });
        is($undo->{state}, 'done', 'an import is taken back') or diag(explain($undo));
    }
    is_deeply(yes($s, 200, 'GET', '/v1/promises', undef, $o)->{counts}, { open => 1, today => 0, broken => 0, late => 0, kept => 0, released => 1 }, 'and its promises with it; what was promised by hand stays');

    # whom an agent does not see
    yes($s, 204, 'POST', '/v1/keepers', { customer_ids => [$who], user_id => $nora }, $o);
    yes($s, 200, 'PUT', '/v1/settings/agents_see', { value => 'team' }, $o);
    is(scalar @{ yes($s, 200, 'GET', '/v1/promises', undef, $as{nora})->{promises} }, 1, 'who keeps the customer sees the promise');
    is(scalar @{ yes($s, 200, 'GET', '/v1/promises', undef, $as{sam})->{promises} }, 0, 'others do not');
    yes($s, 404, 'GET', "/v1/promises/$p->{id}", undef, $as{sam});
    yes($s, 404, 'POST', "/v1/promises/$p->{id}/keep", {}, $as{sam});
    yes($s, 404, 'POST', '/v1/promises', { customer_id => $who, text => 'x', due_day => '2026-05-09' }, $as{sam});

    # erased: the words go, that it was promised stays
    yes($s, 200, 'POST', "/v1/customers/$who/erase", { reason => 'asked' }, $o);
    my $left = yes($s, 200, 'GET', "/v1/promises/$p->{id}", undef, $o);
    is_deeply([@{$left}{qw(text why state due_at)}], ['', '', 'released', '2026-05-04T12:00:00Z'], 'erased: no words, the same end');
    is($s->stop, 0, 'it stops in order');
    my ($rc, $out) = RebHttp::run($db, 'verify');
    is($rc, 0, 'the database is in order') or diag($out);
    ($rc, $out) = RebHttp::run($db, 'rebuild');
    is($rc, 0, 'everything is made anew');
    ($rc, $out) = RebHttp::run($db, '--json', 'promise', 'show', $p->{id}, '--now', '2026-05-01T09:00Z');
    is_deeply(decode_json($out)->{promise}, $left, '... and the promise is the same') or diag($out);
}
done_testing;
