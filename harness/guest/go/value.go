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

// leafMask has the bits that a leaf of each kind owns.
var leafMask = [8]uint64{0xff, 0xff, 0xffff, 0xffffffff, 1<<64 - 1, 0xffffffff, 1<<64 - 1, 1<<64 - 1}

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

// rawBits: 64 bits of a leaf before they are fitted to its kind: graffiti or hash.
func rawBits(seed, n uint64) uint64 {
	if seed&0x200000 == 0 {
		return (n*8&0xff)*everyByte + ramp ^ (seed>>32&0xff)*everyByte
	}
	x := seed ^ (n+1)*hashLeaf
	x ^= x >> 30
	x *= hashMix
	return x ^ x>>27
}

// fit: what a leaf of the kind holds, from its raw bits; wider bits than the leaf's are not cleared.
func fit(x uint64, kind uint8, special bool, pool uint64) uint64 {
	if kind == leafBOOL {
		return (x ^ x>>4) & 1
	}
	if kind == leafPTR {
		if special && x&3 == 0 {
			return 0
		}
		return pool + x&poolMask
	}
	if !special {
		return x
	}
	if kind == leafF32 {
		return specialF32[x&15]
	}
	if kind == leafF64 {
		return specialF64[x&15]
	}
	return specialInt[x&15]
}

// plain: neither special values nor a kind that is not just its raw bits.
func plain(kind uint8, special bool) bool {
	return !special && kind != leafBOOL && kind != leafPTR
}

func fill(v *view, block unsafe.Pointer, seed, pool uint64) {
	special := seed&0x600000 == 0x600000
	for i := range v.leaves {
		l := &v.leaves[i]
		x := rawBits(seed, uint64(l.index))
		if !plain(l.kind, special) {
			x = fit(x, l.kind, special, pool)
		}
		p := unsafe.Pointer(uintptr(block) + uintptr(l.offset))
		switch leafMask[l.kind&7] {
		case 0xffffffff:
			*(*uint32)(p) = uint32(x)
		case 1<<64 - 1:
			*(*uint64)(p) = x
		case 0xff:
			*(*uint8)(p) = uint8(x)
		default:
			*(*uint16)(p) = uint16(x)
		}
	}
}

// check returns the index in v.leaves of the first leaf that differs, or -1. It reads eight bytes
// of every leaf, whatever its size: blocks live on the stack, where something follows.
func check(v *view, block unsafe.Pointer, seed, pool uint64) int {
	special := seed&0x600000 == 0x600000
	for i := range v.leaves {
		l := &v.leaves[i]
		x := rawBits(seed, uint64(l.index))
		if !plain(l.kind, special) {
			x = fit(x, l.kind, special, pool)
		}
		got := *(*uint64)(unsafe.Pointer(uintptr(block) + uintptr(l.offset)))
		if (x^got)&leafMask[l.kind&7] != 0 {
			return i
		}
	}
	return -1
}
