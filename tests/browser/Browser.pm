# Browser.pm: tests. Headless Chromium, driven over WebDriver (W3C) by chromedriver; nothing but core Perl.
package Browser;
use strict;
use warnings;
use HTTP::Tiny;
use JSON::PP;

my %keys = (Enter => "\x{e007}", Escape => "\x{e00c}", Down => "\x{e015}");

sub found { grep { -x "$_/chromium" } split /:/, $ENV{PATH} and grep { -x "$_/chromedriver" } split /:/, $ENV{PATH} }

# new Browser(directory for the profile and the log)
sub new {
	my ($class, $dir) = @_;
	my $self = bless {dir => $dir, http => HTTP::Tiny->new(timeout => 60)}, $class;
	defined(my $pid = open $self->{out}, '-|') or die "fork: $!";
	if (!$pid) {
		open STDERR, '>', "$dir/chromedriver.err";
		exec 'chromedriver', '--port=0' or exit 127;
	}
	$self->{pid} = $pid;
	while (defined(my $line = readline $self->{out})) {
		$self->{base} = "http://127.0.0.1:$1", last if $line =~ /started successfully on port (\d+)/;
	}
	die "chromedriver did not start" unless $self->{base};
	my @args = ('--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--window-size=1400,1000',
		"--user-data-dir=$dir/profile", '--no-first-run', '--disable-background-networking');
	my $made = $self->call(POST => '/session', {capabilities => {alwaysMatch => {browserName => 'chrome',
		'goog:chromeOptions' => {args => \@args}, 'goog:loggingPrefs' => {browser => 'ALL', performance => 'ALL'}}}});
	$self->{session} = "/session/$made->{sessionId}";
	return $self;
}

sub call {
	my ($self, $method, $path, $body) = @_;
	my $r = $self->{http}->request($method, ($self->{base} // '') . $path, {headers => {'Content-Type' => 'application/json'},
		$method eq 'POST' ? (content => encode_json($body // {})) : ()});
	my $said = eval { decode_json($r->{content}) } or die "chromedriver: $r->{status} $r->{content}";
	die "chromedriver: $said->{value}{error}: $said->{value}{message}\n" if !$r->{success};
	return $said->{value};
}

sub in { my ($self, $method, $path, $body) = @_; return $self->call($method, "$self->{session}$path", $body) }
sub go { my ($self, $url) = @_; $self->in(POST => '/url', {url => $url}) }
# The value of a JavaScript function's body.
sub run { my ($self, $script, @args) = @_; return $self->in(POST => '/execute/sync', {script => $script, args => \@args}) }
# Presses keys, one after the other, wherever the focus is.
sub press {
	my ($self, @pressed) = @_;
	my @actions = map { my $k = $keys{$_} // $_; ({type => 'keyDown', value => $k}, {type => 'keyUp', value => $k}) } @pressed;
	$self->in(POST => '/actions', {actions => [{type => 'key', id => 'keyboard', actions => \@actions}]});
}
sub cdp { my ($self, $cmd, $params) = @_; return $self->in(POST => '/goog/cdp/execute', {cmd => $cmd, params => $params}) }
sub messages { my ($self, $type) = @_; return @{$self->in(POST => '/se/log', {type => $type})} }
# Asks until the script says yes; dies after 20 s.
sub wait_for {
	my ($self, $script) = @_;
	for (1 .. 200) {
		return 1 if $self->run($script);
		select undef, undef, undef, 0.1;
	}
	die "waited in vain: $script";
}
sub text { my ($self, $selector) = @_; return $self->run('return document.querySelector(arguments[0])?.innerText ?? ""', $selector) }

sub DESTROY {
	my $self = shift;
	local ($@, $?);
	eval { $self->call(DELETE => $self->{session}) } if $self->{session};
	kill TERM => $self->{pid} if $self->{pid};
	close $self->{out} if $self->{out};
}
1;
