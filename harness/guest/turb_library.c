/* turb_library.c: guest. The library that dlopen steps load, built twice: with -O2, and with -Ofast. */
double cgofuzz_library_sum(const double *x, int n);

static double last;

double cgofuzz_library_sum(const double *x, int n)
{
	double sum = 0;

	for (int i = 0; i < n; i++)
		sum += x[i];
	last = last + sum;
	return last;
}
