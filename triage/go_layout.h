/* go_layout.h: triage, for the unwinder. Where Go's runtime keeps what a stack switch needs. */
#ifndef TRIAGE_GO_LAYOUT_H
#define TRIAGE_GO_LAYOUT_H

#include <stdint.h>

#include "triage/image.h"

struct go_layout { /* offsets in runtime.g and runtime.m */
	uint32_t g_m, g_sched, g_goid;
	uint32_t sched_sp, sched_pc, sched_lr, sched_bp; /* from the start of g */
	uint32_t m_g0, m_curg, m_lockedg;
};

/* From the image's DWARF; what is not there keeps the value of Go 1.25 to 1.27. */
void go_layout_read(struct go_layout *out, struct image *m);

#endif
