/* main_plain.c: guest. A fuzz binary with no engine: PROGRAM PLAN... runs each plan file once, PROGRAM --show
 * plans that come one after the other (show.h). */
#include <stdio.h>
#include <string.h>

#include "guest/show.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
	static uint8_t plan[CGOFUZZ_PLAN_MAX_BYTES];

	if (argc == 2 && !strcmp(argv[1], "--show"))
		return cgofuzz_show();
	for (int i = 1; i < argc; i++) {
		FILE *in = fopen(argv[i], "rb");
		size_t n;

		if (!in) {
			perror(argv[i]);
			return 3;
		}
		n = fread(plan, 1, sizeof(plan), in);
		fclose(in);
		LLVMFuzzerTestOneInput(plan, n);
	}
	return 0;
}
