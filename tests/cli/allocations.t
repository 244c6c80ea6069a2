#!/usr/bin/env perl
# Memory that runs out: each use case is run again and again, and each time another allocation fails. Demanded of every run: it ends,
# by itself and soon; it either says that memory ran out (12, with a sentence) or gives the very output of an undisturbed run; a
# database is sound afterwards; no half file is left; and the same command then succeeds.
#
# Allocations are told apart by the calls that led to them, and the first and the last of each kind fail. REB_ALLOCATIONS=all tries every
# kind (minutes); else a sample within seconds. REB_FAIL_IN=all also fails those inside the libraries: SQLite, ICU, expat, zlib, libc.
# REB_CASE=WORDS runs only the cases whose name holds WORDS.
use strict;
use warnings;
use Cwd qw(getcwd);
use File::Copy qw(copy);
use File::Path qw(remove_tree);
use File::Temp qw(tempdir);
use IO::Compress::Zip qw($ZipError);
use POSIX qw(:sys_wait_h);
use Test::More;
use Time::HiRes qw(time);

my $binary = $ENV{REB_PLAIN} // getcwd() . '/build/rebound';               # as released: ASan has its own malloc
my $preload = getcwd() . '/build/tests/lib/failing_alloc.so';
my $all = ($ENV{REB_ALLOCATIONS} // '') eq 'all';
my $share = $all ? 1e9 : 0.8;                           # seconds a case
my $only = $ENV{REB_CASE} // '';
my $libraries = ($ENV{REB_FAIL_IN} // '') eq 'all';
my $tmp = tempdir('rebound-test.XXXXXX', TMPDIR => 1, CLEANUP => 1);
delete $ENV{REBOUND_DB};
$ENV{TZ} = 'UTC';
$ENV{USER} = 'test';
-x $binary && -e $preload or plan skip_all => 'make test builds build/rebound and build/tests/lib/failing_alloc.so';

sub slurp { my $f = shift; local (@ARGV, $/) = $f; return -e $f ? scalar(<>) // '' : '' }
sub spew { my ($f, $text) = @_; open my $h, '>:raw', $f or die "$f: $!"; print $h $text; close $h }

# Runs rebound in $dir: (exit code, -signal, or -99 when it does not end; stdout; stderr).
sub run {
    my ($dir, $env, @words) = @_;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        chdir $dir or die;
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', "$tmp/out";
        open STDERR, '>', "$tmp/err";
        %ENV = (%ENV, LD_PRELOAD => $preload, %$env);
        exec $binary, @words, '--db', 'shop.db', '--now', '2026-05-01' or die;
    }
    my $late = 0;
    local $SIG{ALRM} = sub { $late = 1; kill 'KILL', $pid };
    alarm 120;
    waitpid $pid, 0;
    alarm 0;
    return ($late ? -99 : $? & 127 ? -($? & 127) : $? >> 8, slurp("$tmp/out"), slurp("$tmp/err"));
}

sub fine { my ($dir, @words) = @_; my ($rc, $out, $err) = run($dir, {}, @words); die "@words: exit $rc, $err" if $rc; return $out }

# A folder with copies of what a case begins with.
sub begin {
    my ($dir, $from) = @_;
    remove_tree($dir);
    mkdir $dir or die;
    for my $f (glob "$from/*") { my ($name) = $f =~ /([^\/]+)$/; copy($f, "$dir/$name") or die "$f: $!" unless -d $f }
}

# --- what the cases read ---------------------------------------------------------------------------------------------------------------
my ($none, $empty, $shop) = map { mkdir "$tmp/$_"; "$tmp/$_" } qw(none empty shop);
fine($none, 'demo', '--out', "$tmp/demo", '--customers', '25', '--seed', '7', '--until', '2026-05-01');
spew("$tmp/sheet.csv", "order no,date,customer email,customer name,phone,product,quantity,price\n"
    . join '', map { sprintf "%d,2026-0%d-1%d,p%d\@example.com,Παππά %d,+4477009001%02d,Mug,1,%d.50\n", $_, 1 + $_ % 4, $_ % 9, $_ % 5, $_ % 5, $_ % 5, $_ } 1 .. 20);
spew("$tmp/utf16.csv", do { require Encode; "\xff\xfe" . Encode::encode('UTF-16LE', Encode::decode('UTF-8', slurp("$tmp/sheet.csv") =~ tr/,/\t/r)) });
spew("$tmp/cards.vcf", join '', map { "BEGIN:VCARD\nVERSION:3.0\nFN:Ann $_ Lee\nN:Lee;Ann $_;;;\nEMAIL:ann$_\@example.com\nTEL:+44 7700 90020$_\n"
    . "ORG:Lee Ltd\nBDAY:1980-01-0$_\nNOTE;ENCODING=QUOTED-PRINTABLE:=C3=A9t=C3=A9\nEND:VCARD\n" } 1 .. 5);
spew("$tmp/orders.json", '{"orders":[' . join(',', map { qq({"order no":"J$_","date":"2026-03-0$_","customer email":"j$_\@example.com","amount":"$_.25","mood":"\\u0639 good"}) } 1 .. 6) . ']}');
{
    my $ns = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
    my $rel = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
    my @word = ('order no', 'date', 'customer email', 'amount', map {"x$_\@example.com"} 1 .. 6);
    my $row = 1;
    my %part = (
        '[Content_Types].xml' => '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        '_rels/.rels' => qq(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="$rel/officeDocument" Target="xl/workbook.xml"/></Relationships>),
        'xl/workbook.xml' => qq(<workbook xmlns="$ns" xmlns:r="$rel"><sheets><sheet name="Sales" sheetId="1" r:id="rId1"/></sheets></workbook>),
        'xl/_rels/workbook.xml.rels' => qq(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="$rel/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="$rel/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" Type="$rel/styles" Target="styles.xml"/></Relationships>),
        'xl/styles.xml' => qq(<styleSheet xmlns="$ns"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>),
        'xl/sharedStrings.xml' => qq(<sst xmlns="$ns">) . join('', map {"<si><t>$_</t></si>"} @word) . '</sst>',
        'xl/worksheets/sheet1.xml' => qq(<worksheet xmlns="$ns"><sheetData><row r="1">) . join('', map { '<c r="' . chr(65 + $_) . qq(1" t="s"><v>$_</v></c>) } 0 .. 3) . '</row>'
            . join('', map { $row++; qq(<row r="$row"><c r="A$row"><v>$_</v></c><c r="B$row" s="1"><v>) . (46100 + $_) . qq(</v></c><c r="C$row" t="s"><v>) . (3 + $_) . qq(</v></c><c r="D$row"><v>$_.5</v></c></row>) } 1 .. 6)
            . '</sheetData></worksheet>',
    );
    my $z;
    for my $name (sort keys %part) {
        if ($z) { $z->newStream(Name => $name) } else { $z = IO::Compress::Zip->new("$tmp/book.xlsx", Name => $name) or die $ZipError }
        $z->print(qq(<?xml version="1.0" encoding="UTF-8"?>$part{$name}));
    }
    $z->close;
}
spew("$tmp/rejects.csv", "order no,date,customer email,amount\n1,2026-05-01,a\@example.com,1\n2,2026-99-01,b\@example.com,2\n3,2026-04-01,c\@example.com,x\n");
spew("$tmp/model.csv", "x,t_x,T\n" . join '', map { sprintf "%d,%d,%d\n", $_ % 5, $_ % 5 ? 3 * ($_ % 5) + $_ % 7 : 0, 40 + $_ % 9 } 1 .. 60);
fine($empty, 'init', '--currency', 'GBP', '--timezone', 'Europe/London');
copy("$empty/shop.db", "$shop/shop.db");
fine($shop, 'import', "$tmp/demo/orders.csv");
my ($batch) = fine($shop, 'import', "$tmp/demo/customers.csv", '--json') =~ /"batch_id":"(\d+)"/;
fine($shop, 'fit');
fine($shop, 'backup', "$shop/old.backup");
my ($who, $other) = fine($shop, 'customer', 'list', '--json') =~ /"id":"([^"]+)".*?"id":"([^"]+)"/s;
my $item = do { begin("$tmp/look", $shop); (fine("$tmp/look", 'today', '--json') =~ /"item":"([^"]+)"/)[0] };

# --- the cases: name, what it begins with, words; files that must be whole or absent ----------------------------------------------------
my @cases = (
    ['init', $none, [qw(init --currency EUR --timezone Asia/Tehran --language fa --json)]],
    ['import of Shopify orders', $empty, ['import', "$tmp/demo/orders.csv", '--json']],
    ['import of Shopify orders, for people', $empty, ['import', "$tmp/demo/orders.csv"]],
    ['import of Shopify customers', $shop, ['import', "$tmp/demo/customers.csv", '--json', '--source', 'again']],
    ['import of tickets', $shop, ['import', "$tmp/demo/tickets.csv", '--json']],
    ['import of a home-made sheet', $empty, ['import', "$tmp/sheet.csv", '--json']],
    ['import of UTF-16 with tabs', $empty, ['import', "$tmp/utf16.csv", '--json']],
    ['import of a workbook', $empty, ['import', "$tmp/book.xlsx", '--json']],
    ['import of cards', $empty, ['import', "$tmp/cards.vcf", '--json']],
    ['import of JSON', $empty, ['import', "$tmp/orders.json", '--json']],
    ['import with refused rows', $empty, ['import', "$tmp/rejects.csv", '--json', '--rejects', 'refused.csv']],
    ['import, dry, with a map', $empty, ['import', "$tmp/sheet.csv", '--dry-run', '--write-map', 'sheet.map']],
    ['import list', $shop, ['import', 'list']],
    ['import undo', $shop, ['import', 'undo', $batch]],
    ['fit', $shop, ['fit', '--json']],
    ['fit, for people', $shop, ['fit']],
    ['today', $shop, ['today', '--json']],
    ['today, for people', $shop, ['today']],
    ['done', "$tmp/look", ['done', $item]],
    ['summary', $shop, ['summary', '--json']],
    ['summary, for people', $shop, ['summary']],
    ['customer list', $shop, ['customer', 'list', '--json', '--sort', 'net']],
    ['customer list, for people', $shop, ['customer', 'list']],
    ['customer find', $shop, ['customer', 'find', 'a']],
    ['customer show', $shop, ['customer', 'show', $who, '--json']],
    ['customer show, for people', $shop, ['customer', 'show', $who]],
    ['customer history', $shop, ['customer', 'history', $who]],
    ['customer doubles', $shop, ['customer', 'doubles']],
    ['customer merge', $shop, ['customer', 'merge', $who, $other]],
    ['customer add', $shop, ['customer', 'add', '--name', 'Zoe Pappa', '--email', 'zoe@example.com', '--phone', '+447700900999']],
    ['customer note', $shop, ['customer', 'note', $who, 'likes tea']],
    ['set', $shop, ['set']],
    ['set a value', $shop, ['set', 'margin_rate', '40%']],
    ['token', $shop, ['token', 'list']],
    ['backup', $shop, ['backup', 'new.backup']],
    ['restore', $shop, ['restore', 'old.backup', '--force']],
    ['verify', $shop, ['verify', '--json']],
    ['rebuild', $shop, ['rebuild']],
    ['model fit', $none, ['model', 'fit', "$tmp/model.csv", '--model', 'pnbd']],
    ['model score', $none, ['model', 'score', "$tmp/model.csv", '--model', 'bgnbd']],
    ['demo', $none, [qw(demo --out shop --customers 5 --seed 3)]],
);

# What differs from run to run by nature: time, speed and drawn numbers.
sub plain {
    my $text = shift;
    $text =~ s/\d{10,}/N/g;
    $text =~ s/in \d[\d.,]* m?s \([\d.,]+ rows a second\)/in T/g;
    $text =~ s/"(?:seconds|took_ms|rows_per_second|elapsed_us)":[\d.e+-]+/"T":0/g;
    return $text;
}

# Numbers of the allocations that are to fail: the first and last of each kind, spread evenly when they are more than can be tried.
sub choose {
    my $log = shift;
    my (%first, %last);
    for (split /\n/, $log) { my ($n, $h) = split ' '; $first{$h} //= $n; $last{$h} = $n }
    my %seen = map { $_ => 1 } values %first, values %last;
    my @n = sort { $a <=> $b } keys %seen;
    # in an order that covers the whole run early: every 16th, then those between
    my @order;
    for my $k (0, 8, 4, 12, 2, 6, 10, 14, 1, 3, 5, 7, 9, 11, 13, 15) { push @order, map { $n[$_] } grep { $_ % 16 == $k } 0 .. $#n }
    return @order;
}

sub judge {
    my ($dir, $want, $rc, $out, $err, $words, $n) = @_;
    return 'does not end' if $rc == -99;
    return 'signal ' . -$rc if $rc < 0;
    $err =~ s/^\{"progress.*\n//mg;
    return "exit $rc: $err" if $rc != 0 && $rc != 12;
    return "exit 12 without a sentence: $err" if $rc == 12 && $err !~ /memory/i;
    return 'exit 0 with another output' if $rc == 0 && plain($out) ne $want;
    return 'a half file is left: ' . join ' ', glob "$dir/*part*" if grep { !/-(wal|shm|journal)$/ } glob "$dir/*part*";
    if ($words->[0] eq 'backup' && $rc && -e "$dir/new.backup") { return 'a backup is left although it failed' }
    return '' if $words->[0] eq 'model' || $words->[0] eq 'demo';
    return '' if $n % 8 && "@$words" =~ /^(import list|customer (list|find|show|history|doubles)|summary|set\$|token|verify)/;    # these only read
    my ($check, $said, $why) = run($dir, {}, 'verify');
    return "verify: exit $check $said $why" if $check && !($words->[0] eq 'init' && $check == 4);
    return '' if $rc == 0 || $n % 4;
    my ($again, $o, $e) = run($dir, {}, @$words);
    return "again: exit $again: $e" if $again;
    return '';
}

my $tried = 0;
for my $case (@cases) {
    my ($name, $from, $words) = @$case;
    next if index($name, $only) < 0;
    my $dir = "$tmp/work";
    begin($dir, $from);
    my ($rc, $out, $err) = run($dir, { REB_FAIL_LOG => "$tmp/log" }, @$words);
    if ($rc != 0) { fail("$name: undisturbed"); diag("exit $rc: $err"); next }
    my $want = plain($out);
    my @numbers = choose(slurp("$tmp/log"));
    my ($end, $done, $twelve, %bad) = (time + $share, 0, 0);
    for my $n (@numbers) {
        last if time > $end;
        for my $on ($n % 3 == 0 ? (0, 1) : (0)) {    # now and then memory is gone for good, not for one moment
            begin($dir, $from);
            my ($code, $o, $e) = run($dir, { REB_FAIL_AT => $n, $on ? (REB_FAIL_ON => 1) : () }, @$words);
            my $what = judge($dir, $want, $code, $o, $e, $words, $n);
            $twelve++ if $code == 12;
            push @{ $bad{$what} }, $on ? "$n on" : $n if $what ne '';
        }
        $done++;
    }
    $tried += $done;
    ok(!%bad && $done > 0 && ($twelve > 0 || $done < 3), "$name: $done of " . @numbers . " kinds of allocation failed, $twelve times told as such");
    diag("$name: $_ [allocations @{$bad{$_}}[0 .. ($#{$bad{$_}} > 5 ? 5 : $#{$bad{$_}})]]") for sort keys %bad;
}
diag("$tried allocations failed in turn") if $all;
done_testing;
