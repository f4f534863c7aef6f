/* capture.c: guest. The capture oracle: is every leaf where the ABI document wants it, between caller
 * and callee? Runs in the trampoline, so it sees what neither of the two can hide. */
#include "guest/capture.h"

#include <errno.h>
#include <string.h>

#include "guest/abi_table.h"
#include "guest/odd.h"
#include "guest/runtime.h"
#include "guest/shadow.h"
#include "guest/stacks.h"

#define PAGE_BYTES 4096u

/* Wherever they lie. */
typedef uint64_t __attribute__((aligned(1), may_alias)) word64;
typedef uint32_t __attribute__((aligned(1), may_alias)) word32;
typedef uint16_t __attribute__((aligned(1), may_alias)) word16;

/* One crossing being looked at. */
struct crossing {
	const struct cgofuzz_captured *regs;
	const struct cgofuzz_stub *stub;
	const unsigned char *stack; /* first stacked argument */
	uint64_t hidden; /* where the result is wanted */
	uint64_t seed;
	uint32_t is_result;
	uint32_t by; /* whose compiler placed it: 0 the wrappers', 1 the callees' */
};

static const void *at(uint32_t offset)
{
	return (const char *)&cgofuzz_abi + offset;
}

/* Is the leaf in use: of a union only one member is. */
static int in_use(const struct cgofuzz_view *v, uint16_t leaf, uint64_t seed)
{
	const struct cgofuzz_variant *now;

	if (!v->unusual || v->unusual->variant_count == 1)
		return 1;
	now = &v->unusual->variants[cgofuzz_variant_of(v->unusual, seed)];
	for (uint32_t i = 0; i < now->leaf_count; i++)
		if (now->leaves[i].index == leaf)
			return 1;
	for (uint32_t i = 0; i < now->odd_count; i++)
		if (now->odd[i].index == leaf)
			return 1;
	return 0;
}

/* Can the page be read? Asked once: what has been mapped for a program of Go and C stays mapped, or is what
 * the callee would die of as well. */
static int page_readable(uint64_t page)
{
	static uint64_t known[64]; /* by their low bits; page 0 is not readable */
	uint64_t *seen = &known[page % 64];
	unsigned char byte;

	if (__atomic_load_n(seen, __ATOMIC_RELAXED) == page && page)
		return 1;
	if (cgofuzz_peek(&byte, page * PAGE_BYTES, 1) != 1)
		return 0;
	__atomic_store_n(seen, page, __ATOMIC_RELAXED);
	return 1;
}

static int readable(uint64_t from, uint32_t bytes)
{
	uint64_t first = from / PAGE_BYTES, last = (from + bytes - 1) / PAGE_BYTES;

	return page_readable(first) && (first == last || page_readable(last));
}

/* Most pieces are whole bytes, and not more than eight of them. */
static void get_bits(const void *from, uint32_t bit, uint32_t bits, uint64_t got[2])
{
	if (bit % 8 || (bits != 64 && bits != 32 && bits != 16 && bits != 8)) {
		cgofuzz_odd_get(&(struct cgofuzz_odd_leaf){ .bit = bit, .bits = (uint16_t)bits },
				from, got);
		return;
	}
	from = (const char *)from + bit / 8;
	got[0] = bits == 64  ? *(const word64 *)from
		: bits == 32 ? *(const word32 *)from
		: bits == 16 ? *(const word16 *)from
			     : *(const unsigned char *)from;
	got[1] = 0;
}

/* The piece's bits out of memory that may not be there: a wrong address is what is looked for. */
static int read_bits(const struct cgofuzz_piece *p, uint64_t from, uint32_t bit, uint64_t got[2])
{
	if (!readable(from + bit / 8, (bit % 8 + p->bits + 7u) / 8))
		return 0;
	get_bits((const void *)(uintptr_t)from, bit, p->bits, got);
	return 1;
}

static int find_bits(const struct crossing *c, const struct cgofuzz_piece *p, uint64_t got[2])
{
	const void *place;
	uint64_t address;

	switch (p->place) {
	case CGOFUZZ_PLACE_GENERAL:
		place = &c->regs->general[p->number];
		break;
	case CGOFUZZ_PLACE_VECTOR:
		place = &c->regs->vector[p->number];
		break;
	case CGOFUZZ_PLACE_X87:
		place = &c->regs->x87[p->number];
		break;
	case CGOFUZZ_PLACE_STACK:
		place = c->stack;
		break;
	default:
		return read_bits(p, c->hidden, p->memory_bit, got);
	}
	if (p->by_reference) {
		memcpy(&address, (const char *)place + p->place_bit / 8, sizeof(address));
		return read_bits(p, address, p->memory_bit, got);
	}
	get_bits(place, p->place_bit, p->bits, got);
	return 1;
}

/* Bits [first, first + count) of a value. */
static void cut(uint64_t value[2], uint32_t first, uint32_t count)
{
	if (!first && count == 64) {
		value[1] = 0;
		return;
	}
	if (first >= 64) {
		value[0] = value[1] >> (first - 64);
		value[1] = 0;
	} else if (first) {
		value[0] = value[0] >> first | value[1] << (64 - first);
		value[1] >>= first;
	}
	value[1] = count > 64 ? cgofuzz_low_bits(value[1], count - 64) : 0;
	value[0] = cgofuzz_low_bits(value[0], count);
}

static __attribute__((cold)) void report(const struct crossing *c, const struct cgofuzz_piece *p,
					 const uint64_t want[2], const uint64_t got[2])
{
	struct cgofuzz_fault *f = cgofuzz_fault_open(CGOFUZZ_FAULT_CAPTURE, CGOFUZZ_BY_TRAMPOLINE,
						     c->stub->slot, cgofuzz_live->direction);

	if (!f)
		return;
	f->leaf = p->leaf;
	f->is_result = c->is_result;
	f->leaf_kind = p->kind;
	f->expected = want[0];
	f->expected_high = want[1];
	f->got = got[0];
	f->got_high = got[1];
	f->piece = *p;
	f->captured = *c->regs;
	cgofuzz_fault_close(f);
}

static void look(const struct crossing *c, const struct cgofuzz_view *v, uint32_t first,
		 uint32_t count)
{
	const struct cgofuzz_piece *p = at(first);

	for (; count--; p++) {
		uint64_t want[2], got[2] = { 0, 0 };

		if (!in_use(v, p->leaf, c->seed))
			continue;
		cgofuzz_value_odd(c->seed, p->leaf, p->kind, p->value_bits, cgofuzz_live->pool, want);
		cut(want, p->leaf_bit, p->bits);
		if (find_bits(c, p, got) && got[0] == want[0] && got[1] == want[1])
			continue;
		report(c, p, want, got);
		return;
	}
}

/* Is the caller compiled as the callees are: it drives Go, or what stands for it. */
static uint32_t from_callees(const struct cgofuzz_stub *stub)
{
	return stub->direction == CGOFUZZ_C_TO_GO;
}

static const struct cgofuzz_abi_slot *slot_of(const struct cgofuzz_stub *stub)
{
	const struct cgofuzz_abi_slot *s = &cgofuzz_abi.slots[stub->slot];

	return cgofuzz_live->stop || !s->known ? NULL : s;
}

static void capture_entry(struct cgofuzz_shadow_frame *frame, const struct cgofuzz_captured *captured)
{
	const struct cgofuzz_abi_slot *s = slot_of(frame->stub);
	struct crossing c = { .regs = captured,
			      .stub = frame->stub,
			      .stack = cgofuzz_stacked(frame),
			      .seed = cgofuzz_live->seed,
			      .by = from_callees(frame->stub) };

	if (!s)
		return;
	frame->hidden = s->hidden[c.by] == CGOFUZZ_NO_REGISTER ? 0
							       : captured->general[s->hidden[c.by]];
	look(&c, &cgofuzz_cases[frame->stub->slot].args, s->args[c.by], s->arg_count[c.by]);
}

/* In turbulence. */
static void look_at_thread(struct cgofuzz_shadow_frame *frame)
{
	frame->state = cgofuzz_state_now();
	if (frame->stub->direction == CGOFUZZ_GO_TO_C)
		cgofuzz_stack_goroutine();
}

void cgofuzz_capture_entry(struct cgofuzz_shadow_frame *frame, const struct cgofuzz_captured *captured)
{
	uint32_t look = cgofuzz_live->capture;

	if (look & CGOFUZZ_LOOK_CAPTURE)
		capture_entry(frame, captured);
	if (look & CGOFUZZ_LOOK_STATE && !cgofuzz_live->stop)
		look_at_thread(frame);
	else
		frame->state.known = 0;
}

static void capture_return(struct cgofuzz_shadow_frame *frame, const struct cgofuzz_captured *captured)
{
	const struct cgofuzz_abi_slot *s = slot_of(frame->stub);
	struct crossing c = { .regs = captured,
			      .stub = frame->stub,
			      .hidden = frame->hidden,
			      .seed = cgofuzz_result_seed(cgofuzz_live->seed),
			      .is_result = 1,
			      .by = !from_callees(frame->stub) };

	uint8_t back;
	int kept = errno; /* the callee's, on its way to Go */

	if (!s)
		return;
	back = s->hidden_back[!c.by];
	if (back != CGOFUZZ_NO_REGISTER && captured->general[back] != frame->hidden) {
		struct cgofuzz_piece p = { .leaf = UINT16_MAX,
					   .kind = CGOFUZZ_LEAF_PTR,
					   .place = CGOFUZZ_PLACE_GENERAL,
					   .number = back,
					   .value_bits = 64,
					   .bits = 64 };

		report(&c, &p, (uint64_t[2]){ frame->hidden, 0 },
		       (uint64_t[2]){ captured->general[back], 0 });
		return;
	}
	look(&c, &cgofuzz_cases[frame->stub->slot].result, s->results[c.by], s->result_count[c.by]);
	errno = kept;
}

void cgofuzz_capture_return(struct cgofuzz_shadow_frame *frame,
			    const struct cgofuzz_captured *captured)
{
	uint32_t look = cgofuzz_live->capture;

	if (look & CGOFUZZ_LOOK_CAPTURE)
		capture_return(frame, captured);
	if (look & CGOFUZZ_LOOK_STATE && frame->state.known && !cgofuzz_live->stop)
		cgofuzz_state_check(&frame->state, CGOFUZZ_BY_TRAMPOLINE, frame->stub->slot,
				    frame->stub->direction);
}
