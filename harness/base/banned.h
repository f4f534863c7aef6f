/* banned.h: base. Unsafe or state-bound libc calls do not compile (after git's banned.h).
 * Forced into every file by "-include base/banned.h"; the headers come first, so that only our own
 * uses meet the macros. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H
#ifndef __ASSEMBLER__

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The name shows up in the compiler's message: "implicit declaration of sorry_strcpy_is_banned". */
#define BANNED(func) sorry_##func##_is_banned

#undef strcpy
#define strcpy(x, y) BANNED(strcpy) /* buf_addstr, memcpy with a known length */
#undef stpcpy
#define stpcpy(x, y) BANNED(stpcpy)
#undef strcat
#define strcat(x, y) BANNED(strcat) /* buf_addstr */
#undef strncpy
#define strncpy(x, y, n) BANNED(strncpy) /* snprintf, buf_add */
#undef strncat
#define strncat(x, y, n) BANNED(strncat)
#undef strtok
#define strtok(x, y) BANNED(strtok) /* strtok_r, strcspn */
#undef gets
#define gets(x) BANNED(gets)

#undef sprintf
#undef vsprintf
#define sprintf(...) BANNED(sprintf) /* buf_addf, snprintf */
#define vsprintf(...) BANNED(vsprintf)

/* strtol and friends say when a text is no number. */
#undef atoi
#define atoi(x) BANNED(atoi)
#undef atol
#define atol(x) BANNED(atol)
#undef atoll
#define atoll(x) BANNED(atoll)
#undef atof
#define atof(x) BANNED(atof)

/* gmtime_r, localtime_r, strftime. */
#undef gmtime
#define gmtime(t) BANNED(gmtime)
#undef localtime
#define localtime(t) BANNED(localtime)
#undef ctime
#define ctime(t) BANNED(ctime)
#undef ctime_r
#define ctime_r(t, buf) BANNED(ctime_r)
#undef asctime
#define asctime(t) BANNED(asctime)
#undef asctime_r
#define asctime_r(t, buf) BANNED(asctime_r)

/* Names made up before the file is opened: mkstemp, mkdtemp. */
#undef tmpnam
#define tmpnam(x) BANNED(tmpnam)
#undef tempnam
#define tempnam(x, y) BANNED(tempnam)
#undef mktemp
#define mktemp(x) BANNED(mktemp)

/* No shell ever: proc_run. */
#undef system
#define system(x) BANNED(system)
#undef popen
#define popen(x, y) BANNED(popen)

#endif
#endif
