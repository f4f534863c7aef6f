// runtime.go: guest, Go half. Fills and checks what crosses the boundary on the Go side. A package that
// no batch changes, so it is compiled once for each release; no import "C". Go 1.19 to 1.27.
package guest

import (
	"reflect"
	"unsafe"
)

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
	variants  []variant // not nil: these hold the leaves, see odd.go
	image     *image    // all leaves together, made once both halves agree; unless there are variants
}

// Case is a row of a batch's table.
type Case struct {
	In, Out           interface{}                     // nil pointers to the types of all arguments and of the result
	Call              func(in, result unsafe.Pointer) // calls the C function
	Hook              func(phase int)                 // a target's, run inside the exported function; or nil
	InNames, OutNames string                          // where Go finds the leaves (odd.go); "": reflection finds all

	args, result view // made when the slot's layout is compared
}

type liveT struct {
	Heartbeat, Crossings, Seed, pool                           uint64
	Stop, Slot, Level, Depth, Step, Route, StepSeed, Direction uint32
	Capture, Control                                           uint32
	Digest                                                     uint64
	Inner, Base, Capped, Turbulence, turbulenceKind, Noting    uint32
	Acted                                                      uint64
}

type runStep struct{ slot, depth, seed, step uint32 }

type runT struct {
	steps  [256]runStep
	digest [256]uint64
}

type cView struct {
	argCount, leafCount        uint32
	bytes, pad                 uint32
	leaves, argOffset, argSize unsafe.Pointer
	argAlign, unusual          unsafe.Pointer
}

type cCase struct {
	args, result cView
	drive        unsafe.Pointer
	route, pad   uint32
}

// guest/wire.h: enum cgofuzz_direction; guest/fault.def.
const (
	GoToC = 0
	cToGo = 1

	faultLeaf    = 1
	faultLayout  = 2
	faultPanic   = 10
	faultFrame   = 15
	faultOutcome = 17

	maxDepth = 64  // guest/plan.h
	maxLevel = 256 // guest/turbulence_run.h: CGOFUZZ_BASE_MAX and a crossing above it
)

var (
	Live *liveT // of C's half

	// Set by init of c0.go. Report tells C's half of a fault (words: guest/fault.c).
	Cases  []Case
	Report func(words *[16]uint64, text *[512]byte)
	Steps  func(first, end uint32) // does these steps of the plan, in C
	Inner  func()                  // does those of Live.Inner

	run    *runT
	cCases unsafe.Pointer

	// Blocks for what Go sends: results of the innermost exported function, until its generated half
	// has copied it, and for each second level the arguments and the result of a call. Without types:
	// what looks like a pointer in it points into the pool. Grown by layout, while nothing is under way.
	results unsafe.Pointer
	blocks  unsafe.Pointer
	half    uintptr // bytes of one block, for arguments or for a result
)

// blockSlack: fill may write so much behind the last leaf.
const blockSlack = 32

func Start(livePtr, runPtr, casesPtr unsafe.Pointer) int {
	Live = (*liveT)(livePtr)
	run = (*runT)(runPtr)
	cCases = casesPtr
	startValues(Live.pool)
	Report(&[16]uint64{}, nil) // kind 0: C looks where this thread keeps its g
	return len(Cases)
}

// grow makes room for blocks of this size at every level that a plan can ask for.
func grow(bytes uintptr) {
	bytes = (bytes + blockSlack + 63) &^ 63
	if bytes <= half {
		return
	}
	half = bytes
	results = unsafe.Pointer(&make([]uint64, half/8)[0])
	blocks = unsafe.Pointer(&make([]uint64, maxLevel*2*half/8)[0])
}

// Run does a run of steps whose first crossing is Go -> C in one entry into Go.
func Run(first, count uint32) {
	l := Live
	if l.Stop == 2 {
		clearBlock(blocks, half) // nothing fills it; what is no pointer must not look like one
	}
	if l.Noting != 0 {
		runNoted(first, count)
		return
	}
	for i := first; i < first+count; i++ {
		s := &run.steps[i&255]
		l.Slot = s.slot
		l.Depth = s.depth & 0xff
		l.Capture = s.depth >> 8
		l.StepSeed = s.seed
		l.Step = s.step
		l.Level = 0
		call(s.slot)
		if l.Stop == 1 { // 2: the bench wants no checks
			return
		}
	}
}

// runNoted does the same, and adds each step to the digest. What a step does may use run for steps of its own.
func runNoted(first, count uint32) {
	l := Live
	for i := first; i < first+count; i++ {
		s := run.steps[i&255]
		l.Slot = s.slot
		l.Depth = s.depth & 0xff
		l.Capture = s.depth >> 8
		l.StepSeed = s.seed
		l.Step = s.step
		l.Level = 0
		call(s.slot)
		if l.Stop != 0 {
			return
		}
		note(uint64(s.step)<<32 | uint64(s.slot<<16|s.depth&0xff<<2|GoToC)) // cgofuzz_crossing_word()
		run.steps[i&255] = s
		run.digest[i&255] = l.Digest
	}
}

// leafFault reports the first leaf that differs. Words: order of the enum in guest/fault.c.
func leafFault(v *view, block unsafe.Pointer, seed uint64, slot, direction uint32, isResult uint64) {
	if v.variants != nil {
		now := v.now(seed)
		if l := now.wrong(block, seed); l != nil && goodLeaves(&now.plain, block, seed) {
			want, got := l.value(seed), l.get(block)
			Report(&[16]uint64{faultLeaf, uint64(direction), uint64(l.index), isResult, uint64(l.kind),
				uint64(l.arg), want[0], got[0], uint64(slot), want[1], got[1]}, nil)
			return
		}
		v = &now.plain
	}
	for i := range v.leaves {
		l := &v.leaves[i]
		want, got := leafBits(seed, l), *wordAt(block, l)&fits[l.kind&15].mask
		if want != got || i == len(v.leaves)-1 {
			Report(&[16]uint64{faultLeaf, uint64(direction), uint64(l.index), isResult,
				uint64(l.kind), uint64(l.arg), want, got, uint64(slot)}, nil)
			return
		}
	}
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

// Layout compares both halves' views of a slot; 1 if they agree.
func Layout(slot uint32) int {
	c := (*cCase)(unsafe.Pointer(uintptr(cCases) + uintptr(slot)*unsafe.Sizeof(cCase{})))
	t := &Cases[slot]
	if !goView(&t.args, &c.args, t.In, t.InNames, slot, c.route, 0) ||
		!goView(&t.result, &c.result, t.Out, t.OutNames, slot, c.route, 1) {
		return 0
	}
	grow(blockBytes(&t.args))
	grow(blockBytes(&t.result))
	if !sameView(&c.args, &t.args, slot, c.route, 0) ||
		!sameView(&c.result, &t.result, slot, c.route, 1) {
		return 0
	}
	t.args.image, t.result.image = makeImage(&t.args), makeImage(&t.result)
	return 1
}

// goView makes Go's view of a block; block is a nil pointer to its type. false: Go and C differ on where a
// leaf is, which is reported.
func goView(v *view, c *cView, block interface{}, names string, slot, route uint32, isResult uint64) bool {
	if names == "" {
		if isResult == 1 {
			*v = resultView(block)
		} else {
			*v = argsView(block)
		}
		return true
	}
	var bad *leaf
	var want, got uint32
	*v, bad, want, got = named(c, reflect.TypeOf(block).Elem(), names, isResult == 1)
	if bad != nil {
		Report(&[16]uint64{faultLayout, uint64(route), uint64(bad.index), isResult, uint64(bad.kind),
			uint64(bad.arg), uint64(want), uint64(got), uint64(slot)}, nil)
	}
	return bad == nil
}

func blockBytes(v *view) uintptr {
	if n := len(v.argSize); n != 0 {
		return uintptr(v.argOffset[n-1] + v.argSize[n-1])
	}
	return 0
}

func at32(p unsafe.Pointer, i int) uint32 {
	return *(*uint32)(unsafe.Pointer(uintptr(p) + uintptr(i)*4))
}

func sameView(c *cView, g *view, slot, route uint32, isResult uint64) bool {
	const size = 1<<32 - 1 // in place of a leaf
	differ := func(leaf, kind, arg, want, got uint64) bool {
		Report(&[16]uint64{faultLayout, uint64(route), leaf, isResult, kind, arg, want, got,
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
	if int(c.argCount) != len(g.argSize) || g.variants == nil && int(c.leafCount) != len(g.leaves) {
		return differ(size, 0, 0, uint64(c.leafCount), uint64(len(g.leaves)))
	}
	return true
}
