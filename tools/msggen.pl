#!/usr/bin/perl
# The catalogues messages/*.json as C: `msggen.pl header en.json ar.json fa.json el.json` and `msggen.pl source ...`.
# The header has an enum of keys and, for each, a typed function: reb_say_today_empty(v) for a text without arguments and
# reb_say_today_why_call(v, .name = n, .every = days) for one with. A key or argument that is not there does not compile; a key or argument
# that a language lacks stops the build here. Arguments lose their names: {name} becomes {0}, in the order of the alphabet.
# tools/messages.mjs checks more (plural forms, untranslated texts) and needs Node; this needs perl only, like the C side itself.
use strict;
use warnings;

my ($what, @files) = @ARGV;
die "msggen.pl header|source EN.json OTHER.json...\n" unless defined $what && $what =~ /^(header|source)$/ && @files;

sub unescape {
    my ($s) = @_;
    $s =~ s{\\(?:u([0-9a-fA-F]{4})|(.))}{
        if (defined $1) { my $c = chr hex $1; utf8::encode($c); $c } else { { n => "\n", t => "\t" }->{$2} // $2 }
    }ge;
    return $s;
}

sub read_catalogue {
    my ($path) = @_;
    open my $in, '<', $path or die "messages: $path: $!\n";
    my %text;
    while (my $line = <$in>) {
        next if $line =~ /^\s*[{}]\s*$/;
        $line =~ /^\s*"([a-z][a-z0-9_.]*)"\s*:\s*"((?:[^"\\]|\\.)*)"\s*,?\s*$/ or die "messages: $path:$.: no \"key\": \"text\" on a line of its own\n";
        my ($key, $value) = ($1, unescape($2));
        die "messages: $path:$.: $key stands twice with two texts\n" if exists $text{$key} && $text{$key} ne $value;
        $text{$key} = $value;
    }
    return \%text;
}

# Calls $found->(offset, length, name, type) for each argument of a pattern; types are text and number.
sub scan {
    my ($text, $where, $found) = @_;
    my $depth_of_choice = 0;
    my $message;
    $message = sub { # from pos to the } that ends it (or the end, at depth 0)
        my ($depth) = @_;
        while ((pos($text) // 0) < length $text) {
            if ($text =~ /\G[^{}]+/gc) {
                next;
            } elsif ($text =~ /\G\}/gc) {
                die "messages: $where: a } too many\n" if $depth == 0;
                return;
            } elsif ($text =~ /\G\{\s*([a-z][a-z0-9_]*)\s*/gc) {
                my ($name, $at) = ($1, $-[1]);
                if ($text =~ /\G\}/gc) {
                    $found->($at, length $name, $name, 'text');
                } elsif ($text =~ /\G,\s*number\s*(?:,\s*percent\s*)?\}/gc) {
                    $found->($at, length $name, $name, 'number');
                } elsif ($text =~ /\G,\s*(plural|select)\s*,\s*/gc) {
                    $found->($at, length $name, $name, $1 eq 'plural' ? 'number' : 'text');
                    while ($text =~ /\G(?:=\d+|[a-z_]+)\s*\{/gc) {
                        $message->($depth + 1);
                        $text =~ /\G\s+/gc;
                    }
                    $text =~ /\G\}/gc or die "messages: $where: a } is missing\n";
                } else {
                    die "messages: $where: {$name ...} is neither text, number, plural nor select\n";
                }
            } elsif ((pos($text) // 0) >= length $text) {
                last;
            } else {
                die "messages: $where: a { without a name\n";
            }
        }
        die "messages: $where: a } is missing\n" if $depth > 0;
    };
    pos($text) = 0;
    $message->(0);
}

my @language = map { m{([^/]+)\.json$} ? $1 : die "messages: $_ is no .json\n" } @files;
my @catalogue = map { read_catalogue($_) } @files;
my @keys = sort keys %{ $catalogue[0] };
my %type; # key -> argument -> type

for my $key (@keys) {
    my %of;
    scan($catalogue[0]{$key}, "$language[0]: $key", sub { my ($at, $len, $name, $type) = @_; $of{$name} = $type; });
    $type{$key} = \%of;
}
# One language's pattern with numbers for names.
sub numbered {
    my ($i, $key) = @_;
    my $where = "$language[$i]: $key";
    my $text = $catalogue[$i]{$key} // die "messages: $where is missing\n";
    my @names = sort keys %{ $type{$key} };
    my %place;
    @place{@names} = 0 .. $#names;
    my @cuts;
    scan($text, $where, sub {
        my ($at, $len, $name, $type) = @_;
        die "messages: $where: there is no argument {$name}\n" unless exists $place{$name};
        die "messages: $where: {$name} is $type, in English $type{$key}{$name}\n" unless $type{$key}{$name} eq $type;
        push @cuts, [ $at, $len, $place{$name} ];
    });
    my %met = map { $_->[2] => 1 } @cuts;
    for (@names) { die "messages: $where: the argument {$_} is missing\n" unless $met{ $place{$_} }; }
    substr($text, $_->[0], $_->[1]) = $_->[2] for reverse @cuts;
    return $text;
}

for my $i (1 .. $#catalogue) {
    for (sort keys %{ $catalogue[$i] }) { die "messages: $language[$i]: $_ stands only there\n" unless exists $type{$_}; }
}

sub name_of { (my $n = $_[0]) =~ tr/./_/; return $n }

if ($what eq 'header') {
    print "/* Written by tools/msggen.pl from messages/. */\n#ifndef REB_GEN_MESSAGES_H\n#define REB_GEN_MESSAGES_H\n\n";
    print "#define REB_MESSAGES(X)", (map { " \\\n    X(" . uc(name_of($_)) . ", \"$_\")" } @keys), "\n\n";
    print "typedef enum reb_msg {\n", (map { "    REB_MSG_" . uc(name_of($_)) . ",\n" } @keys), "    REB_MSGS\n} reb_msg;\n";
    for my $key (@keys) {
        my $n = name_of($key);
        my @names = sort keys %{ $type{$key} };
        if (!@names) {
            print "\nstatic inline const char *reb_say_$n(const reb_voice *v) {\n    return reb_voice_say(v, REB_MSG_\U$n\E, NULL, 0);\n}\n";
            next;
        }
        print "\nstruct reb_say_$n {\n", (map { '    ' . ($type{$key}{$_} eq 'text' ? 'const char *' : 'double ') . "$_;\n" } @names), "};\n";
        print "static inline const char *reb_say_with_$n(const reb_voice *v, struct reb_say_$n a) {\n    const reb_msg_value values[] = {",
            join(', ', map { $type{$key}{$_} eq 'text' ? "{.text = a.$_}" : "{.number = a.$_}" } @names),
            "};\n    return reb_voice_say(v, REB_MSG_\U$n\E, values, ", scalar @names, ");\n}\n";
        print "#define reb_say_$n(v, ...) reb_say_with_$n(v, (struct reb_say_$n){__VA_ARGS__})\n";
    }
    print "\n#endif\n";
} else {
    print "/* Written by tools/msggen.pl from messages/. */\n#include \"src/text/message.h\"\n";
    for my $i (0 .. $#catalogue) {
        print "\nstatic const char *const text_$language[$i]\[] = {\n";
        for my $key (@keys) {
            my $t = numbered($i, $key);
            $t =~ s/([\\"])/\\$1/g;
            $t =~ s/\n/\\n/g;
            print "    \"$t\",\n";
        }
        print "};\n";
    }
    print "\nstatic const char *const keys[] = {\n", (map { "    \"$_\",\n" } @keys), "};\n";
    print "\nconst char *reb_msg_key(reb_msg m) {\n    return m < REB_MSGS ? keys[m] : \"\";\n}\n";
    print "\nconst char *reb_msg_pattern(reb_language language, reb_msg m) {\n    static const char *const *const tables[REB_LANGUAGES] = {\n",
        (map { "        [REB_LANG_\U$_\E] = text_$_,\n" } @language),
        "    };\n    return m < REB_MSGS && language < REB_LANGUAGES ? tables[language][m] : \"\";\n}\n";
}
