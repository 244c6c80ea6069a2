#!/usr/bin/env perl
# Gestures, vouchers and evidence over HTTP, on both engines: the right apart, extras through the guard, one click of an approver, a code spent once
# by fifty at once, what speaks for and against, and who may see and do what.
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

# Three hundred customers who buy now and then; the first ones often and much.
sub orders {
    my ($csv, $n, $seed) = ("Order,Date,Email,Product,Amount\n", 1000, 7);
    for my $i (1 .. 300) {
        my $day = 0;
        for my $k (1 .. ($i <= 6 ? 24 : 1 + $i % 4)) {
            $seed = ($seed * 1103515245 + 12345) % 2147483648;
            $day = $i <= 6 ? 30 * $k : $day + 20 + $seed % 90;
            my ($month, $d) = (1 + int($day / 28) % 12, 1 + $day % 28);
            $csv .= sprintf("%d,%04d-%02d-%02d,c%d\@example.net,Mug,%d.00\n", $n++, 2024 + int($day / 336), $month, $d, $i, $i <= 6 ? 620 : 20 + $i % 30);
        }
    }
    return $csv;
}

sub code_of { my ($list, $code) = @_; return (grep { $_->{code} eq $code } @$list)[0] }

for my $engine (RebHttp::engines()) {
    diag("engine $engine");
    my $db = RebHttp::new_db($engine, 'gestures');
    RebHttp::add_user($db, 'owner@example.com', 'owner');
    RebHttp::add_user($db, 'mina@example.com', 'manager');
    RebHttp::add_user($db, "$_\@example.com", 'agent') for qw(nora sam);
    my $s = RebHttp::serve($db, '--now', '2026-05-04T09:00:00Z', '--rate', '0');
    my %as = map { $_ => { 'X-Requested-With' => 'x', %{ $s->sign_in("$_\@example.com") } } } qw(owner mina nora sam);
    my $o = $as{owner};
    yes($s, 200, 'PATCH', '/v1/settings', 
        { settings => [map { { key => $_->[0], value => $_->[1] } } [currency => 'EUR'], [timezone => 'UTC'], [holdout_percent_gesture => '0'], [gesture_payback_days => '365'],
            [turns_voucher_high => '0.95'], [turns_voucher => '0.9']] }, $o);
    my $u = yes($s, 201, 'POST', '/v1/uploads?name=o.csv', orders(), { %$o, 'Content-Type' => 'application/octet-stream' });
    my $job = yes($s, 202, 'POST', '/v1/imports', { upload => $u->{upload} }, $o);
    for my $next ('/v1/fit', undef) {
        RebHttp::eventually(sub { my $j = yes($s, 200, 'GET', "/v1/jobs/$job->{job_id}", undef, $o); $j->{state} =~ /done|failed/ ? $j : undef });
        $job = yes($s, 202, 'POST', $next, {}, $o) if $next;
    }
    my $open = sub { my ($kind, $email, $text, %more) = @_;
        yes($s, 201, 'POST', '/v1/cases', { channel => 'phone', kind => $kind, email => $email, text => $text, %more }, $as{nora})->{number} };

    # what may be given
    my $n = $open->('delivery_late', 'c1@example.net', 'My mugs came nine days late.', order_ref => '#1005');
    my $v = yes($s, 200, 'GET', "/v1/cases/C-$n/gestures", undef, $as{nora});
    is($v->{order}{amount_minor}, 62000, 'the order they named');
    my $refund = code_of($v->{due}, 'refund_full');
    is_deeply([@{$refund}{qw(verdict why value_minor keeps_minor gain_minor)}], ['ok', 'due', 62000, undef, undef], 'the right stands apart and is not weighed') or diag(explain($refund));
    my $voucher = code_of($v->{extra}, 'voucher_small');
    is_deeply([@{$voucher}{qw(verdict why no_lose)}], ['ok', 'no_lose', JSON::PP::true], 'a voucher: nobody loses') or diag(explain([$voucher, $v->{stake_minor}]));
    is_deeply($voucher->{cost_minor}, { low => 0, value => 455, high => 650, origin => 'assumed' }, '... what it costs: nothing now, 4.55 as expected, 6.50 when it is used');
    ok($voucher->{keeps_minor}{origin} eq 'mixed' && $voucher->{keeps_minor}{low} <= $voucher->{keeps_minor}{value}, '... and what it keeps, with its range and origin');
    is_deeply([@{ $v->{limit} }{qw(role limit_minor left_minor)}], ['agent', 2500, 2500], 'how much an agent may give');
    ok(!$v->{held_out} && $v->{stake_own}, 'of their own purchases');
    is(yes($s, 422, 'GET', "/v1/cases/$n/gestures?order=nope", undef, $as{nora})->{error}{reason}, 'order_unknown', 'an order that is not theirs');
    yes($s, 404, 'GET', '/v1/cases/999999/gestures', undef, $as{nora});

    # given, by right and beyond
    my $due = yes($s, 201, 'POST', "/v1/cases/$n/gestures", { code => 'refund_full', amount_minor => 1 }, $as{nora});
    is_deeply([@{$due}{qw(state basis value_minor spent_minor)}], ['given', 'due', 62000, 62000], 'what is due is given whole, by an agent, at once');
    is(yes($s, 409, 'POST', "/v1/cases/$n/gestures", { code => 'refund_full', basis => 'due' }, $as{nora})->{error}{reason}, 'due_given', 'once');
    my $gave = yes($s, 201, 'POST', "/v1/cases/$n/gestures", { code => 'voucher_small' }, $as{nora});
    like($gave->{voucher_code}, qr/^[34679ACDEFGHJKMNPQRTVWXY]{4}(-[34679ACDEFGHJKMNPQRTVWXY]{4}){3}$/, 'a code that can be read aloud');
    is(yes($s, 200, 'GET', "/v1/vouchers/$gave->{id}", undef, $as{nora})->{code}, $gave->{voucher_code}, 'and told again');
    my (undef, $paper, $said) = $s->call('GET', "/v1/vouchers/$gave->{id}/pdf", undef, $as{nora});
    like($paper, qr/^%PDF-/, 'and put on paper');
    is($said->{'content-type'}, 'application/pdf', '... as what it is');
    is(yes($s, 409, 'POST', "/v1/cases/$n/gestures", { code => 'voucher_small', seen => 1 }, $as{mina})->{error}{code}, 'case_changed', 'who has not seen it looks first');
    my $case = yes($s, 200, 'GET', "/v1/cases/$n", undef, $as{nora});
    is(scalar(grep { $_->{kind} eq 'gesture' && $_->{word} eq 'given' } @{ $case->{events} }), 2, 'both stand in the case');
    my $view = yes($s, 200, 'GET', "/v1/customers/$v->{customer_id}", undef, $as{nora});
    is(scalar(grep { $_->{kind} eq 'gesture' } @{ $view->{history}{events} }), 2, "... and in the customer's history");
    is_deeply($view->{gestures}, { given => 2, due => 1, value_minor => 63000, spent_minor => 62000, open_minor => 650 }, '... with what they cost') or diag(explain($view->{gestures}));

    # spent once, by fifty at once
    my @pid;
    for my $i (1 .. 50) {
        my $pid = fork // die;
        if ($pid == 0) { my ($status) = eval { $s->call('POST', '/v1/vouchers/redeem', { code => lc $gave->{voucher_code} }, $as{nora}) }; require POSIX; POSIX::_exit(($status // 0) == 200 ? 7 : ($status // 0) == 409 ? 9 : 1) }
        push @pid, $pid;
    }
    my %ended;
    for my $p (@pid) { waitpid $p, 0; $ended{ $? >> 8 }++ }
    is_deeply(\%ended, { 7 => 1, 9 => 49 }, 'of fifty at once one spends it, and all others are told') or diag(explain(\%ended));
    my $checked = yes($s, 200, 'POST', '/v1/vouchers/check', { code => $gave->{voucher_code} }, $as{nora});
    is_deeply([@{$checked}{qw(state value_minor case)}, exists $checked->{code} ? 1 : 0], ['redeemed', 1000, $n, 0], 'it is spent');
    is(yes($s, 409, 'GET', "/v1/vouchers/$gave->{id}/pdf", undef, $as{nora})->{error}{reason}, 'voucher_redeemed', 'nothing is printed of what was spent');
    is(yes($s, 422, 'POST', '/v1/vouchers/check', { code => "ACD" }, $as{nora})->{error}{reason}, 'code_short', 'no code');
    is(yes($s, 404, 'POST', '/v1/vouchers/check', { code => '3DMW-9HR4-ENXA-JT6W' }, $as{nora})->{error}{reason}, 'voucher_unknown', 'a code that nobody gave');
    is_deeply([@{ yes($s, 200, 'GET', '/v1/vouchers?limit=1', undef, $o) }{qw(made redeemed open)}], [1, 1, 0], 'they are counted');
    yes($s, 400, 'GET', '/v1/vouchers?after=x', undef, $o);

    # asked and answered
    my $m = $open->('delivery_late', 'c2@example.net', 'Nothing has come yet, and nobody answers the telephone.');
    yes($s, 201, 'POST', "/v1/cases/$m/gestures", { code => 'voucher_large' }, $as{nora});
    my $asked = yes($s, 201, 'POST', "/v1/cases/$m/gestures", { code => 'voucher_large', why => 'Zyxwhy: their fourth order this year' }, $as{nora});
    is_deeply([$asked->{state}, $asked->{approver}{role}, $asked->{voucher_code}, $asked->{due_at}], ['asked', 'manager', undef, '2026-05-04T10:00:00Z'], 'beyond the limit a manager is asked, by name, and answers within an hour')
        or diag(explain($asked));
    is(scalar @{ yes($s, 200, 'GET', '/v1/gestures?mine=true', undef, $as{mina})->{gestures} }, 1, 'Mina sees what waits for her');
    is(scalar @{ yes($s, 200, 'GET', '/v1/gestures?mine=true', undef, $as{sam})->{gestures} }, 0, 'Sam has nothing to answer');
    yes($s, 403, 'POST', "/v1/gestures/$asked->{id}/approve", undef, $as{nora});
    my $said = yes($s, 200, 'POST', "/v1/gestures/$asked->{id}/approve", undef, $as{mina});
    ok($said->{state} eq 'given' && $said->{voucher_code}, 'approved: it is given, in one click');
    is(yes($s, 409, 'POST', "/v1/gestures/$asked->{id}/approve", undef, $o)->{error}{reason}, 'gesture_over', 'once');
    my $m2 = $open->('delivery_late', 'c3@example.net', 'Late again.');
    yes($s, 201, 'POST', "/v1/cases/$m2/gestures", { code => 'voucher_large' }, $as{nora});
    my $second = yes($s, 201, 'POST', "/v1/cases/$m2/gestures", { code => 'voucher_large' }, $as{nora});
    yes($s, 422, 'POST', "/v1/gestures/$second->{id}/refuse", {}, $as{mina});
    is(yes($s, 200, 'POST', "/v1/gestures/$second->{id}/refuse", { why => 'One is enough.' }, $as{mina})->{state}, 'refused', 'no, with a reason');
    my $third = yes($s, 201, 'POST', "/v1/cases/$m2/gestures", { code => 'voucher_large' }, $as{nora});
    is(yes($s, 200, 'POST', "/v1/gestures/$third->{id}/withdraw", {}, $as{nora})->{state}, 'dropped', 'who asked may let it be');
    yes($s, 404, 'POST', '/v1/gestures/12345/approve', undef, $as{mina});

    # by right is no way round the limits: bounded by the order, else by a reason and somebody's yes
    my $r = $open->('delivery_late', 'c31@example.net', 'The parcel came on the wrong day.');
    my $w = yes($s, 200, 'GET', "/v1/cases/$r/gestures", undef, $as{nora});
    is(code_of($w->{due}, 'delivery_charge')->{most_minor}, undef, 'which order it is about is not known');
    is(yes($s, 422, 'POST', "/v1/cases/$r/gestures", { code => 'delivery_charge', amount_minor => 400 }, $as{nora})->{error}{reason}, 'why_needed', 'so an amount has a reason');
    my $much = yes($s, 201, 'POST', "/v1/cases/$r/gestures", { code => 'delivery_charge', amount_minor => 8000, why => 'Zyxwhy: they paid eighty.' }, $as{nora});
    is_deeply([@{$much}{qw(state basis voucher_code)}, $much->{weighed}{why}], ['asked', 'due', undef, 'over_limit'], '... and beyond the limit somebody is asked') or diag(explain($much));
    is(yes($s, 409, 'POST', "/v1/cases/$r/gestures", { code => 'delivery_charge', amount_minor => 8000, why => 'Again.' }, $as{nora})->{error}{reason}, 'asked_already', '... once');
    is_deeply([@{ yes($s, 200, 'POST', "/v1/gestures/$much->{id}/approve", undef, $o) }{qw(state basis value_minor)}], ['given', 'due', 8000], '... who says yes');
    my $r2 = $open->('delivery_late', 'c32@example.net', 'My parcel came late, too.');
    my ($ref, $paid) = @{ yes($s, 200, 'GET', "/v1/cases/$r2/gestures", undef, $as{nora})->{orders}[0] }{qw(ref amount_minor)};
    is(code_of(yes($s, 200, 'GET', "/v1/cases/$r2/gestures?order=$ref", undef, $as{nora})->{due}, 'delivery_charge')->{most_minor}, $paid, 'of an order: at most what was paid');
    is(yes($s, 409, 'POST', "/v1/cases/$r2/gestures", { code => 'delivery_charge', amount_minor => $paid + 1, order_ref => $ref, why => 'More.' }, $as{nora})->{error}{reason}, 'over_order', '... and no more');

    # what was decided is given, or is owed where everybody sees it
    my $decided = yes($s, 200, 'POST', "/v1/cases/$r2/decide", { outcome => 'upheld', reason => 'It was late.', remedies => ['delivery_charge'] }, $as{nora});
    is_deeply([$decided->{steps}{fixing}, map { $_->{code} } @{ $decided->{decision}{owed} }], ['later', 'delivery_charge'], 'to decide is not to give') or diag(explain($decided->{steps}));
    yes($s, 200, 'POST', "/v1/cases/$r2/communicate", { how => 'phone' }, $as{nora});
    is(yes($s, 409, 'POST', "/v1/cases/$r2/close", { cause => 'delivery' }, $as{nora})->{error}{reason}, 'owed', 'it is not closed over what is owed');
    is(yes($s, 409, 'POST', "/v1/cases/$r2/close", { cause => 'delivery', even_so => JSON::PP::true }, $as{nora})->{error}{reason}, 'owed', '... nor even so without a reason');
    is(yes($s, 200, 'POST', "/v1/cases/$r2/close", { cause => 'delivery', even_so => JSON::PP::true, why => 'The bank pays on Friday.' }, $as{nora})->{state}, 'closed', '... with one it is');
    is(yes($s, 409, 'POST', "/v1/cases/$r2/gestures", { code => 'voucher_small' }, $as{nora})->{error}{reason}, 'case_closed', 'a closed case gets no gesture');
    $w = yes($s, 200, 'GET', "/v1/cases/$r2/gestures", undef, $as{nora});
    is_deeply([$w->{closed}, $w->{owed}], [JSON::PP::true, ['delivery_charge']], '... but what was decided');
    is(yes($s, 201, 'POST', "/v1/cases/$r2/gestures", { code => 'delivery_charge', amount_minor => 395, order_ref => $ref }, $as{nora})->{state}, 'given', '... which is given');
    $decided = yes($s, 200, 'GET', "/v1/cases/$r2", undef, $as{nora});
    is_deeply([$decided->{steps}{fixing}, $decided->{decision}{owed}], ['done', []], '... and then it is fixed');
    is(yes($s, 409, 'POST', "/v1/cases/$r2/gestures", { code => 'delivery_charge', amount_minor => 395 }, $as{nora})->{error}{reason}, 'case_closed', '... once');

    # what is still to be done is promised: by whom, and by when
    my $t4 = $open->('product_faulty', 'c33@example.net', 'The handle came off at breakfast, in the second week.');
    my $sam = (grep { $_->{name} =~ /sam/i || 1 } @{ yes($s, 200, 'GET', '/v1/people', undef, $as{nora})->{people} })[-1];
    is(yes($s, 422, 'POST', "/v1/cases/$t4/gestures", { code => 'repair', by => '2026-05-04T08:00:00Z' }, $as{nora})->{error}{code}, 'bad_input', 'not before now');
    my $fix = yes($s, 201, 'POST', "/v1/cases/$t4/gestures", { code => 'repair', keeper_id => $sam->{id}, by => '2026-05-07T15:00:00Z' }, $as{nora});
    is_deeply([@{$fix}{qw(state promised_by keeper)}], ['given', '2026-05-07T15:00:00Z', $sam->{name}], 'a repair is promised by somebody, by a time') or diag(explain($fix));
    my ($kept) = grep { $_->{id} eq $fix->{promise_id} } @{ yes($s, 200, 'GET', "/v1/cases/$t4", undef, $as{nora})->{promises} };
    is_deeply([@{ $kept // {} }{qw(kind state)}], ['repair', 'open'], '... in the ledger and in the case') or diag(explain($kept));
    my $call = yes($s, 201, 'POST', "/v1/cases/$m2/gestures", { code => 'call_owner' }, $as{nora});
    ok($call->{state} eq 'given' && $call->{promise_id} && $call->{promised_by} gt '2026-05-05', '... a call by the end of the next open day') or diag(explain($call));
    yes($s, 200, 'POST', "/v1/gestures/$call->{id}/withdraw", { why => 'They would rather not be called.' }, $as{mina});
    is((grep { $_->{id} eq $call->{promise_id} } @{ yes($s, 200, 'GET', "/v1/cases/$m2", undef, $as{nora})->{promises} })[0]{state}, 'released', '... and let go with it');

    # evidence
    my $png = "\x89PNG\r\n\x1a\n" . ('x' x 200);
    my $boundary = 'zyx';
    my $attach = sub { my ($number) = @_;
        yes($s, 201, 'POST', "/v1/cases/$number/attachments", "--$boundary\r\nContent-Disposition: form-data; name=\"direction\"\r\n\r\nin\r\n--$boundary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"broken.png\"\r\nContent-Type: image/png\r\n\r\n$png\r\n--$boundary--\r\n",
            { %{ $as{nora} }, 'Content-Type' => "multipart/form-data; boundary=$boundary" }) };
    my @faulty = map { $open->('product_faulty', "c$_\@example.net", "The handle of the mug broke off on the first day, number $_.", severity => 'normal') } 10 .. 14;
    for my $f (@faulty[0 .. 2]) {
        yes($s, 200, 'POST', "/v1/cases/$f/decide", { outcome => 'upheld', reason => 'It is faulty.', remedies => ['replacement'] }, $as{nora});
    }
    $attach->($_) for @faulty[0, 3];
    my $e = yes($s, 200, 'GET', "/v1/cases/$faulty[3]/evidence", undef, $as{nora});
    is_deeply($e->{like}{usual}, { outcome => 'upheld', count => 3, of => 3 }, 'like cases, and what was usual') or diag(explain($e));
    cmp_ok($e->{like}{cases}[0]{alike}, '>', 0.8, '... alike in words, too');
    is_deeply([map { [$_->{code}, map { $_->{number} } @{ $_->{cases} }] } @{ $e->{signs} }], [['same_proof', $faulty[0]]], 'the same picture twice') or diag(explain($e->{signs}));
    my $no = yes($s, 422, 'POST', "/v1/cases/$faulty[3]/decide", { outcome => 'not_upheld', reason => 'We do not believe it.' }, $as{nora});
    is($no->{error}{reason}, 'differs', 'a decision against like cases says why');
    my $yes = yes($s, 200, 'POST', "/v1/cases/$faulty[3]/decide", { outcome => 'not_upheld', reason => 'It was dropped.', differs_reason => 'The picture is of another mug.' }, $as{nora});
    is($yes->{decision}{outcome}, 'not_upheld', 'and then it stands');
    ok(yes($s, 200, 'GET', "/v1/cases/$faulty[3]/evidence", undef, $as{nora})->{like}{differs}, '... shown as different');
    my $odd = $open->('delivery_late', 'c4@example.net', 'It never came.', facts_day => '2026-05-20', order_ref => 'no-such');
    is_deeply([sort map { $_->{code} } @{ yes($s, 200, 'GET', "/v1/cases/$odd/evidence", undef, $as{nora})->{signs} }], ['future', 'order_unknown'], 'impossible days, unknown orders');
    my $early = $open->('delivery_late', 'c5@example.net', 'Late.', facts_day => '2023-01-02', order_ref => '1100');
    ok(scalar(grep { $_->{code} eq 'before_order' } @{ yes($s, 200, 'GET', "/v1/cases/$early/evidence", undef, $as{nora})->{signs} }), 'before the order');
    $open->('delivery_late', 'c6@example.net', "Complaint number $_ of mine.") for 1 .. 3;
    my $many = $open->('delivery_late', 'c6@example.net', 'And the fourth.');
    my ($sign) = grep { $_->{code} eq 'many' } @{ yes($s, 200, 'GET', "/v1/cases/$many/evidence", undef, $as{nora})->{signs} };
    is_deeply([@{ $sign // {} }{qw(count orders upheld usual)}], [4, 24, 0, 1], 'many complaints, beside orders and what is usual') or diag(explain($sign));

    # who sees what
    yes($s, 200, 'PUT', '/v1/settings/agents_see', { value => 'team' }, $o);
    my $again = yes($s, 201, 'POST', "/v1/cases/$m2/gestures", { code => 'voucher_large' }, $o);
    yes($s, 404, 'GET', "/v1/cases/$m2/gestures", undef, $as{sam});
    yes($s, 404, 'POST', "/v1/cases/$m2/gestures", { code => 'apology' }, $as{sam});
    yes($s, 404, 'GET', "/v1/vouchers/$again->{id}", undef, $as{sam});
    yes($s, 403, 'GET', '/v1/vouchers', undef, $as{sam});
    yes($s, 200, 'PUT', '/v1/settings/agents_see', { value => 'all' }, $o);

    # erased: the gesture stays in the figures, nothing of the person
    yes($s, 200, 'POST', "/v1/customers/$v->{customer_id}/erase", {}, $o);
    is(yes($s, 200, 'GET', "/v1/customers/$v->{customer_id}", undef, $o)->{gestures}{spent_minor}, 62650, 'what was given keeps its cost');
    is($s->stop, 0, 'it stops in order');
    my ($rc, $out) = RebHttp::run($db, 'rebuild');
    is($rc, 0, 'made anew') or diag($out);
    ($rc, $out) = RebHttp::run($db, 'verify');
    is($rc, 0, 'the database is in order') or diag($out);
}
done_testing;
