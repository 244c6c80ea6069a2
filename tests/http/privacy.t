#!/usr/bin/env perl
# A customer asks what is held on them, and to be erased: everything is told; of who they were nothing is left anywhere in the database; what the
# business counts does not change by a digit; and no file brings them back.
use strict;
use warnings;
use lib 'tests/lib';
use RebHttp;
use JSON::PP;
use Test::More;

my $now = '2026-05-01T09:00:00Z';
my $demo = "$RebHttp::tmp/demo";
my ($rc, $out) = RebHttp::run("$RebHttp::tmp/none.db", 'demo', '--out', $demo, '--customers', '250', '--seed', '11', '--now', '2026-05-01');
is($rc, 0, 'a demo shop') or BAIL_OUT($out);

sub must { my ($db, @w) = @_; my ($code, $text) = RebHttp::run($db, @w, '--now', $now); is($code, 0, join ' ', @w) or diag($text); return $text }
sub json { return decode_json((grep { /^[\{\[]/ } split /\n/, must(@_, '--json'))[-1]) }
sub old { my ($db, $name) = @_; return decode_json((RebHttp::run($db, 'customer', 'add', '--name', $name, '--json', '--now', '2015-03-01'))[1])->{id} }
sub dump_of { # every row of the database as text
    my ($db) = @_;
    my @cmd = $db =~ /^postgresql:/ ? ('pg_dump', '--data-only', '--inserts', $db) : ('sqlite3', '-cmd', '.timeout 10000', $db, '.dump');
    open my $p, '-|', @cmd or die;
    local $/;
    return scalar <$p>;
}
sub bytes_of { my ($db) = @_; return join '', map { RebHttp::slurp($_) } grep { -e } $db, "$db-wal" }
sub figures { # what must not change: the fit and the summary, without the number and time of the fit
    my ($db) = @_;
    my $fit = json($db, 'fit');
    my $sum = json($db, 'summary');
    delete @$fit{qw(fit_id created)};
    delete @{ $sum->{fit} }{qw(fit_id created)} if $sum->{fit};
    delete $sum->{history};
    return JSON::PP->new->canonical->encode([$fit, $sum]);
}
sub write_file { my ($path, $text) = @_; open my $f, '>', $path or die; print $f $text; close $f }

# Made-up people whose words are found nowhere else.
my $file = "$RebHttp::tmp/shop.csv";
my $head = "Order ID,Date,Customer ID,Email,Name,Phone,City,Note,Product,Quantity,Amount\n";
my @rows = ('9001,2026-01-05,77001,zuzanna.quirkfield@example.net,Zuzanna Quirkfield,+44 20 7946 0771,Ambleport,leave with Quentinella,Mug,1,12.50',
    '9002,2026-02-05,77001,zuzanna.quirkfield@example.net,Zuzanna Quirkfield,+44 20 7946 0771,Ambleport,,Teapot,1,30.00',
    '9003,2026-02-07,77002,other.body@example.net,Other Body,,Leeds,,Mug,2,25.00');
write_file($file, $head . join('', map { "$_\n" } @rows));
my $trace = qr/quirkfield|zuzanna|79460771|7946 ?0771|ambleport|quentinella|spindlewhorl/i;

for my $engine (RebHttp::engines()) {
    diag("engine $engine");
    my $db = RebHttp::new_db($engine, 'privacy');
    must($db, 'import', "$demo/orders.csv", '--source', 'demo');
    must($db, 'import', $file, '--source', 'shop');
    my $id = json($db, 'customer', 'find', 'zuzanna.quirkfield@example.net')->{customers}[0]{id};
    my $twin = json($db, 'customer', 'add', '--name', 'Zuzanna Quirkfield-Ohm', '--phone', '+44 20 7946 0772')->{id};
    must($db, 'customer', 'merge', $id, $twin, '--why', 'Zuzanna said so');
    my $alike = json($db, 'customer', 'add', '--name', 'Zuzana Quirk')->{id};
    must($db, 'customer', 'not-same', $id, $alike, '--why', 'not Zuzanna Quirkfield but her aunt');
    must($db, 'customer', 'note', $id, 'allergic to Spindlewhorl');
    must($db, 'customer', 'contact', $id, 'asked about Quentinella', '--channel', 'phone');
    must($db, 'customer', 'consent', $id, 'marketing', 'email', 'yes', '--why', 'Zuzanna at the till');

    # what is held
    my $held = json($db, 'customer', 'export', $id);
    is_deeply([sort map { $_->{customer_id} } @{ $held->{customers} }], [sort $id, $twin], 'the export holds the merged one too');
    my %value = map { $_->{value} => 1 } @{ $held->{identities} };
    ok($value{'zuzanna.quirkfield@example.net'} && $value{'+442079460771'} && $value{'+442079460772'} && $value{77001}, '... every way to find them');
    is(scalar(grep { $_->{kind} eq 'order' && @{ $_->{lines} } == 1 } @{ $held->{events} }), 2, '... their orders with lines');
    is_deeply([map { $_->{file_name} } @{ $held->{sources} }], ['shop.csv'], '... and the files that told of them');
    like(encode_json($held), qr/Spindlewhorl.*|Quentinella/, '... and every word');
    my $page = must($db, 'customer', 'export', $id, '--page');
    like($page, qr/<!doctype html>.*Zuzanna Quirkfield.*12\.50 GBP/s, 'the page for a person');
    unlike($page, qr/<script/, '... without script');
    my $all = dump_of($db);
    like($all, $trace, 'the search below finds what is there');

    # erasing
    my $desk = "$RebHttp::tmp/desk.csv"; # a file whose system calls itself as we do
    write_file($desk, "Ticket ID,Created,Email,Subject,Status,Favourite\nT7,2026-01-07,zuzanna.quirkfield\@example.net,Spindlewhorl,open,Zuzanna of Ambleport\n");
    must($db, 'import', $desk, '--source', 'rebound');
    my $before = figures($db);
    my $orders = json($db, 'summary')->{orders};
    ($rc, $out) = RebHttp::run($db, 'customer', 'erase', $id);
    is($rc, 2, 'erasing wants to be said twice');
    like($out, qr/--yes/, '... and says how');
    like(dump_of($db), $trace, '... and has done nothing');
    $out = must($db, 'customer', 'erase', $id, '--yes', '--why', 'asked by letter');
    like($out, qr/is erased: .* Orders and sums stay/, 'erased');
    my $after = dump_of($db);
    my @left = grep { /$trace/ && !/Zuzana Quirk'|zuzana quirk'/ } split /\n/, $after;
    is(join("\n", @left), '', 'nothing of who they were is left in any table');
    if ($engine eq 'sqlite') {
        system('sqlite3', $db, 'pragma wal_checkpoint(truncate)');
        unlike(bytes_of($db), qr/quirkfield|Ambleport|Quentinella|Spindlewhorl/i, '... nor in the bytes of the file');
    }
    ok(figures($db) eq $before, 'the fit and the summary are the same to the last digit');
    my $show = json($db, 'customer', 'show', $id);
    is_deeply([$show->{name}, $show->{email}, $show->{phone}, scalar @{ $show->{identities} }, $show->{orders}], ['', '', '', 0, 2], 'a number with orders is left');
    ok(!grep({ $_->{customer}{id} eq $id } @{ json($db, 'today', '--minutes', '100000')->{items} }), 'and nobody is told to call it');
    like(must($db, 'customer', 'erase', $id, '--yes'), qr/erased before/, 'again: nothing more to do');
    must($db, 'verify');
    must($db, 'rebuild');
    ok(figures($db) eq $before, 'derived anew: the same');

    # no file brings them back
    write_file("$file.2", $head . join('', map { "$_\n" } @rows, '9004,2026-02-09,77003,third.body@example.net,Third Body,,Hull,,Mug,1,12.50'));
    my $c = json($db, 'import', "$file.2", '--source', 'shop')->{imports}[0]{counts};
    is_deeply([@$c{qw(orders customers_new known)}], [1, 1, 3], 'the same rows again: known, nobody is new but the new one');
    cmp_ok($c->{erased}, '>=', 1, '... and it says that there were erased ones');
    write_file("$file.3", $head . "9005,2026-03-05,77001,zuzanna.quirkfield\@example.net,Zuzanna Quirkfield,+44 20 7946 0799,Ambleport,Quentinella again,Mug,1,12.50\n");
    $out = must($db, 'import', "$file.3", '--source', 'shop');
    like($out, qr/erased\s+1\s+records of customers who were erased/, 'a new order of theirs: told');
    is(json($db, 'customer', 'show', $id)->{orders}, 3, '... and counted, under the number');
    write_file("$file.4", $head . "9006,2026-03-06,,,Zuzanna Quirkfield,+44 20 7946 0799,Ambleport,,Mug,1,12.50\n");
    must($db, 'import', "$file.4", '--source', 'till');
    is(json($db, 'customer', 'show', $id)->{orders}, 4, 'a key that came with them later does not bring them back either');
    @left = grep { /$trace/ && !/Zuzana Quirk'|zuzana quirk'/ } split /\n/, dump_of($db);
    is(join("\n", @left), '', 'still nothing of who they were');
    my ($last) = map { $_->{batch_id} } @{ json($db, 'import', 'list')->{batches} };
    must($db, 'import', 'undo', $last);
    must($db, 'verify');

    # rules of keeping
    is(json($db, 'retention')->{customers}, 0, 'no rule: nobody is erased');
    my $old = old($db, 'Spindlewhorl the Elder');
    my $woken = old($db, 'Woken Elder');
    must($db, 'customer', 'note', $woken, 'rang us');
    must($db, 'set', 'erase_silent_years', '5');
    is(json($db, 'retention', '--dry-run')->{customers}, 1, 'one was silent for so long');
    is(json($db, 'customer', 'show', $old)->{name}, 'Spindlewhorl the Elder', 'a dry run does nothing');
    is(json($db, 'retention')->{customers}, 1, 'erased by the rule');
    is(json($db, 'customer', 'show', $old)->{name}, '', '... the silent one');
    is(json($db, 'customer', 'show', $woken)->{name}, 'Woken Elder', '... not who was heard of');
    is(json($db, 'retention')->{customers}, 0, 'and once');
    is(json($db, 'audit', '--customer', $old, '--limit', 1)->{records}[0]{who}, 'job:retention', 'the audit log says by what');

    # the same by the API, and in the audit log
    my $s = RebHttp::serve($db, '--now', $now, '--rate', '0');
    my ($status, $new) = $s->call('POST', '/v1/customers', { name => 'Api Quirkfield', email => 'api.quirkfield@example.net' });
    ($status, my $doc) = $s->call('GET', "/v1/customers/$new->{customer_id}/personal-data");
    is($status, 200, 'personal data by the API');
    is($doc->{identities}[0]{value}, 'api.quirkfield@example.net', '... all of it');
    ($status, my $html, my $h) = $s->call('GET', "/v1/customers/$new->{customer_id}/personal-data?as=page");
    like($html, qr/Api Quirkfield/, 'as a page');
    like($h->{'content-security-policy'}, qr/style-src 'sha256-/, '... that allows nothing but its own style');
    my $looked = ($s->call('POST', '/v1/uploads?name=look.csv', "Order ID,Date,Email,Name,Amount\n9100,2026-04-01,api.quirkfield\@example.net,Api Quirkfield,9.50\n",
        { 'Content-Type' => 'application/octet-stream' }))[1];
    my $check = ($s->call('POST', '/v1/imports/check', { upload => $looked->{upload} }))[1];
    my $done = RebHttp::eventually(sub { my $j = ($s->call('GET', "/v1/jobs/$check->{job_id}"))[1]; $j->{state} eq 'done' ? $j : undef });
    like(encode_json($done // {}), qr/quirkfield/i, 'a file that was looked at names them');
    ($status, my $e) = $s->call('POST', "/v1/customers/$new->{customer_id}/erase", { reason => 'asked' });
    is(($s->call('GET', "/v1/jobs/$check->{job_id}"))[0], 404, '... and what the look told goes with them');
    is_deeply([$status, $e->{identities}, $e->{known}], [200, 2, JSON::PP::false], 'erased by the API');
    ($status, $e) = $s->call('POST', "/v1/customers/$new->{customer_id}/erase", {});
    is_deeply([$status, $e->{known}], [200, JSON::PP::true], '... once');
    is(($s->call('POST', '/v1/customers/12/erase', {}))[0], 404, 'nobody');
    is(($s->call('GET', '/v1/customers/12/personal-data'))[0], 404, 'nobody');
    is($s->stop, 0, 'it stops in order');
    my %did = map { $_->{did} => $_ } @{ json($db, 'audit', '--limit', '200')->{records} };
    ok($did{$_}, "$_ is in the audit log") for 'customer export', 'customer erase', 'customer_personal', 'customer_erase';
    unlike(encode_json([values %did]), $trace, '... without a name');
    is((RebHttp::run($db, 'audit', 'verify'))[0], 0, 'whose chain is whole');

    # the audit log may forget, too
    must($db, 'set', 'keep_audit_years', '1');
    my ($code, $said) = RebHttp::run($db, 'audit', 'head');
    my ($seq) = $said =~ /^(\d+):/;
    ($code, $said) = RebHttp::run($db, 'retention', '--json', '--now', '2090-01-01'); # far from now: everything but the newest record goes
    my $cut = decode_json((grep { /^\{/ } split /\n/, $said)[-1])->{audit_records};
    cmp_ok($cut, '>=', $seq - 1, "the audit log forgets ($cut records)");
    my $kept = json($db, 'audit', '--limit', 1000);
    cmp_ok($kept->{first_seq}, '>', 1, 'it begins later now');
    ($code, $said) = RebHttp::run($db, 'audit', 'verify');
    is($code, 0, '... and is whole: a record attests its beginning') or diag($said);
}
done_testing;
