# Driven by bench_cases.sh.
use strict;
use warnings;
use HTTP::Tiny;
use JSON::PP;
use POSIX ();
use RebHttp;
use RebMail;
use Time::HiRes qw(sleep time);

$RebHttp::binary = $ENV{REBOUND} // 'build/rebound';
my $seconds = $ENV{SECONDS} // 120;
my $goal_ok = 1;
my $mails = RebMail::missing() eq '';
print "mail servers are not installed: the form alone\n" if !$mails;

# One form, as a browser sends it; (status, where to, seconds).
sub send_form {
    my ($url, $key, $n, $file) = @_;
    my %field = (key => $key, body => "Complaint $n: the cup came broken, and the handle lies beside it. Please see to it.", email => "c$n\@example.com", order => "A-$n");
    my $body = join '', map { "--bOuNd\r\nContent-Disposition: form-data; name=\"$_\"\r\n\r\n$field{$_}\r\n" } sort keys %field;
    $body .= "--bOuNd\r\nContent-Disposition: form-data; name=\"files\"; filename=\"cup.png\"\r\n\r\n$file\r\n" if defined $file;
    my $begin = time;
    my $r = HTTP::Tiny->new(timeout => 60, max_redirect => 0)->request('POST', "$url/complain",
        { headers => { 'Content-Type' => 'multipart/form-data; boundary=bOuNd' }, content => "$body--bOuNd--\r\n" });
    return ($r->{status}, $r->{headers}{location} // '', time - $begin);
}

# Several at once, each in a process of its own; their answers, one line each.
sub at_once {
    my @work = @_;
    my @out = map {
        my $one = $_;
        my $pid = open(my $f, '-|') // die "fork: $!";
        if ($pid == 0) { print join("\t", $one->()), "\n"; $| = 1; close STDOUT; POSIX::_exit(0) }
        $f;
    } @work;
    return map { chomp(my $l = <$_> // ''); close $_; [split /\t/, $l] } @out;
}

sub median { my @s = sort { $a <=> $b } @_; return @s ? $s[@s / 2] : 0 }
sub at { my ($share, @v) = @_; my @s = sort { $a <=> $b } @v; return @s ? $s[$share * $#s] : 0 }

sub run_load {
    my ($engine, $per_hour, $span) = @_;
    my $db = RebHttp::new_db($engine, "load_$per_hour");
    my $m;
    my %set = (form_per_hour => 0, name => 'The shop', public_url => 'http://127.0.0.1');
    if ($mails) {
        $m = RebMail->new;
        $m->start_smtp;
        $m->start_imap;
        %set = (%set, mail_from => 'care@shop.example', mail_smtp => "smtp://localhost:$m->{smtp_port}", mail_smtp_user => 'care', mail_smtp_password_file => "$m->{dir}/password",
            mail_imap => "imaps://localhost:$m->{imaps_port}", mail_imap_user => 'care', mail_imap_password_file => "$m->{dir}/password", mail_ca_file => "$m->{dir}/cert.pem",
            mail_poll_seconds => 1);
    }
    for (sort keys %set) { my ($rc, $out) = RebHttp::run($db, 'set', $_, $set{$_}); die "set $_: $out" if $rc }
    my $s = RebHttp::serve($db, '--rate', 2000);
    my $console = 0;
    if (-x '/usr/bin/chromium' && -d 'tests/browser/node_modules') {
        $console = fork // die;
        if ($console == 0) { open STDOUT, '>', "$RebHttp::tmp/console.txt"; exec 'tools/node.sh', 'node', 'bench/cases_console.mjs', $s->{url} or die }
        sleep 3;
    }
    my $form = HTTP::Tiny->new->get("$s->{url}/complain")->{content};
    my ($token) = $form =~ /name="key" value="([^"]+)\.[0-9a-f]{16}"/ or die 'no key';
    sleep 2.5;
    my $png = "\x89PNG\r\n\x1A\n" . join('', map { chr(($_ * 31) & 255) } 1 .. 200_000);

    my $count = int($per_hour * $span / 3600);
    my (@took, %number, %mailed, $refused, $doubled);
    my $begin = time;
    my ($forms, $letters) = (0, 0);
    for my $n (1 .. $count) {
        my $due = $begin + ($n - 1) * $span / $count;
        sleep $due - time if $due > time;
        if ($m && $n % 2) {
            $mailed{"m$n\@example.com"} = time;
            $letters++;
            $m->deliver(join "\n", "From: m$n\@example.com", 'To: care@shop.example', "Subject: kettle $n", "Message-ID: <load$n.$$\@example.com>", 'MIME-Version: 1.0',
                'Content-Type: text/plain; charset=utf-8', '', "My kettle number $n leaks, please help me with it.", '');
            next;
        }
        my $key = sprintf '%s.%016x', $token, $n;
        my @file = $n % 10 == 4 ? ($png) : ();
        $forms++;
        my @answers = $n % 20 == 2 ? at_once((sub { send_form($s->{url}, $key, $n, @file) }) x 2) : [send_form($s->{url}, $key, $n, @file)];
        my %seen;
        for my $a (@answers) {
            if (($a->[0] // 0) == 303) { $seen{ ($a->[1] =~ m{/c/(\d+)})[0] }++; push @took, $a->[2] }
            else { $refused++; print "# form $n: ", join(' ', @$a), "\n" }
        }
        $doubled++ if keys %seen > 1;
        $number{$_}++ for keys %seen;
    }
    my $spent = time - $begin;

    # Everything that was sent is there, once. The mails' acknowledgements come in their own time.
    my $total = sub { JSON::PP::decode_json(HTTP::Tiny->new->get("$s->{url}/v1/cases?limit=1")->{content})->{total} };
    my $end = time + 60;
    sleep 0.5 while $total->() < $forms + $letters && time < $end;
    my $there = $total->();
    my (@mail_took, %acked);
    if ($m) {
        my $wanted = $forms + $letters;    # who wrote by the form gets the same by mail
        sleep 0.5 while scalar(my @f = glob("$m->{dir}/out/new/*")) < $wanted && time < $end + 30;
        for my $f (glob("$m->{dir}/out/new/*")) {
            my $text = RebMail::read_file($f);
            my ($to) = $text =~ /^To:.*?([\w.]+\@example\.com)/mi or next;
            $acked{$to}++;
            push @mail_took, (Time::HiRes::stat($f))[9] - $mailed{$to} if $mailed{$to};
        }
    }
    my $twice = grep { $_ > 1 } values %acked;
    my $unacked = grep { !$acked{$_} } keys %mailed;
    kill 'TERM', $console if $console;
    waitpid $console, 0 if $console;
    my $rows = RebHttp::slurp("$RebHttp::tmp/console.txt");
    my $code = $s->stop;
    my ($rc, $out) = RebHttp::run($db, 'verify');
    $m->stop_one($_) for $m ? qw(exim dovecot) : ();

    printf "%s, %d an hour for %.0f s, console %s: %d by form, %d by mail\n", $engine, $per_hour, $spent, $console ? 'open' : 'not open', $forms, $letters;
    printf "  there: %d of %d; doubled: %d; refused: %d; database %s\n", $there, $forms + $letters, $doubled // 0, $refused // 0, $rc ? "NOT in order: $out" : 'in order';
    printf "  told after, by the form: median %.0f ms, 99 of 100 within %.0f ms, longest %.0f ms\n", 1e3 * median(@took), 1e3 * at(0.99, @took), 1e3 * at(1, @took);
    printf "  told after, by mail:     median %.2f s, 99 of 100 within %.2f s; not told %d, told twice %d\n", median(@mail_took), at(0.99, @mail_took), $unacked, $twice if $m;
    printf "  both:                    median %.2f s (goal: under 2 s)\n", median(@took, @mail_took);
    print "  console: $rows" if $rows;
    my $good = $there == $forms + $letters && !$doubled && !$refused && !$rc && !$unacked && !$twice && median(@took, @mail_took) < 2 && $code == 0;
    print $good ? "  goal reached\n" : "  GOAL MISSED\n";
    $goal_ok = 0 if !$good;
}

for my $engine (split ' ', $ENV{ENGINES} // 'sqlite') {
    run_load($engine, $ENV{PER_HOUR} // 1000, $seconds);
    run_load($engine, 20_000, $seconds < 60 ? $seconds : 60) if !$ENV{PER_HOUR};
}
exit($goal_ok ? 0 : 1);
