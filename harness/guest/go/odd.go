// odd.go: guest, Go half. Views whose leaves Go's reflection does not find by itself: unions, bit-fields,
// leaves of more than eight bytes, members that cgo leaves out. C's tables say what there is and when
// (guest/odd.h); Go's own offsets are used wherever Go has a name for the leaf.
package guest

import (
	"reflect"
	"strings"
	"unsafe"
)

// oddLeaf is laid out as struct cgofuzz_odd_leaf of guest/value.h.
type oddLeaf struct {
	bit        uint32
	index      uint16
	kind, arg  uint8
	bits       uint16
	sampleSize uint16
	sampleBit  uint32
	sample     unsafe.Pointer
}

// As in guest/table.h.
type cVariant struct {
	leafCount, oddCount uint32
	leaves, odd         unsafe.Pointer
}

type cUnusual struct {
	variantCount, measured uint32
	variants               unsafe.Pointer
}

// variant: the leaves that hold values while one member of each union is in use.
type variant struct {
	plain view
	odd   []oddLeaf
}

const secondWord = 0x8000 // guest/value.h: CGOFUZZ_SECOND_WORD

func (v *view) now(seed uint64) *variant { return &v.variants[seed>>40%uint64(len(v.variants))] }

func oddFill(v *view, block unsafe.Pointer, seed uint64) {
	now := v.now(seed)
	fillLeaves(&now.plain, block, seed)
	for i := range now.odd {
		l := &now.odd[i]
		l.put(block, l.value(seed))
	}
}

func oddGood(v *view, block unsafe.Pointer, seed uint64) bool {
	now := v.now(seed)
	return goodLeaves(&now.plain, block, seed) && now.wrong(block, seed) == nil
}

// wrong is the first odd leaf that differs.
func (now *variant) wrong(block unsafe.Pointer, seed uint64) *oddLeaf {
	for i := range now.odd {
		if l := &now.odd[i]; l.get(block) != l.value(seed) {
			return l
		}
	}
	return nil
}

func lowBits(x uint64, bits uint16) uint64 {
	if bits >= 64 {
		return x
	}
	return x & (1<<bits - 1)
}

var specialExponent = [16]uint64{
	0x8000, 0x7fff, 0xffff, 0x3fff, 0x0001, 0x7ffe, 0x0000, 0xbfff,
	0x8001, 0xfffe, 0x4000, 0xc000, 0x3ffe, 0x7fff, 0x0000, 0x3fff,
}

// value is cgofuzz_value_odd of guest/value.h.
func (l *oddLeaf) value(seed uint64) (x [2]uint64) {
	if l.kind <= leafF16 {
		x[0] = lowBits(leafBits(seed, &leaf{0, l.kind, l.arg, l.index}), l.bits)
		return
	}
	step, base, mix := pattern(seed)
	low, high := (uint64(l.index)*step+base)^mix, (uint64(l.index+secondWord)*step+base)^mix
	if special(seed) {
		which := pickOf(high, seed)
		low, high = specialInt[pickOf(low, seed)], specialInt[which]
		if l.kind == leafLDOUBLE {
			high = specialExponent[which] << (l.bits - 80)
		}
	}
	if l.bits <= 64 { // a bit-field of __int128
		return [2]uint64{lowBits(low, l.bits), 0}
	}
	return [2]uint64{low, lowBits(high, l.bits-64)}
}

// each calls fn with every byte that the leaf touches, the mask of its bits there, and how far the byte
// lies into the value, in bits; before the value's start where that is negative.
func (l *oddLeaf) each(block unsafe.Pointer, fn func(p *byte, mask byte, at int)) {
	first, bits := int(l.bit%8), int(l.bits)
	for i := 0; 8*i < first+bits; i++ {
		mask := byte(0xff)
		if i == 0 {
			mask <<= first
		}
		if over := 8*(i+1) - first - bits; over > 0 {
			mask &= 0xff >> over
		}
		fn((*byte)(unsafe.Pointer(uintptr(block)+uintptr(l.bit/8)+uintptr(i))), mask, 8*i-first)
	}
}

func (l *oddLeaf) put(block unsafe.Pointer, x [2]uint64) {
	l.each(block, func(p *byte, mask byte, at int) {
		var b byte
		switch {
		case at < 0:
			b = byte(x[0] << -at)
		case at < 64:
			b = byte(x[0]>>at | x[1]<<(64-at)) // a shift by 64 gives 0
		default:
			b = byte(x[1] >> (at - 64))
		}
		*p = *p&^mask | b&mask
	})
}

func (l *oddLeaf) get(block unsafe.Pointer) (x [2]uint64) {
	l.each(block, func(p *byte, mask byte, at int) {
		b := uint64(*p & mask)
		switch {
		case at < 0:
			x[0] |= b >> -at
		case at < 64:
			x[0] |= b << at
			x[1] |= b >> (64 - at)
		default:
			x[1] |= b << (at - 64)
		}
	})
	return
}

// named makes the view of a block from C's, with Go's offsets for all leaves that have a name in names
// ("a0.b a0.z+4 -", in order of index; below "r" for a result). bad: the first on which both differ.
func named(c *cView, t reflect.Type, names string, isResult bool) (v view, bad *leaf, want, got uint32) {
	words := strings.Fields(names)
	if isResult {
		v.argOffset, v.argSize = []uint32{0}, []uint32{uint32(t.Size())}
	} else {
		for _, f := range arguments(t) {
			v.argOffset = append(v.argOffset, uint32(f.Offset))
			v.argSize = append(v.argSize, uint32(f.Type.Size()))
		}
	}
	// where is the bit of Go's block in which the leaf begins that C keeps at cBit of its own.
	where := func(l leaf, cBit uint32) uint32 {
		rel := cBit - 8*at32(c.argOffset, int(l.arg))
		at, ok := find(t, words[l.index], isResult)
		if !ok {
			return rel + 8*v.argOffset[l.arg]
		}
		if goRel := 8 * (at - v.argOffset[l.arg]); goRel != rel && bad == nil {
			l := l
			bad, want, got = &l, rel/8, goRel/8
		}
		return 8 * at
	}
	for _, cv := range cVariants(c) {
		var now variant
		now.plain.argOffset, now.plain.argSize = v.argOffset, v.argSize
		for i := uint32(0); i < cv.leafCount; i++ {
			l := *(*leaf)(unsafe.Pointer(uintptr(cv.leaves) + uintptr(i)*unsafe.Sizeof(leaf{})))
			l.offset = where(l, 8*l.offset) / 8
			now.plain.leaves = append(now.plain.leaves, l)
		}
		for i := uint32(0); i < cv.oddCount; i++ {
			l := *(*oddLeaf)(unsafe.Pointer(uintptr(cv.odd) + uintptr(i)*unsafe.Sizeof(oddLeaf{})))
			l.bit = where(leaf{0, l.kind, l.arg, l.index}, l.bit)
			now.odd = append(now.odd, l)
		}
		v.variants = append(v.variants, now)
	}
	return
}

func cVariants(c *cView) []cVariant {
	u := (*cUnusual)(c.unusual)
	if u == nil {
		return []cVariant{{c.leafCount, 0, c.leaves, nil}}
	}
	all := make([]cVariant, u.variantCount)
	for i := range all {
		all[i] = *(*cVariant)(unsafe.Pointer(uintptr(u.variants) + uintptr(i)*unsafe.Sizeof(cVariant{})))
	}
	return all
}

// find is the offset in t of "a0.m[2].x+4". Not ok: "-", or cgo left a member out.
func find(t reflect.Type, name string, isResult bool) (at uint32, ok bool) {
	if name == "-" {
		return 0, false
	}
	if plus := strings.IndexByte(name, '+'); plus >= 0 {
		at = number(name[plus+1:])
		name = name[:plus]
	}
	if isResult {
		name = name[1:] // "r"
	} else {
		name = "." + name
	}
	for name != "" {
		end := 1 + strings.IndexAny(name[1:]+".", ".[")
		step := name[:end]
		name = name[end:]
		if step[0] == '[' {
			if t.Kind() != reflect.Array {
				return 0, false
			}
			t = t.Elem()
			at += number(step[1:len(step)-1]) * uint32(t.Size())
			continue
		}
		if t.Kind() != reflect.Struct {
			return 0, false
		}
		f, found := t.FieldByName(step[1:])
		if !found {
			return 0, false
		}
		at += uint32(f.Offset)
		t = f.Type
	}
	return at, true
}

func number(digits string) (n uint32) {
	for _, d := range digits {
		n = 10*n + uint32(d-'0')
	}
	return
}
