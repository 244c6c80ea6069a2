#!/usr/bin/perl
# The pages for everybody: their frame, the complaint form, the status page, surveys.
use strict;
use warnings;
use lib 'tests/lib';
use RebHttp;
use Test::More;

for my $engine (RebHttp::engines()) {
    note $engine;
    my $db = RebHttp::new_db($engine, 'public');
    my $s = RebHttp::serve($db);

    my ($status, $css, $h) = $s->call('GET', '/page.css');
    is($status, 200, 'the look of the pages');
    is($h->{'content-type'}, 'text/css; charset=utf-8', '... is a style sheet');
    unlike($css, qr{https?://|//[a-z]}, '... that asks nobody else for anything');
    is(($s->call('GET', '/page.css', undef, { 'If-None-Match' => $h->{etag} }))[0], 304, '... and is sent once');
    is($s->stop, 0, 'it stops in order');
}
done_testing;
