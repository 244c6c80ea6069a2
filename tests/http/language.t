#!/usr/bin/env perl
# For whom the server speaks: Accept-Language with calendar and digits, else the business's settings. Keys and codes never change.
use strict;
use warnings;
use utf8;
use lib 'tests/lib';
use RebHttp;
use Test::More;
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);

my $now = '2026-05-01';
my $shop = "$RebHttp::tmp/shop";
RebHttp::run("$RebHttp::tmp/none.db", 'demo', '--out', $shop, '--customers', '250', '--seed', '11', '--until', $now);
my $db = RebHttp::new_db('sqlite', 'language');
RebHttp::run($db, @$_, '--now', $now) for ['import', "$shop/orders.csv"], ['fit'], ['set', 'language', 'el'];
my $s = RebHttp::serve($db, '--now', $now);

sub today { my ($tag) = @_; return ($s->call('GET', '/v1/today?peek=true', undef, $tag ? { 'Accept-Language' => $tag } : {}))[1] }
my $el = today();
like($el->{sentence}, qr/αξίζει να επικοινωνήσετε/, 'without a wish: the business\'s language');
my $en = today('en');
like($en->{sentence}, qr/worth contacting now/, 'English');
my $ar = today('ar-u-ca-gregory-nu-arab');
like($ar->{sentence}, qr/[٠-٩]+ عميلًا|عملاء|عميل/, 'Arabic');
unlike($ar->{sentence}, qr/[0-9]/, 'in Arabic digits');
my $fa = today('fa-u-ca-persian-nu-arabext');
like($fa->{items}[0]{why}, qr/[۰-۹]/, 'the reason in Persian digits');
unlike("@{$fa->{remarks}}", qr/rebound (fit|import)/, 'a page names no commands');
like((today('de-DE,en;q=0.5'))->{sentence}, qr/αξίζει/, 'a language that is none of ours leaves the business\'s');
like((today("x" x 5000 . '-u-ca'))->{sentence}, qr/αξίζει/, 'nor does a long one matter');
for my $l ($el, $ar, $fa) {
    is_deeply([map { $_->{item} } @{ $l->{items} }], [map { $_->{item} } @{ $en->{items} }], 'the same items');
    is($l->{gain_minor}{value}, $en->{gain_minor}{value}, 'and the same figures');
}
my ($status, $error) = $s->call('GET', '/v1/customers/17', undef, { 'Accept-Language' => 'ar' });
is("$status $error->{error}{code}", '404 not_found', 'an error has its code');
like($error->{error}{detail}, qr/^[\x20-\x7e]+$/, 'and its detail in English');
my ($customer) = map { $_->{customer}{id} } @{ $en->{items} };
($status, my $view) = $s->call('GET', "/v1/customers/$customer", undef, { 'Accept-Language' => 'fa' });
is($status, 200, 'a customer\'s page');
done_testing();
