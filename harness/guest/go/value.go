// value.go: guest, Go half. The value rule of guest/value.h once more, on its own: version 1.
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
)

const (
	poolMask   = 0xfff8
	levelMul   = 0xd1342543de82ef95
	resultSalt = 0x5bf03635f0a31cd5
	everyByte  = 0x0101010101010101
	ramp       = 0x0706050403020100
	hashLeaf   = 0x9e3779b97f4a7c15
	hashMix    = 0xbf58476d1ce4e5b9
)

// fit says how raw bits x become the bits of a leaf of one kind, without branches:
// (x ^ x>>4&fold)&keep + pool&base. mask: the bits that the leaf owns.
type fit struct{ fold, keep, base, mask uint64 }

const all = 1<<64 - 1

var fits = [8]fit{
	leafBOOL: {all, 1, 0, 0xff},
	leafI8:   {0, 0xff, 0, 0xff},
	leafI16:  {0, 0xffff, 0, 0xffff},
	leafI32:  {0, 0xffffffff, 0, 0xffffffff},
	leafI64:  {0, all, 0, all},
	leafF32:  {0, 0xffffffff, 0, 0xffffffff},
	leafF64:  {0, all, 0, all},
	leafPTR:  {0, poolMask, all, all},
}

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

func levelSeed(stepSeed, level uint32) uint64 {
	x := uint64(stepSeed)<<20 + (uint64(level)+1)*levelMul
	return x ^ x>>31
}

// graffiti[n]: byte i is 8n + i; the same again from leaf 32 on.
var graffiti = func() (g [32]uint64) {
	for n := range g {
		g[n] = uint64(n)*8*everyByte + ramp
	}
	return
}()

// A seed decides how all leaves of a block are made: graffiti, hash or special values.
func hashed(seed uint64) bool  { return seed&0x200000 != 0 }
func special(seed uint64) bool { return seed&0x600000 == 0x600000 }

func scrawl(n uint16, seed uint64) uint64 {
	return graffiti[n&31] ^ seed>>32&0xff*everyByte
}

func hash(seed, n uint64) uint64 {
	x := seed ^ (n+1)*hashLeaf
	x ^= x >> 30
	x *= hashMix
	return x ^ x>>27
}

// specialBits: what a leaf holds where the style is special; x is its hash.
func specialBits(x uint64, kind uint8, pool uint64) uint64 {
	switch kind {
	case leafBOOL:
		return (x ^ x>>4) & 1
	case leafPTR:
		if x&3 == 0 {
			return 0
		}
		return pool + x&poolMask
	case leafF32:
		return specialF32[x&15]
	case leafF64:
		return specialF64[x&15]
	}
	return specialInt[x&15] & fits[kind&7].keep
}

// leafBits: the bits of one leaf. The loops of fill and check say the same without the choices.
func leafBits(seed uint64, l *leaf, pool uint64) uint64 {
	x := hash(seed, uint64(l.index))
	if special(seed) {
		return specialBits(x, l.kind, pool)
	}
	if !hashed(seed) {
		x = scrawl(l.index, seed)
	}
	return fits[l.kind&7].bits(x, pool)
}

func (f *fit) bits(x, pool uint64) uint64 { return (x^x>>4&f.fold)&f.keep + pool&f.base }

func put(p unsafe.Pointer, x, mask uint64) {
	switch mask {
	case 0xffffffff:
		*(*uint32)(p) = uint32(x)
	case all:
		*(*uint64)(p) = x
	case 0xff:
		*(*uint8)(p) = uint8(x)
	default:
		*(*uint16)(p) = uint16(x)
	}
}

func fill(v *view, block unsafe.Pointer, seed, pool uint64) {
	leaves, wide := v.leaves, v.wide
	if special(seed) {
		for i := range leaves {
			l := &leaves[i]
			x := specialBits(hash(seed, uint64(l.index)), l.kind, pool)
			put(unsafe.Pointer(uintptr(block)+uintptr(l.offset)), x, fits[l.kind&7].mask)
		}
		return
	}
	if hashed(seed) {
		for i := range leaves {
			l := &leaves[i]
			f := &fits[l.kind&7]
			x := f.bits(hash(seed, uint64(l.index)), pool)
			p := unsafe.Pointer(uintptr(block) + uintptr(l.offset))
			if int32(l.offset) <= wide {
				*(*uint64)(p) = x
			} else {
				put(p, x, f.mask)
			}
		}
		return
	}
	s := seed >> 32 & 0xff * everyByte
	for i := range leaves {
		l := &leaves[i]
		f := &fits[l.kind&7]
		x := f.bits(graffiti[l.index&31]^s, pool)
		p := unsafe.Pointer(uintptr(block) + uintptr(l.offset))
		if int32(l.offset) <= wide {
			*(*uint64)(p) = x
		} else {
			put(p, x, f.mask)
		}
	}
}

// wideLimit: a leaf up to this offset may be written with eight bytes: what it spills over is inside
// the block, and padding or a leaf that is written later. -1: none.
func wideLimit(v *view) int32 {
	for i := 1; i < len(v.leaves); i++ {
		if v.leaves[i].offset < v.leaves[i-1].offset {
			return -1
		}
	}
	if n := len(v.argSize); n > 0 && v.argOffset[n-1]+v.argSize[n-1] >= 8 {
		return int32(v.argOffset[n-1]+v.argSize[n-1]) - 8
	}
	return -1
}

// check returns the index in v.leaves of the first leaf that differs, or -1. It reads eight bytes
// of every leaf, whatever its size: blocks live on the stack, where something follows.
func check(v *view, block unsafe.Pointer, seed, pool uint64) int {
	leaves := v.leaves
	if special(seed) {
		for i := range leaves {
			l := &leaves[i]
			x := specialBits(hash(seed, uint64(l.index)), l.kind, pool)
			if (x^got(block, l))&fits[l.kind&7].mask != 0 {
				return i
			}
		}
		return -1
	}
	if hashed(seed) {
		for i := range leaves {
			l := &leaves[i]
			f := &fits[l.kind&7]
			if (f.bits(hash(seed, uint64(l.index)), pool)^got(block, l))&f.mask != 0 {
				return i
			}
		}
		return -1
	}
	s := seed >> 32 & 0xff * everyByte
	for i := range leaves {
		l := &leaves[i]
		f := &fits[l.kind&7]
		if (f.bits(graffiti[l.index&31]^s, pool)^got(block, l))&f.mask != 0 {
			return i
		}
	}
	return -1
}

func got(block unsafe.Pointer, l *leaf) uint64 {
	return *(*uint64)(unsafe.Pointer(uintptr(block) + uintptr(l.offset)))
}
