/* batch.c: emit. Cases that are generated and compiled together. */
#include "emit/batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/rng.h"
#include "guest/wire.h"

_Static_assert(BATCH_MAX_CASES == CGOFUZZ_MAX_SLOTS, "a recorder has room for every slot");

static void batch_init(struct batch *b, uint32_t count, const struct target *t)
{
	BUG_ON(count > BATCH_MAX_CASES);
	*b = (struct batch){ .target = t, .count = count };
	b->slots = xcalloc(count ? count : 1, sizeof(*b->slots));
}

static void hash_row(struct hash *h, const struct target_case *row)
{
	const char *texts[] = { row->name, row->hook, row->go_hook, row->stub, row->other };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		hash_add_str(h, texts[i] ? texts[i] : "");
	hash_add(h, &row->side, sizeof(row->side));
}

static void batch_finish(struct batch *b)
{
	struct hash *h = hash_new();

	hash_add_str(h, b->target && b->target->dir ? b->target->dir : "");
	hash_add_str(h, b->control ? "control" : "");
	hash_add_str(h, b->names ? "names" : b->probe ? "probe" : "");
	for (uint32_t i = 0; i < b->count; i++) {
		hash_add_str(h, b->slots[i].c.text);
		if (b->slots[i].row)
			hash_row(h, b->slots[i].row);
	}
	hash_finish(h, b->id);
}

const struct fuzz_case *target_types(const struct batch_slot *slot, enum target_side side,
				     struct fuzz_case *other)
{
	const char *text = slot->row && slot->row->side == side ? slot->row->other : NULL;
	struct err e = ERR_INIT;

	*other = (struct fuzz_case){ 0 };
	if (!text)
		return &slot->c;
	if (case_parse(other, text, strlen(text), slot->row->name, &e) < 0)
		BUG("target's table: %s", e.msg);
	other->route = slot->c.route;
	return other;
}

void batch_for_probe(struct batch *b, bool names)
{
	b->probe = true;
	b->names = names;
	batch_finish(b);
}

void batch_rename(struct batch *b)
{
	batch_finish(b);
}

void batch_with_control(struct batch *b)
{
	b->control = true;
	batch_finish(b);
}

void batch_generate(struct batch *b, uint32_t count, uint64_t seed)
{
	uint8_t recipe[RECIPE_MAX_BYTES];
	struct rng rng;

	batch_init(b, count, target_find("cgo"));
	rng_seed(&rng, seed);
	for (uint32_t i = 0; i < count; i++) {
		rng_fill(&rng, recipe, sizeof(recipe));
		case_decode(&b->slots[i].c, recipe, sizeof(recipe), POPULATION_PLAIN);
	}
	batch_finish(b);
}

void batch_take(struct batch *b, const struct fuzz_case *cases, uint32_t count)
{
	batch_init(b, count, target_find("cgo"));
	for (uint32_t i = 0; i < count; i++)
		b->slots[i].c = cases[i];
	batch_finish(b);
}

int batch_from_cases(struct batch *b, const char *const *texts, uint32_t count, struct err *e)
{
	if (count > BATCH_MAX_CASES)
		return err_set(e, EXIT_USAGE, "%u cases at once, BATCH_MAX_CASES = %d is the most",
			       count, BATCH_MAX_CASES);
	batch_init(b, count, target_find("cgo"));
	for (uint32_t i = 0; i < count; i++) {
		if (case_parse(&b->slots[i].c, texts[i], strlen(texts[i]), "<case>", e) < 0) {
			batch_release(b);
			return -1;
		}
	}
	batch_finish(b);
	return 0;
}

int batch_from_target(struct batch *b, const struct target *t, int arch, struct err *e)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < t->case_count; i++)
		n += (t->cases[i].archs >> arch) & 1;
	if (!n)
		return err_set(e, EXIT_USAGE, "target %s has no cases for this architecture",
			       t->name);
	batch_init(b, n, t);
	n = 0;
	for (uint32_t i = 0; i < t->case_count; i++) {
		const struct target_case *row = &t->cases[i];

		if (!((row->archs >> arch) & 1))
			continue;
		b->slots[n].row = row;
		if (case_parse(&b->slots[n].c, row->text, strlen(row->text), row->name, e) < 0) {
			batch_release(b);
			return err_prefix(e, "target %s", t->name);
		}
		n++;
	}
	batch_finish(b);
	return 0;
}

static const struct target_case *row_named(const struct target *t, const char *name)
{
	for (uint32_t i = 0; t && i < t->case_count; i++)
		if (!strcmp(t->cases[i].name, name))
			return &t->cases[i];
	return NULL;
}

/* Lines "# target NAME" and "# row NAME" say what a case text alone cannot. */
struct loading {
	struct batch *b;
	const char *path;
	const struct target_case *row;
};

static int load_line(struct loading *l, char *line, uint32_t number, struct err *e)
{
	struct batch *b = l->b;
	char name[32];

	if (!strncmp(line, "# target ", 9)) {
		b->target = target_find(line + 9);
		if (!b->target)
			return err_set(e, EXIT_USAGE, "%s:%u: unknown target '%s'", l->path, number,
				       line + 9);
	} else if (!strcmp(line, "# control")) {
		b->control = true;
	} else if (!strncmp(line, "# row ", 6)) {
		l->row = row_named(b->target, line + 6);
		if (!l->row)
			return err_set(e, EXIT_USAGE, "%s:%u: target %s has no row '%s'", l->path,
				       number, b->target->name, line + 6);
	}
	if (!*line || *line == '#')
		return 0;
	if (b->count == BATCH_MAX_CASES)
		return err_set(e, EXIT_USAGE, "%s:%u: more than BATCH_MAX_CASES = %d cases",
			       l->path, number, BATCH_MAX_CASES);
	snprintf(name, sizeof(name), "line %u", number);
	if (case_parse(&b->slots[b->count].c, line, strlen(line), name, e) < 0)
		return err_prefix(e, "%s", l->path);
	b->slots[b->count++].row = l->row;
	l->row = NULL;
	return 0;
}

int batch_load(struct batch *b, const char *path, struct err *e)
{
	struct loading l = { .b = b, .path = path };
	struct buf text = BUF_INIT;
	char *line, *rest;
	int rc = file_read(path, (size_t)64 << 20, &text, e);

	batch_init(b, BATCH_MAX_CASES, target_find("cgo"));
	b->count = 0;
	rest = text.ptr;
	for (uint32_t number = 1; rc == 0 && (line = strsep(&rest, "\n")); number++)
		rc = load_line(&l, line, number, e);
	buf_release(&text);
	if (rc < 0) {
		batch_release(b);
		return -1;
	}
	batch_finish(b);
	return 0;
}

int batch_save(const struct batch *b, const char *path, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc;

	buf_addf(&text, "# cgofuzz cases, batch %s\n# target %s\n%s", b->id,
		 b->target ? b->target->name : "cgo", b->control ? "# control\n" : "");
	for (uint32_t i = 0; i < b->count; i++) {
		if (b->slots[i].row)
			buf_addf(&text, "# row %s\n", b->slots[i].row->name);
		buf_addf(&text, "%s\n", b->slots[i].c.text);
	}
	rc = file_write(path, text.ptr, text.len, e);
	buf_release(&text);
	return rc;
}

void batch_release(struct batch *b)
{
	for (uint32_t i = 0; b->slots && i < b->count; i++)
		case_release(&b->slots[i].c);
	free(b->slots);
	*b = (struct batch){ 0 };
}
