/* lane.c: lane. The short name of a lane: parts joined by '-', each recognised by its form. */
#include "lane/lane.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lane/flag.h"
#include "lane/tool.h"

#define DEFAULT_WRAPPER "gcc12"
#define DEFAULT_CALLEE "gcc12"
#define DEFAULT_CALLEE_OPT "O1"
#define DEFAULT_WRAPPER_OPT "O0"

#define MAX_SETTINGS 6 /* guest_command() has room for them */

static const char valid_parts[] =
	"a part is one of: amd64 arm64; gcc12 clang14 or another version (the first for cgo's wrappers, the "
	"second for callees); O0 O1 O2 O3 Os Ofast, mavx mgeneral contract (callees), wO0 .. wOs (wrappers); go1.26.8; qemu7.2 (arm64); "
	"gobuild (the reference path); settings come last: +GOGC=1; named sets stand alone; \"cgofuzz lanes\" "
	"lists what is here";

static size_t digits(const char *s)
{
	return strspn(s, "0123456789");
}

/* "12", "7.2", "1.26.8": numbers joined by dots. */
static bool is_dotted(const char *s, size_t len, int most)
{
	size_t at = 0;

	for (int n = 0; n < most; n++) {
		size_t d = digits(s + at);

		if (!d || d > 3)
			return false;
		at += d;
		if (at == len)
			return true;
		if (s[at++] != '.')
			return false;
	}
	return false;
}

static bool is_compiler(const char *s)
{
	size_t name = !strncmp(s, "gcc", 3) ? 3 : !strncmp(s, "clang", 5) ? 5 : 0;

	return name && digits(s + name) && digits(s + name) <= 3 && !s[name + digits(s + name)];
}

static bool is_level(const char *s)
{
	return s[0] == 'O' && s[1] && strchr("0123s", s[1]) && !s[2];
}

/* go1.26, go1.26.8, go1.27rc1, go1.21beta2 */
bool go_is_release(const char *s)
{
	size_t len = strlen(s);
	const char *pre = strstr(s, "rc");

	if (!pre)
		pre = strstr(s, "beta");
	if (strncmp(s, "go1.", 4))
		return false;
	if (pre) {
		size_t name = *pre == 'r' ? 2 : 4;

		if (!digits(pre + name) || pre[name + digits(pre + name)])
			return false;
		len = (size_t)(pre - s);
	}
	return is_dotted(s + 2, len - 2, 3);
}

static bool is_qemu(const char *s)
{
	return !strncmp(s, "qemu", 4) && is_dotted(s + 4, strlen(s + 4), 3);
}

static int set_once(char *field, size_t size, const char *part, const char *what, struct err *e)
{
	if (*field)
		return err_set(e, EXIT_USAGE, "two %ss, '%s' and '%s'", what, field, part);
	if (strlen(part) >= size)
		return err_set(e, EXIT_USAGE, "'%s' is too long", part);
	snprintf(field, size, "%s", part);
	return 0;
}

static int take_compiler(struct lane *l, const char *part, struct err *e)
{
	if (!*l->wrapper)
		return set_once(l->wrapper, sizeof(l->wrapper), part, "compiler", e);
	if (*l->callee)
		return err_set(e, EXIT_USAGE,
			       "a third compiler, '%s': the first is for cgo's wrappers, the second for "
			       "callees",
			       part);
	return set_once(l->callee, sizeof(l->callee), part, "compiler", e);
}

static int take_part(struct lane *l, const char *part, struct err *e)
{
	const struct arch_info *arch = arch_find(part);

	if (arch && l->arch)
		return err_set(e, EXIT_USAGE, "two architectures, '%s' and '%s'", l->arch->name,
			       part);
	if (arch) {
		l->arch = arch;
		return 0;
	}
	if (is_compiler(part))
		return take_compiler(l, part, e);
	if (is_level(part) || !strcmp(part, "Ofast")) /* its floats are not those of IEEE 754 */
		return set_once(l->callee_opt, sizeof(l->callee_opt), part, "level", e);
	if (lane_flag_find(part))
		return set_once(l->flag, sizeof(l->flag), part, "flag", e);
	if (part[0] == 'w' && is_level(part + 1))
		return set_once(l->wrapper_opt, sizeof(l->wrapper_opt), part + 1, "wrapper level", e);
	if (go_is_release(part))
		return set_once(l->go, sizeof(l->go), part, "Go release", e);
	if (is_qemu(part))
		return set_once(l->qemu, sizeof(l->qemu), part, "QEMU", e);
	if (!strcmp(part, "gobuild") && !l->reference) {
		l->reference = true;
		return 0;
	}
	return err_set(e, EXIT_USAGE, "%s '%s'; %s",
		       strcmp(part, "gobuild") ? "unknown part" : "a second", part, valid_parts);
}

/* Go takes its default, without a word, for a GOGC it does not understand: the lane would not be what
 * its name says. */
static bool is_gogc(const char *value, size_t len)
{
	return (len == 3 && !strncmp(value, "off", 3)) ||
		(len > 0 && len < 10 && strspn(value, "0123456789") >= len);
}

/* "GOGC=1+GODEBUG=x": NAME=value, joined by '+'. */
static int take_settings(struct lane *l, const char *text, struct err *e)
{
	const char *at = text;
	int count = 0;

	while (*at) {
		size_t len = strcspn(at, "+");
		size_t name = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

		if (!name || isdigit((unsigned char)*at) || at[name] != '=')
			return err_set(e, EXIT_USAGE, "setting '%.*s' is not NAME=value", (int)len,
				       at);
		if (++count > MAX_SETTINGS)
			return err_set(e, EXIT_USAGE, "more than %d settings", MAX_SETTINGS);
		if (!strncmp(at, "GOGC=", 5) && !is_gogc(at + 5, len - 5))
			return err_set(e, EXIT_USAGE, "setting '%.*s': GOGC is a number or off",
				       (int)len, at);
		if (!strncmp(at, "CGOFUZZ_", 8))
			return err_set(e, EXIT_USAGE,
				       "setting '%.*s': CGOFUZZ_ names are the harness's own",
				       (int)len, at);
		for (size_t i = 0; i < len; i++)
			if (at[i] <= ' ' || at[i] >= 0x7f || strchr(",/'\"\\$`", at[i]))
				return err_set(e, EXIT_USAGE,
					       "setting '%.*s' has a character that is not allowed",
					       (int)name, at);
		at += len;
		if (*at == '+' && !*++at)
			return err_set(e, EXIT_USAGE, "nothing after the last '+'");
	}
	if (strlen(text) >= sizeof(l->settings))
		return err_set(e, EXIT_USAGE, "settings are longer than %zu characters",
			       sizeof(l->settings) - 1);
	snprintf(l->settings, sizeof(l->settings), "%s", text);
	return 0;
}

static int take_text(struct lane *l, const char *text, struct err *e)
{
	const char *plus = strchr(text, '+');
	size_t left = plus ? (size_t)(plus - text) : strlen(text);
	char part[32];

	while (left) {
		size_t len = strcspn(text, "-+");

		if (len >= sizeof(part))
			return err_set(e, EXIT_USAGE, "unknown part '%.*s'; %s", (int)len, text,
				       valid_parts);
		snprintf(part, sizeof(part), "%.*s", (int)len, text);
		if (take_part(l, part, e) < 0)
			return -1;
		text += len;
		left -= len;
		if (left) { /* the '-' */
			text++;
			if (!--left)
				return err_set(e, EXIT_USAGE, "nothing after the last '-'; %s",
					       valid_parts);
		}
	}
	if (plus && !plus[1])
		return err_set(e, EXIT_USAGE, "nothing after the last '+'");
	return plus ? take_settings(l, plus + 1, e) : 0;
}

static void fill(char *field, size_t size, const char *value)
{
	if (!*field)
		snprintf(field, size, "%s", value);
}

static void print_name(struct lane *l)
{
	snprintf(l->name, sizeof(l->name), "%s-%s-%s-%s%s%s-w%s-%s%s%s%s%s%s", l->arch->name,
		 l->wrapper, l->callee, l->callee_opt, *l->flag ? "-" : "", l->flag, l->wrapper_opt,
		 l->go, *l->qemu ? "-" : "", l->qemu, l->reference ? "-gobuild" : "",
		 *l->settings ? "+" : "", l->settings);
}

static void complete(struct lane *l)
{
	/* One compiler sets both. */
	fill(l->callee, sizeof(l->callee), *l->wrapper ? l->wrapper : DEFAULT_CALLEE);
	fill(l->wrapper, sizeof(l->wrapper), DEFAULT_WRAPPER);
	fill(l->callee_opt, sizeof(l->callee_opt), DEFAULT_CALLEE_OPT);
	fill(l->wrapper_opt, sizeof(l->wrapper_opt), DEFAULT_WRAPPER_OPT);
	fill(l->go, sizeof(l->go), go_default());
	if (*l->arch->qemu)
		fill(l->qemu, sizeof(l->qemu), qemu_default(l->arch));
	print_name(l);
}

int lane_parse(struct lane *l, const char *text, const struct arch_info *arch, struct err *e)
{
	const struct lane_flag *flag;

	*l = (struct lane){ 0 };
	if (text && take_text(l, text, e) < 0)
		return err_prefix(e, "lane '%s'", text);
	if (arch && l->arch && arch != l->arch)
		return err_set(e, EXIT_USAGE, "lane '%s' is for %s, but %s was asked for", text,
			       l->arch->name, arch->name);
	if (!l->arch)
		l->arch = arch ? arch : arch_of(CGOFUZZ_ARCH_AMD64);
	if (*l->qemu && !*l->arch->qemu)
		return err_set(e, EXIT_USAGE, "lane '%s': %s runs natively, without %s", text,
			       l->arch->name, l->qemu);
	flag = lane_flag_find(l->flag);
	if (flag && !(flag->archs >> l->arch->id & 1))
		return err_set(e, EXIT_USAGE, "lane '%s': %s has no %s", text, l->arch->name,
			       flag->option);
	complete(l);
	return 0;
}

void lane_reference(struct lane *out, const struct lane *l)
{
	*out = *l;
	out->reference = true;
	print_name(out);
}
