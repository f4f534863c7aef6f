/* known.c: triage. The file of known issues: libcyaml reads it into structs, libyaml tells the lines. */
#include "triage/known.h"

#include <cyaml/cyaml.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/file.h"
#include "triage/text.h"

#define HINT \
	"an entry has signature and link, and may have guilty, lanes, verdict, expires, note (docs/TRIAGE.md)"

static const cyaml_strval_t verdicts[] = { { "fault", KNOWN_FAULT },
					   { "flaky", KNOWN_IS_FLAKY },
					   { "ok", KNOWN_OK } };
static const cyaml_schema_value_t lane_schema = { CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1,
								     CYAML_UNLIMITED) };
#define TEXT(name, flags) \
	CYAML_FIELD_STRING_PTR(#name, CYAML_FLAG_POINTER | (flags), struct known_issue, name, 1, \
			       CYAML_UNLIMITED)
static const cyaml_schema_field_t issue_fields[] = {
	TEXT(signature, 0),
	TEXT(guilty, CYAML_FLAG_OPTIONAL),
	CYAML_FIELD_SEQUENCE("lanes", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct known_issue,
			     lanes, &lane_schema, 1, CYAML_UNLIMITED),
	TEXT(link, 0),
	TEXT(note, CYAML_FLAG_OPTIONAL),
	TEXT(expires, CYAML_FLAG_OPTIONAL),
	CYAML_FIELD_ENUM("verdict", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, struct known_issue,
			 verdict, verdicts, sizeof(verdicts) / sizeof(verdicts[0])),
	CYAML_FIELD_END
};
static const cyaml_schema_value_t issue_schema = { CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct known_issue, issue_fields) };
static const cyaml_schema_value_t file_schema = { CYAML_VALUE_SEQUENCE(
	CYAML_FLAG_POINTER, struct known_issue, &issue_schema, 0, CYAML_UNLIMITED) };

/* The first thing libcyaml complains of, and the first line it names. */
struct complaint {
	char what[256];
	unsigned line;
};

static void complain(cyaml_log_t level, void *ctx, const char *fmt, va_list args)
{
	struct complaint *c = ctx;
	char text[256], *line;

	(void)level;
	vsnprintf(text, sizeof(text), fmt, args);
	text[strcspn(text, "\n")] = '\0';
	line = strstr(text, "(line: ");
	if (line && !c->line)
		c->line = (unsigned)strtoul(line + 7, NULL, 10);
	else if (!line && !c->what[0] && !strstr(text, "Backtrace"))
		snprintf(c->what, sizeof(c->what), "%s",
			 !strncmp(text, "Load: ", 6) ? text + 6 : text);
}

static cyaml_config_t config_of(struct complaint *c)
{
	return (cyaml_config_t){ .log_fn = complain,
				 .log_ctx = c,
				 .mem_fn = cyaml_mem,
				 .log_level = CYAML_LOG_ERROR,
				 .flags = CYAML_CFG_NO_ALIAS };
}

static int bad(struct err *e, const char *name, unsigned line, const char *what)
{
	struct buf clean = BUF_INIT;

	text_escape(&clean, what, strlen(what));
	err_set(e, EXIT_USAGE, "%s:%u: %s; " HINT, name, line ? line : 1, clean.ptr);
	buf_release(&clean);
	return -1;
}

/* Where the entries begin; of a text that was read without complaint. A second document would be passed
 * over in silence: *second is its line. */
static void lines_find(struct known_issues *k, const char *text, size_t len, unsigned *second)
{
	unsigned depth = 0, entry = 0, documents = 0;
	yaml_parser_t parser;
	yaml_event_t event;
	bool more = true;

	*second = 0;
	if (!yaml_parser_initialize(&parser))
		return;
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	while (more && yaml_parser_parse(&parser, &event)) {
		unsigned line = (unsigned)event.start_mark.line + 1;

		if (event.type == YAML_DOCUMENT_START_EVENT && ++documents == 2)
			*second = line;
		if (event.type == YAML_MAPPING_START_EVENT && depth == 1 && documents == 1 &&
		    entry < k->count)
			k->issues[entry++].line = line;
		depth += event.type == YAML_MAPPING_START_EVENT ||
			event.type == YAML_SEQUENCE_START_EVENT;
		depth -= event.type == YAML_MAPPING_END_EVENT ||
			event.type == YAML_SEQUENCE_END_EVENT;
		more = event.type != YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
}

static bool is_date(const char *s)
{
	static const char form[] = "dddd-dd-dd";
	size_t i = 0;

	for (; form[i] && s[i]; i++)
		if (form[i] == 'd' ? s[i] < '0' || s[i] > '9' : s[i] != form[i])
			return false;
	return !form[i] && !s[i] && strncmp(s + 5, "01", 2) >= 0 && strncmp(s + 5, "12", 2) <= 0 &&
		strcmp(s + 8, "01") >= 0 && strcmp(s + 8, "31") <= 0;
}

/* YAML can say any character; these are shown on terminals. A backslash is none of those that matter. */
static bool is_printable(const char *text)
{
	char *plain = xstrdup(text), *to = plain;
	struct buf clean = BUF_INIT;
	bool same;

	for (const char *s = text; *s; s++)
		if (*s != '\\')
			*to++ = *s;
	*to = '\0';
	text_escape(&clean, plain, strlen(plain));
	same = !strcmp(clean.ptr, plain);
	buf_release(&clean);
	free(plain);
	return same;
}

static int check(const struct known_issues *k, const char *name, struct err *e)
{
	for (unsigned i = 0; i < k->count; i++) {
		const struct known_issue *issue = &k->issues[i];

		if (!strchr(issue->signature, '|'))
			return bad(e, name, issue->line,
				   "signature is none (`cgofuzz show` prints it)");
		if (!is_printable(issue->signature) || !is_printable(issue->link) ||
		    (issue->note && !is_printable(issue->note)))
			return bad(e, name, issue->line, "a text holds a control character");
		if (issue->expires && !is_date(issue->expires))
			return bad(e, name, issue->line, "expires is no date like 2027-01-31");
	}
	return 0;
}

/* Where YAML itself is wrong, or has what libcyaml was told to refuse: it names what lies around. 0: nowhere. */
static unsigned wrong_line(const char *text, size_t len)
{
	unsigned line = 0;
	yaml_parser_t parser;
	yaml_event_t event;
	bool more = true;

	if (!yaml_parser_initialize(&parser))
		return 0;
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	while (more && yaml_parser_parse(&parser, &event)) {
		if (event.type == YAML_ALIAS_EVENT)
			line = (unsigned)event.start_mark.line + 1;
		more = event.type != YAML_STREAM_END_EVENT && !line;
		yaml_event_delete(&event);
	}
	if (parser.error != YAML_NO_ERROR)
		line = (unsigned)parser.problem_mark.line + 1;
	yaml_parser_delete(&parser);
	return line;
}

int known_parse(struct known_issues *k, const char *text, size_t len, const char *name, struct err *e)
{
	struct complaint c = { "", 0 };
	cyaml_config_t config = config_of(&c);
	void *issues = NULL;
	unsigned second;
	cyaml_err_t rc;

	memset(k, 0, sizeof(*k));
	if (!len)
		return 0;
	rc = cyaml_load_data((const uint8_t *)text, len, &config, &file_schema, &issues, &k->count);
	if (rc != CYAML_OK) {
		k->count = 0;
		if (rc == CYAML_ERR_ALIAS || rc == CYAML_ERR_LIBYAML_PARSER)
			c.line = wrong_line(text, len);
		return bad(e, name, c.line, c.what[0] ? c.what : cyaml_strerror(rc));
	}
	k->issues = issues;
	lines_find(k, text, len, &second);
	if (second ? bad(e, name, second, "a second document") < 0 : check(k, name, e) < 0) {
		known_release(k);
		return -1;
	}
	return 0;
}

int known_read(struct known_issues *k, const char *path, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc;

	memset(k, 0, sizeof(*k));
	if (!file_exists(path))
		return 0;
	rc = file_read(path, 16 << 20, &text, e);
	if (rc == 0)
		rc = known_parse(k, text.ptr, text.len, path, e);
	buf_release(&text);
	return rc;
}

void known_release(struct known_issues *k)
{
	struct complaint c = { "", 0 };
	cyaml_config_t config = config_of(&c);

	if (k->issues)
		cyaml_free(&config, &file_schema, k->issues, k->count);
	memset(k, 0, sizeof(*k));
}

static bool matches(const struct known_issue *k, const struct known_case *c, const char *lane)
{
	bool fits = k->lanes_count == 0;

	if (fnmatch(k->signature, c->signature, 0) != 0 ||
	    (k->guilty && fnmatch(k->guilty, c->guilty, 0) != 0))
		return false;
	for (unsigned i = 0; i < k->lanes_count && !fits; i++)
		fits = fnmatch(k->lanes[i], lane, 0) == 0;
	return fits;
}

static enum known_why says(const struct known_issue *k, const struct known_case *c)
{
	if (k->expires && strncmp(c->today, k->expires, 10) > 0)
		return k->verdict == KNOWN_OK ? KNOWN_NOT : KNOWN_EXPIRED;
	if (k->verdict == KNOWN_OK)
		return KNOWN_FIXED;
	if (k->verdict == KNOWN_IS_FLAKY && c->replayed_of > 0 && c->replayed_ok == c->replayed_of)
		return KNOWN_STEADY;
	return KNOWN_EXPLAINED;
}

/* What was fixed outweighs what is known; that, what has run out. */
static enum known_why find_lane(const struct known_issues *k, const struct known_case *c,
				const char *lane, const struct known_issue **issue)
{
	static const int weight[] = {
		[KNOWN_NOT] = 0, [KNOWN_EXPIRED] = 1, [KNOWN_STEADY] = 2, [KNOWN_EXPLAINED] = 3, [KNOWN_FIXED] = 4
	};
	enum known_why best = KNOWN_NOT;

	for (unsigned i = 0; i < k->count; i++) {
		enum known_why why = matches(&k->issues[i], c, lane) ? says(&k->issues[i], c)
								     : KNOWN_NOT;

		if (weight[why] > weight[best]) {
			best = why;
			*issue = &k->issues[i];
		}
	}
	return best;
}

enum known_why known_find(const struct known_issues *k, const struct known_case *c,
			  const struct known_issue **issue)
{
	char *copy = xstrdup(c->lanes), *save = NULL;
	enum known_why why = KNOWN_NOT;

	*issue = NULL;
	for (char *lane = strtok_r(copy, ",", &save); lane; lane = strtok_r(NULL, ",", &save)) {
		why = find_lane(k, c, lane, issue);
		if (why != KNOWN_EXPLAINED)
			break;
	}
	if (why == KNOWN_NOT)
		*issue = NULL;
	free(copy);
	return why;
}
