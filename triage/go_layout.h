/* go_layout.h: triage, for the unwinder. Where Go's runtime keeps what a stack switch needs. */
#ifndef TRIAGE_GO_LAYOUT_H
#define TRIAGE_GO_LAYOUT_H

#include <stdint.h>

struct go_layout { /* offsets in runtime.g and runtime.m */
	uint32_t g_m, g_sched, g_goid;
	uint32_t sched_sp, sched_pc, sched_lr, sched_bp; /* from the start of g */
	uint32_t m_g0, m_curg, m_lockedg;
};

/* Of Go 1.25 to 1.27: for what an image's DWARF does not tell (image_go_layout()). */
#define GO_LAYOUT_DEFAULT \
	{ \
		.g_m = 48, .g_sched = 56, .g_goid = 152, .sched_sp = 56, .sched_pc = 64, \
		.sched_lr = 88, .sched_bp = 96, .m_curg = 184, .m_lockedg = UINT32_MAX \
	}

#endif
