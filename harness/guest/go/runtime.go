// runtime.go: guest, Go half. Fills and checks what crosses the boundary on the Go side. Copied
// beside a batch's c0.go; no import "C", so that cgo has only one file to read. Go 1.19 to 1.27.
package main

import "unsafe"

// leaf and the rest up to liveT are laid out as in guest/value.h, table.h, wire.h and runtime.h.
type leaf struct {
	offset uint32
	kind   uint8
	arg    uint8
	index  uint16
}

// view is one side's view of a block: all arguments in one struct, or a result.
type view struct {
	leaves    []leaf
	argOffset []uint32
	argSize   []uint32
	wide      int32 // see wideLimit; set when the slot's layout is compared
}

type caseEntry struct {
	args, result view
	call         func()
}

// frame keeps what an outer level needs again after an inner one.
type frame struct {
	seed  uint64
	level uint32
	nest  bool // a nested crossing in the other direction is due now
}

type liveT struct {
	heartbeat, crossings, seed, pool                           uint64
	stop, slot, level, depth, step, route, stepSeed, direction uint32
}

type runStep struct{ slot, depth, seed, step uint32 }

type cView struct {
	argCount, leafCount        uint32
	leaves, argOffset, argSize unsafe.Pointer
}

type cCase struct {
	args, result cView
	drive        unsafe.Pointer
	route, pad   uint32
}

// guest/wire.h: enum cgofuzz_direction; guest/fault.def.
const (
	goToC = 0
	cToGo = 1

	faultLeaf   = 1
	faultLayout = 2
	faultPanic  = 10
)

var (
	live   *liveT
	steps  *[256]runStep
	cCases unsafe.Pointer
	table  []caseEntry // cases of c0.go; set by init there, to break an initialization cycle
)

func start(livePtr, stepsPtr, casesPtr unsafe.Pointer) int {
	live = (*liveT)(livePtr)
	steps = (*[256]runStep)(stepsPtr)
	cCases = casesPtr
	report(&[16]uint64{}, nil) // kind 0: C looks where this thread keeps its g
	return len(table)
}

// run does a run of steps whose first crossing is Go -> C in one entry into Go.
func run(first, count uint32) {
	l := live
	for i := first; i < first+count; i++ {
		s := &steps[i&255]
		l.slot = s.slot
		l.depth = s.depth
		l.stepSeed = s.seed
		l.step = s.step
		l.level = 0
		table[s.slot].call()
		if l.stop == 1 { // 2: the bench wants no checks
			return
		}
	}
}

func callBegin(fr *frame, slot uint32, in unsafe.Pointer) {
	l := live
	fr.level = l.level
	fr.seed = levelSeed(l.stepSeed, l.level)
	l.seed = fr.seed
	l.direction = goToC
	l.heartbeat++
	if l.stop == 0 {
		fill(&table[slot].args, in, fr.seed, l.pool)
	}
}

func callEnd(fr *frame, slot uint32, result unsafe.Pointer) {
	l := live
	l.level = fr.level
	l.seed = fr.seed
	l.direction = goToC
	if l.stop != 0 || result == nil {
		return
	}
	v := &table[slot].result
	if bad := check(v, result, fr.seed^resultSalt, l.pool); bad >= 0 {
		leafFault(v, bad, result, fr.seed^resultSalt, slot, goToC, 1)
	}
}

func goEnter(fr *frame, slot uint32, in unsafe.Pointer) {
	l := live
	fr.level = l.level
	fr.seed = l.seed
	if l.stop != 0 {
		return
	}
	l.crossings++
	v := &table[slot].args
	if bad := check(v, in, fr.seed, l.pool); bad >= 0 {
		leafFault(v, bad, in, fr.seed, slot, cToGo, 0)
	} else if fr.level < l.depth {
		fr.nest = true
		l.level = fr.level + 1
	}
}

func goLeave(fr *frame, slot uint32, result unsafe.Pointer) {
	l := live
	l.level = fr.level
	l.seed = fr.seed
	l.direction = cToGo
	if l.stop != 0 {
		return
	}
	l.crossings++
	if result != nil {
		fill(&table[slot].result, result, fr.seed^resultSalt, l.pool)
	}
}

// Words of a fault: order of enum in guest/fault.c.
func leafFault(v *view, bad int, block unsafe.Pointer, seed uint64, slot, direction uint32, isResult uint64) {
	l := &v.leaves[bad]
	mask := fits[l.kind&7].mask
	want := leafBits(seed, l, live.pool)
	report(&[16]uint64{faultLeaf, uint64(direction), uint64(l.index), isResult, uint64(l.kind),
		uint64(l.arg), want, got(block, l) & mask, uint64(slot)}, nil)
}

// guard is deferred by every exported function: a panic becomes a fault, the plan ends.
func guard() {
	e := recover()
	if e == nil {
		return
	}
	var text [512]byte
	copy(text[:511], panicText(e))
	report(&[16]uint64{faultPanic, uint64(live.direction), 0, 0, 0, 0, 0, 0, uint64(live.slot)}, &text)
}

func panicText(e interface{}) string {
	switch v := e.(type) {
	case error:
		return v.Error()
	case interface{ String() string }:
		return v.String()
	case string:
		return v
	}
	return "(a value that has no text)"
}

// layout compares both halves' views of a slot; 1 if they agree.
func layout(slot uint32) int {
	table[slot].args.wide = wideLimit(&table[slot].args)
	table[slot].result.wide = wideLimit(&table[slot].result)
	c := (*cCase)(unsafe.Pointer(uintptr(cCases) + uintptr(slot)*unsafe.Sizeof(cCase{})))
	if sameView(&c.args, &table[slot].args, slot, c.route, 0) &&
		sameView(&c.result, &table[slot].result, slot, c.route, 1) {
		return 1
	}
	return 0
}

func at32(p unsafe.Pointer, i int) uint32 {
	return *(*uint32)(unsafe.Pointer(uintptr(p) + uintptr(i)*4))
}

func sameView(c *cView, g *view, slot, route uint32, isResult uint64) bool {
	const size = 1<<32 - 1 // in place of a leaf
	differ := func(leaf, kind, arg, want, got uint64) bool {
		report(&[16]uint64{faultLayout, uint64(route), leaf, isResult, kind, arg, want, got,
			uint64(slot)}, nil)
		return false
	}
	for i := 0; i < len(g.leaves) && i < int(c.leafCount); i++ {
		cl := (*leaf)(unsafe.Pointer(uintptr(c.leaves) + uintptr(i)*unsafe.Sizeof(leaf{})))
		gl := &g.leaves[i]
		cOff := cl.offset - at32(c.argOffset, int(cl.arg))
		gOff := gl.offset - g.argOffset[gl.arg]
		if cOff != gOff || cl.kind != gl.kind || cl.arg != gl.arg {
			return differ(uint64(gl.index), uint64(gl.kind), uint64(gl.arg), uint64(cOff), uint64(gOff))
		}
	}
	for i := 0; i < len(g.argSize) && i < int(c.argCount); i++ {
		if cs := at32(c.argSize, i); cs != g.argSize[i] {
			return differ(size, 0, uint64(i), uint64(cs), uint64(g.argSize[i]))
		}
	}
	if int(c.argCount) != len(g.argSize) || int(c.leafCount) != len(g.leaves) {
		return differ(size, 0, 0, uint64(c.leafCount), uint64(len(g.leaves)))
	}
	return true
}
