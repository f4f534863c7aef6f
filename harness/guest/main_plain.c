/* main_plain.c: guest. A fuzz binary with no engine: PROGRAM PLAN... runs each plan file once, PROGRAM --show
 * plans that come one after the other (show.h). */
#include <string.h>

#include "guest/plan_file.h"
#include "guest/show.h"

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--show"))
		return cgofuzz_show();
	return cgofuzz_plan_files(argc - 1, argv + 1);
}
