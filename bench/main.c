/* main.c: bench. Runs the parts, each alone if asked; keeps dated JSON; prints one table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/proc.h"
#include "bench/bench.h"

struct part {
	const char *name;
	const char *about;
	bench_part_fn *run;
};
static const struct part parts[] = {
#define PART(name, about) { #name, about, bench_##name },
#include "bench/bench.def"
#undef PART
};
#define PART_COUNT (sizeof(parts) / sizeof(parts[0]))

static const char bench_dir[] = "build/bench";
static const char *choice;

const char *bench_choice(void)
{
	return choice;
}

/* Is the word in the choice; *others: are there words but "small"? */
static bool in_choice(const char *word, bool *others)
{
	const char *at = choice;
	size_t len = strlen(word);
	bool in = false;

	for (*others = false; at && *at; at += strcspn(at, ","), at += *at == ',') {
		in |= strcspn(at, ",") == len && !strncmp(at, word, len);
		*others |= strcspn(at, ",") != 5 || strncmp(at, "small", 5) != 0;
	}
	return in;
}

bool bench_chosen(const char *word)
{
	bool others, in = in_choice(word, &others);

	return in || !others;
}

bool bench_small(void)
{
	bool others;

	return in_choice("small", &others);
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double median(double *values, unsigned n)
{
	BUG_ON(n == 0);
	qsort(values, n, sizeof(*values), compare_doubles);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static void print_figure(const struct figure *f)
{
	printf("  %-54s %14.6g %-8s", f->name, f->value, f->unit);
	if (f->reference)
		printf("  %s %.6g, ratio %.3g", f->reference, f->reference_value,
		       f->reference_value != 0 ? f->value / f->reference_value : 0.0);
	if (f->target != 0)
		printf("  (%s %.6g: %s)", f->below ? "at most" : "at least", f->target,
		       (f->below ? f->value <= f->target : f->value >= f->target) ? "met"
										  : "NOT met");
	printf("\n");
	fflush(stdout);
}

void figure_add(json_t *rows, const struct figure *f)
{
	json_t *row = json_pack("{s:s s:s s:f}", "name", f->name, "unit", f->unit, "value", f->value);

	if (f->reference) {
		json_object_set_new(row, "reference", json_string(f->reference));
		json_object_set_new(row, "reference_value", json_real(f->reference_value));
	}
	if (f->target != 0) {
		json_object_set_new(row, f->below ? "at_most" : "at_least", json_real(f->target));
		json_object_set_new(row, "met",
				    json_boolean(f->below ? f->value <= f->target
							  : f->value >= f->target));
	}
	json_array_append_new(rows, row);
	print_figure(f);
}

/* Writes build/bench/NAME.json (the latest, by which a run resumes) and a dated copy. */
static int keep(const char *name, json_t *rows, struct err *e)
{
	char stamp[32];
	time_t now = time(NULL);
	struct tm tm;
	json_t *doc;
	char *text, *latest, *dated;
	int rc;

	gmtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &tm);
	doc = json_pack("{s:i s:s s:s s:O}", "version", 1, "part", name, "date", stamp, "figures",
			rows);
	text = json_dumps(doc, JSON_INDENT(1));
	latest = xasprintf("%s/%s.json", bench_dir, name);
	dated = xasprintf("%s/%s-%s.json", bench_dir, stamp, name);
	rc = file_publish(dated, text, strlen(text), e);
	if (rc == 0)
		rc = file_publish(latest, text, strlen(text), e);
	free(dated);
	free(latest);
	free(text);
	json_decref(doc);
	return rc;
}

static int run_part(const struct part *p)
{
	struct err e = ERR_INIT;
	json_t *rows = json_array();
	int64_t start = clock_ms();
	int rc;

	printf("%s: %s\n", p->name, p->about);
	fflush(stdout);
	rc = p->run(rows, &e);
	if (rc == 0 && !choice)
		rc = keep(p->name, rows, &e);
	json_decref(rows);
	if (rc < 0) {
		fprintf(stderr, "bench: %s: %s\n", p->name, e.msg);
		return e.status ? e.status : EXIT_ENVIRON;
	}
	printf("  (%.1f s)\n", (double)(clock_ms() - start) / 1000);
	return 0;
}

/* True if the part was measured after the program was last built: then a resumed run skips it. */
static int is_done(const char *name)
{
	char *path = xasprintf("%s/%s.json", bench_dir, name);
	struct stat measured, built;
	int done = stat(path, &measured) == 0 && stat("build/cgofuzz", &built) == 0 &&
		measured.st_mtime > built.st_mtime;

	free(path);
	return done;
}

static int usage(void)
{
	fprintf(stderr, "usage: bench [PART[:CHOICE]...]; parts:\n");
	for (unsigned i = 0; i < PART_COUNT; i++)
		fprintf(stderr, "  %-10s %s\n", parts[i].name, parts[i].about);
	return EXIT_USAGE;
}

static const struct part *find(const char *name)
{
	size_t len = strcspn(name, ":");

	for (unsigned i = 0; i < PART_COUNT; i++)
		if (!strncmp(parts[i].name, name, len) && !parts[i].name[len])
			return &parts[i];
	return NULL;
}

int main(int argc, char **argv)
{
	struct err e = ERR_INIT;
	int status = 0;

	for (int i = 1; i < argc; i++)
		if (!find(argv[i]))
			return usage();
	if (dir_make(bench_dir, &e) < 0) {
		fprintf(stderr, "bench: %s\n", e.msg);
		return e.status;
	}
	for (int i = 1; i < argc; i++) {
		const char *colon = strchr(argv[i], ':');
		int rc;

		choice = colon ? colon + 1 : NULL;
		rc = run_part(find(argv[i]));
		status = rc > status ? rc : status;
	}
	for (unsigned i = 0; argc == 1 && i < PART_COUNT; i++) {
		int rc;

		if (is_done(parts[i].name)) {
			printf("%s: measured since the last build; PART=%s measures again\n",
			       parts[i].name, parts[i].name);
			continue;
		}
		rc = run_part(&parts[i]);
		status = rc > status ? rc : status;
	}
	return status;
}
