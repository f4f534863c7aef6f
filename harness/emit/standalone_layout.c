/* standalone_layout.c: emit. Lines of a reproducer that hold where a compiler, or Go, puts things against where
 * the ABI document does. */
#include <stdio.h>
#include <string.h>

#include "abi/abi.h"
#include "emit/standalone.h"

struct layout {
	const struct standalone *s;
	const struct abi_value *value;
	const struct shape *shape; /* as this side sees it */
	const char *name; /* "a0" */
	uint32_t first;
	const char *go_names;
};

static void put_line(const struct layout *l, const char *what, uint32_t wanted)
{
	buf_addf(l->s->out, "\tcompare(\"%s of %s\", 4, %u, ", what, l->name, wanted);
	if (l->s->go) {
		buf_addf(l->s->out, "uint64(unsafe.%sof(%s)))\n", *what == 's' ? "Size" : "Align",
			 l->name);
	} else {
		buf_addf(l->s->out, "%s(", *what == 's' ? "sizeof" : "_Alignof");
		shape_declare(l->s->out, l->shape, STANDALONE_PREFIX, "");
		buf_addstr(l->s->out, "));\n");
	}
}

/* " a0.b a0.z+4 -": the word of one leaf. */
static const char *word_of(const struct layout *l, const struct shape_leaf *leaf, size_t *len)
{
	const char *word = l->go_names;

	for (uint32_t i = l->first; word && i < leaf->index; i++)
		word = strchr(word + 1, ' ');
	if (!word || word[1] == '-')
		return NULL;
	*len = strcspn(++word, " +");
	return word;
}

static int put_leaf(const struct shape_leaf *leaf, void *ctx)
{
	const struct layout *l = ctx;
	struct buf *out = l->s->out;
	const struct abi_leaf *at;
	size_t len = 0;
	const char *word = l->s->go ? word_of(l, leaf, &len) : NULL;

	if (leaf->bitfield || !leaf->named_len || (l->s->go && !word) ||
	    leaf->index - l->first >= l->value->leaf_count)
		return 0;
	at = &l->value->leaves[leaf->index - l->first];
	buf_addf(out, "\tcompare(\"offset of %s%s\", 4, %u, ", l->name, leaf->path,
		 at->offset_bits / 8);
	if (l->s->go) {
		buf_addf(out,
			 "uint64(uintptr(unsafe.Pointer(&%.*s))-uintptr(unsafe.Pointer(&%s))+%u))\n",
			 (int)len, word, l->name, leaf->inner);
	} else {
		buf_addstr(out, "offsetof(");
		shape_declare(out, l->shape, STANDALONE_PREFIX, "");
		buf_addf(out, ", %.*s) + %u);\n", (int)leaf->named_len - 1, leaf->path + 1,
			 leaf->inner);
	}
	return 0;
}

static void put_value(struct layout *l, uint32_t *index)
{
	struct buf names = BUF_INIT;

	if (l->value->shape->kind == SHAPE_VOID)
		return;
	l->first = *index;
	if (l->s->go)
		go_names(&names, l->shape, l->name);
	l->go_names = names.len ? names.ptr : NULL;
	put_line(l, "size", l->value->size);
	put_line(l, "alignment", l->value->align);
	shape_each_leaf(l->shape, SHAPE_EVERY_VARIANT, index, put_leaf, l);
	buf_release(&names);
}

/* The document speaks of what is declared; an exhibit's wrong side has other padding, and as many leaves. */
void standalone_layout(const struct standalone *s)
{
	struct layout l = { .s = s };
	struct arena arena = ARENA_INIT;
	const struct abi_call *call = abi_classify(abi_find(s->how->arch), ABI_DOCUMENT,
						   &s->declared->proto, s->declared->type_count,
						   &arena);
	uint32_t index = 0;
	char name[16];

	for (uint32_t i = 0; i < s->c->proto.arg_count; i++) {
		snprintf(name, sizeof(name), "a%u", i);
		l.name = name;
		l.value = &call->args[i];
		l.shape = s->c->proto.args[i];
		put_value(&l, &index);
	}
	l.name = "result";
	l.value = &call->result;
	l.shape = s->c->proto.result;
	index = 0;
	put_value(&l, &index);
	arena_release(&arena);
}
