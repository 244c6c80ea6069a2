#!/usr/bin/env perl
# Mail against real servers: Exim and Dovecot on loopback, lines that are cut, a day of outage, a process that is killed in the middle.
use strict;
use warnings;
use lib 'tests/lib';
use utf8;
use Encode qw(encode decode);
use MIME::Base64 qw(encode_base64);
use RebHttp;
use RebMail;
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);
my $missing = RebMail::missing();
plan skip_all => "mail servers for the tests are not installed: $missing (tools/deps.sh mail)" if $missing;

my $m = RebMail->new;
my $d = $m->{dir};
$m->start_smtp;
$m->start_imap;
my ($db, $engine);

sub set { my (%set) = @_; for (sort keys %set) { my ($rc, $out) = RebHttp::run($db, 'set', $_, $set{$_}); $rc == 0 or die "set $_: $out" } }

sub fresh {
    my ($name) = @_;
    $db = RebHttp::new_db($engine, "mail_$name");
    set(name => 'The shop', public_url => 'https://care.shop.example', mail_from => 'care@shop.example', mail_smtp => "smtp://localhost:$m->{smtp_port}",
        mail_smtp_user => 'care', mail_smtp_password_file => "$d/password", mail_imap => "imaps://localhost:$m->{imaps_port}", mail_imap_user => 'care',
        mail_imap_password_file => "$d/password", mail_ca_file => "$d/cert.pem");
}

sub rows {
    my ($sql) = @_;
    open my $q, '-|', $engine eq 'pg' ? ('psql', '-AtXq', $db, '-c', $sql) : ('sqlite3', $db, $sql) or die;
    local $/;
    my $text = decode('UTF-8', <$q> // '');
    $text =~ s/\n\z//;
    return $text;
}

# `rebound --json mail ...`: (exit code, what it told)
sub mail {
    my ($rc, $out) = RebHttp::run($db, '--json', 'mail', @_);
    my ($json) = $out =~ /^(\{.*\})$/m;
    diag("mail @_: $out") if $rc == 11 || $rc == 14;
    return ($rc, $json ? decode_json($json) : {}, $out);
}
sub poll { my ($rc, $v, $out) = mail('poll', @_); diag($out) if $rc; return $v }

my $id = 0;
sub letter {
    my (%l) = @_;
    my $from = $l{from} // 'maria@example.com';
    my $text = encode('UTF-8', $l{text} // 'The kettle that I bought from you leaks, please help.');
    my $subject = '=?utf-8?B?' . encode_base64(encode('UTF-8', $l{subject} // 'kettle'), '') . '?=';
    $id++;
    return join "\n", 'Return-Path: ' . ($l{path} // "<$from>"), "From: $from", 'To: ' . ($l{to} // 'care@shop.example'), "Subject: $subject",
        'Message-ID: <' . ($l{id} // "m$id.$$\@example.com") . '>', @{ $l{head} // [] }, 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8',
        'Content-Transfer-Encoding: 8bit', '', $text, '';
}
sub arrives { $m->deliver(letter(@_)) }
sub arrives_at { my ($came, @letter) = @_; $m->deliver(letter(@letter), came => $came) }
my $cases = 'select count(*) from case_file';
my $messages = "select count(*) from case_event where kind = 'message_in'";

sub begins_and_settles {
    fresh('start');
    my ($rc, $v, $out) = mail('check');
    is($rc, 0, "$engine: both servers answer") or diag($out, $m->logs);
    set(mail_imap => "imap://localhost:$m->{imap_port}");
    is((mail('check'))[0], 0, 'by STARTTLS too');
    RebHttp::run($db, 'set', 'mail_ca_file', '--default');
    ($rc, $v) = mail('check');
    like($v->{out}{problem}, qr/cannot prove who it is/, 'a certificate nobody vouches for is refused');
    set(mail_ca_file => "$d/cert.pem", mail_smtp => "smtps://localhost:$m->{smtp_port}");
    ok(!(mail('check'))[1]{out}{ok}, 'no TLS where the server speaks none');
    RebMail::write_file("$d/wrong", "not it\n");
    set(mail_smtp => "smtp://localhost:$m->{smtp_port}", mail_imap_password_file => "$d/wrong", mail_smtp_password_file => "$d/wrong");
    ($rc, $v, $out) = mail('check');
    like($v->{$_}{problem}, qr/lets care not in/, "a wrong password is told ($_)") for qw(out in);
    unlike($out, qr/not it/, '... without telling it');
    set(mail_imap_password_file => "$d/none");
    like((mail('check'))[1]{in}{problem}, qr/cannot be read/, 'a file that is not there');
    set(mail_imap_password_file => "$d/password", mail_smtp_password_file => "$d/password");
    arrives(subject => 'before');
    ok(poll()->{first}, 'the first look leaves alone what is there');
    is(rows($cases), 0, '... no case of it');
    is(poll()->{fetched}, 0, 'nor at the second look');
    my $all = poll('--since', '2026-01-01');
    ok($all->{cases} >= 1, 'asked for, earlier mails are taken');
}

sub languages {
    fresh('languages');
    poll();
    my $before = $m->mark;
    my %said = (
        en => ['The kettle that I bought from you leaks.', qr/Thank you for telling us/],
        el => ['Ο βραστήρας που αγόρασα από εσάς στάζει.', qr/Σας ευχαριστούμε/],
        ar => ['الغلاية التي اشتريتها منكم تسرب الماء.', qr/شكرًا/],
        fa => ['کتری که از شما خریدم چکه می‌کند.', qr/سپاسگزاریم/],
    );
    arrives(text => $said{$_}[0], from => "$_\@example.com") for sort keys %said;
    is(poll()->{cases}, 4, "$engine: four complaints");
    is(rows('select language from case_file order by language'), "ar\nel\nen\nfa", 'each in its language');
    is(rows("select count(*) from case_event where kind = 'acknowledged' and word = 'email'"), 4, 'each acknowledged');
    is((mail('send'))[1]{sent}, 4, 'the acknowledgements go out');
    my @sent = $m->sent_since($before, 4);
    is(scalar @sent, 4, '... and four arrive');
    for my $l (sort keys %said) {
        my ($ack) = grep { /^To: $l\@/m } @sent;
        my ($head, $body) = split /\n\n/, $ack // "\n\n", 2;
        my $text = $head =~ /Encoding: base64/i ? decode('UTF-8', MIME::Base64::decode_base64($body)) : $head =~ /quoted-printable/i ? decode('UTF-8', do { require MIME::QuotedPrint; MIME::QuotedPrint::decode($body) }) : $body;
        like($text, $said{$l}[1], "$l: in their language");
        like($text, qr{https://care\.shop\.example/c/\d+-}, "$l: with the link to its page");
        like($ack, qr/^Auto-Submitted: auto-replied/m, "$l: says that a machine wrote it");
    }
    is((mail('send'))[1]{sent}, 0, 'sent once');
    return @sent;
}

sub threads {
    fresh('threads');
    poll();
    my $n = $m->mark;
    arrives(id => 'first@example.com', subject => 'Kettle');
    poll();
    mail('send');
    my ($ack) = $m->sent_since($n, 1);
    my ($to) = $ack =~ /^Reply-To: (\S+)/m;
    my ($ours) = $ack =~ /^Message-Id: <(\S+)>/mi;
    like($ack, qr/^In-Reply-To: <first\@example\.com>/m, "$engine: our answer names the mail it answers");
    my $want = 0;
    for my $re ('Απ: Kettle', 'رد: Kettle', 'پاسخ: Kettle', 'SV: AW: Re[2]: Kettle', 'something else entirely') {
        arrives(to => $to, subject => $re);
        is(poll()->{messages}, 1, "an answer with the subject \"$re\" belongs to the case");
        $want++;
    }
    arrives(to => 'care@shop.example', subject => 'Απ: Kettle', head => ["In-Reply-To: <$ours>"]);
    is(poll()->{messages}, 1, 'so does one that names our Message-ID');
    arrives(to => 'care@shop.example', subject => 'x', head => ['References: <far@away> <first@example.com>'], from => 'friend@example.com');
    is(poll()->{messages}, 1, '... or theirs');
    is(rows($cases), 1, 'it is still one case');
    is(rows($messages), $want + 2, 'with every message');
    my ($number) = rows('select number from case_file');
    arrives(subject => "Re: We have your message (C-$number)");
    is(poll()->{cases}, 1, 'the subject alone opens a new case, whatever number it has');
    (my $forged = $to) =~ s/\.[a-z2-7]{4}/.aaaa/;
    arrives(to => $forged);
    is(poll()->{cases}, 1, 'so does an address with a signature of somebody else\'s making');
    arrives(to => $to, text => "One more thing.\n\nOn Friday the shop wrote:\n> We have it.\n> Yours\n");
    poll();
    is(rows("select body from case_text where part = 'body' and body like 'One more%'"), 'One more thing.', 'what their program quotes is left out');
}

sub machines {
    fresh('machines');
    poll();
    my $n = $m->mark;
    arrives(id => "case.$$\@example.com");
    poll();
    mail('send');
    my ($ack) = $m->sent_since($n, 1);
    my ($to) = $ack =~ /^Reply-To: (\S+)/m;
    my ($ours) = $ack =~ /^Message-Id: <(\S+)>/mi;
    arrives(head => ['Auto-Submitted: auto-replied'], to => $to);
    arrives(head => ['X-Autoreply: yes']);
    arrives(path => '<>');
    arrives(head => ['List-Id: <news.example.com>']);
    arrives(head => ['Precedence: bulk']);
    arrives(head => ['X-Spam-Flag: YES']);
    arrives(from => 'care@shop.example');
    arrives(from => $to);
    my $got = poll();
    is_deeply([@$got{qw(fetched cases messages left_alone)}], [8, 0, 0, 8], "$engine: what machines, lists and we ourselves wrote opens nothing");
    is(rows('select count(*) from outbox'), 1, '... and is not answered');
    is(rows("select became, count(*) from mail_in where became not in ('case', 'before') group by became order by became") =~ tr/|/ /r, "auto 3\nlist 2\nown 2\nspam 1", '... but is listed');
    $m->deliver(join "\n", 'Return-Path: <>', 'From: MAILER-DAEMON@mx.example', 'To: care@shop.example', 'Subject: Undelivered', 'MIME-Version: 1.0', 'Message-ID: <dsn@mx.example>',
        'Content-Type: multipart/report; report-type=delivery-status; boundary=B', '', '--B', 'Content-Type: text/plain', '', 'Sorry.', '--B', 'Content-Type: message/delivery-status', '',
        'Reporting-MTA: dns; mx.example', '', 'Final-Recipient: rfc822; maria@example.com', 'Action: failed', 'Status: 5.1.1', 'Diagnostic-Code: smtp; 550 no such user', '', '--B',
        'Content-Type: message/rfc822', '', "Message-ID: <$ours>", 'Subject: x', '', 'x', '--B--', '');
    is(poll()->{bounces}, 1, 'a mail of ours comes back');
    is(rows('select state, problem from outbox'), 'failed|5.1.1 smtp; 550 no such user', '... it did not arrive, and why');
    is(rows("select count(*) from case_event where kind = 'note' and who = 'mail'"), 1, '... the case says so');
    is(rows($cases), 1, '... and no case is made of it');
}

# What was left alone is made a case after all, by a person's word.
sub after_all {
    fresh('after');
    arrives(subject => 'there before');
    poll();
    arrives(id => "auto.$$.$engine\@example.com", head => ['Auto-Submitted: auto-generated'], subject => 'Report of a broken scale', text => 'The scale in the shop shows nothing.');
    arrives(head => ['List-Id: <news.example.com>'], subject => 'A list');
    arrives(from => 'care@shop.example', subject => 'Passed on', text => 'Passed on by ourselves.');
    arrives(head => ['Auto-Submitted: auto-generated'], subject => 'moved away');
    is(poll()->{left_alone}, 4, "$engine: four mails are left alone");
    my %mail = map { $_->{subject} => $_ } @{ (mail('received'))[1]{mails} };
    is(join(', ', sort keys %mail), 'A list, Passed on, Report of a broken scale, moved away', '... and listed, unlike what was there before');
    my ($rc, $v, $out) = mail('case', $mail{'Report of a broken scale'}{id});
    is($rc, 0, 'a case is made of one of them') or diag($out);
    is(rows("select number from case_file"), $v->{case}, '... of that number');
    is(rows("select count(*) from case_text where body = 'The scale in the shop shows nothing.'"), 1, '... with its words');
    is(rows('select count(*) from outbox'), 0, '... and no machine is answered');
    is((mail('case', $mail{'Report of a broken scale'}{id}))[0], 5, '... once');
    is(rows($cases), 1, '... one case');
    arrives(head => ["In-Reply-To: <auto.$$.$engine\@example.com>"], text => 'One more thing about it.');
    is(poll()->{messages}, 1, 'an answer to it belongs to the case');
    # Numbered anew: found by what it is.
    $m->stop_one('dovecot');
    $m->renumber;
    unlink grep { RebMail::read_file($_) =~ /bW92ZWQgYXdheQ==/ } glob("$d/box/cur/* $d/box/new/*");
    arrives(subject => "first of all $_") for 1 .. 3;
    $m->start_imap;
    ($rc, $v, $out) = mail('case', $mail{'A list'}{id});
    is($rc, 0, 'another, though the folder was numbered anew') or diag($out);
    is(rows("select t.body from case_text t join case_file c on c.customer_id = t.customer_id and c.case_id = t.case_id where t.part = 'subject' and c.number = $v->{case}"), 'A list', '... the right one');
    is((mail('case', $mail{'Passed on'}{id}))[0], 0, 'and what we passed on ourselves');
    is(rows('select count(*) from outbox'), 0, '... nobody writes to himself');
    ($rc, $v, $out) = mail('case', $mail{'moved away'}{id});
    is($rc, 5, 'one that is no longer there');
    like($out, qr/no longer in the folder INBOX/, '... is told so');
    is((mail('case', 7))[0], 4, 'no such mail');
    is(join(', ', map { $_->{subject} } @{ (mail('received'))[1]{mails} }), 'moved away', 'the list holds what is left');
    my $before = rows($cases);
    is(poll()->{cases}, 3, 'reading goes on: the new mails, and none twice');
    is(rows($cases), $before + 3, '... each one case');
}

sub too_many {
    fresh('many');
    poll();
    arrives(from => 'loop@example.com', subject => "n $_") for 1 .. 25;
    my $got = poll();
    is_deeply([@$got{qw(cases messages)}], [20, 5], "$engine: of 25 complaints of one sender 20 are cases, the others join the newest");
    is(rows("select count(*) from outbox where kind = 'ack'"), 5, 'and five are acknowledged');
    rows("update outbox set created_us = created_us - 86400000000");
    rows("update mail_in set received_us = received_us - 86400000000");
    arrives(from => 'shop.example wins <other@example.com>', head => ['Reply-To: loop@example.com'], text => 'It came broken.');
    is(poll()->{cases}, 1, 'another one, a day later, under another address that is answered at the same');
    is(rows("select count(*) from outbox where kind = 'ack'"), 6, '... is acknowledged again');
    is(rows("select count(*) from outbox where body like '%wins%'"), 0, '... and not greeted by what is no name');
    # The case holds as many files as it can.
    my ($number) = rows("select case_number from mail_in where became = 'case' order by mail_id desc limit 1");
    rows("insert into case_attachment (customer_id, case_id, attachment_id, name, media_type, byte_count, sha256, created_us)
        with recursive n(i) as (select 1 union all select i + 1 from n where i < 199)
        select c.customer_id, c.case_id, n.i, 'x', 'image/png', 1, '', 0 from case_file c, n where c.number = $number");
    my ($first) = rows("select message_id from mail_in where case_number = $number");
    my $png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    $m->deliver(join "\n", 'Return-Path: <loop@example.com>', 'From: loop@example.com', 'To: care@shop.example', 'Subject: photos', "In-Reply-To: <$first>", "Message-ID: <photos.$$\@x>", 'MIME-Version: 1.0',
        'Content-Type: multipart/mixed; boundary=b', '', '--b', 'Content-Type: text/plain', '', 'Here are three photos.',
        (map { ('--b', "Content-Type: image/png; name=photo$_.png", 'Content-Transfer-Encoding: base64', '', $png) } 1 .. 3), '--b', 'Content-Type: application/zip; name=all.zip', 'Content-Transfer-Encoding: base64', '', 'UEsDBAoAAAAAAA==', '--b--', '');
    is(poll()->{messages}, 1, 'a mail with more files than the case holds is a message all the same');
    is(rows("select count(*) from case_text where part = 'body' and body = 'Here are three photos.'"), 1, '... with its words');
    is(rows("select name from case_attachment where name <> 'x'"), 'photo1.png', '... and the file that fitted');
    like(rows("select t.body from case_event e join case_text t on t.customer_id = e.customer_id and t.case_id = e.case_id and t.seq = e.seq where e.kind = 'note' and e.who = 'mail'"),
        qr/not taken.*- all\.zip.*200 files.*- photo2\.png\n- photo3\.png/s, '... and a note names those that did not');
}

sub limits {
    fresh('limits');
    poll();
    my $line = ('A' x 76) . "\n";
    my $part = "--b\nContent-Type: video/mp4; name=film.mp4\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64\n\n";
    my $head = join "\n", 'From: maria@example.com', 'To: care@shop.example', 'Subject: film', 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b';
    $m->deliver("$head\nMessage-ID: <big.$$\@x>\n\n--b\nContent-Type: text/plain\n\nSee the film of it.\n$part" . $line x (50 * 1024 * 1024 / 57) . "--b--\n");
    $m->deliver("$head\nMessage-ID: <png.$$\@x>\n\n--b\nContent-Type: text/plain\n\nSee the picture of it.\n--b\nContent-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==\n$part" . $line x 200_000 . "--b--\n");
    $m->deliver("From: maria\@example.com\nTo: " . join(",\n ", map { "p$_\@example.com" } 1 .. 10_000) . ", care\@shop.example\nSubject: to all\nMessage-ID: <all.$$\@x>\n\nIt leaks.\n");
    my $got = poll();
    is($got->{cases}, 3, "$engine: 50 MB, 15 MB, ten thousand recipients: three cases");
    is(rows("select count(*) from case_text where part = 'body' and (body like 'See the%' or body like 'It leaks%')"), 3, 'with their words');
    is(rows('select name, media_type from case_attachment'), 'a.png|image/png', 'the small file is kept');
    is(rows("select problem from mail_in where problem <> '' order by problem"), "files_left_out\ntoo_large", 'what was left out is told');
    is(rows("select count(*) from case_event where kind = 'note' and who = 'mail'"), 2, '... in the cases too');
    $m->deliver("From: \"" . 'N' x 390 . "\" <long\@example.com>\nTo: care\@shop.example\nSubject: " . 'ab ' x 130 . "\nMessage-ID: <long.$$\@x>\n\nThe handle is loose.\n");
    is(poll()->{cases}, 1, 'a name and a subject longer than a case keeps: a case all the same');
}

sub outages {
    fresh('outages');
    poll();
    $m->stop_one('dovecot');
    arrives(subject => "while away $_", text => "number $_, please help me with my order") for 1 .. 3;
    my ($rc, undef, $out) = mail('poll');
    is($rc, 10, "$engine: the server is away: told") or diag($out);
    like(rows('select problem from mail_folder'), qr/connect/i, '... and kept to be shown');
    $m->start_imap;
    is(poll()->{cases}, 3, 'back again: nothing was skipped');
    is(rows("select count(*) from mail_folder where problem <> ''"), 0, '... and all is well');
    # A line that is cut in the middle of a mail: each time a little later.
    my $long = join ' ', ('word') x 40_000;
    arrives(text => "cut one $long"), arrives(text => "cut two $long");
    my ($port, $end) = RebMail::proxy($m->{imaps_port}, from_server => 150_000);
    set(mail_imap => "imaps://localhost:$port");
    ($rc) = mail('poll');
    is($rc, 10, 'the line is cut in the middle of a mail');
    is(rows($cases), 3, '... nothing of it is taken');
    $end->();
    ($port, $end) = RebMail::proxy($m->{imaps_port}, from_server => 300_000);
    set(mail_imap => "imaps://localhost:$port");
    # Another port is another folder: put the place where we are, as if it were the same server.
    ($rc) = mail('poll');
    $end->();
    set(mail_imap => "imaps://localhost:$m->{imaps_port}");
    my $first = rows($cases);
    poll();
    is(rows($cases), 5, "the line was cut again after " . ($first - 3) . ' of two; then both are there, each once');
    # Its numbering changes: the folder was made anew.
    $m->stop_one('dovecot');
    $m->renumber;
    arrives(subject => 'after the move');
    $m->start_imap;
    my $got = poll();
    is($got->{cases}, 1, 'the folder was numbered anew: only the new mail is a case');
    ok($got->{known} >= 5, "... $got->{known} are recognised");
    is(poll()->{fetched}, 0, '... and that was that');
}

# A folder is numbered anew. What had been left alone at the first look stays so, also where its date makes it look like a later one: a server tells it to the second, and
# by its own clock.
sub anew {
    fresh('anew');
    my $now = time;
    arrives_at($now + $_, subject => "there before, $_") for 3600, 0, 2;
    ok(poll()->{first}, "$engine: the first look, and mails that came just before it, or, by the server's clock, will come");
    is(rows($cases), 0, '... are left alone');
    arrives(subject => 'afterwards');
    is(poll()->{cases}, 1, 'what comes afterwards is a case');
    $m->stop_one('dovecot');
    $m->renumber;
    arrives(subject => 'while nobody looked');
    $m->start_imap;
    my $got = poll();
    is_deeply([@$got{qw(cases messages)}], [1, 0], 'numbered anew: the one new mail is a case, none that was left alone') or diag(rows('select became, uid, received_us from mail_in'));
    ok($got->{known} >= 4, "... $got->{known} are recognised");
    is(poll()->{fetched}, 0, '... and nothing more comes');
    is(poll('--since', sprintf('%04d-%02d-%02d', (gmtime $now - 86400)[5] + 1900, (gmtime $now - 86400)[4] + 1, (gmtime $now - 86400)[3]))->{cases} >= 3, 1, 'asked for, the earlier ones are taken all the same');
    # A folder that was empty: all that comes is new, whatever its date.
    fresh('empty');
    my $folder = "Empty$engine";
    set(mail_imap_folder => $folder);
    $m->make_box("$d/box/.$folder");
    ok(poll()->{first}, 'an empty folder');
    $m->deliver(letter(subject => 'the clock is late'), came => $now - 7200, folder => $folder);
    is(poll()->{cases}, 1, '... the first mail is a case, though its date is before we looked');
    $m->stop_one('dovecot');
    $m->renumber;
    $m->deliver(letter(subject => 'still late'), came => $now - 7200, folder => $folder);
    $m->start_imap;
    $got = poll();
    is_deeply([@$got{qw(cases known)}], [1, 1], '... and so is the next, numbered anew');
}

# A queue of its own for what is about sending: mails are queued by complaints.
sub queued {
    my ($name, $count, %l) = @_;
    fresh($name);
    poll();
    arrives(from => "q$_\@example.com", %l) for 1 .. $count;
    poll();
    return $m->mark;
}
my $states = 'select state, count(*) from outbox group by state order by state';

sub a_day {
    my $before = queued('day', 3);
    $m->stop_one('exim');
    my $now = time;
    my $at = sub { my @t = gmtime($now + $_[0]); sprintf '%04d-%02d-%02dT%02d:%02d:%02dZ', $t[5] + 1900, $t[4] + 1, @t[3, 2, 1, 0] };
    for my $hour (0, 1, 6, 12, 23) {
        my ($rc, $v) = mail('send', '--now', $at->(60 + $hour * 3600));
        ok($v->{down} && $v->{sent} == 0, "$engine: hour $hour of the outage") or diag(explain($v));
    }
    is(rows($states), 'queued|3', 'all wait');
    my (undef, $list) = mail('queue');
    like(join(' ', map { $_->{problem} // '' } @{ $list->{mails} }), qr/connect/i, '... and it is told why');
    $m->start_smtp;
    is((mail('send', '--now', $at->(86400 + 60)))[1]{sent}, 3, 'a day later all go out');
    is((mail('send', '--now', $at->(86400 + 120)))[1]{sent}, 0, 'once');
    is(scalar(my @all = $m->sent_since($before, 3)), 3, 'three arrived');
    queued('givenup', 1);
    $now = time;
    $m->stop_one('exim');
    mail('send', '--now', $at->(120 * 3600 + 600));
    is(rows($states), 'given_up|1', 'after five days it is given up');
    is(rows("select count(*) from case_event where kind = 'note' and who = 'mail'"), 1, '... and the case says so');
    $m->start_smtp;
}

sub refusals {
    my $before = queued('refused', 1, from => 'refused@example.com');
    is((mail('send'))[1]{failed}, 1, "$engine: refused for good");
    like(rows('select problem from outbox'), qr/5\.1\.1 nobody of that name/, '... in the server\'s words');
    RebMail::write_file("$d/later", '');
    queued('later', 1, from => 'later@example.com');
    my @t = gmtime(time + 1);
    my @now = ('--now', sprintf '%04d-%02d-%02dT%02d:%02d:%02dZ', $t[5] + 1900, $t[4] + 1, @t[3, 2, 1, 0]);
    is((mail('send', @now))[1]{later}, 1, 'put off by the server');
    is((mail('send', @now))[1]{later}, 0, '... left alone for a minute');
    unlink "$d/later";
    my ($id) = rows('select outbox_id from outbox');
    is((mail('retry', $id))[0], 0, 'a person asks for it now');
    is((mail('send'))[1]{sent}, 1, '... and it goes');
    is(scalar(my @all = $m->sent_since($before, 1)), 1, 'one of the two arrived');
}

sub cuts {
    my $before = queued('cut', 1);
    # Large enough that it cannot all lie in the sockets between.
    rows($engine eq 'pg' ? "update outbox set body = repeat('long ', 4000000)" : "update outbox set body = replace(printf('%.*c', 4000000, 'x'), 'x', 'long ')");
    # Without encryption, so that the line between can see where it is.
    RebHttp::run($db, 'set', $_, '--default') for qw(mail_smtp_user mail_smtp_password_file);
    my ($port, $end) = RebMail::proxy($m->{smtp_port}, to_server => 100_000);
    set(mail_smtp => "smtp-plain://127.0.0.1:$port");
    my ($rc, $v) = mail('send');
    is(rows('select state from outbox'), 'queued', "$engine: cut in the middle of the mail: no server has it, it waits") or diag(explain($v));
    $end->();
    rows("update outbox set body = 'short'");
    ($port, $end) = RebMail::proxy($m->{smtp_port}, on => qr/\r\n\.\r\n\z/);
    set(mail_smtp => "smtp-plain://127.0.0.1:$port");
    ($rc, $v) = mail('send');
    is($v->{unsure}, 1, 'cut between the end and the answer: unsure') or diag(explain($v));
    $end->();
    set(mail_smtp => "smtp-plain://127.0.0.1:$m->{smtp_port}");
    is((mail('send'))[1]{sent}, 0, '... and not sent again');
    is(scalar(my @once = $m->sent_since($before, 1)), 1, 'the server had taken it');
    my $id = rows('select outbox_id from outbox');
    is((mail('arrived', $id))[0], 0, 'a person says that it arrived');
    is(rows('select state from outbox'), 'sent', '... it counts as sent');
    # Killed between the server's taking and our writing it down.
    $before = queued('kill', 1);
    RebHttp::run($db, 'set', $_, '--default') for qw(mail_smtp_user mail_smtp_password_file);
    ($port, $end) = RebMail::proxy($m->{smtp_port}, on => qr/\r\n\.\r\n\z/, hold => 1);
    set(mail_smtp => "smtp-plain://127.0.0.1:$port");
    my $pid = fork;
    if ($pid == 0) { open STDOUT, '>', '/dev/null'; open STDERR, '>', '/dev/null'; exec $RebHttp::binary, '--db', $db, 'mail', 'send' or POSIX::_exit(1) }
    my $held = $m->sent_since($before, 1);
    ok($held, 'the server took it, its answer is on the way');
    kill KILL => $pid;
    waitpid $pid, 0;
    $end->();
    is(rows('select state from outbox'), 'sending', 'the process is killed before it hears of it');
    set(mail_smtp => "smtp-plain://127.0.0.1:$m->{smtp_port}");
    my $r = (mail('send'))[1];
    is_deeply([@$r{qw(sent unsure)}], [0, 1], 'the next one finds it unsure and sends nothing');
    is(rows('select state from outbox'), 'unsure', '... until a person says');
    is(scalar(my @still = $m->sent_since($before)), 1, 'it went out once');
    mail('retry', rows('select outbox_id from outbox'));
    is((mail('send'))[1]{sent}, 1, 'by a person\'s word it goes again');
}

sub served {
    fresh('served');
    set(mail_poll_seconds => 5);
    poll();
    my $before = $m->mark;
    my $s = RebHttp::serve($db, '--rate', '0');
    arrives(text => 'Please tell me where my order is.', from => 'served@example.com');
    my $t = time;
    my @sent = $m->sent_since($before, 1);
    is(scalar @sent, 1, "$engine: a running server fetches and answers by itself") or diag(RebHttp::slurp($s->{log}));
    diag(sprintf 'answered after %.1f s, looking every 5 s', time - $t);
    my ($rc, $v, $out) = mail('send');
    ok($rc == 0 || $rc == 9, 'sending by hand at the same time does no harm');
    is($s->stop, 0, 'it stops in order');
    my $log = RebHttp::slurp($s->{log});
    unlike($log, qr/\Q$m->{password}\E/, 'the log knows no password');
    unlike($log, qr/served\@example/, '... and no address');
}

for my $e ($ENV{REB_MAIL_ENGINE} || RebHttp::engines()) {
    $engine = $e;
    begins_and_settles();
    languages();
    threads();
    machines();
    after_all();
    too_many();
    limits() if $engine eq 'sqlite';
    outages();
    anew();
    a_day();
    refusals();
    cuts();
    served();
    is(rows("select count(*) from setting where value like '%$m->{password}%'"), 0, "$engine: the password is not in the database");
}
done_testing;
