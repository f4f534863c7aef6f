/* space.c: triage. The address space of a guest as its recorder kept it. */
#include "triage/space.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void add(struct space *s, struct image *m, uint64_t bias, const char *path)
{
	struct space_image *out = &s->images[s->image_count++];
	const char *name = name_of(path);
	size_t n = 0;

	out->image = m;
	out->bias = bias;
	image_extent(m, &out->low, &out->high);
	out->low += bias;
	out->high += bias;
	for (; *name && n < sizeof(out->name) - 1; name++)
		out->name[n++] = *name > ' ' && *name < 0x7f ? *name : '?';
	out->name[n] = '\0';
}

/* Where the host has a library of the guest, malloc'd. Only below the usual folders: the path is
 * outside text. */
static char *library_path(const struct arch_info *arch, const char *path)
{
	static const char *const roots[] = { "/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/" };
	const char *name = strrchr(path, '/');
	size_t prefix = strlen(arch->ld_prefix);
	bool usual = false;
	char *out;

	if (!name || strstr(path, "/../"))
		return NULL;
	if (prefix && !strncmp(path, arch->ld_prefix, prefix))
		path += prefix;
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		usual |= !strncmp(path, roots[i], strlen(roots[i]));
	if (!usual)
		return NULL;
	out = xasprintf("%s%s", arch->ld_prefix, path);
	if (!file_exists(out)) {
		free(out);
		out = xasprintf("%s/lib%s", arch->ld_prefix, name);
	}
	return out;
}

static void add_library(struct space *s, const struct cgofuzz_module *mod)
{
	char *path = library_path(s->arch, mod->path);
	struct err e = ERR_INIT;
	struct image *m = path ? image_open(path, s->arch->elf_machine, &e) : NULL;

	if (m)
		add(s, m, mod->bias, path);
	free(path);
}

/* The guest lists the executable first, without a name or with its own. */
void space_init(struct space *s, const struct cgofuzz_recorder *rec, const char *exe)
{
	const struct cgofuzz_fault *f = &rec->fault;
	struct err e = ERR_INIT;
	struct image *m;

	memset(s, 0, sizeof(*s));
	s->rec = rec;
	s->arch = arch_of((int)rec->arch);
	if (!s->arch)
		return;
	m = exe ? image_open(exe, s->arch->elf_machine, &e) : NULL;
	if (exe && !m && file_exists(exe))
		snprintf(s->refused, sizeof(s->refused), "%.30s: %.150s", name_of(exe), e.msg);
	if (m)
		add(s, m, f->module_count ? f->modules[0].bias : 0, exe);
	for (uint32_t i = 1; i < f->module_count; i++)
		add_library(s, &f->modules[i]);
}

const struct space_image *space_image_at(const struct space *s, uint64_t addr)
{
	for (uint32_t i = 0; i < s->image_count; i++)
		if (addr >= s->images[i].low && addr < s->images[i].high)
			return &s->images[i];
	return NULL;
}

const char *space_refused(struct space *s)
{
	for (uint32_t i = 0; i < s->image_count && !*s->refused; i++) {
		const char *why = image_why(s->images[i].image);

		if (why)
			snprintf(s->refused, sizeof(s->refused), "%.30s: %.150s", s->images[i].name,
				 why);
	}
	return *s->refused ? s->refused : NULL;
}

bool space_read(const struct space *s, uint64_t addr, uint64_t *value)
{
	const struct cgofuzz_fault *f = &s->rec->fault;

	for (uint32_t i = 0; i < f->mem_count; i++) {
		const struct cgofuzz_mem *m = &f->mem[i];

		if (m->size < 8 || addr < m->addr || addr - m->addr > m->size - 8)
			continue;
		memcpy(value, s->rec->data + m->at + (addr - m->addr), 8);
		return true;
	}
	return false;
}

bool space_symbol(const struct space *s, uint64_t addr, struct symbol *out)
{
	const struct space_image *i = space_image_at(s, addr);

	if (!i || !image_symbol(i->image, addr - i->bias, out))
		return false;
	out->addr += i->bias;
	return true;
}
