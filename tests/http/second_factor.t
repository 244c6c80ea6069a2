#!/usr/bin/env perl
# The second factor over HTTP: set up with the password, asked for at sign-in, a code once, recovery codes, taken off by oneself and by an owner.
use strict;
use warnings;
use lib 'tests/lib';
use RebHttp;
use Digest::SHA qw(hmac_sha1);
use Test::More;

my $password = 'four brass kettles whistle';

# RFC 6238 by another hand than the server's.
sub code {
    my ($secret, $steps) = @_;
    my $bits = join '', map { sprintf '%05b', index('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', $_) } split //, $secret;
    my $mac = hmac_sha1(pack('Q>', int(time / 30) + ($steps // 0)), pack('B*', $bits));
    my $at = ord(substr $mac, 19) & 15;
    return sprintf '%06d', (unpack('N', substr $mac, $at, 4) & 0x7fffffff) % 1_000_000;
}
sub user {
    my ($db, $email, $role) = @_;
    open my $in, '|-', "$RebHttp::binary --db '$db' user add $email --role $role --password-stdin >/dev/null" or die;
    print $in "$password\n";
    close $in;
    is($?, 0, "$email is there");
}
sub sign_in {
    my ($s, $email, $code) = @_;
    my ($st, $v, $h) = $s->call('POST', '/v1/session', { email => $email, password => $password, defined $code ? (code => $code) : () });
    my ($cookie) = map { /^(rebound=[^;]+)/ } map { ref $_ ? @$_ : $_ // () } $h->{'set-cookie'};
    return ($st, $v, { Cookie => $cookie // '', 'X-Rebound-CSRF' => ref $v ? $v->{csrf} // '' : '' });
}

for my $engine (RebHttp::engines()) {
    diag("engine $engine");
    my $db = RebHttp::new_db($engine, 'factor');
    user($db, 'anna@example.net', 'owner');
    user($db, 'ben@example.net', 'agent');
    my $s = RebHttp::serve($db, '--rate', '0');
    my ($st, $v, $anna) = sign_in($s, 'anna@example.net');
    is($st, 200, 'without a factor, none is asked for');
    my ($status, $f) = $s->call('GET', '/v1/me/totp', undef, $anna);
    ok(!$f->{on} && $f->{codes_left} == 0, 'none is on');
    ($status) = $s->call('POST', '/v1/me/totp', { password => 'not the password at all' }, $anna);
    is($status, 422, 'it is not begun without the password: who found a session open shuts nobody out');
    ($status) = $s->call('POST', '/v1/me/totp', { password => $password }, { Cookie => $anna->{Cookie} });
    is($status, 403, 'nor without the word against forged requests');
    is(($s->call('POST', '/v1/me/totp', { password => $password }))[0], 401, 'nor by nobody');
    ($status, my $new) = $s->call('POST', '/v1/me/totp', { password => $password }, $anna);
    is($status, 200, 'begun') or diag(explain($new));
    like($new->{uri}, qr{^otpauth://totp/[^:]+:anna%40example\.net\?secret=$new->{secret}&}, 'the address a phone reads');
    like($new->{qr_path}, qr/^(M\d+ \d+h\d+v1h-\d+z)+$/, 'and its picture is one path');
    is((sign_in($s, 'anna@example.net'))[0], 200, 'what was only begun is not asked for');
    is(($s->call('PUT', '/v1/me/totp', { code => '000000' }, $anna))[0], 422, 'a wrong code does not turn it on');
    ($status, my $codes) = $s->call('PUT', '/v1/me/totp', { code => code($new->{secret}, -1) }, $anna);
    is($status, 200, 'the right one does') or diag(explain($codes));
    is(scalar @{ $codes->{recovery_codes} }, 10, 'with ten recovery codes');
    is(($s->call('GET', '/v1/me/totp', undef, $anna))[1]{codes_left}, 10, 'it is on');

    ($st, $v) = sign_in($s, 'anna@example.net');
    is("$st $v->{error}{code}", '401 second_factor', 'now a code is asked for');
    ($st, $v) = sign_in($s, 'anna@example.net', '000000');
    is("$st $v->{error}{code}", '401 second_factor', 'a wrong one is refused');
    my $code = code($new->{secret});
    my $persian = join '', map { chr(0x6F0 + $_) } split //, $code;
    ($st) = sign_in($s, 'anna@example.net', $persian);
    is($st, 200, 'the right one, in Persian digits');
    ($st) = sign_in($s, 'anna@example.net', $code);
    is($st, 401, '... once');
    ($st, undef, my $second) = sign_in($s, 'anna@example.net', uc $codes->{recovery_codes}[0]);
    is($st, 200, 'a recovery code');
    is((sign_in($s, 'anna@example.net', $codes->{recovery_codes}[0]))[0], 401, '... once');
    ($status, my $more) = $s->call('POST', '/v1/me/totp/recovery-codes', { password => $password }, $second);
    is($status, 200, 'new recovery codes');
    is((sign_in($s, 'anna@example.net', $codes->{recovery_codes}[1]))[0], 401, '... end the old ones');
    is((sign_in($s, 'anna@example.net', $more->{recovery_codes}[1]))[0], 200, '... and work');

    # somebody else's
    my (undef, undef, $ben) = sign_in($s, 'ben@example.net');
    (undef, $new) = $s->call('POST', '/v1/me/totp', { password => $password }, $ben);
    is(($s->call('PUT', '/v1/me/totp', { code => code($new->{secret}) }, $ben))[0], 200, 'another person has one of their own');
    my $me = ($s->call('GET', '/v1/session', undef, $ben))[1]{user}{id};
    is(($s->call('DELETE', "/v1/users/$me/totp", undef, $ben))[0], 403, 'an agent takes off nobody\'s factor by that way');
    is(($s->call('DELETE', "/v1/users/$me/totp", undef, $second))[0], 204, 'an owner does');
    is(($s->call('DELETE', '/v1/users/1/totp', undef, $second))[0], 404, '... of somebody who is there');
    is((sign_in($s, 'ben@example.net'))[0], 200, 'who lost the phone comes in again');
    is(($s->call('POST', '/v1/me/totp/off', { password => 'not the password at all' }, $second))[0], 422, 'off only with the password');
    is(($s->call('POST', '/v1/me/totp/off', { password => $password }, $second))[0], 204, 'off');
    is((sign_in($s, 'anna@example.net'))[0], 200, 'nothing is asked any more');
    is($s->stop, 0, 'the server stops in order');
    my $log = RebHttp::slurp($s->{log});
    unlike($log, qr/$new->{secret}|$more->{recovery_codes}[2]|kettles/, 'no secret in its log');
    my $audit = (RebHttp::run($db, 'audit', 'list', '--json'))[1];
    like($audit, qr/me_totp_confirm/, 'the audit log tells of it');
    like($audit, qr/"kind":"denied","did":"session_add"/, '... and of codes given in vain');
    unlike($audit, qr/$new->{secret}|$more->{recovery_codes}[2]|kettles/, '... without a secret');
}
done_testing;
