#!/usr/bin/env perl
# Hostile words in every member of every body and in every query, and what is done with those that are kept: never an error of the server's own,
# never HTML, never a formula. Then the headers of every kind of answer, and the cookies.
use strict;
use warnings;
use lib 'tests/lib';
use RebHttp;
use JSON::PP;
use Test::More;

my $json = JSON::PP->new->utf8->allow_nonref->canonical;
my %hostile = (
    'HTML'               => '<script>alert(1)</script><img src=x onerror=alert(1)>"\'>',
    'bidi overrides'     => "\x{202E}gpj.exe\x{202C}\x{2066}\x{2067}\x{200F}",
    'a formula'          => q(=cmd|'/C calc'!A0),
    'terminal controls'  => "\x{9b}31m\x{85}",
    'line ends'          => "a\r\nSet-Cookie: x=y\r\n\r\n<html>",
    'SQL'                => q('; drop table customer; --),
    'a path'             => '../../../../etc/passwd',
    'a template'         => '{{7*7}}${7*7}#{7*7}%s%n%x',
    'beyond the plane'   => "\x{10FFFF}\x{1F469}\x{200D}\x{1F467}",
    'combining marks'    => 'e' . "\x{301}" x 2000,
    'a megabyte'         => 'A' x 1_000_000,
    'a long number'      => '9' x 400,
    'an odd number'      => '1e999',
);
# Written as JSON by hand: no writer would make these.
my %raw = ('NUL' => '"a\u0000b"', 'a lone surrogate' => '"\ud800"', 'reversed surrogates' => '"\udc00\ud800"', 'a raw NUL' => qq("a\0b"),
    'bytes that are no UTF-8' => qq("\xC3\x28"), 'an overlong slash' => qq("\xC0\xAF"), 'deep nesting' => '[' x 5000 . ']' x 5000);

sub schema_of { my ($api, $s) = @_; return $s->{'$ref'} ? $api->{components}{schemas}{ (split m{/}, $s->{'$ref'})[-1] } : $s }

# A body that the schema allows, as small as it can be.
sub sample {
    my ($api, $s, $depth) = @_;
    $s = schema_of($api, $s);
    my $type = ref $s->{type} ? $s->{type}[0] : $s->{type} // '';
    return $s->{enum}[0] if $s->{enum};
    return { map { $_ => sample($api, $s->{properties}{$_}, $depth + 1) } @{ $s->{required} // [] } } if $type eq 'object';
    return [ sample($api, $s->{items}, $depth + 1) ] if $type eq 'array';
    return int($s->{minimum} // 1) if $type eq 'integer' || $type eq 'number';
    return JSON::PP::true if $type eq 'boolean';
    return '2026-05-01T09:00:00Z' if ($s->{format} // '') eq 'date-time';
    return '2026-05-01' if ($s->{format} // '') eq 'date';
    return '1' if ($s->{pattern} // '') =~ /0-9/;
    return 'x' x ($s->{minLength} // 1);
}

# Pages for everybody say in words what went wrong; nothing of what was sent stands in them but escaped.
my %page;
sub bad_page { my ($text) = @_; return $text =~ /<script|onerror|<img|<svg|\x{0}|%3C/i || $text !~ /<h1>/ || length $text > 8192 }

my (%seen, $asked);
sub judge { # one answer
    my ($name, $st, $v, $h, $text) = @_;
    $asked++;
    my @wrong;
    my ($operation) = $name =~ /^(\w+)/;
    if ($page{$operation} && ($h->{'content-type'} // '') =~ m{^text/html} && $st >= 400 && !ref $v && !bad_page($v)) {
        return if $st < 500 && ($h->{'content-security-policy'} // '') =~ /default-src 'none'/;
    }
    push @wrong, "status $st" if $st >= 500 && $st != 502 && $st != 503;
    push @wrong, 'no answer' if $st == 599;
    push @wrong, 'type ' . ($h->{'content-type'} // 'none') if $st >= 400 && ($h->{'content-type'} // '') !~ m{^application/json};
    push @wrong, 'no JSON' if $st >= 400 && !(ref $v && $v->{error}{code});
    push @wrong, 'sniffed' if ($h->{'x-content-type-options'} // '') ne 'nosniff';
    push @wrong, 'cookie' if ($h->{'set-cookie'} // '') =~ /x=y/;
    push @wrong, 'too long an error' if $st >= 400 && length $json->encode($v // '') > 4096;
    return if !@wrong || $seen{"$name $wrong[0]"}++ || keys %seen > 20;
    fail("$name: @wrong");
    diag(substr $json->encode($v // ''), 0, 300);
}

my $db = RebHttp::new_db('sqlite', 'hostile');
RebHttp::add_user($db, 'olga@example.com', 'owner');
my $s = RebHttp::serve($db, '--now', '2026-05-01T09:00:00Z', '--rate', '0');
my $as = $s->sign_in('olga@example.com');
my ($st, $api) = $s->call('GET', '/openapi.json');
($st, my $made) = $s->call('POST', '/v1/customers', { name => 'Ann', email => 'ann@example.net' }, $as);
my $customer = $made->{customer_id};

# What would end the test's own session, or start work that takes long.
my %left = map { $_ => 1 } qw(upload_add upload_more me_sessions_end session_remove);
my %calls;
for my $path (sort keys %{ $api->{paths} }) {
    for my $method (sort keys %{ $api->{paths}{$path} }) {
        my $o = $api->{paths}{$path}{$method};
        next if $left{ $o->{operationId} };
        $page{ $o->{operationId} } = 1 if $path =~ m{^/(complain|c/|s/|standards)};
        (my $to = $path) =~ s/\{customer_id\}/$customer/g;
        $to =~ s/\{\w*_id\}/1/g;
        $to =~ s/\{\w+\}/x/g;
        my $body = $o->{requestBody}{content}{'application/json'}{schema};
        if ($body) {
            my $shape = schema_of($api, $body);
            my @members = sort keys %{ $shape->{properties} // {} };
            for my $m (@members) {
                my $full = sample($api, $body, 0);
                for my $kind (sort keys %hostile) {
                    next if $kind eq 'a megabyte' && $m ne $members[0]; # once an address: a body of a megabyte is refused as a whole
                    my $value = schema_of($api, $shape->{properties}{$m})->{type} // '';
                    $full->{$m} = ref $value ? $hostile{$kind} : $value eq 'array' ? [ $hostile{$kind} ] : $hostile{$kind};
                    $calls{ $o->{operationId} }++;
                    judge("$o->{operationId}.$m with $kind", $s->call(uc $method, $to, $json->encode($full), $as));
                }
                for my $kind (sort keys %raw) {
                    $full->{$m} = 'HERE';
                    my $text = $json->encode($full);
                    $text =~ s/"HERE"/$raw{$kind}/;
                    my ($status, $v, $h) = $s->call(uc $method, $to, $text, $as);
                    judge("$o->{operationId}.$m with $kind", $status, $v, $h);
                    next if $status >= 400 && $status < 500 || $seen{"taken $kind"}++;
                    fail("$o->{operationId}.$m takes $kind ($status)");
                }
            }
        }
        for my $q (grep { $_->{in} eq 'query' } @{ $o->{parameters} // [] }) {
            for my $kind (sort keys %hostile, '%00', '%', '%C0%AF', '%ED%A0%80') {
                next if $kind eq 'a megabyte' || $kind eq 'combining marks';
                my $value = $hostile{$kind} // $kind;
                if (exists $hostile{$kind}) { utf8::encode($value); $value =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ge }
                judge("$o->{operationId}?$q->{name} with $kind", $s->call(uc $method, "$to?$q->{name}=$value", undef, $as));
            }
        }
        for my $bad ('%00', '%', '%2e%2e%2f', '%C0%AF', '%ED%A0%80', '%3Cscript%3E', 'x' x 3000) {
            next unless $path =~ /\{/;
            (my $odd = $path) =~ s/\{\w+\}/$bad/g;
            my ($status, $v, $h) = $s->call(uc $method, $odd, $body ? $json->encode(sample($api, $body, 0)) : undef, $as);
            next if $path =~ m{^/assets/} && $status == 404;
            judge("$o->{operationId} at $odd", $status, $v, $h);
        }
    }
}
cmp_ok($asked, '>', 1500, "$asked hostile requests to " . scalar(keys %calls) . ' addresses with bodies: no error of the server\'s own, no HTML');
is(join(' ', sort keys %seen), '', 'none was taken for what it is not');
for my $more ([user_id => '1'], [role => 'owner'], [head_id => '1'], [__proto__ => {}]) {
    ($st, my $e) = $s->call('POST', '/v1/customers', { name => 'Extra', @$more }, $as);
    is($st, 400, "a member that is not declared is refused: $more->[0]") or diag(explain($e));
}
($st) = $s->call('PATCH', '/v1/me', { name => 'Olga', role => 'owner' }, $as);
is($st, 400, '... about oneself, too');
($st) = $s->call('GET', '/v1/session', undef, $as);
is($st, 200, 'the server still answers');

# --- what is kept is harmless where it is shown -----------------------------------------------------------------------------------------
$s->call('PUT', '/v1/settings/name', { value => 'Shop' }, $as);
($st, $made) = $s->call('POST', '/v1/customers', { name => "$hostile{HTML}\x{202E}evil", email => 'evil@example.net' }, $as);
is($st, 201, 'a customer may be called anything');
my $evil = $made->{customer_id};
($st, my $view, my $h) = $s->call('GET', "/v1/customers/$evil", undef, $as);
like($view->{customer}{name} // $view->{name} // $json->encode($view), qr/script/, 'JSON gives it as it is');
is($h->{'content-type'}, 'application/json', '... as JSON, which no browser runs');
($st, my $page, $h) = $s->call('GET', "/v1/customers/$evil/personal-data?as=page", undef, $as);
is($st, 200, 'the page of what is held');
unlike($page, qr/<script|<img|onerror=alert\(1\)>"/, '... holds it escaped');
like($page, qr/&lt;script&gt;/, '... to be read');
like($h->{'content-security-policy'}, qr/^default-src 'none'/, '... under a policy that runs nothing');
my $out = (RebHttp::run($db, 'customer', 'show', $evil))[1];
unlike($out, qr/\xE2\x80\xAE|\x1b|\xC2\x9B/, 'the terminal gets no override of direction and no control');
$out = (RebHttp::run($db, 'customer', 'find', 'evil@example.net'))[1];
unlike($out, qr/\xE2\x80\xAE|\x1b/, '... in lists neither');

# --- formulas in a file that goes out ------------------------------------------------------------------------------------------------------
my $csv = "order no,date,customer email,customer name,amount\n1,2026-05-01,ann\@example.com,Ann,50.00\n"
    . "2,no day,=cmd|'/C calc'!A0,\"=HYPERLINK(\"\"http://evil.example\"\",\"\"x\"\")\",-5.00\n3,no day,+30 210 1234567,\@SUM(1),+1+cmd|' /C calc'!A0\n4,no day,-2+3+cmd,\"-x\",7\n";
($st, my $u) = $s->call('POST', '/v1/uploads?name=o.csv', $csv, { %$as, 'Content-Type' => 'application/octet-stream' });
($st, my $job) = $s->call('POST', '/v1/imports', { upload => $u->{upload} }, $as);
$job = RebHttp::eventually(sub { my (undef, $j) = $s->call('GET', "/v1/jobs/$job->{job_id}", undef, $as); $j->{state} =~ /done|failed/ ? $j : undef });
($st, my $rejects, $h) = $s->call('GET', "/v1/jobs/$job->{job_id}/rejects", undef, $as);
is($st, 200, 'refused rows as a file') or diag(explain($job));
unlike($rejects, qr/(?:^|,)"?[=\@]/m, 'no cell begins like a formula');
like($rejects, qr/'=cmd\|/, '... an apostrophe stands before it');
like($rejects, qr/"'=HYPERLINK\(""http/, '... also within quotes');
like($rejects, qr/,'\+1\+cmd/, '... and before what begins like a number');
like($rejects, qr/,'-2\+3\+cmd,"?'-x/, '... with either sign');
like($rejects, qr/,-5\.00[,\n]/, 'a negative amount stays a number');
like($rejects, qr/,'\+30 210 1234567,/, 'a telephone number is no number to reckon with');
is($h->{'content-disposition'}, "attachment; filename=\"rejects-$job->{job_id}.csv\"", 'it is offered for saving, by a name of ours');
like($h->{'content-type'}, qr{^text/csv; charset=utf-8}, '... as what it is');

# --- headers of every kind of answer -----------------------------------------------------------------------------------------------------------
my ($asset) = (($s->call('GET', '/'))[1]) =~ m{(/assets/[^"]+\.js)};
my %answers = (
    'the console'       => ['GET', '/'],
    'a script'          => ['GET', $asset],
    'JSON'              => ['GET', '/v1/settings'],
    'a customer'        => ['GET', "/v1/customers/$customer"],
    'the session'       => ['GET', '/v1/session'],
    'a page'            => ['GET', "/v1/customers/$evil/personal-data?as=page"],
    'a file'            => ['GET', "/v1/jobs/$job->{job_id}/rejects"],
    'health'            => ['GET', '/healthz'],
    'metrics'           => ['GET', '/metrics'],
    'nothing there'     => ['GET', '/nope'],
    'no such method'    => ['PATCH', '/healthz'],
    'no such customer'  => ['GET', '/v1/customers/7'],
    'a body of no type' => ['POST', '/v1/customers', 'x', { 'Content-Type' => 'text/plain', 'X-Requested-With' => 'x' }],
    'coming back'       => ['GET', '/v1/oidc/callback?code=x&state=y'],
    'options'           => ['OPTIONS', '/v1/customers'],
);
for my $name (sort keys %answers) {
    my ($method, $path, $body, $more) = @{ $answers{$name} };
    my ($status, undef, $r) = $s->call($method, $path, $body, { %$as, %{ $more // {} } });
    is($r->{'x-content-type-options'}, 'nosniff', "$name ($status): nosniff");
    is($r->{'referrer-policy'}, 'no-referrer', '... tells no other site whence');
    is($r->{'cross-origin-resource-policy'}, 'same-origin', '... is for this site alone');
    like($r->{'content-security-policy'} // '', qr/default-src 'none'.*frame-ancestors 'none'/, '... has a policy, and stands in no frame');
    unlike($r->{'content-security-policy'} // '', qr/unsafe-inline|unsafe-eval|\*/, '... without holes');
    is($r->{server}, undef, '... names no program');
    unlike(join("\n", map { "$_: " . ($r->{$_} // '') } grep { $_ ne 'content-type' } keys %$r), qr/microhttpd|\d+\.\d+\.\d+|x-powered-by|access-control-allow/i, '... nor a version, and opens nothing to other origins');
    is($r->{'strict-transport-security'}, undef, '... and says nothing of TLS where there is none');
    my $kept = $name eq 'a script' ? qr/immutable/ : $name eq 'the console' ? qr/no-cache/ : qr/^no-store$/;
    like($r->{'cache-control'}, $kept, '... is kept by nobody who should not');
    is($r->{'cross-origin-opener-policy'}, 'same-origin', '... shares its window with no other site') if ($r->{'content-type'} // '') =~ m{^text/html};
    like($r->{'content-type'}, qr{^(application/json$|text/(html|csv|plain|javascript); charset=utf-8|text/plain; version|application/javascript)}, '... says what it is')
        if $status != 204 && defined $r->{'content-type'};
}
is($s->stop, 0, 'the server stops in order');
unlike(RebHttp::slurp($s->{log}), qr/<script|\xE2\x80\xAE|Set-Cookie|level":"error"/, 'the log holds nothing of it, and no error');

# --- behind TLS ---------------------------------------------------------------------------------------------------------------------------------
$s = RebHttp::serve($db, '--rate', '0', '--behind-tls');
my $tls = { 'X-Forwarded-Proto' => 'https', 'X-Forwarded-For' => '203.0.113.7' };
($st, my $v, $h) = $s->call('POST', '/v1/session', { email => 'olga@example.com', password => $RebHttp::password }, $tls);
is($st, 200, 'signed in through the proxy');
like($h->{'strict-transport-security'}, qr/^max-age=31536000/, 'browsers are told to come by TLS only');
my @cookies = ref $h->{'set-cookie'} ? @{ $h->{'set-cookie'} } : ($h->{'set-cookie'});
is(scalar @cookies, 2, 'two cookies');
for my $c (@cookies) {
    like($c, qr/^__Host-/, 'a cookie bound to this host');
    like($c, qr/; \Q$_\E(;|$)/, "... $_") for 'Path=/', 'Secure', 'HttpOnly', 'SameSite=Strict';
    unlike($c, qr/Domain=/i, '... and to no other');
}
($st, $v) = $s->call('POST', '/v1/session', { email => 'olga@example.com', password => $RebHttp::password }, { 'X-Forwarded-Proto' => 'http', 'X-Forwarded-For' => '203.0.113.7' });
is($v->{error}{code}, 'needs_tls', 'a password in plain is not taken');
is($s->stop, 0, 'it stops');
done_testing;
