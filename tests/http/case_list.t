#!/usr/bin/env perl
# Lists of cases on both engines: the clock that ends first at the top, filters, search in any spelling, whole page by page, nobody else's for who
# sees a team only; and the same list as files that no spreadsheet takes for formulas.
use strict;
use warnings;
use utf8;
use lib 'tests/lib';
use RebHttp;
use JSON::PP;
use Encode;
use Test::More;
binmode($_, ':utf8') for Test::More->builder->output, Test::More->builder->failure_output;

for my $engine (RebHttp::engines()) {
    diag("engine $engine");
    my $db = RebHttp::new_db($engine, 'case_list');
    RebHttp::add_user($db, "$_->[0]\@example.com", $_->[1]) for ['owner', 'owner'], ['nora', 'agent'], ['sam', 'agent'], ['ana', 'analyst'];
    my $s = RebHttp::serve($db, '--now', '2026-05-04T09:00:00Z', '--rate', '0'); # a Monday
    my %as = map { $_ => $s->sign_in("$_\@example.com") } qw(owner nora sam ana);
    my $call = sub { my ($who, @c) = @_; return $s->call($c[0], $c[1], $c[2], { 'X-Requested-With' => 'x', %{ $as{$who} } }) };
    my $yes = sub { my ($want, @c) = @_; my ($status, $v) = $call->(@c); is($status, $want, "$c[0]: $c[1] $c[2]") or diag(explain($v)); return $v };
    my $numbers = sub { my (@c) = @_; my $v = $yes->(200, $c[0], 'GET', "/v1/cases$c[1]"); return [map { $_->{number} } @{ $v->{cases} }] };
    my %id = map { $_->{email} =~ /^(\w+)@/ ? ($1 => $_->{id}) : () } @{ $yes->(200, 'owner', 'GET', '/v1/users')->{users} };

    ok($yes->(200, 'owner', 'GET', '/v1/cases')->{nobody}, 'none yet, and it says so');
    my $ali = $yes->(201, 'owner', 'POST', '/v1/customers', { name => 'علي الأحمد', email => 'ali@example.net', even_so => JSON::PP::true })->{customer_id};
    my $sue = $yes->(201, 'owner', 'POST', '/v1/customers', { name => 'Sue Stone', email => 'sue@example.net' })->{customer_id};
    my %n;
    my $open = sub { my ($key, %more) = @_; $n{$key} = $yes->(201, 'owner', 'POST', '/v1/cases', { channel => 'phone', key => $key, %more })->{number} };
    $open->('new', customer_id => $ali, text => 'وصل الكرسي مكسورًا', kind => 'product_faulty');
    $open->('late', customer_id => $sue, text => 'Where is my lamp?', kind => 'delivery_late', acknowledge => 'phone', order_ref => 'A-4711');
    $open->('waiting', customer_id => $sue, text => 'The shade is torn', kind => 'product_faulty', acknowledge => 'phone');
    $open->('closed', name => 'Ζωή', email => 'zoe@example.net', text => '=HYPERLINK("http://x","y")', subject => '=1+1', acknowledge => 'phone');
    $open->('formless', anonymous => JSON::PP::true, text => 'Rude on the telephone', acknowledge => 'phone');
    $yes->(200, 'owner', 'POST', "/v1/cases/$n{waiting}/wait", { for => 'customer', why => 'a picture' });
    $yes->(200, 'owner', 'POST', "/v1/cases/$n{closed}/decide", { outcome => 'withdrawn' });
    $yes->(200, 'owner', 'POST', "/v1/cases/$n{closed}/close", { cause => 'other' });
    $yes->(200, 'owner', 'POST', "/v1/cases/$n{late}/assess", { severity => 'high' });
    $yes->(200, 'owner', 'POST', "/v1/cases/$n{$_}/assign", { user_id => $id{nora} }) for qw(late);
    $yes->(200, 'owner', 'POST', "/v1/cases/$n{$_}/assign", { user_id => undef }) for qw(new waiting formless);

    # order, filters, counts
    my $all = $yes->(200, 'owner', 'GET', '/v1/cases');
    is($all->{total}, 4, 'four are open');
    is($all->{by_state}{waiting} . $all->{by_state}{received}, '11', '... and counted by state');
    my @cases = @{ $all->{cases} };
    is($cases[0]{number}, $n{new}, 'first what ends first: nobody has acknowledged it');
    is($cases[0]{due_clock}, 'acknowledge', '... by that clock');
    is($cases[0]{open_left_us}, 3_600_000_000, '... an hour of working time');
    is($cases[-1]{number}, $n{waiting}, 'last what stands still');
    ok($cases[-1]{paused} && $cases[-1]{due_at} && $cases[-1]{open_left_us} > 0, '... with what is left of it');
    is($cases[0]{kind_title}, 'It is broken, or does not work as it should', 'the kind as the standards call it');
    is_deeply([@{ $cases[0]{customer} }{qw(id name)}], [$ali, 'علي الأحمد'], 'whose it is');
    is_deeply($numbers->('owner', '?state=waiting'), [$n{waiting}], 'by state');
    is_deeply($numbers->('owner', '?state=closed'), [$n{closed}], 'the closed ones');
    is(scalar @{ $numbers->('owner', '?state=all') }, 5, 'all of them');
    is_deeply($numbers->('owner', '?clock=paused'), [$n{waiting}], 'by clock');
    is_deeply($numbers->('owner', '?clock=late'), [], 'none is late');
    is_deeply($numbers->('owner', '?severity=high'), [$n{late}], 'by severity');
    is_deeply([sort @{ $numbers->('owner', '?kind=product_faulty') }], [sort @n{qw(new waiting)}], 'by kind');
    is_deeply($numbers->('nora', '?assignee=me'), [$n{late}], 'mine');
    is(scalar @{ $numbers->('owner', '?assignee=nobody') }, 3, "nobody's");
    is_deeply($numbers->('owner', "?assignee=$id{nora}"), [$n{late}], "somebody's");
    for my $query ('sort=due', 'sort=new&state=all', 'sort=last', 'sort=due&q=e') {
        my ($after, @got, $pages) = ('');
        while (defined $after && ++$pages < 10) {
            my $page = $yes->(200, 'owner', 'GET', "/v1/cases?$query&limit=2" . ($after ne '' ? "&after=$after" : ''));
            push @got, map { $_->{number} } @{ $page->{cases} };
            $after = $page->{next};
        }
        is_deeply(\@got, $numbers->('owner', "?$query"), "page by page, $query: the same");
    }

    # found however it is written
    my $find = sub { my ($q) = @_; my $e = join '', map { sprintf '%%%02X', $_ } unpack 'C*', encode('UTF-8', $q); return $numbers->('owner', "?state=all&q=$e") };
    is_deeply($find->($_), [$n{new}], "found by $_") for "C-$n{new}", "c$n{new}", 'ali@example.net', 'على الاحمد', 'الكرسي', join('', map { chr(0x660 + $_) } split //, $n{new});
    is_deeply($find->('a-4711'), [$n{late}], 'by the order');
    is_deeply($find->('ΖΩΗ'), [$n{closed}], 'by the name that was told');
    is_deeply($find->('LAMP'), [$n{late}], 'by a word of the subject');
    is_deeply($find->('nothing of this'), [], 'what is not there is not found');

    # as files
    my (undef, $csv, $headers) = $call->('owner', 'GET', '/v1/cases.csv');
    $csv = decode('UTF-8', $csv) unless utf8::is_utf8($csv);
    like($csv, qr/^\x{FEFF}Number,State,/, 'CSV with its mark');
    is(scalar(() = $csv =~ /\r\n/g), 6, '... a line a case');
    like($csv, qr/'=1\+1/, '... in which nothing is a formula');
    like($headers->{'content-disposition'}, qr/filename="cases\.csv"/, '... to be saved');
    like($csv, qr/,علي الأحمد,/, '... in its letters');
    my ($status, $xlsx, $h) = $call->('owner', 'GET', '/v1/cases.xlsx?state=open');
    is($status, 200, 'a file for Excel');
    like($xlsx, qr/^PK/, '... which is one');
    like($h->{'content-type'}, qr/spreadsheetml/, '... and says so');

    # who sees less
    is((map { "$_->{name}$_->{subject}" } @{ $yes->(200, 'ana', 'GET', '/v1/cases')->{cases} })[0], '', 'an analyst sees no names');
    is(($call->('ana', 'GET', '/v1/cases?q=sue'))[0], 403, '... and does not find by them');
    is(($call->('ana', 'GET', '/v1/cases.csv'))[0], 403, '... nor takes them along');
    $yes->(200, 'owner', 'PATCH', "/v1/users/$id{nora}", { team => 'north' });
    $yes->(200, 'owner', 'PATCH', "/v1/users/$id{sam}", { team => 'south' });
    $yes->(204, 'owner', 'POST', '/v1/keepers', { customer_ids => [$sue], user_id => $id{sam} });
    $yes->(200, 'owner', 'PUT', '/v1/settings/agents_see', { value => 'team' });
    is_deeply([sort @{ $numbers->('nora', '?state=all') }], [sort @n{qw(late closed formless)}], 'nora: what is hers to work on, and from nobody known');
    is_deeply([sort @{ $numbers->('sam', '?state=all') }], [sort @n{qw(late waiting closed formless)}], "sam: his customer's, and from nobody known");
    is_deeply($numbers->('nora', '?state=all&q=torn'), [], "a search finds nothing of another team's");
    is(scalar(grep { /\S/ } split /\r\n/, ($call->('nora', 'GET', '/v1/cases.csv'))[1]), 4, 'nor does the file');
}
done_testing();
