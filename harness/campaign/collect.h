/* collect.h: campaign. From recorders to finished files, from finished files to bundles. */
#ifndef CAMPAIGN_COLLECT_H
#define CAMPAIGN_COLLECT_H

#include "campaign/instance.h"

/* Hands every file of pending/ to i->record, faults first that were not seen before in this slice, removes
 * it, and gives its slot points. some: those, and of the others as many as there is time for now. */
int collect_pending(struct instance *i, struct err *e);
int collect_some(struct instance *i, struct err *e);
/* After the engine's process has ended: what the recorder holds that no guest put into pending/. */
int collect_last(struct instance *i, int wait_status, struct err *e);
/* Puts the recorder as it stands into pending/: with the fault it holds, else as `kind`, at the place
 * where the plan was. The recorder is IDLE afterwards. */
int collect_recorder(struct instance *i, enum cgofuzz_fault_kind kind, int wait_status,
		     struct err *e);
/* The same for a recorder directory without a process (recover.h). */
int collect_image(const char *slice_dir, const struct cgofuzz_recorder *rec,
		  enum cgofuzz_fault_kind kind, int wait_status, struct err *e);
/* The fault of a finished file; false if it is too short for one. Its values may be anything. */
bool collect_read_fault(const char *path, struct cgofuzz_fault *fault);
/* Does pending/ hold a file of this fault already? */
bool collect_has(const char *slice_dir, const struct cgofuzz_fault *fault);

#endif
