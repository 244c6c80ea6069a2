#!/usr/bin/perl
# The pages for everybody, as a browser without script uses them: the complaint form with files, the page of a complaint, surveys; what programs
# and careless people send; and that a link which somebody's mail scanner follows is no answer.
use strict;
use warnings;
use utf8;
use lib 'tests/lib';
use RebHttp;
use JSON::PP;
use Test::More;
use Encode qw(encode decode);

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);

# A form as a browser sends it: fields as [name => value], files as [name => bytes, file name]; (status, decoded page, headers).
sub post {
    my ($s, $path, $parts, $headers) = @_;
    my $body = '';
    for my $part (@$parts) {
        my ($name, $value, $file) = @$part;
        $value = encode('UTF-8', $value) if !defined $file && utf8::is_utf8($value);
        $file = encode('UTF-8', $file) if defined $file && utf8::is_utf8($file);
        my $said = defined $file ? "; filename=\"$file\"\r\nContent-Type: application/octet-stream" : '';
        $body .= "--bOuNd\r\nContent-Disposition: form-data; name=\"$name\"$said\r\n\r\n$value\r\n";
    }
    my $r = HTTP::Tiny->new(timeout => $RebHttp::patience, max_redirect => 0)->request('POST', "$s->{url}$path",
        { headers => { 'Content-Type' => 'multipart/form-data; boundary=bOuNd', %{ $headers // {} } }, content => "$body--bOuNd--\r\n" });
    return ($r->{status}, decode('UTF-8', $r->{content}), $r->{headers});
}
sub get {
    my ($s, $path, $headers) = @_;
    my ($status, $page, $h) = $s->call('GET', $path, undef, $headers);
    return ($status, ref $page ? $page : decode('UTF-8', $page // ''), $h);
}
# A key as a page gives it, old enough for a person to have written something.
sub key {
    my ($s, $path) = @_;
    my (undef, $page) = get($s, $path // '/complain');
    my ($key) = $page =~ /name="key" value="([^"]+)"/ or die 'no key in the form';
    return $key;
}
my $png = "\x89PNG\r\n\x1A\n" . join('', map { chr($_ * 7 % 256) } 1 .. 5000);

for my $engine (RebHttp::engines()) {
    note $engine;
    my $db = RebHttp::new_db($engine, 'public');
    RebHttp::run($db, 'set', 'name', 'Blue & Cup');
    RebHttp::add_user($db, 'ann@example.net', 'owner');
    my $s = RebHttp::serve($db);
    my $auth = $s->sign_in('ann@example.net');

    # --- the frame
    my ($status, $css, $h) = get($s, '/page.css');
    is($status, 200, 'the look of the pages');
    is($h->{'content-type'}, 'text/css; charset=utf-8', '... is a style sheet');
    unlike($css, qr{https?://|url\(['"]?//}, '... that asks nobody else for anything');
    is((get($s, '/page.css', { 'If-None-Match' => $h->{etag} }))[0], 304, '... and is sent once');
    my %title = (en => 'Tell us what went wrong', ar => 'أخبرونا', fa => 'به ما بگویید', el => 'Πείτε μας');
    for my $l (sort keys %title) {
        my ($st, $page) = get($s, "/complain?lang=$l&utm_source=newsletter");
        my $dir = $l =~ /ar|fa/ ? 'rtl' : 'ltr';
        like($page, qr/<html lang="$l" dir="$dir">/, "$l: language and direction");
        like($page, qr/<h1>\Q$title{$l}\E/, "$l: the title");
    }
    my %wish = ('el-GR,el;q=0.9,en;q=0.8' => 'el', 'de-DE,de;q=0.9,fa;q=0.4' => 'fa', 'en;q=0.1, ar-EG;q=0.7' => 'ar', 'de' => 'en', '' => 'en',
        'fa;q=0, el;q=0.001' => 'el');
    like((get($s, '/complain', { 'Accept-Language' => $_ }))[1], qr/<html lang="$wish{$_}"/, "Accept-Language: $_") for sort keys %wish;
    my ($st, $page) = get($s, '/complain');
    (undef, undef, $h) = get($s, '/complain');
    like($h->{'content-security-policy'}, qr/default-src 'none'.*form-action 'self'.*frame-ancestors 'none'/, 'a strict policy');
    unlike($h->{'content-security-policy'}, qr/script|unsafe/, '... under which nothing runs');
    like($page, qr/Blue &amp; Cup/, 'the name of the business, escaped');
    unlike($page, qr/<script|style=|onclick/, 'no script in the page');

    # --- before anything is published nothing is promised in the business's name
    $s->call('POST', '/v1/cases', { channel => 'phone', text => 'The lid is cracked.', email => 'early@example.net' }, $auth);
    my (undef, $cracked) = $s->call('POST', '/v1/cases', { channel => 'phone', text => 'The spoon is bent.', email => 'early@example.net', kind => 'faulty' }, $auth);
    my ($early_path) = $cracked->{status_link} =~ m{(/c/.*)};
    unlike((get($s, "$early_path?lang=en"))[1], qr/We answer by|We solve it by|Your rights|you may choose/, 'no times and no rights before standards are published');
    my (undef, $draft) = $s->call('GET', '/v1/standards/draft', undef, $auth);
    is(($s->call('POST', '/v1/standards/publish', { revision => $draft->{revision} }, $auth))[0], 201, 'standards are published');

    # --- a complaint
    my $key = key($s);
    my @fields = ([body => "The cup came broken.\r\nTwice <b>broken</b>."], [sought => 'a new one'], [order => 'A-17'], [name => 'Zoë & Co'], [email => 'Zoe@Example.net'], [phone => '+44 20 7946 0001'], [website => '']);
    my ($code, $again) = post($s, '/complain', [@fields, [key => $key]]);
    for (1 .. 60) {    # on a busy machine the two seconds may be over before it is there
        last if $code == 422;
        ($code, $again) = post($s, '/complain', [@fields, [key => key($s)]]);
    }
    is($code, 422, 'sent within two seconds: once more, please');
    like($again, qr/Twice &lt;b&gt;broken&lt;\/b&gt;\./, '... with all that was typed, escaped');
    like($again, qr/value="Zoë &amp; Co"/, '... in every field');
    ($key) = $again =~ /name="key" value="([^"]+)"/;
    select undef, undef, undef, 2.2;
    ($code, undef, $h) = post($s, '/complain?lang=el', [@fields, [key => $key], [files => $png, 'C:\\tmp\\φωτό.png'], [files => "a receipt\n", 'receipt.html'], [files => '', '']]);
    is($code, 303, 'a complaint with two files') or diag($again);
    my $path = $h->{location};
    like($path, qr{^/c/\d{6}-[\w-]{22}\?new=1&lang=el$}, '... leads to its page, in the language of the form');
    (undef, undef, my $h2) = post($s, '/complain', [@fields, [key => $key]]);
    my ($token) = $path =~ m{/c/([^?]+)};
    like($h2->{location}, qr{/c/\Q$token\E\?}, 'sent again by the same form: the same complaint');
    (undef, undef, $h2) = post($s, '/complain', [[body => 'The saucer came broken, too.'], [email => 'other@example.net'], [order => 'A-17'], [key => $key]]);
    my ($other) = $h2->{location} =~ m{/c/([^?]+)};
    isnt($other, $token, '... with other words: another one, and nothing is lost');
    my ($number) = $token =~ /^(\d+)/;
    my ($strange) = $other =~ /^(\d+)/;
    is(($s->call('POST', "/v1/cases/$strange/merge", { into => "$number" }, $auth))[0], 200, 'merged by mistake with that of somebody else');
    unlike((get($s, "/c/$other?lang=en"))[1], qr/broken&lt;|Twice|a new one/, '... its link shows nothing of theirs');
    like((get($s, "/c/$other?lang=en"))[1], qr/joined with another.*saucer came broken/s, '... but that it was joined, and what they said themselves');
    my $okey = key($s, "/c/$other");
    select undef, undef, undef, 2.2;
    is((post($s, "/c/$other", [[body => 'Mine is a SAUCER secret.'], [key => $okey], [files => $png, 'saucer.png']]))[0], 303, '... where they write on');
    like((get($s, "/c/$other?lang=en"))[1], qr/SAUCER secret.*saucer\.png/s, '... and see what they wrote');
    unlike((get($s, "/c/$token?lang=en"))[1], qr/SAUCER secret|saucer\.png/, '... which the link of the other does not show');
    is(($s->call('POST', "/v1/cases/$strange/unmerge", {}, $auth))[0], 200, '... and it is taken out again');
    like((get($s, "/c/$other?lang=en"))[1], qr/SAUCER secret/, '... with all that was said by its link');
    unlike((get($s, "/c/$token?lang=en"))[1], qr/SAUCER secret/, '... and no other has it now');
    my (undef, $case) = $s->call('GET', "/v1/cases/$number", undef, $auth);
    is($case->{state}, 'acknowledged', 'it is acknowledged by the page');
    is($case->{channel}, 'form', 'by its channel');
    is($case->{language}, 'el', 'in its language');
    is($case->{person}{email}, 'zoe@example.net', 'who it is from');
    is(join(' ', map { "$_->{name}:$_->{media_type}" } @{ $case->{attachments} }), "φωτό.png:image/png receipt.html.txt:text/plain saucer.png:image/png", 'files are what they are');
    is(scalar(grep { $_->{kind} eq 'opened' } @{ $case->{events} }), 1, 'one complaint');

    # --- its page
    ($status, $page, $h) = get($s, $path);
    is($status, 200, 'its page');
    like($page, qr/lang="el"/, '... in Greek');
    like($page, qr/C-$number/, '... with its number');
    like($page, qr/noindex/, '... not for search engines');
    is($h->{'referrer-policy'}, 'no-referrer', '... and its address goes to nobody');
    like((get($s, "/c/$token?lang=en"))[1], qr/We answer by/, 'by when we answer');
    like((get($s, "/c/$token", { 'Accept-Language' => 'ar' }))[1], qr/lang="el"/, 'a link speaks the language of the complaint');
    like((get($s, "/c/$token?lang=ar"))[1], qr/dir="rtl"/, '... unless another is chosen');
    like($page, qr/Twice &lt;b&gt;broken&lt;\/b&gt;\./, 'what they said, escaped');
    my ($file) = $page =~ m{href="(/c/[^"]+/files/\d+)"};
    (undef, my $bytes, $h) = $s->call('GET', $file);
    is($bytes, $png, 'their file, byte for byte');
    my (undef, $held) = post($s, "/v1/cases/$number/attachments", [[file => $png, 'report about them.png']], $auth);
    my $own = (grep { $_->{name} =~ /report/ } @{ JSON::PP->new->decode($held)->{attachments} })[0];
    ok($own, 'a file among ourselves');
    unlike((get($s, "/c/$token"))[1], qr/report about them/, '... does not stand on their page');
    is((get($s, "/c/$token/files/$own->{id}"))[0], 404, '... and is not given out by their link');
    like($h->{'content-disposition'}, qr/^attachment; filename="\.png"; filename\*=UTF-8''%CF%86%CF%89%CF%84%CF%8C\.png$/, '... to be saved');
    is($h->{'x-content-type-options'}, 'nosniff', '... as what it is');

    my ($other) = ($number == 999999 ? 999998 : $number + 1);
    for my $bad ("/c/$other-" . substr($token, 7), "/c/" . substr($token, 0, -1), '/c/x', "/c/$number", "/c/$token/files/1", '/s/' . $token) {
        ($status, $page, $h) = get($s, $bad);
        is($status, 404, 'no page at ' . ($bad =~ s/[\w-]{20,}/.../r));
        like($h->{'content-type'}, qr/html/, '... said in words');
    }

    # --- messages, and what staff does
    my $mkey = key($s, "/c/$token");
    select undef, undef, undef, 2.2;
    ($code, undef, $h) = post($s, "/c/$token", [[body => 'Here is another photo.'], [key => $mkey], [files => $png, 'more.png']]);
    is($code, 303, 'a message with a file');
    post($s, "/c/$token", [[body => 'Here is another photo.'], [key => $mkey]]);
    (undef, $case) = $s->call('GET', "/v1/cases/$number", undef, $auth);
    is(scalar(grep { $_->{kind} eq 'message_in' && !$_->{data}{by} } @{ $case->{events} }), 1, '... once, however often it is sent');
    is(scalar @{ $case->{attachments} }, 5, '... with its file');
    is((post($s, "/c/$token", [[body => ''], [key => key($s, "/c/$token")]]))[0], 422, 'an empty message is none');
    (undef, my $note) = $s->call('POST', "/v1/cases/$number/notes", { text => 'A secret note' }, $auth);
    $s->call('POST', "/v1/cases/$number/messages", { text => 'We look at it.', channel => 'form', send => JSON::PP::false }, $auth);
    ($status, $page) = get($s, "/c/$token?lang=en");
    like($page, qr/We look at it\./, 'what we said stands there');
    unlike($page, qr/secret note|The owner|ann\@example/, '... and neither notes nor names of ours');
    unlike($page, qr/Did we make it right/, 'nothing is asked before it is decided');
    ($code, $note) = $s->call('POST', "/v1/cases/$number/decide", { outcome => 'not_upheld', reason => 'The cup was whole.', remedies => [] }, $auth);
    is($code, 200, 'decided') or diag(explain($note));
    unlike((get($s, "/c/$token?lang=en"))[1], qr/The cup was whole/, 'a decision that was not told yet does not stand there');
    $s->call('POST', "/v1/cases/$number/communicate", { how => 'page' }, $auth);
    ($status, $page) = get($s, "/c/$token?lang=en");
    like($page, qr/The cup was whole/, 'once it was told it does');
    like($page, qr/If you do not agree/, '... with the way to object');
    like($page, qr/Did we make it right/, '... and we ask whether it is right');
    is((post($s, "/c/$token/right", [[answer => 'not_yet']]))[0], 303, 'not yet');
    (undef, $case) = $s->call('GET', "/v1/cases/$number", undef, $auth);
    is($case->{rated}, 'not_yet', '... is written down');
    is("$case->{state} $case->{reopened_count}", 'investigating 1', '... and opens it again');
    ok((grep { $_->{state} eq 'running' && $_->{kind} eq 'next_answer' } @{ $case->{clocks} }), '... with a clock that runs') or diag(explain($case->{clocks}));
    isnt($case->{steps}{called_back}, 'done', '... so nobody has been called back');
    (undef, my $today) = $s->call('GET', '/v1/today?peek=true', undef, $auth);
    my $first = $today->{duties}[0];
    is_deeply([@$first{qw(kind case phone)}], ['not_right', $number, '+442079460001'], '... it stands first on Today, with the number to call') or diag(explain($today->{duties}));
    is($today->{duty_totals}{not_right}, 1, '... and is counted');
    is(scalar(grep { ($_->{case} // 0) == $number } @{ $today->{duties} }), 1, '... once');
    like(RebHttp::run($db, 'today', '--peek'), qr/Zo\S+ & Co says that it is not right yet.*442079460001/s, '... in the terminal too');
    ($status, $page) = get($s, "/c/$token?lang=en");
    like($page, qr/Your complaint is open again/, '... and the customer reads that it is open again');
    unlike($page, qr/value="not_yet"/, '... and is not asked once more before there is another decision');
    is((post($s, "/c/$token/right", [[answer => 'perhaps']]))[0], 303, 'another answer changes nothing');
    is((post($s, "/c/$token/right", [[answer => 'yes']]))[0], 303, 'nor does one to a question that is not asked');
    $s->call('POST', "/v1/cases/$number/messages", { text => 'I called: the saucer is missing.', channel => 'phone', send => JSON::PP::false }, $auth);
    (undef, $today) = $s->call('GET', '/v1/today?peek=true', undef, $auth);
    is($today->{duty_totals}{not_right}, 0, 'a call is an answer');
    (undef, $case) = $s->call('GET', "/v1/cases/$number", undef, $auth);
    is($case->{rated}, 'not_yet', '... but makes nothing right by itself');
    $s->call('POST', "/v1/cases/$number/decide", { outcome => 'not_upheld', reason => 'The saucer was there, too.', remedies => [], differs_reason => 'We looked again.' }, $auth);
    (undef, $case) = $s->call('POST', "/v1/cases/$number/communicate", { how => 'page' }, $auth);
    (undef, $case) = $s->call('GET', "/v1/cases/$number", undef, $auth);
    is($case->{rated}, undef, 'after another decision it is asked anew');
    is($case->{steps}{called_back}, 'now', '... and to be called back is what comes next');
    like((get($s, "/c/$token?lang=en"))[1], qr/value="not_yet"/, '... also on their page');
    $mkey = key($s, "/c/$token");
    my $good = key($s);
    select undef, undef, undef, 2.2;    # for both
    is((post($s, "/c/$token", [[body => 'Look again.'], [as => 'appeal'], [key => $mkey]]))[0], 303, 'an appeal');
    (undef, $case) = $s->call('GET', "/v1/cases/$number", undef, $auth);
    is($case->{reopened_count}, 2, '... opens it again');
    ok((grep { $_->{kind} eq 'reopened' && $_->{word} eq 'appeal' } @{ $case->{events} }), '... as an appeal');
    like((get($s, "/c/$token?lang=en"))[1], qr/We answer by|We solve it by/, '... and a clock runs anew');

    # --- what programs and careless people send
    my %refused = (
        'nothing said'        => [[body => '  '], [email => 'a@b.gr']],
        'nobody to answer'    => [[body => 'x']],
        'no e-mail address'   => [[body => 'x'], [email => 'nobody']],
        'no telephone number' => [[body => 'x'], [phone => '12']],
        'a day to come'       => [[body => 'x'], [email => 'a@b.gr'], [day => '2099-01-01']],
        'a program'           => [[body => 'x'], [email => 'a@b.gr'], [files => "MZ\x90\0\3\0\0\0", 'invoice.pdf']],
        'a web page'          => [[body => 'x'], [email => 'a@b.gr'], [files => '<html><script>1</script>', 'x.txt']],
        'six files'           => [[body => 'x'], [email => 'a@b.gr'], map { [files => $png, "$_.png"] } 1 .. 6],
        'a large file'        => [[body => 'x'], [email => 'a@b.gr'], [files => $png . 'x' x (10 << 20), 'film.png']],
        'the hidden field'    => [[body => 'x'], [email => 'a@b.gr'], [website => 'http://spam']],
    );
    (undef, my $before) = $s->call('GET', '/v1/cases', undef, $auth);
    for my $what (sort keys %refused) {
        ($code, $page) = post($s, '/complain', [@{ $refused{$what} }, [key => $good]]);
        is($code, 422, "$what: the form comes back");
        like($page, qr/role="alert"/, '... and says why');
    }
    is((post($s, '/complain', [[body => 'x'], [email => 'a@b.gr'], [key => "$_"]]))[0], 422, 'a key that was not made here') for '', 'x.y', "123456-abc.0123456789abcdef";
    ($code, $page) = post($s, '/complain', [[body => 'نامهٔ من'], [email => 'a@b.gr'], [speak => 'fa'], [key => $good]]);
    like($page, qr/lang="fa".*نامهٔ من/s, 'another language is chosen: what was typed stays');
    is((post($s, '/complain', [[body => 'x'], [email => 'a@b.gr'], [key => $good]], { 'Sec-Fetch-Site' => 'cross-site' }))[0], 403, 'a form of another site');
    is(($s->call('POST', '/complain', { body => 'x' }))[0], 415, 'JSON is no form');
    is(($s->call('POST', '/complain', "--x\r\n", { 'Content-Type' => 'multipart/form-data; boundary=x' }))[0], 400, 'half a form');
    ($code, $page) = $s->call('POST', '/complain', 'a=%FF%00&b&body=%E2%82', { 'Content-Type' => 'application/x-www-form-urlencoded' });
    is($code, 422, 'bytes that are no text');
    (undef, my $after) = $s->call('GET', '/v1/cases', undef, $auth);
    is($after->{total}, $before->{total}, 'none of them became a complaint');
    ($code, undef, $h) = post($s, '/complain', [[body => 'خراب رسید'], [anonymous => 'yes'], [name => 'Sara'], [email => 'sara@example.net'], [day => '۱۴۰۵/۰۸/۲۵'], [key => $good], [speak0 => '']], { 'Accept-Language' => 'fa' });
    is($code, 303, 'without a name, with a Persian day');
    my ($anonymous) = $h->{location} =~ m{/c/(\d+)};
    (undef, $case) = $s->call('GET', "/v1/cases/$anonymous", undef, $auth);
    ok($case->{anonymous}, '... is anonymous');
    unlike(JSON::PP->new->encode($case), qr/Sara|sara\@/, '... and what was typed of the person is not taken down');
    is($case->{facts_day}, '2026-11-16', '... on its day') or diag($case->{facts_day});

    # --- surveys
    ($code, my $asked) = $s->call('POST', '/v1/surveys/invitations', { kind => 'csat', case => $number + 0 }, $auth);
    is($code, 201, 'a survey about the case') or diag(explain($asked));
    my $link = $asked->{link};
    for my $score (1 .. 5, 99, 'x') {    # a scanner follows every link of the mail, with a browser's headers
        get($s, "$link?a=$score", { 'Sec-Fetch-Dest' => 'document', 'Sec-Fetch-Mode' => 'navigate' });
        $s->call('HEAD', "$link?a=$score");
    }
    my $figures = sub { my (undef, $f) = $s->call('GET', '/v1/surveys', undef, $auth); my ($one) = grep { $_->{kind} eq $_[0] } @{ $f->{surveys} }; $one };
    is($figures->('csat')->{answered}, 0, 'links that a scanner followed are no answers');
    is($figures->('csat')->{asked}, 1, '... of one who was asked');
    ($status, $page) = get($s, "$link?a=4");
    like($page, qr/lang="el"/, 'it speaks the language of the case');
    like($page, qr/value="4" required checked/, 'the answer of the link is chosen');
    is((post($s, $link, [[comment => 'x']]))[0], 422, 'an answer without a score is none');
    is((post($s, $link, [[score => 6]]))[0], 422, '... nor one beyond the scale');
    is((post($s, $link, [[score => 4], [comment => 'Καλά <i>']]))[0], 303, 'an answer');
    is((post($s, $link, [[score => 2]]))[0], 303, '... may be changed');
    my $f = $figures->('csat');
    is($f->{answered}, 1, '... and counts once');
    is(join(' ', map { $_->{count} } @{ $f->{counts} }), '0 1 0 0 0', '... as the newest');
    ok($f->{figure}{low} == 0 && $f->{figure}{high} > 0.7, 'of one answer the interval is wide');
    like((get($s, "$link?done=1&lang=en"))[1], qr/Tell us what went wrong/, 'who is unhappy is asked to say why');
    post($s, $link, [[score => 1], [comment => 'Worse <i>']]);
    (undef, my $answers) = $s->call('GET', '/v1/surveys/answers?kind=csat', undef, $auth);
    is($answers->{answers}[0]{comment}, 'Worse <i>', 'the comment');
    is($answers->{answers}[0]{case}, $number, '... of its case');
    ($code, $asked) = $s->call('POST', '/v1/surveys/invitations', { kind => 'nps', language => 'ar' }, $auth);
    like((get($s, $asked->{link}))[1], qr/lang="ar".*value="10"/s, 'recommending, 0 to 10, in Arabic');

    # --- not too often
    RebHttp::run($db, 'set', 'form_per_hour', '3');
    my @codes = map { (post($s, $asked->{link}, [[score => $_]]))[0] } 1 .. 6;
    ok((grep { $_ == 429 } @codes) >= 2, 'too often in an hour: 429') or diag("@codes");
    ($code, $page, $h) = post($s, '/complain', [[body => 'keep me'], [email => 'a@b.gr'], [key => $good]]);
    is($code, 429, 'complaints, too');
    like($page, qr/keep me/, '... and nothing typed is lost');
    ok($h->{'retry-after'} > 0, '... with the time to wait');

    is($s->stop, 0, 'it stops in order');
    my ($rc, $out) = RebHttp::run($db, 'verify');
    is($rc, 0, 'the database is in order') or diag($out);
}
done_testing;
