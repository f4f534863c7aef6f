# open_page.pl: bench. Seconds from asking a running Chromium for a page until the page says that it is ready
# (data-ready), one line a run: perl -Itests/browser bench/open_page.pl FILE SCRATCH RUNS TEXT. TEXT must be on it.
use strict;
use warnings;
use Browser;
use Time::HiRes qw(sleep time);

my ($file, $scratch, $runs, $text) = @ARGV;
my $b = Browser->new($scratch);
for (1 .. $runs) {
	$b->go('about:blank');
	my $began = time;
	$b->go("file://$file");
	until ($b->run('return document.documentElement.dataset.ready === "yes"')) {
		die "not ready after 60 s\n" if time > $began + 60;
		sleep 0.005;
	}
	my $took = time - $began;
	die "no '$text' on the page\n" if index($b->text('body'), $text) < 0;
	printf "%.3f\n", $took;
}
