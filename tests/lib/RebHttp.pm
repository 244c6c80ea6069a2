# For tests of the server, in Perl as Debian has it: a database of one's own on either engine, a server process, raw sockets and JSON calls.
package RebHttp;
use strict;
use warnings;
use File::Temp qw(tempdir);
use HTTP::Tiny;
use IO::Select;
use IO::Socket::INET;
use JSON::PP;
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(time);

our $binary = $ENV{REBOUND} // 'build/asan/rebound';
our $tmp = tempdir('rebound-http.XXXXXX', TMPDIR => 1, CLEANUP => 1);
my @running;
my $json = JSON::PP->new->utf8->allow_nonref;

# The engines that can be tested here: sqlite always, pg where the runner has started a cluster.
sub engines { return ('sqlite', $ENV{REB_TEST_PG} ? 'pg' : ()) }

sub new_db {
    my ($engine, $name) = @_;
    my $db = "$tmp/$name.db";
    if ($engine eq 'pg') {
        my $full = "http_${name}_$$";
        system('psql', '-qX', $ENV{REB_TEST_PG}, '-c', "create database \"$full\"") == 0 or die "no database";
        ($db = $ENV{REB_TEST_PG}) =~ s{/postgres\?}{/$full?};
    }
    my ($rc, $out) = run($db, 'init', '--currency', 'GBP', '--timezone', 'Europe/London');
    die "init failed: $out" if $rc;
    return $db;
}

# Runs a command to its end: (exit code, output with errors).
sub run {
    my ($db, @words) = @_;
    my $pid = open(my $out, '-|') // die "fork: $!";
    if ($pid == 0) {
        open STDERR, '>&', \*STDOUT;
        open STDIN, '<', '/dev/null';
        exec $binary, '--db', $db, @words or die;
    }
    local $/;
    my $text = <$out>;
    close $out;
    return ($? >> 8, $text // '');
}

# The same with text for its standard input.
sub run_with {
    my ($input, $db, @words) = @_;
    my $file = "$tmp/input.$$";
    open my $f, '>', $file or die;
    print $f $input;
    close $f;
    my $pid = open(my $out, '-|') // die "fork: $!";
    if ($pid == 0) {
        open STDERR, '>&', \*STDOUT;
        open STDIN, '<', $file;
        exec $binary, '--db', $db, @words or die;
    }
    local $/;
    my $text = <$out>;
    close $out;
    return ($? >> 8, $text // '');
}

our $password = 'correct horse battery staple';

# Somebody who may enter, with $password.
sub add_user {
    my ($db, $email, $role) = @_;
    my ($rc, $out) = run_with("$password\n", $db, 'user', 'add', $email, '--role', $role, '--name', "The $role", '--password-stdin');
    die "user add: $out" if $rc;
}

# Signs in and gives the headers of a signed-in browser: cookies and the word for writes.
sub sign_in {
    my ($self, $email, $word) = @_;
    my ($status, $v, $h) = $self->call('POST', '/v1/session', { email => $email, password => $word // $password });
    die "sign-in of $email: $status" if $status != 200;
    return headers_of($v, $h);
}
sub headers_of {
    my ($v, $h) = @_;
    my $set = $h->{'set-cookie'};
    my @cookies = map { /^([^;]+)/ ? $1 : () } ref $set ? @$set : ($set);
    return { Cookie => join('; ', @cookies), 'X-Rebound-CSRF' => $v->{csrf} };
}

# A server on a free port; {port, pid, url, log, db}.
sub serve {
    my ($db, @options) = @_;
    my $log = "$tmp/log." . scalar(@running) . ".$$";
    my $pid = open(my $out, '-|') // die "fork: $!";
    if ($pid == 0) {
        open STDERR, '>', $log;
        open STDIN, '<', '/dev/null';
        $ENV{TMPDIR} = $tmp;
        exec $binary, '--db', $db, '--json', 'serve', '--listen', '127.0.0.1:0', '--check-answers', @options or die;
    }
    my $line = <$out>;
    my $self = bless { pid => $pid, log => $log, db => $db, out => $out }, 'RebHttp';
    push @running, $self;
    if (!defined $line) {
        my $why = slurp($log);
        $self->{pid} = 0;
        die "the server did not start: $why";
    }
    ($self->{url}) = $line =~ /"url":"([^"]+)"/;
    ($self->{welcome}) = $line =~ m{"welcome":"[^"]*/#/welcome/([^"]+)"};
    ($self->{port}) = $self->{url} =~ /:(\d+)$/;
    return $self;
}

sub slurp { my $f = shift; local (@ARGV, $/) = $f; return -e $f ? scalar <> : '' }

# Ends a server; its exit code (or -signal).
sub stop {
    my ($self, $signal) = @_;
    return unless $self->{pid};
    kill $signal // 'TERM', $self->{pid};
    my $pid = $self->{pid};
    $self->{pid} = 0;
    close $self->{out};    # waits
    return $? & 127 ? -($? & 127) : $? >> 8;
}

END { my $keep = $?; $_->stop('KILL') for @running; $? = $keep }

sub connect_to {
    my ($self) = @_;
    return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port}, Proto => 'tcp') // die "connect: $!";
}

# The longest that anything is waited for. Only what fails takes so long: no test depends on how fast the machine is.
our $patience = 120;

# Everything the server sends until it closes, or until nothing came for $quiet seconds.
sub read_all {
    my ($socket, $quiet) = @_;
    my ($text, $select) = ('', IO::Select->new($socket));
    while ($select->can_read($quiet // $patience)) {
        my $n = sysread $socket, my $part, 65536;
        last unless $n;
        $text .= $part;
    }
    return $text;
}

# Reads until the pattern is seen or the connection ends; what came. $seconds: for what shall not come.
sub read_until {
    my ($socket, $pattern, $seconds) = @_;
    my ($text, $select, $end) = ('', IO::Select->new($socket), time + ($seconds // $patience));
    while ((my $left = $end - time) > 0) {
        last unless $select->can_read($left);
        last unless sysread $socket, my $part, 65536;
        $text .= $part;
        last if $text =~ $pattern;
    }
    return $text;
}

# Sends bytes, gives all that is answered until the server closes.
sub raw {
    my ($self, $bytes) = @_;
    my $s = $self->connect_to;
    syswrite $s, $bytes;
    return read_all($s);
}

# One JSON call: (status, decoded body or text, headers).
sub call {
    my ($self, $method, $path, $body, $headers) = @_;
    my %h = ('Content-Type' => 'application/json', %{ $headers // {} });
    my %options = (headers => \%h);
    $options{content} = ref $body ? $json->encode($body) : $body if defined $body;
    my $r = HTTP::Tiny->new(timeout => $patience)->request($method, "$self->{url}$path", \%options);
    my $type = $r->{headers}{'content-type'} // '';
    my $value = $type =~ /^application\/json/ ? eval { $json->decode($r->{content}) } : $r->{content};
    return ($r->{status}, $value, $r->{headers});
}

# Waits until a check holds, by asking again; false when it never did.
sub eventually {
    my $check = pop;
    my $end = time + $patience;
    while (time < $end) {
        my $v = $check->();
        return $v if $v;
        select undef, undef, undef, 0.05;
    }
    return;
}

1;
