/* log.h: base. Messages to a person, on standard error. Only cli and campaign use log_say. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_QUIET, LOG_NORMAL, LOG_VERBOSE };
extern enum log_level log_level; /* LOG_NORMAL; --quiet and --verbose set it */

void log_say(const char *fmt, ...) __attribute__((format(printf, 1, 2))); /* LOG_NORMAL up */
void log_detail(const char *fmt, ...) __attribute__((format(printf, 1, 2))); /* LOG_VERBOSE */
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2))); /* always */
/* The one line that is rewritten in place on a terminal; a plain line every 10 s elsewhere. */
void log_status(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_status_end(void); /* leaves the last status line standing */

#endif
