/* arch.c: lane. The tables of architectures and engines. */
#include <elf.h>
#include <string.h>

#include "lane/lane.h"

static const struct arch_info archs[] = {
#define ARCH(id, name, triple, clang, qemu, prefix, cpu, elf, hang) \
	{ CGOFUZZ_ARCH_##id, name, triple, clang, qemu, prefix, cpu, elf, hang },
#include "lane/arch.def"
#undef ARCH
};
#define ARCH_COUNT (sizeof(archs) / sizeof(*archs))

const char *const engine_names[ENGINE_COUNT] = {
#define ENGINE(id, name, about) [ENGINE_##id] = name,
#include "lane/engine.def"
#undef ENGINE
};

const char *engine_name(unsigned engine)
{
	return engine < ENGINE_COUNT ? engine_names[engine] : "plain";
}

const struct arch_info *arch_find(const char *name)
{
	for (size_t i = 0; i < ARCH_COUNT; i++)
		if (!strcmp(archs[i].name, name))
			return &archs[i];
	return NULL;
}

const struct arch_info *arch_of(int id)
{
	for (size_t i = 0; i < ARCH_COUNT; i++)
		if ((int)archs[i].id == id)
			return &archs[i];
	return NULL;
}

const struct arch_info *arch_at(unsigned i)
{
	return i < ARCH_COUNT ? &archs[i] : NULL;
}
