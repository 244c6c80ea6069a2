#!/usr/bin/env perl
# Calendars over the API, on both engines: what follows the settings, what is published, who may, what a document means, files of holidays.
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

for my $engine (RebHttp::engines()) {
    diag("engine $engine");
    my $db = RebHttp::new_db($engine, 'calendars');
    RebHttp::add_user($db, "$_\@example.com", $_) for qw(owner agent);
    my $s = RebHttp::serve($db, '--now', '2026-05-01T09:00:00Z', '--rate', '0');
    my %as = map { $_ => { 'X-Requested-With' => 'x', %{ $s->sign_in("$_\@example.com") } } } qw(owner agent);
    my $o = $as{owner};

    my $list = yes($s, 200, 'GET', '/v1/calendars', undef, $as{agent})->{calendars};
    is(scalar @$list, 1, 'one calendar before any is published');
    is_deeply([ @{ $list->[0] }{qw(code version published_at published_by)} ], [ 'main', 1, undef, 'settings' ], '... that follows the settings');

    yes($s, 200, 'PATCH', '/v1/settings', { settings => [ { key => 'working_days', value => 'mon tue wed thu' } ] }, $o);
    my $main = yes($s, 200, 'GET', '/v1/calendars/main', undef, $o);
    is_deeply([ map { $_->{minutes} } @{ $main->{days} } ], [ 540, 540, 540, 540, 0, 0, 0 ], 'the week of the settings');
    is($main->{days}[0]{day}, '2026-04-27', '... from Monday on');

    my $countries = yes($s, 200, 'GET', '/v1/calendar-countries', undef, $o)->{countries};
    is(join(' ', map { $_->{code} } @$countries), 'GR IR EG SA AE GB EU', 'built in');
    my ($greece) = grep { $_->{code} eq 'GR' } @$countries;
    my $preview = yes($s, 200, 'POST', '/v1/calendar-preview', { document => $greece->{document}, from => '2026-04-09', days => 6 }, $o);
    is(join(' ', map { "$_->{why}:$_->{minutes}" } @{ $preview->{days} }), 'week:480 off:0 week:0 off:0 off:0 week:480', 'Greek Easter 2026');
    is($preview->{days}[1]{name}, 'Orthodox Good Friday', '... by name');
    ok(!(grep { $_->{by_moon} } @{ $preview->{ahead} }), 'nothing in Greece follows the moon');

    my $put = yes($s, 200, 'PUT', '/v1/calendars/main', { document => $greece->{document}, note => 'as in Greece' }, $o);
    is_deeply([ @$put{qw(version unchanged cases moved)} ], [ 2, JSON::PP::false, 0, 0 ], 'published over the settings, which stay version 1');
    $put = yes($s, 200, 'PUT', '/v1/calendars/main', { document => $greece->{document} }, $o);
    ok($put->{unchanged} && $put->{version} == 2, 'the same again writes nothing');
    $main = yes($s, 200, 'GET', '/v1/calendars/main?from=2026-05-04&days=2', undef, $o);
    is_deeply([ map { [ $_->{version}, $_->{published_by}, $_->{note} ] } @{ $main->{versions} } ], [ [ 2, 'The owner', 'as in Greece' ], [ 1, 'settings', '' ] ], 'both versions, the newest first');
    is($main->{timezone}, 'Europe/Athens', 'in a time zone of its own');
    is_deeply($main->{days}[0]{open}, [ { from => '09:00', to => '17:00' } ], 'nine to five');
    yes($s, 200, 'PATCH', '/v1/settings', { settings => [ { key => 'working_days', value => 'mon' } ] }, $o);
    is(yes($s, 200, 'GET', '/v1/calendars/main', undef, $o)->{version}, 2, 'settings move it no more');

    my $split = { week => { mon => [ '09:00-13:00', '17:00-21:00' ], sat => ['22:00-02:00'] }, off => [ { from => '2026-05-04', name => 'Bank holiday' } ] };
    yes($s, 200, 'PUT', '/v1/calendars/shop', { document => $split, title => 'The shop' }, $o);
    my $shop = yes($s, 200, 'GET', '/v1/calendars/shop?from=2026-05-02&days=10', undef, $o);
    is($shop->{timezone}, 'Europe/London', "without a zone it takes the business's");
    is_deeply($shop->{days}[0]{open}, [ { from => '22:00', to => '02:00' } ], 'over midnight');
    is_deeply([ @{ $shop->{days}[2] }{qw(why name minutes)} ], [ 'off', 'Bank holiday', 0 ], 'a day off');
    is($shop->{days}[9]{minutes}, 480, 'a split day');

    my $ics = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261102\r\nDTEND;VALUE=DATE:20261107\r\nSUMMARY:Autumn\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    my $file = yes($s, 200, 'POST', '/v1/calendar-file', { text => $ics, document => $split }, $o);
    is_deeply([ @$file{qw(found added timed unread)} ], [ 1, 1, 0, 0 ], 'a file of holidays');
    is_deeply($file->{document}{off}[1], { from => '2026-11-02', to => '2026-11-06', name => 'Autumn' }, '... added to the document');

    # what is refused
    yes($s, 403, 'PUT', '/v1/calendars/main', { document => $split }, $as{agent});
    my ($status, $v) = $s->call('PUT', '/v1/calendars/main', { document => { week => { mon => ['9-18'] } } }, $o);
    is($status, 422, 'a document that cannot be') or is($status, 400);
    like($v->{error}{detail}, qr/week\.mon: "9-18"/, '... with its place');
    ($status, $v) = $s->call('PUT', '/v1/calendars/NO%20', { document => $split }, $o);
    like($v->{error}{detail}, qr/cannot be the code/, 'a code that cannot be');
    yes($s, 404, 'GET', '/v1/calendars/nowhere', undef, $o);
    ($status, $v) = $s->call('POST', '/v1/calendar-file', { text => 'hello', document => $split }, $o);
    like($v->{error}{detail}, qr/no iCalendar file/, 'a file that is none');
    $s->stop('TERM');
}
done_testing();
