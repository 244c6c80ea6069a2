#!/usr/bin/env perl
# Executes the manual and the README. In README.md and docs/manual/*.md a block fenced as ```console holds commands ("$ command", "> continuation") and the exact output of
# each. All blocks of a page run in one bash, in an empty folder of their own, with rebound in the path.
#   - a line "..." matches any lines, also none; "[...]" inside a line matches any text;
#   - lines of progress are left out;
#   - a command that fails must be followed by "$ echo $?", so that the page tells the exit code.
# `tests/manual/manual.t --update [PAGE...]` writes what really came out into the pages, for a person to read over.
use strict;
use warnings;
use Cwd qw(abs_path getcwd);
use File::Temp qw(tempdir);

my $update = @ARGV && $ARGV[0] eq '--update' ? shift : undef;
my @pages  = @ARGV ? @ARGV : ('README.md', sort glob 'docs/manual/*.md');
my $binary = abs_path($ENV{REBOUND} // 'build/asan/rebound') or die "build/asan/rebound is not built\n";
my $mark   = "\x01";
my ($n, $bad) = (0, 0);

sub check {
    my ($pass, $name, @why) = @_;
    $n++;
    $bad++ unless $pass;
    print $pass ? 'ok' : 'not ok', " $n - $name\n";
    unless ($pass) { print "# $_\n" for @why }
}

sub slurp {
    my ($path) = @_;
    open my $f, '<', $path or return undef;
    local $/;
    return scalar <$f>;
}

# The commands of a page: {line, text, want => [lines], from, to} where from..to are the places of the wanted output.
sub read_page {
    my ($lines) = @_;
    my (@commands, $inside);
    for my $i (0 .. $#$lines) {
        my $l = $lines->[$i];
        if (!$inside) { $inside = $l =~ /^```console\s*$/; next }
        if ($l =~ /^```\s*$/) { $inside = 0; next }
        if ($l =~ /^\$ (.*)/) { push @commands, { line => $i + 1, text => $1, want => [], from => $i + 1 }; next }
        next unless @commands;
        my $c = $commands[-1];
        if ($l =~ /^> (.*)/ && !@{ $c->{want} }) { $c->{text} .= "\n$1"; $c->{from} = $i + 1; next }
        push @{ $c->{want} }, $l;
    }
    return @commands;
}

# Runs them in one bash; returns for each its output lines and its exit status.
sub run_page {
    my (@commands) = @_;
    my $folder = tempdir('rebound-manual.XXXXXX', TMPDIR => 1, CLEANUP => 1);
    mkdir "$folder/bin";
    symlink $binary, "$folder/bin/rebound";
    mkdir "$folder/work";
    open my $script, '>', "$folder/script" or die;
    for my $c (@commands) {
        (my $text = $c->{text}) =~ s/'/'\\''/g;
        print $script "(exit \${_status:-0}); eval '$text'\n_status=\$?; printf '$mark%d\\n' \$_status\n";
    }
    close $script;
    my $pid = open my $out, '-|';
    die "fork: $!" unless defined $pid;
    if ($pid == 0) {
        %ENV = (PATH => "$folder/bin:/usr/local/bin:/usr/bin:/bin", HOME => "$folder/work", LC_ALL => 'C.UTF-8', TZ => 'UTC', TMPDIR => $folder,
            map { $_ => $ENV{$_} } grep { /^(ASAN|UBSAN|LSAN)_OPTIONS$/ } keys %ENV);
        chdir "$folder/work" or die;
        open STDIN, '<', '/dev/null';
        open STDERR, '>&', \*STDOUT;
        exec 'timeout', '600', 'bash', '--norc', "$folder/script" or die;
    }
    my @results;
    my @lines;
    while (my $l = <$out>) {
        chomp $l;
        next if $l =~ /^[a-z]+: +\d+% .*, [\d,]+ a second\b/; # progress, told every five seconds: a slow machine shows it, a fast one does not
        if ($l =~ /^(.*)$mark(\d+)$/) {
            push @lines, $1 if $1 ne '';
            push @results, { lines => [@lines], status => $2 };
            @lines = ();
        } else {
            push @lines, $l;
        }
    }
    close $out;
    return @results;
}

sub line_matches {
    my ($want, $got) = @_;
    my $re = join '.*', map { quotemeta } split /\Q[...]\E/, $want, -1;
    return $got =~ /^$re$/;
}

# Whether the wanted lines match the lines that came, with "..." standing for any number of lines.
sub matches {
    my ($want, $got) = @_;
    my ($w, $g, $star, $from) = (0, 0, -1, 0);
    while ($g < @$got) {
        if ($w < @$want && $want->[$w] =~ /^\s*\.\.\.\s*$/) { ($star, $from) = ($w++, $g) }
        elsif ($w < @$want && line_matches($want->[$w], $got->[$g])) { $w++; $g++ }
        elsif ($star >= 0) { $w = $star + 1; $g = ++$from }
        else { return 0 }
    }
    $w++ while $w < @$want && $want->[$w] =~ /^\s*\.\.\.\s*$/;
    return $w == @$want;
}

# For --update: a line as it came, or the wanted one that matches it; what differs from run to run (ids, codes of items, times) as "[...]".
sub settle {
    my ($got, @want) = @_;
    for my $w (@want) { return $w if $w =~ /\[\.\.\.\]/ && $w ne '[...]' && line_matches($w, $got) }
    $got =~ s/\b\d{18,19}\b/[...]/g;
    $got =~ s/(min) · [a-z0-9]{6}$/$1 · [...]/;
    $got =~ s/(rebound (?:done|not-now|wrong)) [a-z0-9]{6}\b/$1 [...]/g;
    $got =~ s/in [\d.,]+ m?s \([\d,]+ rows a second\)/in [...] s ([...] rows a second)/;
    return $got;
}

for my $page (@pages) {
    open my $in, '<', $page or die "$page: $!\n";
    chomp(my @lines = <$in>);
    close $in;
    my @commands = read_page(\@lines) or next;
    my @results  = run_page(@commands);
    for my $i (reverse 0 .. $#commands) {
        my ($c, $r) = ($commands[$i], $results[$i]);
        next unless $update && $r;
        next if matches($c->{want}, $r->{lines});
        print "$page:$c->{line}: \"...\" is gone, put it back by hand\n" if grep { /^\s*\.\.\.\s*$/ } @{ $c->{want} };
        splice @lines, $c->{from}, scalar @{ $c->{want} }, map { settle($_, @{ $c->{want} }) } @{ $r->{lines} };
    }
    if ($update) {
        open my $to, '>', $page or die;
        print $to "$_\n" for @lines;
        close $to;
        next;
    }
    for my $i (0 .. $#commands) {
        my ($c, $r) = ($commands[$i], $results[$i]);
        (my $name = "$page:$c->{line}: $c->{text}") =~ s/\n.*//s;
        $name =~ s/#/\\#/g;
        if (!$r) { check(0, $name, 'the page ended before this command'); next }
        my $told = $i < $#commands && $commands[ $i + 1 ]{text} eq 'echo $?';
        if ($r->{status} != 0 && !$told) {
            check(0, $name, "exit code $r->{status}, which the page does not tell", @{ $r->{lines} });
            next;
        }
        check(matches($c->{want}, $r->{lines}), $name, 'got:', @{ $r->{lines} }, 'want:', @{ $c->{want} });
    }
}
exit 0 if $update;

# The manual is whole: a page for each command, each in the index, each option told.
open my $def, '<', 'api/commands.def' or die;
my $index = slurp('docs/manual/README.md') // '';
while (<$def>) {
    next unless /^REB_COMMAND\((\w+)\)/;
    (my $command = $1) =~ s/_/-/g;
    my $page = "docs/manual/$command.md";
    my $text = slurp($page);
    check(defined $text, "$page: there is a page for the command $command");
    next unless defined $text;
    check(scalar($index =~ /\($command\.md\)/), "$page: the index leads to it");
    my ($options) = `'$binary' help $command` =~ /^Options:\n(.*?)\n\n/ms;
    my @missing = grep { $text !~ /\Q$_\E\b/ } ($options // '') =~ /^  (--[a-z-]+)/mg;
    check(!@missing ? 1 : 0, "$page: every option is told", @missing);
}
print "1..$n\n";
exit($bad == 0 && $n > 0 ? 0 : 1);
