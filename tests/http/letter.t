#!/usr/bin/env perl
# A decision is told by a letter, on both engines: drafted from the case and the standards it quotes in the customer's language, edited by a
# person, printed or sent, and never changed afterwards.
use strict;
use warnings;
use utf8;
use lib 'tests/lib';
use RebHttp;
use Test::More;
binmode Test::More->builder->$_, ":utf8" for qw(output failure_output todo_output);

sub yes { # a call that must succeed with a status
    my ($s, $want, $method, $path, $body) = @_;
    my ($status, $v, $h) = $s->call($method, $path, $body);
    is($status, $want, "$method $path") or diag(explain($v));
    return $v;
}

for my $engine (RebHttp::engines()) {
    my $db = RebHttp::new_db($engine, 'letter');
    my $s = RebHttp::serve($db, '--now', '2026-05-01T09:00:00Z', '--rate', '0');
    diag("engine $engine");
    yes($s, 200, 'PATCH', '/v1/settings', { settings => [{ key => 'name', value => 'Corner Shop' }, { key => 'public_url', value => 'https://shop.example' }] });
    yes($s, 201, 'POST', '/v1/standards/publish', { note => 'first' });
    my $case = yes($s, 201, 'POST', '/v1/cases',
        { name => 'پریسا کریمی', email => 'parisa@example.org', channel => 'phone', kind => 'not_delivered', subject => 'سفارش نرسید', text => 'سفارشم نرسیده است.', language => 'fa' });
    my $at = "/v1/cases/$case->{number}/letters";
    is_deeply(yes($s, 200, 'GET', $at)->{letters}, [], 'no letter yet');
    yes($s, 409, 'POST', $at, {});
    yes($s, 200, 'POST', "/v1/cases/$case->{number}/decide", { outcome => 'upheld', reason => 'پیک بسته را گم کرده است.', remedies => ['send_again'] });

    my $letter = yes($s, 201, 'POST', $at, {});
    is("$letter->{language} $letter->{state} $letter->{recipient}", 'fa draft پریسا کریمی', 'a draft in the language of the case, to whom it is from');
    like($letter->{body}, qr/^\x{2068}?پریسا کریمی\x{2069}? گرامی/, 'it greets by name');
    like($letter->{body}, qr/$_/, "it says $_") for 'حق با شما بود', 'پیک بسته را گم کرده است', 'C-' . $case->{number}, 'دوباره می‌فرستیم', 'اگر|نیستید', 'Corner Shop',
        'https://shop\.example/c/';
    like($letter->{body}, qr/استاندارد شمارهٔ ۲ ما/, 'the rule, by its number in the published standards');
    unlike($letter->{body}, qr/[{}]/, 'nothing is left unfilled');
    is(yes($s, 201, 'POST', $at, {})->{letter_id}, $letter->{letter_id}, 'asked again it is the same draft');
    my $english = yes($s, 201, 'POST', $at, { language => 'en' });
    like($english->{body}, qr/^Dear .*You were right to complain.*our standard 2, .It never arrived., in version 1.*- We send it again/s, 'in English, where that is asked for');

    my $one = "$at/$letter->{letter_id}";
    my $edited = yes($s, 200, 'PUT', $one, { body => "سلام\n\n- یک\n- دو", revision => $letter->{revision} });
    is($edited->{body}, "سلام\n\n- یک\n- دو", 'it is edited');
    my ($status, $said) = $s->call('PUT', $one, { body => 'mine', revision => $letter->{revision} });
    is("$status $said->{error}{reason}", '409 letter_changed', 'who has not seen that overwrites nothing');
    yes($s, 400, 'PUT', $one, { body => '' });
    yes($s, 422, 'PUT', $one, { subject => "two\nlines" });
    my ($pdf_status, $pdf, $headers) = $s->call('GET', "$one/pdf");
    ok($pdf_status == 200 && $pdf =~ /^%PDF-/ && $headers->{'content-type'} eq 'application/pdf', 'on paper');
    like($headers->{'content-disposition'}, qr/C-$case->{number}\.pdf/, '... by the number of the case');

    ($status, $said) = $s->call('POST', "$one/send", { how => 'email' });
    is($status, 422, 'where no mail is set up it is not sent') or diag(explain($said));
    is(yes($s, 200, 'GET', $one)->{state}, 'draft', '... and stays a draft');
    my $sent = yes($s, 200, 'POST', "$one/send", { how => 'letter', revision => $edited->{revision} });
    is($sent->{state}, 'printed', 'printed');
    my $now = yes($s, 200, 'GET', "/v1/cases/$case->{number}");
    is($now->{state}, 'communicated', 'the case learns that the customer was told');
    yes($s, 409, 'PUT', $one, { body => 'other words' });
    yes($s, 404, 'DELETE', $one);
    yes($s, 204, 'DELETE', "$at/$english->{letter_id}");
    is(scalar @{ yes($s, 200, 'GET', $at)->{letters} }, 1, 'what went out stays, a draft can be thrown away');
    yes($s, 404, 'GET', "$at/99");
    yes($s, 404, 'GET', '/v1/cases/1/letters');

    # mail is set up: it is queued once, with the PDF
    yes($s, 200, 'PATCH', '/v1/settings', { settings => [{ key => 'mail_from', value => 'care@shop.example' }, { key => 'mail_smtp', value => 'smtp://127.0.0.1:9' }] });
    for my $outcome (qw(partly goodwill not_upheld withdrawn duplicate)) {
        my $c = yes($s, 201, 'POST', '/v1/cases', { name => 'Μαρία', email => "$outcome\@example.org", channel => 'form', kind => 'price', text => "Για $outcome", language => 'el' });
        yes($s, 200, 'POST', "/v1/cases/$c->{number}/decide", { outcome => $outcome, reason => 'Ο λόγος μας.' });
        my $l = yes($s, 201, 'POST', "/v1/cases/$c->{number}/letters", {});
        like($l->{body}, qr/Αξιότιμη\/ε .*Μαρία.*Ο λόγος μας.*Με εκτίμηση/s, "a letter for $outcome");
        is($l->{body} =~ /Διαφωνείτε/ ? 1 : 0, $outcome =~ /withdrawn|duplicate/ ? 0 : 1, '... with the way to object, where there is something to object to');
        is(yes($s, 200, 'POST', "/v1/cases/$c->{number}/letters/$l->{letter_id}/send", { how => 'email' })->{state}, 'sent', '... queued');
        ($status) = $s->call('POST', "/v1/cases/$c->{number}/letters/$l->{letter_id}/send", { how => 'email' });
        is($status, 409, '... once');
    }

    # decided anew: the old draft can no longer go out
    my $c = yes($s, 201, 'POST', '/v1/cases', { name => 'Ann', channel => 'phone', kind => 'other', text => 'Something', language => 'en' });
    yes($s, 200, 'POST', "/v1/cases/$c->{number}/decide", { outcome => 'not_upheld', reason => 'First.' });
    my $old = yes($s, 201, 'POST', "/v1/cases/$c->{number}/letters", {});
    my $seen = yes($s, 200, 'GET', "/v1/cases/$c->{number}")->{seq};
    yes($s, 200, 'POST', "/v1/cases/$c->{number}/decide", { outcome => 'upheld', reason => 'Second.', seen => $seen });
    ok(!yes($s, 200, 'GET', "/v1/cases/$c->{number}/letters/$old->{letter_id}")->{current}, 'a letter about an earlier decision is known as one');
    yes($s, 409, 'POST', "/v1/cases/$c->{number}/letters/$old->{letter_id}/send", { how => 'letter' });
    $s->stop if $s->can('stop');
}
done_testing();
