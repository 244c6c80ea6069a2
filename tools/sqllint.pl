# Checks SQL files; prints FILE:LINE: what is wrong. Migrations come first: they tell which tables belong to customers.
#
# A customer's table (it has a column customer_id) is distributed by it: the column stands first in the primary key and somewhere in every
# unique index, is the target of ON CONFLICT, and never changes. No table refers to another, nothing is numbered by the server, nothing
# happens by trigger (but for the audit log's, which refuse what must not happen), and no statement asks the server for the time or for chance: all of that the program brings. Tables are joined within
# one customer (docs/adr/0013).
use strict;
use warnings;

my $bad = 0;
my %of_customer;    # tables that have customer_id
my %seen_table;

sub wrong {
    my ($file, $line, $text) = @_;
    print STDERR "$file:$line: $text\n";
    $bad = 1;
}

# Comments and the insides of strings become blanks, so that words in them are not taken for SQL; line breaks stay.
sub bare {
    my ($sql) = @_;
    $sql =~ s{('(?:[^']|'')*')|(--[^\n]*)}{defined $1 ? "'" . (' ' x (length($1) - 2)) . "'" : ' ' x length($2)}ge;
    return lc $sql;
}

sub line_at {
    my ($first, $text, $at) = @_;
    return $first + (substr($text, 0, $at) =~ tr/\n//);
}

# Words that no statement may hold, whichever engine it is for.
my @never = (
    [qr/\b(?:now|clock_timestamp|statement_timestamp|transaction_timestamp)\s*\(|\bcurrent_(?:timestamp|time|date)\b|\bdatetime\s*\(/,
        'asks the server for the time; pass it as a parameter'],
    [qr/\b(?:random|gen_random_uuid|randomblob)\s*\(/, 'asks the server for chance; pass it as a parameter'],
    [qr/\b(?:nextval|currval|last_insert_rowid)\s*\(|\b(?:big|small)?serial\b|\bautoincrement\b|\bgenerated\s+(?:always|by\s+default)\s+as\s+identity\b|\bcreate\s+sequence\b/,
        'lets the server number rows; ids are made by the program'],
    [qr/\bcreate\s+(?:or\s+replace\s+)?(?:constraint\s+)?trigger\b/, 'makes a trigger; derive in the same transaction instead'],
    [qr/\b(?:rollup|cube)\s*\(|\bgrouping\s+sets\b/, 'groups in several ways at once, which a sharded PostgreSQL does not'],
    [qr/\bwith\s+recursive\b/, 'is recursive, which a sharded PostgreSQL does not do; walk in the program'],
    [qr/\btruncate\b/, 'truncates; delete is what can be rolled back on both engines'],
    [qr/\browid\b(?!\s*\)?\s*;)/, 'uses rowid, which the tables do not have'],
);

# Words that only one engine knows: not in a query that both run.
my @one_engine = (
    [qr/\bilike\b/, 'ILIKE'], [qr/\binterval\b/, 'INTERVAL'], [qr/\bdistinct\s+on\b/, 'DISTINCT ON'], [qr/\bstring_agg\s*\(/, 'string_agg'],
    [qr/\b(?:greatest|least)\s*\(/, 'GREATEST or LEAST'], [qr/::/, 'a cast by ::'], [qr/\bunnest\s*\(/, 'unnest'], [qr/\bany\s*\(/, 'ANY()'],
    [qr/\blateral\b/, 'LATERAL'], [qr/\bfor\s+(?:update|share)\b/, 'FOR UPDATE'], [qr/\bgroup_concat\s*\(/, 'group_concat'],
    [qr/\bifnull\s*\(/, 'ifnull'], [qr/\binsert\s+or\b|\breplace\s+into\b/, 'INSERT OR'], [qr/\bstrftime\s*\(|\bjulianday\s*\(/, 'strftime'],
    [qr/\bglob\b/, 'GLOB'], [qr/\bjson_extract\s*\(|->>/, 'functions on JSON'], [qr/\bpercentile_cont\b/, 'percentile_cont'],
    [qr/\bpragma\b/, 'PRAGMA'], [qr/\btrue\b|\bfalse\b/, 'a truth value where a number is meant'],
);

sub check_never {
    my ($file, $first, $sql, $name) = @_;
    for my $rule (@never) {
        wrong($file, line_at($first, $sql, $-[0]), "$name $rule->[1]") if $sql =~ $rule->[0];
    }
}

sub has_customer_id { return $_[0] =~ /\bcustomer_id\b/ }

# --- migrations ---
sub check_table {
    my ($file, $line, $table, $body) = @_;
    my $keyed = $body =~ /^\s*customer_id\b/m;
    $seen_table{$table} = 1;
    $of_customer{$table} = 1 if $keyed;
    wrong($file, $line, "table $table refers to another table; on several machines that cannot be kept") if $body =~ /\breferences\b|\bforeign\s+key\b/;
    wrong($file, $line, "table $table has a column called text, which is read as a type") if $body =~ /^\s*text\s+\w/m;
    my ($key) = $body =~ /\bprimary\s+key\s*\(([^)]*)\)/;
    my ($own) = $body =~ /^\s*(\w+)\s[^,\n]*\bprimary\s+key\b/m;
    $key = $own if !defined $key && defined $own;
    if (!defined $key) { wrong($file, $line, "table $table has no primary key") }
    elsif ($keyed && $key !~ /^\s*customer_id\b/) { wrong($file, $line, "table $table belongs to customers, but its primary key does not begin with customer_id") }
    while ($keyed && $body =~ /\bunique\s*\(([^)]*)\)/g) {
        wrong($file, $line, "table $table belongs to customers, but a unique constraint is without customer_id") unless has_customer_id($1);
    }
    wrong($file, $line, "table $table belongs to customers, but one of its columns alone is unique") if $keyed && $body =~ /^\s*(?!customer_id\b)\w+\s[^,(\n]*\bunique\b(?!\s*\()/m;
}

my %migration; # number -> the file that has it

sub check_migration {
    my ($file, $raw) = @_;
    my ($number) = $file =~ m{(\d+)_[^/]*$};
    wrong($file, 1, "$migration{$number} has this number already, and only one of them would run") if defined $number && exists $migration{$number};
    $migration{$number} = $file if defined $number;
    my $sql = bare($raw);
    # The guards of the audit log derive nothing: they only refuse. One line each.
    $sql =~ s{^create\s+trigger\s+audit_keep_\w+\s+before\s[^\n]*}{}gm;
    check_never($file, 1, $sql, 'the migration');
    while ($sql =~ /\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?(\w+)\s*\((.*?)^\s*\)[^;]*;/gms) {
        check_table($file, line_at(1, $sql, $-[0]), $1, $2);
    }
    while ($sql =~ /\bcreate\s+unique\s+index\s+(?:if\s+not\s+exists\s+)?(\w+)\s+on\s+(\w+)\s*\(([^)]*)\)/g) {
        wrong($file, line_at(1, $sql, $-[0]), "index $1 is unique on $2, which belongs to customers, without customer_id")
            if $of_customer{$2} && !has_customer_id($3);
    }
    while ($sql =~ /\balter\s+table\s+\w+[^;]*\breferences\b/g) {
        wrong($file, line_at(1, $sql, $-[0]), 'a table refers to another table; on several machines that cannot be kept');
    }
}

# --- queries ---
sub check_query {
    my ($file, $first, $name, $sql, $both) = @_;
    check_never($file, $first, $sql, $name);
    if ($both) {
        for my $rule (@one_engine) {
            wrong($file, line_at($first, $sql, $-[0]), "$name runs on both engines but uses $rule->[1]; write an \@pg and an \@sqlite form") if $sql =~ $rule->[0];
        }
    }
    if ($sql =~ /\bskip\s+locked\b/ && grep { $sql =~ /\b$_\b/ } keys %of_customer) {
        wrong($file, $first, "$name skips locked rows of a customer's table, which a sharded PostgreSQL does not do");
    }
    while ($sql =~ /\bset\s+((?:(?!\bwhere\b|\bfrom\b|\breturning\b).)*)/gs) {
        my ($at, $list) = ($-[0], $1);
        wrong($file, line_at($first, $sql, $at), "$name changes customer_id, by which rows lie on machines") if $list =~ /(?:^|,)\s*(?:\(\s*)?customer_id\s*[=,)]/;
    }
    if ($sql =~ /\binsert\s+into\s+(\w+)/ && $of_customer{$1} && $sql =~ /\bon\s+conflict\s*\(([^)]*)\)/ && !has_customer_id($1)) {
        wrong($file, $first, "$name has a conflict target without customer_id");
    }
    if ($sql =~ /\bunnest\s*\(/ && $sql =~ /\bon\s+conflict\b.*?\bdo\s+(nothing|update\b.*\bwhere)\b/s && $sql !~ /\breturning\b/) {
        wrong($file, $first, "$name may leave rows out, but a sharded PostgreSQL counts them as written unless it is asked for them with RETURNING");
    }
    my %used;
    $used{$1} = 1 while $sql =~ /\$(\d+)/g;
    my $most = 0;
    for (keys %used) { $most = $_ if $_ > $most }
    for my $n (1 .. $most) { wrong($file, $first, "$name does not use \$$n, but \$$most") unless $used{$n} }
}

# A WITH part that is materialized is gathered before the rest runs: it stands for itself, and its name is then no customer's table.
sub parts_of {
    my ($sql) = @_;
    my @parts;
    while ($sql =~ /\bas\s+materialized\s*(\((?:[^()]++|(?1))*\))/g) {
        my ($at, $inside) = ($-[1], $1);
        push @parts, $inside;
        (my $blank = $inside) =~ s/[^\n]/ /g;
        substr($sql, $at, length $inside) = $blank;
        pos($sql) = $at;
    }
    return (@parts, $sql);
}

# Rows of two customers may lie on different machines, and the small shared tables on the first one alone.
sub check_joins {
    my ($file, $first, $name, $sql) = @_;
    my (%table, %group);
    while ($sql =~ /\b(?:from|join|update|into|using)\s+(\w+)(?:\s+(?:as\s+)?(?!(?:on|where|join|left|cross|set|order|group|limit|union|using|values|select|inner|having|default|returning)\b)(\w+))?/g) {
        $table{ $2 // $1 } = $1 if $seen_table{$1};
    }
    $group{$_} = $_ for keys %table;
    my @others;
    while ($sql =~ /\b(\w+)\.(\w+)\s*=\s*(\w+)\.(\w+)/g) {
        my ($x, $a, $y, $b) = ($1, $2, $3, $4);
        next if $x eq $y || !$table{$x} || !$table{$y};
        if ($a eq 'customer_id' && $b eq 'customer_id') {
            my ($from, $to) = @group{ $x, $y };
            for (values %group) { $_ = $to if $_ eq $from }
        }
        else { push @others, [$x, $y, "$x.$a = $y.$b"] }
    }
    for my $pair (@others) {
        my ($x, $y, $words) = @$pair;
        my $both = $of_customer{ $table{$x} } && $of_customer{ $table{$y} };
        if ($both && $group{$x} ne $group{$y}) {
            wrong($file, $first, "$name joins rows of different customers ($words), which may lie on different machines; gather one side with AS MATERIALIZED first");
        }
        elsif (!$both && ($of_customer{ $table{$x} } || $of_customer{ $table{$y} })) {
            wrong($file, $first, "$name joins a customer's table to a shared one ($words), which lies elsewhere; use IN (SELECT ...) or gather it with AS MATERIALIZED first");
        }
    }
    my $of = grep { $of_customer{$_} } values %table;
    (my $outer = $sql) =~ s/\(\s*select\b(?:[^()]++|(\((?:[^()]++|(?1))*\)))*\)/(asked)/g;
    if ($of && $outer =~ /^\s*select\b((?:(?!\bfrom\b).)*\(asked\)(?:(?!\bfrom\b).)*)\bfrom\b/s && $1 =~ /\b(?:sum|count|min|max|avg)\s*\(/) {
        wrong($file, $first, "$name asks a subquery beside an aggregate, which a sharded PostgreSQL does not do; join two subqueries instead");
    }
    if ($of && $sql =~ /\blateral\b/) {
        wrong($file, $first, "$name reads a customer's table in LATERAL, which a sharded PostgreSQL does not always do; join it, and keep one row with DISTINCT ON");
    }
    if ($of && $sql =~ /^\s*select\b(?:(?!\bfrom\b).)*\(\s*select\b.*\bunnest\s*\(/s) {
        wrong($file, $first, "$name asks a subquery for each row of unnest, which a sharded PostgreSQL does not do; join the table, and keep one row with DISTINCT ON");
    }
}

sub check_queries {
    my ($file, $raw) = @_;
    my (@queries, %engines);
    my $line = 0;
    for my $text (split /\n/, $raw) {
        $line++;
        if ($text =~ /^-- name: (\S+)(?:\s+@(\S+))?/) {
            push @queries, { name => $1, engine => $2 // '', first => $line + 1, sql => '' };
            $engines{$1}{ $2 // '' } = 1;
        }
        elsif (@queries) { $queries[-1]{sql} .= "$text\n" }
    }
    for my $q (@queries) {
        my $both = $q->{engine} eq '' && !$engines{ $q->{name} }{pg} && !$engines{ $q->{name} }{sqlite};
        check_query($file, $q->{first}, $q->{name}, bare($q->{sql}), $both);
        next if $q->{engine} eq 'sqlite';
        check_joins($file, $q->{first}, $q->{name}, $_) for parts_of(bare($q->{sql}));
    }
}

# What an operator of Citus is told: every customer's table is distributed, beside the others, and all that stay are named.
sub check_layout {
    my ($file, $raw) = @_;
    my (%spread, %named);
    while ($raw =~ /create_distributed_table\('(\w+)',\s*'(\w+)'(, colocate_with => 'customer')?\)/g) {
        my ($table, $column, $beside) = ($1, $2, $3);
        my $line = line_at(1, $raw, $-[0]);
        $spread{$table} = 1;
        if (!$of_customer{$table}) { wrong($file, $line, "$table is distributed, but is no customer's table") }
        elsif ($column ne 'customer_id' || ($table ne 'customer' && !$beside)) { wrong($file, $line, "$table does not lie by customer_id beside customer") }
    }
    $named{$1} = 1 while $raw =~ /`(\w+)`/g;
    for my $table (sort keys %seen_table) {
        if ($of_customer{$table}) { wrong($file, 1, "$table belongs to customers, but is not distributed") unless $spread{$table} }
        elsif (!$named{$table}) { wrong($file, 1, "$table stays on the coordinator, but is not named among those that do") }
    }
}

my @files = sort { ($b =~ m{migrations/}) <=> ($a =~ m{migrations/}) || ($a =~ /\.md$/) <=> ($b =~ /\.md$/) || $a cmp $b } @ARGV;
for my $file (@files) {
    open my $in, '<', $file or die "$file: $!\n";
    local $/;
    my $raw = <$in>;
    close $in;
    if ($file =~ m{migrations/}) { check_migration($file, $raw) }
    elsif ($file =~ /\.md$/) { check_layout($file, $raw) }
    else { check_queries($file, $raw) }
}
exit $bad;
