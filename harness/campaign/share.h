/* share.h: campaign. What a process had of the machine: to tell a guest that hangs from one that nobody lets run. */
#ifndef CAMPAIGN_SHARE_H
#define CAMPAIGN_SHARE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Of all its threads that live, since each began. */
struct share {
	uint64_t ran_ns;
	uint64_t waited_ns; /* ready to run, while others ran */
};

/* By /proc/PID/task/TID/schedstat (Linux, Documentation/scheduler/sched-stats.rst). false: there is no such process, or
 * the kernel does not tell. */
bool share_read(pid_t pid, struct share *s);

#endif
