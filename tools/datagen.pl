#!/usr/bin/env perl
# A text file as C, line by line (a compiler need not take longer strings): perl tools/datagen.pl NAME FILE > out.c
use strict;
use warnings;
my ($name, $file) = @ARGV;
open my $in, '<:raw', $file or die "$file: $!\n";
print "/* Made of $file by tools/datagen.pl. */\nextern const char *const ${name}[];\nconst char *const ${name}[] = {\n";
while (my $line = <$in>) {
    while (length $line) {
        my $piece = substr $line, 0, 1000, '';
        $piece =~ s/([^ !#-\[\]-~])/sprintf '\\%03o', ord $1/ge;
        $piece =~ s/\?/\\?/g;
        print "    \"$piece\",\n";
    }
}
print "    0};\n";
