/* main_afl.c: guest. A fuzz binary under AFL++; without it, PROGRAM PLAN... runs each plan file once. */
#include <stdio.h>
#include <unistd.h>

#include "guest/afl_server.h"
#include "guest/plan_file.h"
#include "guest/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* afl-showmap and others put the plan into standard input, a file that they rewind. */
static uint32_t from_stdin(uint8_t *into, uint32_t max)
{
	ssize_t n;

	lseek(0, 0, SEEK_SET);
	n = read(0, into, max);
	return n > 0 ? (uint32_t)n : 0;
}

int main(int argc, char **argv)
{
	static uint8_t buffer[CGOFUZZ_PLAN_MAX_BYTES];

	if (!cgofuzz_afl_serves())
		return cgofuzz_plan_files(argc - 1, argv + 1);
	do {
		const uint8_t *plan;
		uint32_t len = cgofuzz_afl_next(&plan);

		if (!plan) {
			len = from_stdin(buffer, sizeof(buffer));
			plan = buffer;
		}
		LLVMFuzzerTestOneInput(plan, len);
	} while (cgofuzz_afl_done());
	return 0;
}
