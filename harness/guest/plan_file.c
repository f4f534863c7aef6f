/* plan_file.c: guest. Plans from files, once each. */
#include "guest/plan_file.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "guest/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int cgofuzz_plan_files(int count, char **paths)
{
	static uint8_t plan[CGOFUZZ_PLAN_MAX_BYTES];

	for (int i = 0; i < count; i++) {
		FILE *in = fopen(paths[i], "rb");
		size_t n;

		if (!in) {
			perror(paths[i]);
			return 3;
		}
		n = fread(plan, 1, sizeof(plan), in);
		fclose(in);
		LLVMFuzzerTestOneInput(plan, n);
	}
	return 0;
}
