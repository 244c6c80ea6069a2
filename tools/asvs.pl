#!/usr/bin/env perl
# Checks docs/security-asvs.md: every number of ASVS 4.0.3 up to level 2 stands there once and in order, with a known state; what is met names a
# file; every file named exists; the summary is right. `tools/asvs.pl --write` writes the summary.
use strict;
use warnings;

my $file = 'docs/security-asvs.md';
# How many requirements up to level 2 each section has, and which numbers of it are missing (removed, or of level 3).
my @ids;
for (split /\n/, <<'SECTIONS') {
1.1 7
1.2 4
1.4 5 -2,3
1.5 4
1.6 4
1.7 2
1.8 2
1.9 2
1.10 1
1.11 2
1.12 2 -1
1.14 6
2.1 12
2.2 3
2.3 3
2.4 5
2.5 7
2.6 3
2.7 6
2.8 7
2.9 3
2.10 4
3.1 1
3.2 4
3.3 4
3.4 5
3.5 3
3.7 1
4.1 5 -4
4.2 2
4.3 3
5.1 5
5.2 8
5.3 10
5.4 3
5.5 4
6.1 3
6.2 6
6.3 2
6.4 2
7.1 4
7.2 2
7.3 4 -2
7.4 3
8.1 4
8.2 3
8.3 8
9.1 3
9.2 4
10.2 2
10.3 3
11.1 8
12.1 3
12.2 1
12.3 6
12.4 2
12.5 2
12.6 1
13.1 5 -2
13.2 6 -4
13.3 2
13.4 2
14.1 4
14.2 6
14.3 3 -1
14.4 7
14.5 4
SECTIONS
    my ($section, $last, $without) = /^(\d+\.\d+) (\d+)(?: -([\d,]+))?$/ or die "section: $_";
    my %none = map { $_ => 1 } split /,/, $without // '';
    push @ids, map { "$section.$_" } grep { !$none{$_} } 1 .. $last;
}

open my $f, '<', $file or die "$file: $!\n";
my @lines = <$f>;
close $f;
my (@found, %state, $bad);
sub wrong { print STDERR "$file:$_[0]: $_[1]\n"; $bad = 1 }
for my $i (0 .. $#lines) {
    my ($id, $asks, $state, $where) = $lines[$i] =~ /^\| (\d+\.\d+\.\d+) \| (.+?) \| (\S+) \| (.+) \|$/ or next;
    push @found, $id;
    wrong($i + 1, "$id: state \"$state\"") unless $state =~ /^(met|part|not|n\/a)$/;
    $state{$state}++;
    my @files = grep { m{^[\w./-]+$} && (m{/} || /\.\w+$/ || $_ eq 'Makefile') && $_ ne '/' } $where =~ /`([^`]+)`/g;
    -e $_ or wrong($i + 1, "$id names $_, which is not there") for @files;
    wrong($i + 1, "$id: says where or why too shortly") if length $where < 8 && $state ne 'n/a';
}
my %have = map { $_ => 1 } @found;
my %want = map { $_ => 1 } @ids;
wrong(0, "$_ is missing") for grep { !$have{$_} } @ids;
wrong(0, "$_ is no requirement up to level 2") for grep { !$want{$_} } @found;
wrong(0, 'the numbers are not each once and in order') if "@found" ne "@ids" && !$bad;

my $total = @found;
my $summary = "$total requirements: " . join(', ', map { ($state{$_} // 0) . " $_" } 'met', 'part', 'not', 'n/a') . ".\n";
my ($at) = grep { $lines[$_] =~ /^<!-- counted/ } 0 .. $#lines;
if (@ARGV && $ARGV[0] eq '--write') {
    splice @lines, $at + 1, scalar(@lines) - $at - 1, "\n", $summary;
    open my $out, '>', $file or die "$file: $!\n";
    print $out @lines;
    close $out or die "$file: $!\n";
} elsif (($lines[$at + 2] // '') ne $summary) {
    wrong($at + 1, 'the summary is behind; run tools/asvs.pl --write');
}
exit($bad ? 1 : 0);
