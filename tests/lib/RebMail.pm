# Real mail servers for tests: Exim takes mail in and delivers it into Maildirs, Dovecot lets it be read by IMAP. Both on loopback, in a folder of their own, with a certificate
# of their own, as the user who runs the test (root gives way to nobody). And a line between: a proxy that can be cut.
package RebMail;
use strict;
use warnings;
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::INET;
use POSIX qw(:sys_wait_h setuid setgid);
use Time::HiRes qw(sleep time);

my @running;        # process ids, each the first of a group of its own, ended at the end
my $owner = $$;
my $patience = 120; # seconds that are waited for a thing that is sure to come: a busy machine is no fault

sub missing {
    my @missing = grep { !-x $_ } qw(/usr/sbin/exim4 /usr/sbin/dovecot /usr/bin/openssl);
    return @missing ? join(' and ', @missing) . ' missing' : '';
}

# Below those that the system hands out for connections: a server that is stopped and started again finds its port free.
my %given;
sub free_port {
    for (1 .. 1000) {
        my $port = 10_000 + int rand 20_000;
        next if $given{$port}++;
        return $port if IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1', LocalPort => $port);
    }
    die 'no port';
}

sub write_file {
    my ($file, $text) = @_;
    open my $f, '>:raw', $file or die "$file: $!";
    print $f $text;
    close $f;
}

# As whom servers run: the caller, or nobody where that is root.
sub as_user {
    my (@words) = @_;
    my $pid = fork // die "fork: $!";
    if ($pid) {
        POSIX::setpgid($pid, $pid);
        return $pid;
    }
    POSIX::setpgid(0, 0);
    open STDIN, '<', '/dev/null';
    open STDOUT, '>>', "$ENV{REB_MAIL_DIR}/said";
    open STDERR, '>&', \*STDOUT;
    if ($> == 0) {
        my ($uid, $gid) = (getpwnam('nobody'))[2, 3];
        $) = "$gid $gid";
        setgid($gid);
        setuid($uid);
    }
    exec @words or POSIX::_exit(127);
}

sub wait_port {
    my ($port, $what) = @_;
    my $end = time + $patience;
    while (time < $end) {
        my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, Timeout => 1);
        return 1 if $s;
        sleep 0.05;
    }
    die "$what does not listen";
}

sub new {
    my ($class) = @_;
    my $dir = tempdir('rebound-mail.XXXXXX', TMPDIR => 1, CLEANUP => 1);
    chmod 0755, $dir;
    my $self = bless { dir => $dir, smtp_port => free_port(), smtps_port => 0, imap_port => free_port(), imaps_port => free_port(), password => 's3cret pass' }, $class;
    mkdir "$dir/$_" for qw(spool log run box box/new box/cur box/tmp out);
    system("openssl req -x509 -newkey rsa:2048 -nodes -keyout $dir/key.pem -out $dir/cert.pem -days 3 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null") == 0
        or die 'no certificate';
    write_file("$dir/password", "$self->{password}\n");
    my ($user, $group) = $> == 0 ? ('nobody', 'nogroup') : ((getpwuid($>))[0], scalar getgrgid($)));
    @$self{qw(user group)} = ($user, $group);
    $self->exim_config;
    $self->dovecot_config;
    system('chown', '-R', "$user:$group", $dir) == 0 or die 'chown' if $> == 0;
    chmod 0600, "$dir/key.pem";
    return $self;
}

# Everything that is taken lies in DIR/out/new: what Rebound has sent. care@ and care+...@ go to the folder that Dovecot shows.
sub exim_config {
    my ($self) = @_;
    my $d = $self->{dir};
    write_file("$d/exim.conf", <<"CONF");
primary_hostname = mx.shop.example
spool_directory = $d/spool
log_file_path = $d/log/%slog
pid_file_path = $d/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = $self->{smtp_port}
tls_advertise_hosts = *
tls_certificate = $d/cert.pem
tls_privatekey = $d/key.pem
exim_user = $self->{user}
exim_group = $self->{group}
never_users =
deliver_drop_privilege = true
keep_environment =
host_lookup =
message_size_limit = 60M
smtp_accept_max = 100
smtp_accept_queue_per_connection = 0
acl_smtp_rcpt = rcpt
acl_smtp_predata = predata
begin acl
rcpt:
  deny local_parts = refused
       message = 5.1.1 nobody of that name
  defer local_parts = later
        condition = \${if exists{$d/later}{yes}{no}}
        message = 4.2.0 come back
  accept
predata:
  accept
begin routers
box:
  driver = accept
  local_parts = care : ^care\\\\+
  domains = shop.example
  transport = box
out:
  driver = accept
  transport = out
begin transports
box:
  driver = appendfile
  directory = $d/box
  maildir_format
  envelope_to_add
  return_path_add
out:
  driver = appendfile
  directory = $d/out
  maildir_format
  create_directory
  envelope_to_add
begin authenticators
PLAIN:
  driver = plaintext
  public_name = PLAIN
  server_set_id = \$auth2
  server_prompts = :
  server_condition = \${if and{{eq{\$auth2}{care}}{eq{\$auth3}{$self->{password}}}}}
  server_advertise_condition = \${if def:tls_in_cipher}
CONF
}

sub dovecot_config {
    my ($self) = @_;
    my $d = $self->{dir};
    write_file("$d/users", "care:{PLAIN}$self->{password}\n");
    write_file("$d/dovecot.conf", <<"CONF");
base_dir = $d/run
state_dir = $d/run
log_path = $d/dovecot.log
protocols = imap
listen = 127.0.0.1
default_internal_user = $self->{user}
default_internal_group = $self->{group}
default_login_user = $self->{user}
first_valid_uid = 1
first_valid_gid = 1
ssl = yes
ssl_cert = <$d/cert.pem
ssl_key = <$d/key.pem
disable_plaintext_auth = yes
auth_failure_delay = 0
mail_location = maildir:$d/box
mail_fsync = never
passdb {
  driver = passwd-file
  args = scheme=PLAIN $d/users
}
userdb {
  driver = static
  args = uid=$self->{user} gid=$self->{group} home=$d
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $self->{imap_port}
  }
  inet_listener imaps {
    port = $self->{imaps_port}
    ssl = yes
  }
}
CONF
}

sub start_smtp {
    my ($self) = @_;
    $ENV{REB_MAIL_DIR} = $self->{dir};
    $self->{exim} = as_user('/usr/sbin/exim4', '-C', "$self->{dir}/exim.conf", '-bdf');
    push @running, $self->{exim};
    wait_port($self->{smtp_port}, 'Exim');
}

sub start_imap {
    my ($self) = @_;
    $ENV{REB_MAIL_DIR} = $self->{dir};
    $self->{dovecot} = as_user('/usr/sbin/dovecot', '-F', '-c', "$self->{dir}/dovecot.conf");
    push @running, $self->{dovecot};
    wait_port($_, 'Dovecot') for $self->{imap_port}, $self->{imaps_port};
}

# Ends a server with all its processes: what follows finds nobody at its ports, and nothing is written any more.
sub end_group {
    my ($pid) = @_;
    kill TERM => $pid;
    waitpid $pid, 0;
    kill TERM => -$pid;
    my $end = time + $patience;
    while (kill 0, -$pid) {
        kill KILL => -$pid if time > $end - $patience + 10;
        die "processes of $pid do not end" if time > $end;
        sleep 0.02;
    }
    @running = grep { $_ != $pid } @running;
}

sub stop_one {
    my ($self, $name) = @_;
    my $pid = delete $self->{$name} or return;
    $self->settle if $name eq 'exim';
    end_group($pid);
}

# A mail lands in the folder that is read, as a server would put it there; `came`: when, by the server's clock.
my $count = 0;
sub deliver {
    my ($self, $text, %how) = @_;
    my $box = "$self->{dir}/box" . ($how{folder} ? "/.$how{folder}" : '');
    my $name = sprintf('%d.M%06dP%d.test', time, ++$count, $$);
    $text =~ s/\r\n/\n/g;
    $self->make_box($box);
    write_file("$box/tmp/$name", $text);
    $self->own("$box/tmp/$name");
    utime $how{came}, $how{came}, "$box/tmp/$name" if $how{came};
    rename "$box/tmp/$name", "$box/new/$name" or die "deliver: $!";
}

sub own {
    my ($self, @files) = @_;
    return if $> != 0;
    chown((getpwnam('nobody'))[2, 3], @files);
}

sub make_box {
    my ($self, $box) = @_;
    for (grep { !-d $_ } $box, map { "$box/$_" } qw(new cur tmp)) {
        mkdir $_ or die "$_: $!";
        $self->own($_);
    }
}

# Forgets how the mails were numbered, as when a folder is made anew or moved to another server. The server must be stopped.
sub renumber {
    my ($self) = @_;
    my @files = glob("$self->{dir}/box/dovecot* $self->{dir}/box/.[!.]*/dovecot*");
    unlink(@files) == @files or die "renumber: $!";
}

# Waits until what Exim took is delivered: it keeps each mail in its spool for as long.
sub settle {
    my ($self) = @_;
    my $end = time + $patience;
    while (my @left = glob("$self->{dir}/spool/input/*")) {
        die "Exim does not deliver: @left\n" . $self->logs if time > $end;
        sleep 0.02;
    }
}

# What was sent and delivered so far: pass it to sent_since.
sub mark {
    my ($self) = @_;
    $self->settle;
    return { map { $_ => 1 } glob("$self->{dir}/out/new/*") };
}

# What was delivered since a mark, at least so many as are waited for.
sub sent_since {
    my ($self, $mark, $least) = @_;
    my $end = time + $patience;
    while (1) {
        $self->settle;
        my @files = grep { !$mark->{$_} } glob("$self->{dir}/out/new/*");
        return map { read_file($_) } @files if @files >= ($least // 0) || time >= $end;
        sleep 0.05;
    }
}

sub read_file {
    my ($file) = @_;
    open my $f, "<:raw", $file or return "";
    local $/;
    return <$f> // "";
}

sub logs {
    my ($self) = @_;
    return join "", map { read_file($_) } "$self->{dir}/log/mainlog", "$self->{dir}/dovecot.log", "$self->{dir}/said";
}

# A line to PORT, passed through until so many bytes came from the server (or went to it), then cut. Gives (port of the line, function that stops it).
sub proxy {
    my ($port, %cut) = @_;    # from_server => N, to_server => N; on => what is passed on to the server, and then no answer comes back; hold: the line then stays open, silent; once => 1
    my $listen = IO::Socket::INET->new(Listen => 20, LocalAddr => '127.0.0.1', LocalPort => 0, ReuseAddr => 1) or die "proxy: $!";
    my $line = $listen->sockport;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        POSIX::setpgid(0, 0);
        my $cuts = 0;
        while (my $client = $listen->accept) {
            my $server = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port) or next;
            my ($from, $to, $all) = (0, 0, '');
            my $armed = !($cut{once} && $cuts);
            my $select = IO::Select->new($client, $server);
            PASS: while (my @ready = $select->can_read($patience)) {
                for my $s (@ready) {
                    my $n = sysread $s, my $data, 4096;
                    last PASS if !$n;
                    if ($s == $server) {
                        $from += $n;
                        if ($armed && $cut{from_server} && $from > $cut{from_server}) { $cuts++; last PASS }
                        syswrite $client, $data;
                    } else {
                        $to += $n;
                        $all = substr($all . $data, -8192);
                        if ($armed && $cut{to_server} && $to > $cut{to_server}) { $cuts++; last PASS }
                        syswrite $server, $data;
                        if ($armed && $cut{on} && $all =~ $cut{on}) {
                            $cuts++;
                            $select->remove($client);
                            sysread $server, $data, 4096 if $select->can_read($patience);    # its answer, which goes nowhere
                            sleep $patience if $cut{hold};
                            last PASS;
                        }
                    }
                }
            }
            close $client;
            close $server;
        }
        POSIX::_exit(0);
    }
    POSIX::setpgid($pid, $pid);
    close $listen;
    push @running, $pid;
    return ($line, sub { end_group($pid) });
}

END {
    if ($$ == $owner) {
        my $status = $?;
        end_group($_) for @running;
        $? = $status;
    }
}

1;
