/* next.c: triage. What is left to do of a cluster. */
#include "triage/next.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "triage/command.h"
#include "triage/text.h"

const char *const next_words[] = { "reduce", "blame", "emit", "-" };

enum next_step next_step_of(const struct triage_cluster *c)
{
	if (c->known || c->ignored || c->replayed_ok <= 0)
		return NEXT_NOTHING;
	if (!c->reduced.path)
		return NEXT_REDUCE;
	if (!c->blame)
		return NEXT_BLAME;
	return c->upstream.outcome ? NEXT_NOTHING : NEXT_EMIT;
}

/* The database that must be named beside a bundle: NULL where it is that of the bundle's own campaign. */
static const char *next_where(const char *bundle, const char *where)
{
	char *home = triage_home(bundle), *own = home ? realpath(home, NULL) : NULL;
	char *given = where ? realpath(where, NULL) : NULL;
	bool same = !given || (own && !strcmp(own, given));

	free(home);
	free(own);
	free(given);
	return same ? NULL : where;
}

void next_add(enum next_step step, const char *bundle, const char *where, struct buf *out)
{
	static const char *const words[] = { "reduce", "blame", "emit --bundle" };
	const char *db = next_where(bundle, where);

	command_add(out, words[step], bundle);
	if (db) {
		buf_addstr(out, " --db ");
		text_shell(out, db);
	}
}

void next_command(const struct triage_cluster *c, const char *where, struct buf *out)
{
	enum next_step step = next_step_of(c);

	if (step != NEXT_NOTHING)
		next_add(step, c->smallest, where, out);
}

void next_of_bundle(enum next_step step, const char *bundle, const char *where, struct buf *out)
{
	char *home = triage_home(bundle);

	if (!where)
		where = home;
	if (step != NEXT_NOTHING || where) {
		buf_addstr(out, "next: ");
		if (step != NEXT_NOTHING)
			next_add(step, bundle, where, out);
		else
			command_add(out, dir_exists(where) ? "triage" : "report", where);
		buf_addch(out, '\n');
	}
	free(home);
}

static void add_reproducers(const struct triage_cluster *c, uint32_t count, struct buf *out)
{
	for (uint32_t i = 0; i < count; i++) {
		if (!c[i].upstream.outcome || strcmp(c[i].upstream.outcome, "shown") != 0)
			continue;
		buf_addf(out, "reproducer of %" PRId64 ": ", c[i].id);
		text_shell(out, c[i].upstream.path);
		buf_addch(out, '\n');
	}
}

void next_of_clusters(const struct triage_cluster *c, uint32_t count, const char *where,
		      struct buf *out)
{
	const struct triage_cluster *first = NULL;
	uint32_t left[NEXT_STEPS] = { 0 };
	char id[32];

	for (uint32_t i = 0; i < count; i++) {
		enum next_step step = next_step_of(&c[i]);

		left[step]++;
		if (!first && step != NEXT_NOTHING)
			first = &c[i];
	}
	if (!count)
		return;
	add_reproducers(c, count, out);
	snprintf(id, sizeof(id), " %" PRId64, (first ? first : c)->id);
	buf_addstr(out, "look: ");
	command_add(out, "show", where);
	buf_addf(out, "%s\n", id);
	if (!first) {
		buf_addstr(out, "next: ");
		command_add(out, "report", where);
		buf_addch(out, '\n');
		return;
	}
	buf_addf(out, "left: %u to reduce, %u to blame, %u to emit; cluster%s:\nnext: ",
		 left[NEXT_REDUCE], left[NEXT_BLAME], left[NEXT_EMIT], id);
	next_command(first, where, out);
	buf_addch(out, '\n');
}
