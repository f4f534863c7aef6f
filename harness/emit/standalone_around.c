/* standalone_around.c: emit. What happens around a reproducer's crossing, as plain code. */
#include "emit/standalone.h"

#define REPEATED 200

static bool goes_down(const struct standalone *s)
{
	return s->how->depth || s->how->around & AROUND_THREAD;
}

void standalone_around_h(const struct standalone *s)
{
	if (goes_down(s))
		buf_addstr(s->out, "void down(int n); /* calls Go's up(n) */\n");
	if (s->how->around & AROUND_THREAD)
		buf_addstr(s->out, "void thread(int n); /* down(n) on a thread of C's */\n");
	if (s->how->around & AROUND_FP)
		buf_addstr(s->out, "void round_up(void);\n");
	if (s->how->around & AROUND_SIGNAL)
		buf_addstr(s->out,
			   "void timer(void); /* SIGALRM each millisecond, handled by C */\n");
}

static void put_down(const struct standalone *s)
{
	buf_addstr(s->out, "void up(int n); /* exported by main.go */\nvoid down(int n)\n{\n");
	if (s->how->frame)
		buf_addf(s->out, "\tvolatile char frame[%u];\n\n\tframe[0] = (char)n;\n",
			 s->how->frame);
	buf_addstr(s->out, "\tup(n);\n");
	if (s->how->frame)
		buf_addstr(s->out, "\tframe[0] = 0;\n"); /* no tail call */
	buf_addstr(s->out, "}\n\n");
}

static void put_thread(const struct standalone *s)
{
	buf_addstr(s->out,
		   "#include <pthread.h>\n\nstatic void *begin(void *n)\n{\n"
		   "\tdown(*(int *)n);\n\treturn n;\n}\n\n"
		   "void thread(int n)\n{\n\tpthread_attr_t attr;\n\tpthread_t t;\n\n"
		   "\tpthread_attr_init(&attr);\n");
	if (s->how->stack)
		buf_addf(s->out, "\tpthread_attr_setstacksize(&attr, %u);\n", s->how->stack);
	buf_addstr(s->out,
		   "\tpthread_create(&t, &attr, begin, &n);\n\tpthread_join(t, NULL);\n}\n\n");
}

void standalone_around_c(const struct standalone *s)
{
	if (goes_down(s))
		put_down(s);
	if (s->how->around & AROUND_THREAD)
		put_thread(s);
	if (s->how->around & AROUND_FP)
		buf_addstr(s->out,
			   "#include <fenv.h>\n\nvoid round_up(void)\n{\n"
			   "\tfesetround(FE_UPWARD);\n}\n\n");
	if (s->how->around & AROUND_SIGNAL)
		buf_addstr(
			s->out,
			"#include <signal.h>\n#include <sys/time.h>\n\n"
			"static void handler(int number)\n{\n\t(void)number;\n}\n\n"
			"void timer(void)\n{\n"
			"\tstruct sigaction act = { .sa_handler = handler, .sa_flags = SA_ONSTACK | SA_RESTART };\n"
			"\tstruct itimerval every = { { 0, 1000 }, { 0, 1000 } };\n\n"
			"\tsigaction(SIGALRM, &act, NULL);\n\tsetitimer(ITIMER_REAL, &every, NULL);\n}\n\n");
}

static void put_calls(const struct standalone *s)
{
	const unsigned around = s->how->around;
	const char *tab = around & AROUND_GOROUTINE ? "\t\t" : "\t";

	if (around & AROUND_GOROUTINE)
		buf_addstr(s->out, "\tdone := make(chan bool)\n\tgo func() {\n");
	if (around & (AROUND_GC | AROUND_SIGNAL))
		buf_addf(s->out, "%sfor i := 0; i < %d && wrong+int(C.wrong) == 0; i++ {\n", tab,
			 REPEATED);
	if (around & AROUND_FP)
		buf_addf(s->out, "%sC.round_up()\n", tab);
	if (around & AROUND_THREAD)
		buf_addf(s->out, "%sC.thread(%u)\n", tab, s->how->depth);
	else if (s->how->depth)
		buf_addf(s->out, "%sC.down(%u)\n", tab, s->how->depth);
	else
		buf_addf(s->out, "%scrossing()\n", tab);
	if (around & (AROUND_GC | AROUND_SIGNAL))
		buf_addf(s->out, "%s}\n", tab);
	if (around & AROUND_GOROUTINE)
		buf_addstr(s->out, "\t\tdone <- true\n\t}()\n\t<-done\n");
}

void standalone_around_go(const struct standalone *s)
{
	if (goes_down(s))
		buf_addstr(s->out,
			   "//export up\nfunc up(n C.int) {\n\tif n > 0 {\n\t\tC.down(n - 1)\n"
			   "\t\treturn\n\t}\n\tcrossing()\n}\n\n");
	buf_addstr(s->out, "func main() {\n");
	if (s->how->around & AROUND_GC)
		buf_addstr(s->out, "\tgo func() {\n\t\tfor {\n\t\t\truntime.GC()\n\t\t}\n\t}()\n");
	if (s->how->around & AROUND_SIGNAL)
		buf_addstr(s->out, "\tC.timer()\n");
	put_calls(s);
}
