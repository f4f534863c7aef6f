/* internal.h: abi, for its own files. What layout, classification and the picture share. */
#ifndef ABI_INTERNAL_H
#define ABI_INTERNAL_H

#include "abi/abi.h"

/* One classification at work. */
struct abi_work {
	const struct abi *abi;
	enum abi_reader reader;
	struct arena *arena;
	const struct abi_type **types; /* by type_index, filled as they are needed */
	uint32_t type_count;
};

struct extent {
	uint32_t size, align; /* bytes */
	uint64_t events; /* that decided it: bits of enum layout_event, and LAYOUT_APART */
};

/* The documents may differ on it, or on what it holds by value. */
#define LAYOUT_APART ((uint64_t)1 << 63)
#define LAYOUT_BIT(event) ((uint64_t)1 << LAYOUT_##event)

/* Registers and stack as far as arguments have taken them. */
struct abi_cursor {
	unsigned general, vector;
	unsigned front_general, front_vector; /* as a compiler's front end counts them */
	uint32_t stack;
};

/* What an ABI's folder provides, each as abi_GOARCH. */
struct abi {
	enum abi_id id;
	const char *arch;
	const char *document; /* "AAPCS64" */
	uint32_t vector_align; /* the most that a vector is aligned to */
	uint8_t address_back; /* general register, ABI_NO_REGISTER */
	unsigned long_double_bits; /* of its 16 bytes those that hold the value */
	bool counts_unnamed; /* unnamed bit-fields count in the alignment of a struct */
	const struct abi_register *registers;
	unsigned register_count;
	unsigned argument_registers[2]; /* ABI_GENERAL, ABI_VECTOR: how many arguments can take */
	/* Gives v its parts, byref and rules and moves the cursor. v's shape, size and align are set. */
	void (*argument)(struct abi_work *w, struct abi_cursor *at, struct abi_value *v);
	/* The same for the result, before any argument: an address may take an argument register. */
	void (*result)(struct abi_work *w, struct abi_cursor *at, struct abi_value *v);
};
#define ABI(id, arch, document) extern const struct abi abi_##arch;
#include "abi/abi.def"
#undef ABI

/* Does this reader not do what the row says? */
static inline bool abi_deviates(const struct abi_work *w, int rule)
{
	const struct rule_info *info = &rule_info[rule];

	return w->reader != ABI_DOCUMENT &&
		(w->reader == ABI_GCC ? info->gcc : info->clang)[0] != '\0';
}

/* to: a power of two */
static inline uint32_t round_up(uint32_t n, uint32_t to)
{
	return (n + to - 1) & -to;
}

/* layout.c: a struct or union; laid out when it is asked for first. */
const struct abi_type *layout_new(struct abi_work *w, const struct shape *s);
static inline const struct abi_type *layout_type(struct abi_work *w, const struct shape *s)
{
	if (s->type_index < w->type_count && w->types[s->type_index])
		return w->types[s->type_index];
	return layout_new(w, s);
}
/* Takes the types that are laid out alike from the call for another ABI; both are the document's. */
void layout_take(struct abi_work *w, const struct abi_call *like);

/* extent.c */
extern const struct extent layout_scalars[SCALAR_COUNT]; /* without qualifiers or attributes */
struct extent layout_any(struct abi_work *w, const struct shape *s);
static inline struct extent layout_extent(struct abi_work *w, const struct shape *s)
{
	if (s->kind == SHAPE_SCALAR && !s->align && !s->qualifiers) /* most */
		return layout_scalars[s->scalar];
	return layout_any(w, s);
}
/* Does the reader not do what the event's row says? */
static inline bool layout_deviates(const struct abi_work *w, enum layout_event event)
{
	return w->reader != ABI_DOCUMENT && abi_deviates(w, rule_of_event(w->abi->id, event));
}
/* layout.c */
/* Is it a struct or union that has, below all structs and arrays, no member but unnamed bit-fields? */
bool layout_is_empty(const struct abi_work *w, const struct shape *s);

/* places.c: leaves of v with their offsets, and the pieces that its parts, known by then, give them. */
void places_leaves(struct abi_work *w, struct abi_value *v);
/* Appends a part; one that goes on where the last ended, in the same place, lengthens it. */
void places_part(struct abi_value *v, struct abi_part part);
/* The whole value in one run. */
void places_stack(struct abi_value *v, uint32_t slot);

/* Is it one of the kinds that a register takes as it is, whatever typedef or qualifier? */
static inline bool shape_is_leaf(const struct shape *s)
{
	return s->kind == SHAPE_SCALAR || s->kind == SHAPE_ENUM || s->kind == SHAPE_POINTER;
}

/* A vector, or an element of it, that LLVM takes for one __int128 rather than for a vector. */
static inline bool shape_is_int128_vector(const struct shape *s)
{
	return s->kind == SHAPE_VECTOR &&
		(s->target->scalar == SCALAR_INT128 || s->target->scalar == SCALAR_UINT128);
}

#endif
