// value.go: guest, Go half. The value rule of guest/value.h once more, on its own: version 2.
package main

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

// fit says how raw bits x become the bits of a leaf of one kind: (x>>shift)&keep + base.
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

// pattern: the raw bits of leaf n are (n*step + base) ^ mix. A seed decides how all leaves of a block
// are made: graffiti, Weyl sequence or special values.
func pattern(seed uint64) (step, base, mix uint64) {
	if seed&0x200000 == 0 {
		return 0x0808080808080808, 0x0706050403020100, seed >> 32 & 0xff * everyByte
	}
	x := seed * 0xbf58476d1ce4e5b9
	return 0x9e3779b97f4a7c15, 0, x ^ x>>32
}

func special(seed uint64) bool { return seed&0x600000 == 0x600000 }

func (f *fit) bits(x uint64) uint64 { return x>>(f.shift&63)&f.keep + f.base }

// leafBits: the bits of one leaf. The loops of fill and good say the same without the choice.
func leafBits(seed uint64, l *leaf) uint64 {
	step, base, mix := pattern(seed)
	x := (uint64(l.index)*step + base) ^ mix
	if special(seed) {
		return specials[l.kind&15][x*pick>>60]
	}
	return fits[l.kind&15].bits(x)
}

// What the compiler would work out anew for every leaf, were it constant.
var hot = struct {
	fits     *[16]fit
	specials *[16][16]uint64
	pick     uint64
}{&fits, &specials, pick}

// fill writes eight bytes of every leaf: what is too much is padding, a later leaf's, or slack behind
// the block.
func fill(v *view, block unsafe.Pointer, seed uint64) {
	if v.variants != nil {
		oddFill(v, block, seed)
		return
	}
	leaves, fits := v.leaves, hot.fits
	step, base, mix := pattern(seed)
	if special(seed) {
		specials, pick := hot.specials, hot.pick
		for i := range leaves {
			l := &leaves[i]
			x := (uint64(l.index)*step + base) ^ mix
			*wordAt(block, l) = specials[l.kind&15][x*pick>>60]
		}
		return
	}
	for i := range leaves {
		l := &leaves[i]
		*wordAt(block, l) = fits[l.kind&15].bits((uint64(l.index)*step + base) ^ mix)
	}
}

// good says whether all leaves are as they should be. It reads eight bytes of every leaf, whatever its
// size: blocks live on the stack, where something follows.
func good(v *view, block unsafe.Pointer, seed uint64) bool {
	if v.variants != nil {
		return oddGood(v, block, seed)
	}
	leaves, fits := v.leaves, hot.fits
	step, base, mix := pattern(seed)
	differing := uint64(0)
	if special(seed) {
		specials, pick := hot.specials, hot.pick
		for i := range leaves {
			l := &leaves[i]
			x := (uint64(l.index)*step + base) ^ mix
			differing |= (specials[l.kind&15][x*pick>>60] ^ *wordAt(block, l)) & fits[l.kind&15].mask
		}
		return differing == 0
	}
	for i := range leaves {
		l := &leaves[i]
		f := &fits[l.kind&15]
		differing |= (f.bits((uint64(l.index)*step+base)^mix) ^ *wordAt(block, l)) & f.mask
	}
	return differing == 0
}

func wordAt(block unsafe.Pointer, l *leaf) *uint64 {
	return (*uint64)(unsafe.Pointer(uintptr(block) + uintptr(l.offset)))
}
