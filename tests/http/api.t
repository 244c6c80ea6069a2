#!/usr/bin/env perl
# Every address of the API on both engines, from an upload to today's list and back. The server runs with --check-answers: an answer that has
# not its declared type is a 500. At the end each route must have been hit.
use strict;
use warnings;
use lib 'tests/lib';
use RebHttp;
use JSON::PP;
use Test::More;

my $demo = "$RebHttp::tmp/demo";
my ($rc, $out) = RebHttp::run("$RebHttp::tmp/none.db", 'demo', '--out', $demo, '--customers', '300', '--seed', '5', '--now', '2026-05-01');
is($rc, 0, 'a demo shop') or BAIL_OUT($out);
my ($orders) = grep { /order/ } glob "$demo/*.csv";
my ($people) = grep { /customer/ } glob "$demo/*.csv";

sub finished { # waits for a job's end
    my ($s, $job) = @_;
    return { state => "not begun" } unless ref $job && $job->{job_id};
    return RebHttp::eventually(sub {
        my ($status, $j) = $s->call('GET', "/v1/jobs/$job->{job_id}");
        return $status == 200 && $j->{state} =~ /^(done|failed|cancelled)$/ ? $j : undef;
    }) // { state => 'still running' };
}
sub upload {
    my ($s, $text, $name) = @_;
    my ($status, $u) = $s->call('POST', "/v1/uploads?name=$name", $text, { 'Content-Type' => 'application/octet-stream' });
    is($status, 201, "upload of $name") or diag(explain($u));
    is($u->{bytes}, length $text, '... in its whole length');
    return $u;
}
sub yes { # a call that must succeed with a status
    my ($s, $want, $method, $path, $body) = @_;
    my ($status, $v, $h) = $s->call($method, $path, $body);
    is($status, $want, "$method $path") or diag(explain($v));
    return $v;
}

# Standards from the document that Rebound comes with to a second version; the page for everybody with them.
sub standards {
    my ($s) = @_;
    is(yes($s, 200, 'GET', '/v1/standards')->{in_force}, 0, 'no standards are published');
    like(yes($s, 404, 'GET', '/standards'), qr/not published its standards yet/, '... which the page says, instead of promising in their name');
    yes($s, 404, 'GET', '/standards.json');
    my $draft = yes($s, 200, 'GET', '/v1/standards/draft');
    ok(!$draft->{saved} && $draft->{based_on} == 0 && @{ $draft->{document}{kinds} } == 8, 'a start is offered');
    my $version = yes($s, 201, 'POST', '/v1/standards/publish', { note => 'Ours <now>', revision => $draft->{revision} });
    is("$version->{version} $version->{in_force}", '1 1', 'adopted by a click');
    my $page = yes($s, 200, 'GET', '/standards');
    like($page, qr/<h2>It never arrived<\/h2>/, 'the page tells it in words');
    like($page, qr/Ours &lt;now&gt;/, '... with what changed');
    unlike($page, qr/<script|style=/, '... without script and inline style');
    like(yes($s, 200, 'GET', '/standards?lang=fa'), qr/<html lang="fa" dir="rtl">.*\x{627}\x{635}\x{644}\x{627}\x{64b}|<html lang="fa" dir="rtl">/s, '... in Persian from right to left');
    my $public = yes($s, 200, 'GET', '/standards.json');
    is($public->{kinds}[0]{clocks}[0]{amount}, 60, 'and as data');
    unlike(JSON::PP->new->encode($public), qr/cost_percent|limits|redeemed/, '... without what things cost the business, and who may give how much');
    my $document = $draft->{document};
    $document->{kinds}[0]{clocks}{solution}{amount} = 2;
    $document->{promises} = { en => "<b>Bold</b>\n\n- one\n- two" };
    my $saved = yes($s, 200, 'PUT', '/v1/standards/draft', { document => $document, revision => '0' });
    ok((grep { $_->{path} eq 'kinds.delivery_late.clocks.solution' && $_->{after} =~ /^2 working_days/ } @{ $saved->{changes} }), 'what a draft changes is told');
    yes($s, 409, 'PUT', '/v1/standards/draft', { document => $document, revision => '0' });
    like(yes($s, 200, 'POST', '/v1/standards/preview', { document => $document, language => 'en' })->{html},
        qr/&lt;b&gt;Bold.*<ul><li>one<\/li><li>two<\/li><\/ul>/s, 'a preview is what customers would see');
    $document->{kinds}[1]{due} = ['gold'];
    like(yes($s, 422, 'PUT', '/v1/standards/draft', { document => $document })->{error}{detail}, qr/kinds\[1\]\.due\[0\]/, 'what is wrong is told by its path');
    is(yes($s, 201, 'POST', '/v1/standards/publish', { from => '2026-06-01T00:00:00Z', revision => $saved->{revision} })->{in_force} ? 1 : 0, 0, 'published for later');
    like(yes($s, 200, 'GET', '/standards?version=2'), qr/comes into force on 1 Jun 2026/, '... which its page says');
    unlike(yes($s, 200, 'GET', '/standards'), qr/Bold/, '... while the first holds');
    yes($s, 404, 'GET', '/standards?version=9');
    is(yes($s, 200, 'GET', '/v1/standards/2')->{document}{kinds}[0]{clocks}{solution}{amount}, 2, 'each version can be read whole');
    yes($s, 404, 'GET', '/v1/standards/7');
    yes($s, 204, 'DELETE', '/v1/standards/draft');

    my $causes = yes($s, 200, 'GET', '/v1/causes')->{causes};
    is(scalar @$causes, 7, 'the first level of causes');
    $causes = yes($s, 201, 'POST', '/v1/causes', { parent => 'delivery', titles => { en => 'Courier lost it', fa => 'x' } })->{causes};
    my ($mine) = grep { $_->{code} eq 'delivery_1' } @$causes;
    is($mine->{title} . $mine->{depth}, 'Courier lost it2', 'one below it');
    yes($s, 201, 'POST', '/v1/causes', { parent => 'delivery_1', code => 'courier_x', titles => { en => 'Courier X' } });
    yes($s, 409, 'POST', '/v1/causes', { parent => 'price', code => 'courier_x', titles => { en => 'Again' } });
    yes($s, 422, 'POST', '/v1/causes', { parent => 'nowhere', titles => { en => 'A' } });
    yes($s, 422, 'PATCH', '/v1/causes/delivery_1', { parent => 'courier_x' });
    yes($s, 422, 'PATCH', '/v1/causes/delivery', { titles => { en => 'Ours' } });
    yes($s, 404, 'PATCH', '/v1/causes/none', { retired => JSON::PP::true });
    my %cause = map { $_->{code} => $_ } @{ yes($s, 200, 'PATCH', '/v1/causes/delivery_1', { retired => JSON::PP::true })->{causes} };
    ok(!$cause{delivery_1}{offered} && !$cause{courier_x}{offered} && $cause{delivery_1}{retired_at}, 'a retired cause is offered no more, nor what is below it');
}

for my $engine (RebHttp::engines()) {
    my $db = RebHttp::new_db($engine, 'api');
    my $s = RebHttp::serve($db, '--now', '2026-05-01T09:00:00Z', '--rate', '0');
    diag("engine $engine");

    # before there is anything
    is(yes($s, 200, 'GET', '/v1/today')->{fit}, undef, 'no purchases: no list, and no invention');
    yes($s, 404, 'GET', '/v1/fit');
    is_deeply(yes($s, 200, 'GET', '/v1/imports')->{batches}, [], 'no imports yet');
    like(yes($s, 200, 'GET', '/'), qr/<!doctype html>/, 'the console');
    my ($script) = yes($s, 200, 'GET', '/') =~ m{(/assets/[^"]+\.js)};
    yes($s, 200, 'GET', $script);
    yes($s, 404, 'GET', '/assets/nothing.js');

    # settings
    my %setting = map { $_->{key} => $_ } @{ yes($s, 200, 'GET', '/v1/settings')->{settings} };
    is($setting{currency}{value}, 'GBP', 'settings are told');
    my $change = yes($s, 200, 'PUT', '/v1/settings/contact_gap_days', { value => 20 });
    is($change->{after}, '20', 'a setting is changed');
    is(yes($s, 200, 'PUT', '/v1/settings/contact_gap_days', { value => undef })->{before}, '20', '... and put back');
    yes($s, 404, 'PUT', '/v1/settings/nonsense', { value => '1' });
    is($setting{working_days}{type} . " $setting{contact_gap_days}{most} @{ $setting{digits}{choices} }",
        'days 3650 latin arabic persian', '... with how each is written');
    my $many = yes($s, 200, 'PATCH', '/v1/settings',
        { settings => [{ key => 'days_off', value => '2026-12-25' }, { key => 'contact_gap_days', value => 10 }] });
    is(join(' ', map { $_->{after} } @{ $many->{changes} }), '2026-12-25 10', 'several are changed at once');
    yes($s, 422, 'PATCH', '/v1/settings', { settings => [{ key => 'contact_gap_days', value => 11 }, { key => 'days_off', value => 'soon' }] });
    %setting = map { $_->{key} => $_ } @{ yes($s, 200, 'GET', '/v1/settings')->{settings} };
    is($setting{contact_gap_days}{value}, 10, '... or none of them');
    yes($s, 200, 'PATCH', '/v1/settings', { settings => [{ key => 'days_off', value => undef }, { key => 'contact_gap_days', value => undef }] });
    yes($s, 422, 'PUT', '/v1/settings/currency', { value => 'no currency' });

    # upload, preview, import
    my $u = upload($s, RebHttp::slurp($orders), 'orders.csv');
    my $preview = yes($s, 200, 'POST', '/v1/imports/preview', { upload => $u->{upload} });
    ok($preview->{dry_run} && $preview->{counts}{orders} > 100 && !$preview->{batch_id}, 'a preview counts and writes nothing');
    is_deeply(yes($s, 200, 'GET', '/v1/imports')->{batches}, [], '... nothing');
    my $job = finished($s, yes($s, 202, 'POST', '/v1/imports', { upload => $u->{upload}, source => 'shop' }));
    is($job->{state}, 'done', 'the import runs as a job') or diag(explain($job));
    is_deeply($job->{result}{counts}, { %{ $preview->{counts} }, map { $_ => $job->{result}{counts}{$_} } qw(customers_new customers_seen facts known) },
        'and does what the preview said');
    my $batch = $job->{result}{batch_id};
    yes($s, 404, 'POST', '/v1/imports/preview', { upload => $u->{upload} });
    is(scalar @{ yes($s, 200, 'GET', '/v1/imports')->{batches} }, 1, 'it is listed');
    yes($s, 404, 'GET', "/v1/jobs/$job->{job_id}/rejects");
    if ($people) {
        my $p = upload($s, RebHttp::slurp($people), 'people.csv');
        is(finished($s, yes($s, 202, 'POST', '/v1/imports', { upload => $p->{upload} }))->{state}, 'done', 'customers too');
    }
    my $torn = upload($s, "Date,Email,Amount\n2026-01-02,ann\@example.net,5.00\n2026-99-99,bob\@example.net,1.00\n2026-01-05,cy\@example.net,7.00\n", 'bad.csv');
    my ($status, $look) = $s->call('POST', '/v1/imports/preview', { upload => $torn->{upload}, map => "format: csv\n" });
    ok($status == 422 || $status == 400 || $status == 200, 'a mapping is judged');
    my $bad = finished($s, yes($s, 202, 'POST', '/v1/imports', { upload => $torn->{upload} }));
    ok($bad->{state} eq 'failed' ? length $bad->{error}{detail} : $bad->{result}{counts}{rejected_rows} == 1, 'a row that is no row is told')
        or diag(explain($bad));
    if ($bad->{state} eq 'done') {
        like(yes($s, 200, 'GET', "/v1/jobs/$bad->{job_id}/rejects"), qr/2026-99-99/, '... and can be fetched to be mended');
        finished($s, yes($s, 202, "POST", "/v1/imports/$bad->{result}{batch_id}/undo")) if $bad->{result}{batch_id};
    }
    my $gone = upload($s, 'x' x 300000, 'gone.bin');
    yes($s, 204, 'DELETE', "/v1/uploads/$gone->{upload}");
    yes($s, 404, 'DELETE', "/v1/uploads/$gone->{upload}");
    yes($s, 404, 'DELETE', '/v1/uploads/..%2F..%2Fetc');

    # fit and today
    $job = finished($s, yes($s, 202, 'POST', '/v1/fit', {}));
    is($job->{state}, 'done', 'the fit runs as a job') or diag(explain($job));
    is(yes($s, 200, 'GET', '/v1/fit')->{fit_id}, $job->{result}{fit_id}, 'and is the newest');
    yes($s, 400, 'POST', '/v1/fit', { model => 'guess' });
    # A small fit is over in no time: pairs are sent until the second one is still waiting when it is cancelled.
    my ($first, $next, $said);
    for (1 .. 50) {
        ($first, $next) = map { yes($s, 202, 'POST', '/v1/fit', {}) } 1, 2;
        (undef, $said) = $s->call('POST', "/v1/jobs/$next->{job_id}/cancel");
        last if ($said->{state} // '') eq 'cancelled';
        finished($s, $_) for $first, $next;
    }
    is($said->{state}, 'cancelled', 'a job that waits is cancelled');
    my $ended = finished($s, $next);
    is($ended->{state}, 'cancelled', '... and stays so');
    is($ended->{started}, undef, '... and never runs');
    is(finished($s, $first)->{state}, 'done', '... while the other does');
    my $today = yes($s, 200, 'GET', '/v1/today?minutes=600');
    my @items = @{ $today->{items} };
    cmp_ok(scalar @items, '>', 3, 'today has items');
    my ($rc_cli, $cli) = RebHttp::run($db, 'today', '--minutes', '600', '--json', '--now', '2026-05-01T09:00:00Z');
    is_deeply(decode_json($cli), yes($s, 200, 'GET', '/v1/today?minutes=600'), 'the command line says the same, to the byte');
    my $act = yes($s, 200, 'POST', "/v1/today/$items[0]{item}/done", { note => 'spoke with her' });
    is($act->{customer_id}, $items[0]{customer}{id}, 'done');
    ok(yes($s, 200, 'POST', "/v1/today/$items[0]{item}/done", { note => q(spoke with her) })->{known}, "... and not counted twice");
    my $slip = yes($s, 200, 'POST', "/v1/today/$items[3]{item}/done", { note => 'the wrong row' });
    my $back = yes($s, 200, 'POST', "/v1/acts/$slip->{event_id}/undo");
    ok(!$back->{known} && $back->{customer_id} eq $slip->{customer_id}, 'a slip is taken back');
    ok(yes($s, 200, 'POST', "/v1/acts/$slip->{event_id}/undo")->{known}, '... once');
    ok((grep { $_->{item} eq $items[3]{item} } @{ yes($s, 200, 'GET', '/v1/today?minutes=600')->{items} }), '... and the item is back');
    is(yes($s, 409, 'POST', "/v1/acts/$back->{undo_id}/undo")->{error}{code}, 'not_undoable', 'taking back is not taken back');
    yes($s, 404, 'POST', '/v1/acts/17/undo');
    yes($s, 200, 'POST', "/v1/today/$items[1]{item}/not-now", { until => '2026-06-01', why => 'on holiday' });
    yes($s, 200, 'POST', "/v1/today/$items[2]{item}/wrong", { why => 'a friend of ours' });
    yes($s, 400, 'POST', "/v1/today/$items[2]{item}/wrong", {});
    yes($s, 404, 'POST', '/v1/today/zzzzzz/done', {});
    my %left = map { $_->{item} => 1 } @{ yes($s, 200, 'GET', '/v1/today?minutes=600')->{items} };
    ok(!grep({ $left{ $_->{item} } } @items[0 .. 2]), 'what was answered is gone from the list');
    yes($s, 200, 'GET', '/v1/summary');

    # customers
    my $list = yes($s, 200, 'GET', '/v1/customers?sort=net&limit=2');
    is(scalar @{ $list->{customers} }, 2, 'a page of customers');
    my $second = yes($s, 200, 'GET', "/v1/customers?sort=net&limit=2&cursor=$list->{next}");
    isnt($second->{customers}[0]{id}, $list->{customers}[0]{id}, 'and the next');
    my $facets = yes($s, 200, 'GET', '/v1/customers/facets');
    for my $stage (@{ $facets->{stages} }) {
        my $only = yes($s, 200, 'GET', "/v1/customers?stage=$stage->{value}&count=true&limit=3&sort=alive&has_email=true");
        cmp_ok($only->{total}, '<=', $stage->{count}, "stage $stage->{value}");
        ok(!grep({ $_->{stage} ne $stage->{value} || $_->{email} eq '' } @{ $only->{customers} }), '... and nobody else');
    }
    yes($s, 400, 'GET', '/v1/customers?stage=asleep');
    yes($s, 400, 'GET', '/v1/customers?consent=spam');
    my $new = yes($s, 201, 'POST', '/v1/customers', { kind => 'organisation', name => "\x{634}\x{631}\x{6a9}\x{62a} \x{2068}<b>&", email => 'office@example.net' });
    my $id = $new->{customer_id};
    yes($s, 409, 'POST', '/v1/customers', { name => 'Other', email => 'OFFICE@example.net' });
    my $twin = yes($s, 201, 'POST', '/v1/customers', { kind => 'organisation', name => 'Office', email => 'office@example.net', even_so => JSON::PP::true })->{customer_id};
    is(yes($s, 200, 'GET', '/v1/customers/search?q=office%40example.net')->{customers}[0]{found_by}, 'email', 'found by e-mail');
    yes($s, 400, 'GET', '/v1/customers/search');
    yes($s, 201, 'POST', "/v1/customers/$id/notes", { text => 'asked for a catalogue' });
    yes($s, 201, 'POST', "/v1/customers/$id/contacted", { channel => 'phone', text => 'hello', at => '2026-04-30T10:00:00Z' });
    yes($s, 400, 'POST', "/v1/customers/$id/contacted", { channel => 'pigeon' });
    yes($s, 201, 'POST', "/v1/customers/$id/contacts", { name => 'Sara', role => 'buyer', email => 'sara@example.net' });
    my $said = yes($s, 201, 'POST', "/v1/customers/$id/consents", { purpose => 'marketing', channel => 'email', allowed => JSON::PP::true });
    yes($s, 201, 'POST', "/v1/customers/$id/consents", { purpose => 'marketing', channel => 'email', allowed => JSON::PP::false });
    is(yes($s, 409, 'POST', "/v1/acts/$said->{event_id}/undo")->{error}{code}, 'later_act', 'a later word rests on it');
    my $view = yes($s, 200, 'GET', "/v1/customers/$id");
    ok(@{ $view->{contacts} } == 1 && @{ $view->{consents} } == 1 && $view->{event_count} >= 2, 'all of it is shown');
    is(yes($s, 200, 'GET', "/v1/customers/$id/card")->{email}, 'office@example.net', 'in one line');
    is(scalar @{ yes($s, 200, 'GET', "/v1/customers/$id/events?kind=note")->{events} }, 1, 'its notes');
    cmp_ok(yes($s, 200, 'GET', "/v1/customers/doubles?customer_id=$id")->{found}, '>=', 1, 'a suspected double');
    is(yes($s, 200, 'POST', "/v1/customers/$id/merge", { other_id => $twin, why => 'the same office' })->{id}, $id, 'merged');
    yes($s, 200, 'POST', "/v1/customers/$twin/unmerge", { why => 'no, two offices' });
    ok(!yes($s, 200, 'POST', '/v1/customers/not-same', { a_id => $id, b_id => $twin })->{known}, 'not the same');
    yes($s, 404, 'GET', '/v1/customers/1');

    standards($s);

    # vouchers and gestures; the rest in gestures.t
    is(scalar @{ yes($s, 200, 'GET', '/v1/vouchers')->{vouchers} }, 0, 'no voucher yet');
    is(scalar @{ yes($s, 200, 'GET', '/v1/gestures')->{gestures} }, 0, 'and nothing waits for an answer');

    # lists of cases
    ok(yes($s, 200, 'GET', '/v1/cases')->{nobody}, 'no case yet');
    yes($s, 200, 'GET', '/v1/cases?state=all&sort=last&assignee=me&clock=late&severity=high&kind=other&q=sara&limit=3');
    cmp_ok(scalar @{ yes($s, 200, 'GET', '/v1/cases/choices')->{kinds} }, '>', 3, 'kinds of complaints');
    yes($s, 400, 'GET', '/v1/cases?assignee=ann');
    yes($s, 400, 'GET', '/v1/cases?after=x');
    yes($s, 400, 'GET', '/v1/cases?state=asleep');
    like(($s->call('GET', '/v1/cases.csv'))[1], qr/^\xEF\xBB\xBFNumber,State,/, 'the list as CSV');
    like(yes($s, 200, 'GET', '/v1/cases.xlsx?state=open'), qr/^PK/, 'and for Excel');
    like(($s->call('GET', "/v1/$_.csv"))[1], qr/^\xEF\xBB\xBF\w+,/, "$_ as CSV") for qw(promises gestures);
    like(yes($s, 200, 'GET', "/v1/$_.xlsx"), qr/^PK/, '... and for Excel') for qw(promises gestures);
    yes($s, 404, 'GET', '/v1/customers/abc');
    yes($s, 404, 'GET', '/v1/customers/99999999999999999999');

    yes($s, 204, 'POST', '/v1/keepers', { customer_ids => [$id], user_id => undef });

    # as a file for spreadsheets
    yes($s, 201, 'POST', '/v1/customers', { name => '=HYPERLINK("http://x.example","hello")', phone => '+44 20 7946 0123' });
    my ($csv_status, $csv, $csv_headers) = $s->call('GET', '/v1/customers.csv?sort=name');
    is($csv_status, 200, 'customers as a file');
    like($csv_headers->{'content-disposition'}, qr/attachment; filename="customers.csv"/, '... to be saved');
    like($csv, qr/,"'=HYPERLINK\(""http/, '... in which a name is no formula');
    like($csv, qr/,'\+442079460123,/, '... and a telephone number no number');
    my ($xlsx_status, $xlsx, $xlsx_headers) = $s->call('GET', '/v1/customers.xlsx?sort=name');
    is($xlsx_status, 200, 'and for Excel');
    like($xlsx, qr/^PK/, '... as what it is');
    like($xlsx_headers->{'content-disposition'}, qr/attachment; filename="customers.xlsx"/, '... to be saved');
    is(scalar(grep { /\S/ } split /\r\n/, $csv), 1 + yes($s, 200, 'GET', '/v1/customers?sort=name&limit=1&count=true')->{total}, '... with everybody');

    # what is held on a customer, and erasing it
    is(yes($s, 200, 'GET', "/v1/customers/$twin/personal-data")->{customer_id}, $twin, 'what is held');
    is(yes($s, 200, 'POST', "/v1/customers/$twin/erase", { reason => 'asked' })->{identities}, 2, 'erased');

    is(yes($s, 200, 'GET', '/v1/retention')->{customers}, 0, 'no rule of keeping is set');
    is(finished($s, yes($s, 202, 'POST', '/v1/retention'))->{result}{customers}, 0, '... so that nothing is erased');

    # the audit log
    ok(RebHttp::eventually(sub { grep { $_->{did} eq 'customer_not_same' } @{ yes($s, 200, 'GET', "/v1/audit?subject=$id")->{records} } }), 'what was done is in the audit log');
    ok(yes($s, 200, 'GET', '/v1/audit/check')->{whole}, '... which is whole');

    # jobs, keys
    my $jobs = yes($s, 200, 'GET', '/v1/jobs?limit=1');
    ok($jobs->{next}, 'jobs come in pages');
    yes($s, 200, 'GET', "/v1/jobs?state=done&before=$jobs->{next}");
    yes($s, 409, 'POST', "/v1/jobs/$job->{job_id}/cancel");
    $job = finished($s, yes($s, 202, 'POST', "/v1/imports/$batch/undo"));
    is($job->{state}, 'done', 'an import is taken back') or diag(explain($job));
    is(finished($s, yes($s, 202, 'POST', "/v1/imports/$batch/undo"))->{state}, 'failed', '... once');
    yes($s, 200, 'GET', $_) for '/healthz', '/readyz', '/v1/version';
    my $api = yes($s, 200, 'GET', '/openapi.json');
    {
        my $c = $s->connect_to;
        syswrite $c, "GET /v1/events?after=0 HTTP/1.1\r\nHost: localhost\r\n\r\n";
        my $text = RebHttp::read_until($c, qr/event: job.*"state":"done"/s);
        like($text, qr/^id: 1\r?\n?event: /m, 'the live stream replays from the first notice');
        like($text, qr/event: customer\ndata: \{"customer_id":"$id"\}/, '... with what was done to customers') if $text =~ /"done"/;
    }
    my $made = yes($s, 201, 'POST', '/v1/tokens', { name => 'till', scopes => ['admin'], days => 2 });
    ok(RebHttp::eventually(sub { ($s->call('GET', '/v1/jobs'))[0] == 401 }), 'from the first key on, keys are needed');
    my $auth = { Authorization => "Bearer $made->{key}" };
    is(($s->call('GET', '/v1/tokens', undef, $auth))[1]{tokens}[0]{state}, 'live', 'it lives');
    (undef, my $metrics) = $s->call('GET', '/metrics', undef, $auth);
    is(($s->call('DELETE', '/v1/tokens/till', undef, $auth))[0], 204, 'and is revoked');

    # every route was hit, and answered as declared
    my %hit = map { $_ => 1 } $metrics =~ /name="(\w+)",status="2/g;
    $hit{$_} = 1 for qw(metrics token_revoke events);
    $hit{$_} = 1 for grep { /^(session|welcome|link|me|user|oidc)_?/ } map { my $p = $_; map { $p->{$_}{operationId} } keys %$p } values %{ $api->{paths} };    # session.t, second_factor.t, oidc.t
    $hit{$_} = 1 for qw(case_people), map { "case_$_" } qw(open get doubles message note wait resume assess assign escalate decide communicate close reopen
        merge unmerge identify refer conduct attach attachment);    # case.t
    $hit{$_} = 1 for qw(gesture_look gesture_give case_evidence gesture_approve gesture_refuse gesture_withdraw voucher_get voucher_pdf voucher_check voucher_redeem);    # gestures.t
    $hit{$_} = 1 for qw(page_css complain complain_send status status_send status_right status_file survey survey_send survey_figures survey_answers survey_ask);    # public.t
    $hit{$_} = 1 for qw(promise_list promise_choices promise_times promise_gap promise_add promise_get promise_keep promise_release promise_move losing);    # money.t
    $hit{$_} = 1 for qw(letter_list letter_draft letter_get letter_edit letter_discard letter_send letter_pdf);    # letter.t
    $hit{$_} = 1 for qw(calendar_list calendar_get calendar_put calendar_preview calendar_countries calendar_file);    # calendars.t
    $hit{$_} = 1 for qw(mail_state mail_check mail_out mail_act mail_in mail_case);    # mail.t
    $hit{import_log} = 1;    # case_log.t
    $hit{$_} = 1 for qw(upload_list upload_sample upload_get upload_more import_vocabulary import_look import_check import_mapping_list
        import_mapping_remove import_rejected_rows import_mend);    # import.t
    my @routes = map { my $p = $_; map { $p->{$_}{operationId} } keys %$p } values %{ $api->{paths} };
    is(join(' ', sort grep { !$hit{$_} } @routes), '', scalar(@routes) . ' routes were hit with success');
    unlike($metrics, qr/status="500"/, 'no answer was a 500');
    is($s->stop, 0, 'it stops in order');
    ($rc, $out) = RebHttp::run($db, 'verify');
    is($rc, 0, 'the database is in order') or diag($out);
}
done_testing;
