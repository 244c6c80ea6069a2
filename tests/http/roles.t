#!/usr/bin/env perl
# Every address with every role, every scope of a key, and nobody: who gets past the door is what stands here, line by line. A new address
# needs a line here, so that somebody has thought about who may use it. Then an analyst walks through a whole shop and must not meet a name.
use strict;
use warnings;
use lib 'tests/lib';
use RebHttp;
use JSON::PP;
use Test::More;

# Who may do what a right says. api/rights.def must agree.
my %who = (
    OPEN    => [qw(owner manager agent analyst read write admin nobody)],
    SELF    => [qw(owner manager agent analyst)],
    FIGURES => [qw(owner manager agent analyst read write admin)],
    READ    => [qw(owner manager agent read write admin)],
    WRITE   => [qw(owner manager agent write admin)],
    MANAGE  => [qw(owner manager admin)],
    ADMIN   => [qw(owner admin)],
);
my %right = map { split } grep { /\S/ } split /\n/, <<'TABLE';
console OPEN
asset OPEN
page_css OPEN
complain OPEN
complain_send OPEN
status OPEN
status_send OPEN
status_right OPEN
status_file OPEN
survey OPEN
survey_send OPEN
survey_figures FIGURES
survey_answers READ
survey_ask WRITE
healthz OPEN
readyz OPEN
openapi OPEN
version OPEN
session_get OPEN
session_add OPEN
welcome OPEN
link_check OPEN
link_use OPEN
oidc_start OPEN
oidc_callback OPEN
standards_page OPEN
standards_data OPEN
session_remove SELF
me_patch SELF
me_password SELF
me_sessions SELF
me_sessions_end SELF
me_session_end SELF
me_totp SELF
me_totp_begin SELF
me_totp_confirm SELF
me_totp_codes SELF
me_totp_off SELF
settings_list FIGURES
standard_list FIGURES
standard_get FIGURES
cause_list FIGURES
fit_get FIGURES
today FIGURES
summary FIGURES
customer_list FIGURES
customer_get FIGURES
customer_card FIGURES
metrics READ
events READ
job_list READ
job_get READ
import_list READ
import_rejects READ
customer_search READ
customer_doubles READ
customer_events READ
customer_csv READ
customer_xlsx READ
customer_facets READ
job_cancel WRITE
upload_add WRITE
upload_remove WRITE
import_preview WRITE
import_add WRITE
import_undo WRITE
upload_list WRITE
upload_get WRITE
upload_more WRITE
upload_sample WRITE
import_look WRITE
import_check WRITE
import_mend WRITE
import_mapping_remove WRITE
import_vocabulary READ
import_mapping_list READ
import_rejected_rows READ
fit_add WRITE
act_done WRITE
act_not_now WRITE
act_wrong WRITE
act_undo WRITE
customer_add WRITE
customer_not_same WRITE
customer_note WRITE
customer_contacted WRITE
customer_contact WRITE
customer_consent WRITE
customer_merge WRITE
customer_unmerge WRITE
settings_patch MANAGE
setting_put MANAGE
token_list ADMIN
token_add ADMIN
token_revoke ADMIN
user_list ADMIN
user_add ADMIN
user_patch ADMIN
user_reset ADMIN
user_sessions_end ADMIN
case_list FIGURES
case_choices FIGURES
case_people WRITE
case_open WRITE
case_get FIGURES
case_doubles READ
case_message WRITE
case_note WRITE
letter_list READ
letter_draft WRITE
letter_get READ
letter_edit WRITE
letter_discard WRITE
letter_send WRITE
letter_pdf READ
case_wait WRITE
case_resume WRITE
case_assess WRITE
case_assign WRITE
case_escalate WRITE
case_decide WRITE
case_communicate WRITE
case_close WRITE
case_reopen WRITE
case_merge WRITE
case_unmerge WRITE
case_identify WRITE
case_refer WRITE
case_conduct MANAGE
case_attach WRITE
case_attachment READ
gesture_look READ
gesture_give WRITE
case_evidence READ
gesture_asked READ
gesture_approve MANAGE
gesture_refuse MANAGE
gesture_withdraw WRITE
voucher_list READ
voucher_get WRITE
voucher_pdf WRITE
voucher_check WRITE
voucher_redeem WRITE
case_csv READ
promise_csv READ
promise_xlsx READ
gesture_csv MANAGE
gesture_xlsx MANAGE
case_xlsx READ
standard_draft_get MANAGE
standard_draft_put MANAGE
standard_draft_drop MANAGE
standard_publish MANAGE
standard_preview MANAGE
cause_add MANAGE
cause_change MANAGE
audit_list MANAGE
audit_check MANAGE
customer_personal MANAGE
keeper_set MANAGE
customer_erase MANAGE
retention_get ADMIN
retention_run ADMIN
user_totp_off ADMIN
losing FIGURES
promise_list READ
promise_choices READ
promise_times READ
promise_gap FIGURES
promise_add WRITE
promise_get READ
promise_keep WRITE
promise_release WRITE
promise_move WRITE
mail_state MANAGE
mail_check MANAGE
mail_out MANAGE
mail_act MANAGE
mail_in MANAGE
mail_case MANAGE
import_log WRITE
calendar_list READ
calendar_get READ
calendar_put MANAGE
calendar_preview MANAGE
calendar_countries READ
calendar_file MANAGE
TABLE

my @roles  = qw(owner manager agent analyst);
my @scopes = qw(read write admin);

sub finished {
    my ($s, $job, $as) = @_;
    return RebHttp::eventually(sub {
        my ($status, $j) = $s->call('GET', "/v1/jobs/$job->{job_id}", undef, $as);
        return $status == 200 && $j->{state} =~ /^(done|failed|cancelled)$/ ? $j : undef;
    }) // { state => 'still running' };
}

for my $engine (RebHttp::engines()) {
    diag("engine $engine");
    my $db = RebHttp::new_db($engine, 'roles');
    RebHttp::add_user($db, "$_\@example.com", $_) for @roles;
    my $s = RebHttp::serve($db, '--now', '2026-05-01T09:00:00Z', '--rate', '0');
    my %as = (nobody => {}, map { $_ => $s->sign_in("$_\@example.com") } @roles);
    for my $scope (@scopes) {
        my ($rc, $made) = RebHttp::run($db, '--json', 'token', 'add', "k$scope", '--scopes', $scope eq 'write' ? 'read,write' : $scope);
        $as{$scope} = { Authorization => 'Bearer ' . decode_json($made)->{key} };
    }
    my ($status, $api) = $s->call('GET', '/openapi.json');
    my %route;    # operationId => [METHOD, path]
    for my $path (keys %{ $api->{paths} }) {
        $route{ $api->{paths}{$path}{$_}{operationId} } = [uc $_, $path, $api->{paths}{$path}{$_}{'x-right'}] for keys %{ $api->{paths}{$path} };
    }
    is(join(' ', sort grep { !$right{$_} } keys %route), '', 'every address has its line in this test');
    is(join(' ', sort grep { !$route{$_} } keys %right), '', 'and every line an address');

    # The door alone: a query that no address knows is refused behind it, before anything is done.
    my ($asked, @wrong) = (0);
    for my $name (sort grep { $right{$_} } keys %route) {
        my ($method, $path, $declared) = @{ $route{$name} };
        push @wrong, "$name is declared $declared" if $declared ne $right{$name};
        my %may = map { $_ => 1 } @{ $who{ $right{$name} } };
        (my $address = $path) =~ s/\{\w+\}/7/g;
        for my $caller (sort keys %as) {
            my ($got, $v) = $s->call($method, "$address?no_such_thing=1", undef, { 'X-Requested-With' => 'x', %{ $as{$caller} } });
            $asked++;
            my $in = $got != 401 && $got != 403;
            push @wrong, "$name: $caller got $got" if $in != !!$may{$caller};
            push @wrong, "$name: nobody got $got, not 401" if $caller eq 'nobody' && !$in && $got != 401;
            push @wrong, "$name: $caller got $got, not 400" if $in && $got != 400 && $right{$name} ne 'OPEN';
        }
    }
    is(join("\n", @wrong), '', "$asked knocks: each is let in where it may be, and nowhere else");

    # A shop whose people are known.
    my $demo = "$RebHttp::tmp/demo-$engine";
    RebHttp::run("$RebHttp::tmp/none.db", 'demo', '--out', $demo, '--customers', '150', '--seed', '7', '--now', '2026-05-01');
    my %secret = (Zyxnote => 1, Zyxcontact => 1, 'zyx@example.org' => 1, Zyxtalk => 1, Zyxwhy => 1);
    for my $file (glob "$demo/*.csv") {
        my $u = ($s->call('POST', '/v1/uploads?name=demo.csv', RebHttp::slurp($file), { %{ $as{owner} }, 'Content-Type' => 'application/octet-stream' }))[1];
        my $job = finished($s, ($s->call('POST', '/v1/imports', { upload => $u->{upload} }, $as{owner}))[1], $as{owner});
        is($job->{state}, 'done', "$file is imported") or diag(explain($job));
    }
    is(finished($s, ($s->call('POST', '/v1/fit', {}, $as{owner}))[1], $as{owner})->{state}, 'done', 'and fitted');
    my $cursor = '';
    my @ids;
    while (defined $cursor) {
        my ($st, $page) = $s->call('GET', '/v1/customers?limit=500' . ($cursor ? "&cursor=$cursor" : ''), undef, $as{agent});
        last if $st != 200;
        for my $c (@{ $page->{customers} }) {
            push @ids, $c->{id};
            $secret{$_} = 1 for grep { length > 4 } @{$c}{qw(name label email phone)};
        }
        $cursor = $page->{next};
    }
    cmp_ok(scalar(keys %secret), '>', 300, scalar(keys %secret) . ' names, addresses and numbers are known');
    my ($st, $today) = $s->call('GET', '/v1/today?peek=true', undef, $as{agent});
    my $id = $today->{items}[0]{customer}{id};
    $s->call('POST', "/v1/customers/$id/notes", { text => 'Zyxnote' }, $as{agent});
    $s->call('POST', "/v1/customers/$id/contacted", { channel => 'phone', text => 'Zyxtalk' }, $as{agent});
    $s->call('POST', "/v1/customers/$id/contacts", { name => 'Zyxcontact', email => 'zyx@example.org' }, $as{agent});
    $s->call('POST', "/v1/customers/$id/merge", { other_id => (grep { $_ ne $id } @ids)[0], why => 'Zyxwhy' }, $as{agent});

    my $case = ($s->call('POST', '/v1/cases', { customer_id => $id, name => 'Zyxcontact', email => 'zyx@example.org', order_ref => 'Zyxtalk',
        text => 'Zyxnote', sought => 'Zyxwhy', subject => 'Zyxtalk' }, $as{agent}))[1]{number};
    $s->call('POST', "/v1/cases/$case/decide", { outcome => 'not_upheld', reason => 'Zyxwhy', rule => 'Zyxtalk' }, $as{agent});

    my $raw = sub {
        my ($path, $as) = @_;
        my $r = HTTP::Tiny->new(timeout => $RebHttp::patience)->request('GET', "$s->{url}$path", { headers => $as });
        return ($r->{status}, $r->{content});
    };
    my $names = join '|', map { quotemeta } sort { length $b <=> length $a } keys %secret;
    utf8::encode($names);
    my %met;
    for my $name (sort grep { $right{$_} eq 'FIGURES' } keys %route) {
        my ($method, $path) = @{ $route{$name} };
        is($method, 'GET', "$name only looks");
        (my $address = $path) =~ s/\{customer_id\}/$id/;
        $address =~ s/\{version\}/0/;
        $address =~ s/\{case\}/$case/;
        my ($as_analyst, $text) = $raw->($address, $as{analyst});
        is($as_analyst, 200, "an analyst gets $address");
        my @found = $text =~ /($names)/g;
        is(join(', ', @found[0 .. ($#found > 4 ? 4 : $#found)]), '', '... and meets nobody there');
        my ($as_agent, $full) = $raw->($address, $as{agent});
        $met{$name} = 1 if $full =~ /$names/;
        isnt(length $full, 0, '... where an agent reads ' . ($met{$name} ? 'names' : 'figures'));
    }
    is(join(' ', sort keys %met), 'case_get case_list customer_card customer_get customer_list today', 'the addresses in which there are names to be found');
    my $blank = ($s->call('GET', "/v1/customers/$id", undef, $as{analyst}))[1];
    ok($blank->{net_minor} > 0 && defined $blank->{estimate}{value_minor}{value}, 'the figures are there');
    is_deeply([@{$blank}{qw(name identities contacts facts)}], ['', [], [], []], 'the person is not');
    unlike(RebHttp::slurp($s->{log}), qr/Zyx|\@example/, 'nor does any of it stand in the log');
    unlike(RebHttp::slurp($s->{log}), qr/"level":"error"/, 'nothing failed');
    is($s->stop, 0, 'it stops in order');
}
done_testing;
