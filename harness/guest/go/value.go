// value.go: guest, Go half. The value rule of guest/value.h once more, on its own: version 3.
package guest

import "unsafe"

const (
	leafBOOL = iota
	leafI8
	leafI16
	leafI32
	leafI64
	leafF32
	leafF64
	leafPTR
	leafF16
	leafI128
	leafLDOUBLE
)

const (
	poolMask   = 0xfff8
	levelMul   = 0xd1342543de82ef95
	resultSalt = 0x5bf03635f0a31cd5
	everyByte  = 0x0101010101010101
	null       = 0xffff
	all        = 1<<64 - 1
	pick       = 0x94d049bb133111eb
)

// fit says how bits x, not mixed yet, become those of a leaf of one kind: (x>>shift^mix)&keep + base.
// mask: the bits that the leaf owns.
type fit struct{ keep, base, mask, shift uint64 }

// By kind; room for 16, so that kind&15 needs no check. startValues adds the pool's address.
var fits = [16]fit{
	leafBOOL: {1, 0, 0xff, 3},
	leafI8:   {0xff, 0, 0xff, 0},
	leafI16:  {0xffff, 0, 0xffff, 0},
	leafI32:  {0xffffffff, 0, 0xffffffff, 0},
	leafI64:  {all, 0, all, 0},
	leafF32:  {0xffffffff, 0, 0xffffffff, 0},
	leafF64:  {all, 0, all, 0},
	leafPTR:  {poolMask, 0, all, 0},
	leafF16:  {0xffff, 0, 0xffff, 0},
}

// The 16 special values of each kind, as they lie in memory; filled by startValues.
var specials [16][16]uint64

var specialInt = [16]uint64{
	0, 1, 1<<64 - 1, 0x8000000000000000, 0x7fffffffffffffff, 0x80, 0x7f, 0xff,
	0x8000, 0x7fff, 0xffff, 0x80000000, 0x7fffffff, 0xffffffff, 0x100000000, 0x8080808080808080,
}
var specialF32 = [16]uint64{
	0x80000000, 0x00000001, 0x80000001, 0x007fffff, 0x807fffff, 0x00800000, 0x7f7fffff,
	0xff7fffff, 0x7f800000, 0xff800000, 0x7fc00001, 0xffc12345, 0x7f800001, 0xffa54321,
	0x3f800000, 0x00000000,
}
var specialF64 = [16]uint64{
	0x8000000000000000, 0x0000000000000001, 0x8000000000000001, 0x000fffffffffffff,
	0x800fffffffffffff, 0x0010000000000000, 0x7fefffffffffffff, 0xffefffffffffffff,
	0x7ff0000000000000, 0xfff0000000000000, 0x7ff8000000000001, 0xfff8123456789abc,
	0x7ff0000000000001, 0xfff456789abcdef1, 0x3ff0000000000000, 0x0000000000000000,
}

// Offsets into the pool, or null.
var specialPtr = [16]uint64{
	null, 0x0000, 0x0008, 0x0010, null, 0x0ff8, 0x1000, 0x1008,
	null, 0x7ff8, 0x8000, 0x8080, null, 0xff00, 0xfff0, 0xfff8,
}

func startValues(pool uint64) {
	fits[leafPTR].base = pool
	for i := range specialInt {
		for kind := range specials {
			specials[kind][i] = specialInt[i] & fits[kind].mask
		}
		specials[leafBOOL][i] = uint64(i & 1)
		specials[leafF32][i] = specialF32[i]
		specials[leafF64][i] = specialF64[i]
		specials[leafPTR][i] = 0
		if specialPtr[i] != null {
			specials[leafPTR][i] = pool + specialPtr[i]
		}
	}
}

func levelSeed(stepSeed, level uint32) uint64 {
	x := uint64(stepSeed)<<20 + (uint64(level)+1)*levelMul
	return x ^ x>>31
}

// pattern: the bits of leaf n before the seed is put in are n*step + base. A seed decides how all leaves of
// a block are made: graffiti, Weyl sequence or special values.
func pattern(seed uint64) (step, base, mix uint64) {
	if seed&0x200000 == 0 {
		return 0x0808080808080808, 0x0706050403020100, mixOf(seed)
	}
	return 0x9e3779b97f4a7c15, 0x2545f4914f6cdd1d, mixOf(seed)
}

func special(seed uint64) bool { return seed&0x600000 == 0x600000 }

func specialBit(seed uint64) uint64 { return seed >> 21 & (seed >> 22) & 1 }

// styles: graffiti, Weyl sequence, and special values, which each leaf has another of in each.
const styles = 18

// Without branches: under QEMU each ends a translation block.
func styleOf(seed uint64) uint64 {
	return seed>>21&1 + specialBit(seed)*(1+seed>>32&15)
}

// styleSeed is a seed of the style whose byte is 0, or, where it is special, does not matter.
func styleSeed(style uint64) uint64 {
	if style < 2 {
		return style << 21
	}
	return 0x600000 | (style-2)<<32
}

// mixOf is 0 for special values.
func mixOf(seed uint64) uint64 {
	return seed >> 32 & 0xff * (everyByte & (specialBit(seed) - 1))
}

func pickOf(unmixed, seed uint64) uint64 { return (unmixed*pick>>60 + seed>>32) & 15 }

func (f *fit) bits(x, mix uint64) uint64 { return (x>>(f.shift&63)^mix)&f.keep + f.base }

// leafBits: the bits of one leaf.
func leafBits(seed uint64, l *leaf) uint64 {
	step, base, mix := pattern(seed)
	x := uint64(l.index)*step + base
	if special(seed) {
		return specials[l.kind&15][pickOf(x, seed)]
	}
	return fits[l.kind&15].bits(x, mix)
}

// image is what a block of plain leaves looks like in each style. Blocks are made and compared with it, 32
// bytes at a time, without a look at the leaves.
type image struct {
	planes unsafe.Pointer // bits that take the seed's byte, bits that are some leaf's, one for each style
	bytes  uintptr        // of a plane
}

type quad [4]uint64

func makeImage(v *view) *image {
	n := (blockBytes(v) + 31) / 32
	quads := make([]quad, (2+styles)*n+1) // the last leaf's eight bytes may end there
	m := &image{unsafe.Pointer(&quads[0]), 32 * n}
	paint := func(plane uint64, bits func(l *leaf) uint64) {
		words := make([]quad, n+1)
		for i := range v.leaves {
			*wordAt(unsafe.Pointer(&words[0]), &v.leaves[i]) = bits(&v.leaves[i])
		}
		copy(quads[uintptr(plane)*n:], words[:n])
	}
	paint(0, func(l *leaf) uint64 { return fits[l.kind&15].keep })
	paint(1, func(l *leaf) uint64 { return fits[l.kind&15].mask })
	for style := uint64(0); style < styles; style++ {
		seed := styleSeed(style)
		paint(2+style, func(l *leaf) uint64 { return leafBits(seed, l) })
	}
	return m
}

func (m *image) style(seed uint64) unsafe.Pointer {
	return unsafe.Pointer(uintptr(m.planes) + uintptr(2+styleOf(seed))*m.bytes)
}

func (m *image) own() unsafe.Pointer { return unsafe.Pointer(uintptr(m.planes) + m.bytes) }

// make, and differ twice, are the bodies of loops over a block. Those are part of what a crossing calls, not
// functions: QEMU looks up each call and each return. Small enough to be inlined. mix: mixOf the seed.
func (q *quad) make(style, flip *quad, mix uint64) {
	q[0] = style[0] ^ mix&flip[0]
	q[1] = style[1] ^ mix&flip[1]
	q[2] = style[2] ^ mix&flip[2]
	q[3] = style[3] ^ mix&flip[3]
}

// differ compares two words, from i on. 0: they are as they should be.
func (q *quad) differ(i int, style, flip, own *quad, mix uint64) uint64 {
	return (style[i]^mix&flip[i]^q[i])&own[i] | (style[i+1]^mix&flip[i+1]^q[i+1])&own[i+1]
}

// fillLeaves and goodLeaves do the same leaf by leaf, for those of one variant: eight bytes of every leaf
// are written, in ascending order.
func fillLeaves(v *view, block unsafe.Pointer, seed uint64) {
	for i := range v.leaves {
		l := &v.leaves[i]
		*wordAt(block, l) = leafBits(seed, l)
	}
}

func goodLeaves(v *view, block unsafe.Pointer, seed uint64) bool {
	differing := uint64(0)
	for i := range v.leaves {
		l := &v.leaves[i]
		differing |= (leafBits(seed, l) ^ *wordAt(block, l)) & fits[l.kind&15].mask
	}
	return differing == 0
}

func quadAt(block unsafe.Pointer, at uintptr) *quad {
	return (*quad)(unsafe.Pointer(uintptr(block) + at))
}

func wordAt(block unsafe.Pointer, l *leaf) *uint64 {
	return (*uint64)(unsafe.Pointer(uintptr(block) + uintptr(l.offset)))
}
