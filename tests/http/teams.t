#!/usr/bin/env perl
# Where the owner has set it so, an agent sees their own and their team's customers, and reaches nobody else through any address.
use strict;
use warnings;
use lib 'tests/lib';
use RebHttp;
use JSON::PP;
use Test::More;

for my $engine (RebHttp::engines()) {
    diag("engine $engine");
    my $db = RebHttp::new_db($engine, 'teams');
    RebHttp::add_user($db, "$_->[0]\@example.com", $_->[1]) for ['owner', 'owner'], ['nora', 'agent'], ['noor', 'agent'], ['sam', 'agent'];
    my $s = RebHttp::serve($db, '--now', '2026-05-01T09:00:00Z', '--rate', '0');
    my %as = map { $_ => $s->sign_in("$_\@example.com") } qw(owner nora noor sam);
    my $call = sub { my ($who, @c) = @_; my ($status, $v) = $s->call($c[0], $c[1], $c[2], { 'X-Requested-With' => 'x', %{ $as{$who} } }); return ($status, $v) };
    my (undef, $users) = $call->('owner', 'GET', '/v1/users');
    my %id = map { $_->{email} =~ /^(\w+)@/ ? ($1 => $_->{id}) : () } @{ $users->{users} };
    for my $t (['nora', 'north'], ['noor', 'north'], ['sam', 'south']) {
        is(($call->('owner', 'PATCH', "/v1/users/$id{$t->[0]}", { team => $t->[1] }))[0], 200, "$t->[0] is of team $t->[1]");
    }
    # A shop, so that Today has items; and three customers by name.
    my $demo = "$RebHttp::tmp/demo-$engine";
    RebHttp::run("$RebHttp::tmp/none.db", 'demo', '--out', $demo, '--customers', '120', '--seed', '7', '--now', '2026-05-01');
    my ($rc, $out) = RebHttp::run($db, 'import', "$demo/orders.csv", '--now', '2026-05-01');
    is($rc, 0, 'a shop') or diag($out);
    my %c;
    $c{$_} = ($call->('owner', 'POST', '/v1/customers', { name => "Keptby $_", email => "kept.$_\@example.net" }))[1]{customer_id} for qw(nora noor sam nobody);
    is(($call->('owner', 'POST', '/v1/keepers', { customer_ids => [$c{$_}], user_id => $id{$_} }))[0], 204, "given to $_") for qw(nora noor sam);
    is(($call->('owner', 'POST', '/v1/keepers', { customer_ids => ['12'], user_id => $id{sam} }))[0], 404, 'nobody by that number');
    is(($call->('owner', 'POST', '/v1/keepers', { customer_ids => [$c{sam}], user_id => '12' }))[0], 404, 'no such person');
    is(($call->('sam', 'POST', '/v1/keepers', { customer_ids => [$c{nora}], user_id => $id{sam} }))[0], 403, 'an agent gives nobody away');
    my @today = @{ ($call->('owner', 'GET', '/v1/today?minutes=600'))[1]{items} };
    cmp_ok(scalar @today, '>', 3, 'the owner has a list for today');
    is_deeply([map { ($call->('owner', 'GET', "/v1/customers/$c{$_}"))[1]{keeper}{id} } qw(sam nobody)], [$id{sam}, undef], 'a customer tells who keeps them');
    is(($call->('nora', 'GET', "/v1/customers/$c{sam}"))[0], 200, 'as long as nothing is set, everybody sees everybody');
    my ($note) = ($call->('sam', 'POST', "/v1/customers/$c{sam}/notes", { text => 'of the south' }))[1]{event_id};

    is(($call->('owner', 'PUT', '/v1/settings/agents_see', { value => 'team' }))[0], 200, 'the owner sets it');
    $call->('owner', 'POST', '/v1/keepers', { customer_ids => [$today[0]{customer}{id}], user_id => $id{nora} });
    my %mine = map { $_ => 1 } @c{qw(nora noor)}, $today[0]{customer}{id};

    # what is one's own and the team's
    is(($call->('nora', 'GET', "/v1/customers/$c{$_}"))[0], 200, "nora sees who is kept by $_") for qw(nora noor);
    my (undef, $list) = $call->('nora', 'GET', '/v1/customers?count=true');
    is_deeply([sort map { $_->{id} } @{ $list->{customers} }], [sort keys %mine], 'her list is theirs alone');
    is($list->{total}, undef, '... and does not tell how many others there are');
    for my $sort (qw(name net stake last new)) {
        my ($cursor, %seen, $pages) = ('');
        while (defined $cursor && ++$pages < 20) {
            my (undef, $page) = $call->('nora', 'GET', "/v1/customers?sort=$sort&limit=1" . ($cursor ? "&cursor=$cursor" : ''));
            $seen{ $_->{id} } = 1 for @{ $page->{customers} };
            $cursor = $page->{next};
        }
        is_deeply([sort keys %seen], [sort keys %mine], "page by page, by $sort: the same");
    }
    is_deeply([map { $_->{id} } @{ ($call->('nora', 'GET', '/v1/customers/search?q=keptby'))[1]{customers} }], [sort { 0 } @c{qw(noor nora)}], 'a search finds theirs')
        or diag(explain(($call->('nora', 'GET', '/v1/customers/search?q=keptby'))[1]));
    is_deeply(($call->('nora', 'GET', '/v1/customers/search?q=kept.sam%40example.net'))[1]{customers}, [], '... and nobody else by the whole address');
    my (undef, $csv) = $call->('nora', 'GET', '/v1/customers.csv');
    is(scalar(grep { /\S/ } split /\r\n/, $csv), 1 + keys %mine, 'the file holds theirs');
    my (undef, $t) = $call->('nora', 'GET', '/v1/today?minutes=600');
    is_deeply([map { $_->{customer}{id} } @{ $t->{items} }], [$today[0]{customer}{id}], 'her list for today');
    is(($call->('nora', 'POST', "/v1/today/$today[0]{item}/done", { note => 'called' }))[0], 200, 'she may act on it');
    my (undef, $new) = $call->('nora', 'POST', '/v1/customers', { name => 'New One' });
    is(($call->('nora', 'GET', "/v1/customers/$new->{customer_id}"))[0], 200, 'whom she adds is hers');

    # every address with another team's customer in it: shut, or without them
    my (undef, $api) = $s->call('GET', '/openapi.json');
    my %fill = (customer_id => $c{sam}, item => $today[1]{item}, event_id => $note);
    my %body = (ActDone => { note => 'x' }, ActNotNow => { until => '2026-06-01', why => 'x' }, ActWrong => { why => 'x' }, NoteNew => { text => 'x' },
        Contacted => { channel => 'phone' }, ContactNew => { name => 'x' }, ConsentNew => { purpose => 'marketing', channel => 'email', allowed => JSON::PP::true },
        MergeNew => { other_id => $c{nora} }, UnmergeNew => {}, NotSame => { a_id => $c{nora}, b_id => $c{sam} });
    my ($knocks, @reached) = (0);
    for my $path (sort keys %{ $api->{paths} }) {
        next if $path =~ m{^/v1/(?:events|session|me|links|welcome|oidc)|^/(?:assets|$)};
        for my $method (map { uc } sort keys %{ $api->{paths}{$path} }) {
            my $op = $api->{paths}{$path}{ lc $method };
            next if $op->{'x-right'} eq 'OPEN' || $op->{'x-right'} eq 'SELF';
            (my $address = $path) =~ s/\{(\w+)\}/$fill{$1} \/\/ 7/ge;
            my ($type) = JSON::PP->new->canonical->encode($op->{requestBody} // {}) =~ m{schemas/(\w+)};
            my ($status, $v) = $call->('nora', $method, $address, $type ? $body{$type} // {} : undef);
            my $text = ref $v ? encode_json($v) : $v // '';
            $knocks++;
            push @reached, "$method $path answers $status with them" if $status < 400 && $text =~ /Keptby sam|kept\.sam|$c{sam}|Keptby nobody/;
            push @reached, "$method $path takes them ($status)" if $status < 400 && $path =~ /\{(?:customer_id|item|event_id)\}/;
            push @reached, "$method $path is no answer ($status)" if $status >= 500;
        }
    }
    is(join("\n", @reached), '', "$knocks knocks: nobody of another team is reached");
    is(($call->('nora', 'POST', "/v1/customers/$c{nora}/merge", { other_id => $c{sam} }))[0], 404, 'not by a merge either');
    is(($call->('nora', 'POST', '/v1/customers/not-same', { a_id => $c{nora}, b_id => $c{sam} }))[0], 404, '... nor by telling two apart');
    is(($call->('nora', 'GET', '/v1/jobs'))[0], 403, 'jobs may tell of others: closed');
    is(($call->('sam', 'GET', "/v1/customers/$c{sam}"))[0], 200, 'sam still sees his own');
    is(($call->('owner', 'GET', "/v1/customers/$c{nobody}"))[0], 200, 'the owner sees everybody');
    is(($call->('owner', 'POST', '/v1/keepers', { customer_ids => [$c{noor}], user_id => undef }))[0], 204, 'taken from noor');
    is(($call->('nora', 'GET', "/v1/customers/$c{noor}"))[0], 404, '... and gone from the team');
    is($s->stop, 0, 'the server ends');
}
done_testing;
