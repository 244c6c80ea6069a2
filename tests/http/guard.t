#!/usr/bin/env perl
# What people open in a spreadsheet holds no formula that somebody else has written, and what they mend and send back is exact again.
use strict;
use warnings;
use lib 'tests/lib';
use RebHttp;
use JSON::PP;
use Test::More;

my $db = RebHttp::new_db('sqlite', 'guard');
my $s = RebHttp::serve($db, '--now', '2026-05-01T09:00:00Z', '--rate', '0');
sub import_file {
    my ($text) = @_;
    my (undef, $u) = $s->call('POST', '/v1/uploads?name=orders.csv', $text, { 'Content-Type' => 'application/octet-stream' });
    my (undef, $j) = $s->call('POST', '/v1/imports', { upload => $u->{upload} });
    return RebHttp::eventually(sub { my (undef, $v) = $s->call('GET', "/v1/jobs/$j->{job_id}"); $v->{state} =~ /done|failed/ ? $v : undef });
}
my $head = "Order ID,Date,Email,Name,Amount\n";
my @bad = ('=cmd|\' /C calc\'!A0', "'=quoted", '-12', '@SUM(A1)');
my $job = import_file($head . "1,2026-01-02,ann\@example.net,Ann,5.00\n" . join('', map { my $n = $_ + 2; "$n,2026-99-99,x$n\@example.net,\"$bad[$_]\",7.00\n" } 0 .. $#bad));
is($job->{state}, 'done', 'imported, but for the rows that are refused') or diag(explain($job));
my ($status, $file) = $s->call('GET', "/v1/jobs/$job->{job_id}/rejects");
is($status, 200, 'the refused rows');
like($file, qr/^\x{FEFF}?Order ID,Date,Email,Name,Amount,rebound_line_guarded,rebound_reason\n/ , 'their header says that they are guarded') if utf8::decode($file);
like($file, qr/,'=cmd\|/, 'a formula is text');
like($file, qr/,''=quoted,/, 'what began with an apostrophe has one more');
like($file, qr/,-12,/, 'a number stays one');
unlike($file, qr/(?:^|,)"?[=\@]/m, 'no cell begins like a formula');
(my $mended = $file) =~ s/2026-99-99/2026-01-03/g;
utf8::encode($mended);
$job = import_file($mended);
is($job->{result}{counts}{orders}, 4, 'mended and sent back: taken in') or diag(explain($job));
my (undef, $list) = $s->call('GET', '/v1/customers?sort=name');
is_deeply([sort map { $_->{name} } @{ $list->{customers} }], [sort 'Ann', @bad], '... each name exactly as it was');
is($s->stop, 0, 'the server ends');
done_testing;
