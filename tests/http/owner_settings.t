#!/usr/bin/env perl
# What decides who sees whom, how long one stays signed in and what is forgotten is the owner's to set: a manager, who sets everything else,
# must not shorten the audit log that tells of managers.
use strict;
use warnings;
use lib 'tests/lib';
use RebHttp;
use JSON::PP;
use Test::More;

my %value = (
    agents_see           => 'team',
    session_idle_minutes => 30,
    session_hours        => 24,
    erase_silent_years   => 5,
    keep_audit_years     => 1,
    keep_jobs_days       => 30,
    keep_uploads_days    => 2,
    public_url           => 'https://care.example.com',
    mail_from            => 'care@example.com',
    mail_smtp            => 'smtps://mx.example.com',
    mail_imap            => 'imaps://mx.example.com',
    mail_imap_user       => 'care',
);

for my $engine (RebHttp::engines()) {
    diag("engine $engine");
    my $db = RebHttp::new_db($engine, 'owner_settings');
    RebHttp::add_user($db, "$_\@example.com", $_) for qw(owner manager);
    my $s = RebHttp::serve($db, '--now', '2026-05-01T09:00:00Z', '--rate', '0');
    my %as = map { $_ => $s->sign_in("$_\@example.com") } qw(owner manager);
    my ($rc, $made) = RebHttp::run($db, '--json', 'token', 'add', 'till', '--scopes', 'admin');
    $as{key} = { Authorization => 'Bearer ' . decode_json($made)->{key} };
    my $now = sub { return { map { $_->{key} => "$_->{value}" } @{ ($s->call('GET', '/v1/settings', undef, $as{owner}))[1]{settings} } } };
    my $before = $now->();
    for my $key (sort keys %value) {
        my ($status, $v) = $s->call('PUT', "/v1/settings/$key", { value => $value{$key} }, $as{manager});
        is_deeply([$status, $v->{error}{code}], [403, 'denied'], "a manager may not set $key");
        is(($s->call('PUT', "/v1/settings/$key", { value => undef }, $as{manager}))[0], 403, '... nor put it back');
        ($status) = $s->call('PATCH', '/v1/settings', { settings => [{ key => 'name', value => 'Changed' }, { key => $key, value => $value{$key} }] }, $as{manager});
        is($status, 403, '... nor among others');
    }
    is_deeply($now->(), $before, 'and nothing of it was set');
    is(($s->call('PUT', '/v1/settings/contact_gap_days', { value => 7 }, $as{manager}))[0], 200, 'a manager sets how customers are contacted');
    is(($s->call('PUT', "/v1/settings/$_", { value => $value{$_} }, $as{owner}))[0], 200, "an owner sets $_") for sort keys %value;
    for my $key (qw(mail_smtp_password_file mail_imap_password_file mail_ca_file)) {
        is(($s->call('PUT', "/v1/settings/$key", { value => '/etc/passwd' }, $as{$_}))[0], 403, "$_ does not choose from afar what $key reads") for qw(owner key);
    }
    is(($s->call('PUT', '/v1/settings/session_hours', { value => 12 }, $as{key}))[0], 200, 'so does a key for administration');
    my $denied = RebHttp::eventually(sub {
        my $list = ($s->call('GET', '/v1/audit?kind=denied&did=setting_put&limit=200', undef, $as{owner}))[1]{records};
        return (grep { $_->{subjects}[0] eq "keep_audit_years" } @$list) ? $list : undef;
    }) // [];
    ok(scalar(grep { $_->{subjects}[0] eq 'keep_audit_years' } @$denied), 'the audit log tells of the attempt');
    is($s->stop, 0, 'it stops in order');
}
done_testing;
