/* main.c: bench. C -> Go -> C -> Go -> C, so many times as the argument says. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void raw_step(void); /* exported by Go */
void raw_callee(void);

void raw_callee(void)
{
}

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
	unsigned long steps = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	double from;

	raw_step(); /* waits for the Go runtime */
	from = cpu_s();
	for (unsigned long i = 0; i < steps; i++)
		raw_step();
	fprintf(stderr, "raw: crossings=%lu cpu=%.6f\n", 4 * steps, cpu_s() - from);
	return 0;
}
