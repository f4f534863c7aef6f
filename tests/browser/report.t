#!/usr/bin/perl
# report.t: tests. The page of a report in a real browser: a campaign of a thousand clusters, a tenth of them hostile.
use strict;
use warnings;
use Test::More;
use Cwd 'abs_path';
use File::Basename;
use File::Temp 'tempdir';
use lib dirname(abs_path(__FILE__));
use Browser;

chdir dirname(abs_path(__FILE__)) . '/../..' or die;
plan skip_all => 'chromium and chromedriver are not installed (.ci/setup test)' unless Browser::found();
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);

my $dir = tempdir('cgofuzz-browser.XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $campaign = "$dir/week <script>";
my $page = "$dir/report.html";
is system('build/cgofuzz-bench', "report:$campaign") >> 8, 0, 'a campaign of a thousand clusters is made';
is system("build/cgofuzz report '$campaign' --html $page >$dir/out") >> 8, 0, 'its page is written';

my $b = Browser->new($dir);
my $ready = 'return document.documentElement.dataset.ready === "yes"';
$b->go('about:blank');
$b->messages('performance'); # what the browser loaded to start
sub rows { $b->run('return document.querySelectorAll("table.clusters tbody tr").length') }
sub shown { $b->text('#shown') }
sub opened { $b->text('article.cluster h2') }
sub fresh { my $hash = shift; $b->go('about:blank'); $b->go("file://$page$hash"); $b->wait_for($ready) }

fresh('');
is $b->text('h1'), 'week <script>', 'it has the name of the campaign';
like $b->text('.figures'), qr/1,000 clusters/, 'and says how many clusters there are';
is shown(), '1,000 clusters', 'all are in the table';
is $b->run('return document.querySelectorAll("table.clusters th.lane").length'), 8, 'with a column for each lane';
like $b->text('table.clusters tbody td.lane.h0'), qr/\S/, 'a cell says by text that a lane has not seen it';
ok $b->run('return document.querySelector("svg.chart path.line.all").getTotalLength() > 100'), 'the chart is drawn';
like $b->text('.cover'), qr/\d+ of \d+ rules/, 'the rule book is counted';
cmp_ok rows(), '<', 1000, 'not all rows are made at once';
$b->wait_for('window.scrollTo(0, document.body.scrollHeight); return document.querySelectorAll("table.clusters tbody tr").length === 1000');
ok 1, 'scrolling down makes the others';

# Keys
fresh('');
$b->press('j', 'j', 'k');
is $b->run('return document.querySelectorAll("tr.selected").length'), 1, 'one row is selected';
my $second = $b->run('return document.querySelectorAll("table.clusters tbody tr")[1].querySelector(".title a").textContent');
$b->press('Enter');
like opened(), qr/\Q$second\E/, 'j j k Enter opens the second';
$b->press('j');
unlike opened(), qr/\Q$second\E/, 'j goes on to the next';
$b->press('k');
like opened(), qr/\Q$second\E/, 'k goes back';
$b->press('Escape');
ok $b->run('return document.querySelector("#detail").hidden && !document.querySelector("#overview").hidden'), 'Esc closes it';
is $b->text('tr.selected .title a'), $second, 'where it was is still selected';
$b->press('?');
ok $b->run('return document.querySelector("#help").open'), '? lists the keys';
$b->press('Escape');
ok !$b->run('return document.querySelector("#help").open'), 'Esc closes the list';
$b->press('/', split(//, 'library_77_call'));
is shown(), '1 of 1,000 clusters', '/ searches while one types';
like $b->run('return location.hash'), qr/q=library_77_call/, 'the address says what was searched';
$b->press('Enter', 'Enter');
like opened(), qr/^77 /, 'Enter leaves the search, Enter opens what was found';
$b->press('Escape', 'Escape');
is shown(), '1,000 clusters', 'Esc clears the search';
$b->press('n');
like shown(), qr/^\d+ of 1,000/, 'n shows what is new';
is $b->run('return [...document.querySelectorAll("table.clusters tbody tr")].filter((r) => !/new/.test(r.cells[2].innerText)).length'),
	0, 'and nothing else';
$b->press('Escape');

# Filters
$b->run('const s = document.querySelector("select[aria-label=kind]"); s.value = "hang"; s.dispatchEvent(new Event("change"))');
my ($hangs) = shown() =~ /^(\d+) of/;
is rows(), $hangs < 80 ? $hangs : 80, 'a filter leaves as many rows as it says, or as are made at once';
is $b->run('return [...document.querySelectorAll("table.clusters tbody tr")].filter((r) => r.cells[3].innerText !== "hang").length'),
	0, 'all of that kind';
fresh('#kind=hang&arch=arm64');
my ($fewer) = shown() =~ /^(\d+) of/;
cmp_ok $fewer, '<', $hangs, 'an address with two filters has fewer';
is $b->run('return document.querySelector("select[aria-label=arch]").value'), 'arm64', 'and shows them';

# A cluster
fresh('#q=leaf&kind=leaf');
$b->press('Enter');
like $b->text('article.cluster'), qr/cgofuzz show .*cgofuzz replay /s, 'a cluster says what to run next';
like $b->text('article.cluster'), qr/'\S*week <script>'/, 'in words that a shell takes as they are';
like $b->text('article .picture'), qr/\b(x0|v0|rdi|xmm0|sp\+0|x8|rax)\b/, 'and where the ABI has the leaves of its case';
fresh('#kind=signal');
$b->press('Enter');
my $folded = $b->run('return [...document.querySelectorAll("table.stack tr")].filter((r) => r.offsetParent).length');
$b->run('document.querySelector("table.stack + p button").click()');
cmp_ok $b->run('return [...document.querySelectorAll("table.stack tr")].filter((r) => r.offsetParent).length'), '>', $folded,
	'plumbing of a stack is folded away, and comes back';
like $b->text('table.stack'), qr/Go\s.*runtime\.cgocall/, 'its frames say C or Go in words';

# Hostile text
for my $id (10, 20, 30, 60, 70, 80, 90, 100, 300) {
	fresh("#c=$id");
	like opened(), qr/^$id /, "cluster $id can be shown";
	is $b->run('return document.scripts.length + document.images.length + document.querySelectorAll("svg[onload]").length'), 2,
		'nothing of it became markup';
	unlike $b->run('return document.title + (window.owned ?? "")'), qr/^owned/, 'nor ran';
}
fresh('#c=100');
like opened(), qr{</script><script>document\.title='owned'</script>}, 'it is there as text';
fresh('#c=80');
unlike $b->text('article.cluster'), qr/\x{2028}|\x{202e}/, 'what turns text around is spelled';

# Light and dark
sub background { $b->run('return getComputedStyle(document.body).backgroundColor') }
sub prefer { $b->cdp('Emulation.setEmulatedMedia', {features => [{name => 'prefers-color-scheme', value => shift}]}) }
prefer('light');
fresh('');
my $light = background();
prefer('dark');
isnt background(), $light, 'who prefers dark gets dark';
$b->press('t');
is $b->text('#theme'), 'theme: light', 't switches';
is background(), $light, 'against what is preferred';
$b->press('t');
isnt background(), $light, 'to dark';
$b->press('t');

# The whole time
my @said = grep { $_->{level} =~ /SEVERE|WARNING/ } $b->messages('browser');
is join("\n", map { $_->{message} } @said), '', 'the console is silent';
my %asked;
for ($b->messages('performance')) {
	my $m = JSON::PP::decode_json($_->{message})->{message};
	$asked{$m->{params}{request}{url}} = 1 if $m->{method} eq 'Network.requestWillBeSent';
}
is join("\n", grep { !m{^(file://\Q$page\E|data:|about:)} } keys %asked), '', 'nothing but the page was asked for';
undef $b;
done_testing;
