#!/usr/bin/env perl
# The post over HTTP, without any mail server: what waits, what a person says of it, and who may.
use strict;
use warnings;
use lib 'tests/lib';
use RebHttp;
use Test::More;

for my $engine (RebHttp::engines()) {
    diag("engine $engine");
    my $db = RebHttp::new_db($engine, 'mail');
    my $s = RebHttp::serve($db, '--rate', '0', '--no-jobs');
    my $state = ($s->call('GET', '/v1/mail'))[1];
    ok(!$state->{set_up} && !$state->{out}{set} && !$state->{in}{set}, 'no mail is set up');
    my %new = (channel => 'phone', subject => 'Late', text => 'Two weeks late', name => 'Maria', email => 'maria@example.com');
    my ($status, $case) = $s->call('POST', '/v1/cases', \%new);
    is($status, 201, 'a case') or diag(explain($case));
    $s->call('POST', "/v1/cases/$case->{number}/messages", { text => 'We look into it.', channel => 'email', send => \1 });
    is_deeply(($s->call('GET', '/v1/mail/out'))[1], { mails => [], next => undef }, 'nothing is queued where nothing could go out');

    is(($s->call("PUT", "/v1/settings/$_->[0]", { value => $_->[1] }))[0], 422, "$_->[0] is not $_->[1]")
        for ["mail_from", "nobody"], ["mail_smtp", "mx.example.com"], ["mail_imap", "smtp://mx.example.com"], ["public_url", "care.example.com"];
    is(($s->call('PATCH', '/v1/settings', { settings => [{ key => 'mail_from', value => 'care@shop.example' }, { key => 'mail_smtp', value => 'smtp-plain://127.0.0.1:9' },
                    { key => 'mail_imap', value => 'imap-plain://127.0.0.1:9' }, { key => 'mail_imap_user', value => 'care' }] }))[0], 200, 'mail is set up');
    ok(($s->call('GET', '/v1/mail'))[1]{set_up}, '... it says so');
    my $check = ($s->call('POST', '/v1/mail/check'))[1];
    ok(!$check->{out}{ok} && $check->{out}{problem} =~ /127\.0\.0\.1:9/ && !$check->{in}{ok}, 'neither server is there') or diag(explain($check));

    for my $n (1 .. 3) {
        ($status) = $s->call('POST', "/v1/cases/$case->{number}/messages", { text => "Answer $n", channel => 'email', send => \1 });
        is($status, 201, "answer $n is written down");
    }
    my $page = ($s->call('GET', '/v1/mail/out?limit=2'))[1];
    is(scalar @{ $page->{mails} }, 2, 'they wait, page by page');
    is(scalar @{ ($s->call('GET', "/v1/mail/out?limit=2&before=$page->{next}"))[1]{mails} }, 1, '... to the end');
    my $mail = $page->{mails}[0];
    is_deeply([@$mail{qw(to state kind case)}], ['maria@example.com', 'queued', 'message', "$case->{number}"], 'to whom, how far, what about');
    is(($s->call('GET', '/v1/mail'))[1]{queue}{queued}, 3, 'three wait');
    is(($s->call('POST', "/v1/mail/out/$mail->{id}", { act => 'arrived' }))[0], 409, 'what was never sent cannot have arrived');
    ($status, my $changed) = $s->call('POST', "/v1/mail/out/$mail->{id}", { act => 'withdraw' });
    is_deeply([$status, $changed->{state}], [200, 'given_up'], 'one is withdrawn');
    is(($s->call('POST', "/v1/mail/out/$mail->{id}", { act => 'withdraw' }))[0], 409, '... once');
    is(($s->call('GET', '/v1/mail/out?state=given_up'))[1]{mails}[0]{id}, $mail->{id}, 'found by its state');
    is(($s->call('POST', "/v1/mail/out/$mail->{id}", { act => 'retry' }))[1]{state}, 'queued', 'and queued again');
    is(($s->call('POST', '/v1/mail/out/7', { act => 'retry' }))[0], 404, 'none of that number');
    is(($s->call('POST', "/v1/mail/out/$mail->{id}", { act => 'burn' }))[0], 400, 'no such act');
    is(($s->call('GET', '/v1/mail/out?state=lost'))[0], 400, 'no such state');
    is_deeply(($s->call('GET', '/v1/mail/in?became=left'))[1], { mails => [], next => undef }, 'nothing came');
    is(($s->call('POST', '/v1/mail/in/7/case'))[0], 404, 'no mail of that number came');

    my ($rc, $out) = RebHttp::run($db, 'mail', 'send');
    is($rc, 0, 'sending is tried') or diag($out);
    my $down = ($s->call('GET', '/v1/mail'))[1];
    like($down->{out}{problem}, qr/127\.0\.0\.1:9/, 'why it did not go is shown');
    is($down->{queue}{queued}, 3, '... and all still wait');
    ($rc, $out) = RebHttp::run($db, 'mail', 'poll');
    is($rc, 10, 'fetching is tried');
    like(($s->call('GET', '/v1/mail'))[1]{in}{problem}, qr/127\.0\.0\.1:9/, '... and why it failed is shown');

    is($s->stop, 0, 'it stops in order');
}
done_testing;
