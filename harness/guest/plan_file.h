/* plan_file.h: guest. Plans from files, for the engines' binaries when no engine runs them. */
#ifndef GUEST_PLAN_FILE_H
#define GUEST_PLAN_FILE_H

/* Runs each file's plan once. The process's exit status: 0, or 3 with a word on stderr. */
int cgofuzz_plan_files(int count, char **paths);

#endif
