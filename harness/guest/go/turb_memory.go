// turb_memory.go: guest, Go half. Turbulence of the family memory.
package guest

import (
	"runtime"
	"runtime/cgo"
	"runtime/debug"
	"sync/atomic"
	"unsafe"
)

// Order of enum cgofuzz_turb_op, guest/turb_memory.h.
const (
	opControl = iota
	opControlGood
	opBorrow
	opBorrowInside
	opKeep
	opKept
	opDrop
	opNew
	opGood
	opFree
	opText
	opTextBytes
	opFreeText
	opHandle
	opBodyBegin
	opBodyRun
	opDiverged
)

// Set by init of c0.go. InC calls C's half of these families; the rest are cgo's conversions.
var (
	InC   func(op uint32, p unsafe.Pointer, n uint, seed uint64, first, end uint32) uint64
	Bytes func(b []byte) unsafe.Pointer                                   // C.CBytes
	Text  func(s string) unsafe.Pointer                                   // C.CString
	Back  func(c unsafe.Pointer, n int) (whole, part string, some []byte) // C.GoString, C.GoStringN, C.GoBytes
)

// bodyFirst, bodyEnd: the steps of the body of the step that begins, until others begin.
var bodyFirst, bodyEnd uint32

func init() {
	register("gc", func(v *[4]uint32, body func()) {
		for i := uint32(0); i < v[0]; i++ {
			runtime.GC()
		}
	})
	register("gogc", func(v *[4]uint32, body func()) { gogc(int(int32(v[0])), int(v[1]), body) })
	register("pin", pin)
	register("c-slice", func(v *[4]uint32, body func()) { cSlice(uint(v[0]), uint64(v[1]), body) })
	register("handle-value", handleValue)
	register("handle", func(v *[4]uint32, body func()) { handles(int(v[0]), uint64(v[1]), body) })
	answers[goHandles] = handleCount
	register("strings", func(v *[4]uint32, body func()) { stringsBothWays(int(v[0]), uint64(v[1]), body) })
	register("finalizer", func(v *[4]uint32, body func()) {
		finalizers(uint(v[0]), int(v[1]), uint64(v[2]), body)
	})
}

func memoryWord(seed uint64, i int) uint64 {
	return (seed ^ uint64(i)*0x9e3779b97f4a7c15) * 0xd1342543de82ef95
}

func memoryByte(seed uint64, i int) byte { return byte(memoryWord(seed, i>>3) >> (uint(i&7) * 8)) }

func fillWords(words []uint64, seed uint64) {
	for i := range words {
		words[i] = memoryWord(seed, i)
	}
}

// wordsGood looks whether all words hold what the seed says, and tells who is wrong.
func wordsGood(words []uint64, seed uint64, what string) bool {
	if Live.Stop != 0 {
		return false
	}
	for i, w := range words {
		if w != memoryWord(seed, i) {
			turbulenceFault(faultFrame, memoryWord(seed, i), w, what)
			return false
		}
	}
	return true
}

var garbage [16][]uint64

// gogc does the body with another pace of the garbage collector, and leaves garbage before and after so that
// it has something to do.
func gogc(percent, bytes int, body func()) {
	defer debug.SetGCPercent(debug.SetGCPercent(percent))
	litter := func() {
		for left := bytes; left > 0; left -= 1 << 10 {
			w := make([]uint64, 128)
			w[0], w[127] = mark, uint64(left)^mark
			garbage[left>>10&15] = w
		}
		for _, w := range garbage {
			if w != nil && (w[0] != mark || w[127] == 0) {
				turbulenceFault(faultFrame, mark, w[0], "Go memory in use changed")
			}
		}
	}
	litter()
	body()
	litter()
}

// pin lends Go memory to C. v: bytes, how, values.
func pin(v *[4]uint32, body func()) {
	words, seed := make([]uint64, v[0]/8), uint64(v[2])
	p := unsafe.Pointer(&words[0])
	first, end := bodyFirst, bodyEnd
	fillWords(words, seed)
	switch how := v[1]; {
	case how == 1 && pins: // kept by C past the call
		words = pinKept(p, uint(v[0]), seed, body)
	case how == 2 && pins: // in Go memory, itself lent for the call
		words = pinInside(words, seed, first, end)
	default: // for the call
		InC(opBorrow, p, uint(v[0]), seed, first, end)
	}
	if words != nil {
		wordsGood(words, ^seed, "Go does not see what C wrote to memory it was lent")
	}
}

// PinnedBy is the pinner of the innermost step whose pointer C keeps: exhibits let go of it.
var PinnedBy interface{ Unpin() }

// pinKept: nothing but the pinner holds the memory while C has its address.
func pinKept(p unsafe.Pointer, bytes uint, seed uint64, body func()) []uint64 {
	pinner := pinMemory(p)
	outer := PinnedBy
	PinnedBy = pinner
	number := uint32(InC(opKeep, p, bytes, seed, 0, 0))
	defer func() {
		PinnedBy = outer
		InC(opDrop, nil, 0, 0, number, 0)
		pinner.Unpin()
	}()
	if number == 0 {
		body()
		return nil
	}
	body()
	if Live.Stop != 0 {
		return nil
	}
	address := uintptr(InC(opKept, nil, 0, 0, number, 0))
	return unsafe.Slice(*(**uint64)(unsafe.Pointer(&address)), bytes/8)
}

func pinInside(words []uint64, seed uint64, first, end uint32) []uint64 {
	holder := &struct{ p *uint64 }{&words[0]}
	defer pinMemory(unsafe.Pointer(&words[0])).Unpin()
	InC(opBorrowInside, unsafe.Pointer(holder), uint(len(words))*8, seed, first, end)
	return words
}

// cSlice: C memory is a slice in Go while the body runs.
func cSlice(bytes uint, seed uint64, body func()) {
	p := newInC(bytes, seed)
	if p == nil {
		body()
		return
	}
	defer InC(opFree, p, 0, 0, 0, 0)
	words := unsafe.Slice((*uint64)(p), bytes/8)
	if !wordsGood(words, seed, "Go does not see what C wrote to its memory") {
		return
	}
	body()
	if wordsGood(words, seed, "C memory changed while Go had it as a slice") {
		fillWords(words, ^seed)
		InC(opGood, p, bytes, ^seed, 0, 0)
	}
	note(uint64(bytes) ^ seed)
}

// finalizers free C memory that Go objects own, once nobody has the objects any more. That is awaited; whoever
// takes longer frees in its own time (runtime.SetFinalizer promises none).
func finalizers(bytes uint, count int, seed uint64, body func()) {
	var done int32
	for i := 0; i < count; i++ {
		owner(bytes, seed+uint64(i), &done)
	}
	body()
	for try := 0; try < 2 && atomic.LoadInt32(&done) < int32(count); try++ {
		runtime.GC()
		for i := 0; i < finalizerWait && atomic.LoadInt32(&done) < int32(count); i++ {
			runtime.Gosched()
		}
	}
}

const finalizerWait = 100 // turns that others get

// owned is big enough to be none of the runtime's tiny objects, which share their memory.
type owned struct {
	p    unsafe.Pointer
	next *owned
	pad  [2]uint64
}

//go:noinline
func owner(bytes uint, seed uint64, done *int32) {
	p := newInC(bytes, seed)
	runtime.SetFinalizer(&owned{p: p}, func(o *owned) {
		InC(opFree, o.p, 0, 0, 0, 0)
		atomic.AddInt32(done, 1)
	})
}

func newInC(bytes uint, seed uint64) unsafe.Pointer {
	address := uintptr(InC(opNew, nil, bytes, seed, 0, 0))
	return *(*unsafe.Pointer)(unsafe.Pointer(&address)) // of C's memory, which the collector does not mind
}

// handles go through C and back as numbers (runtime/cgo.Handle). Each second is deleted by whom C calls.
func handles(count int, seed uint64, body func()) {
	hs := make([]cgo.Handle, count)
	deleted := 0
	defer func() { // the body's panic leaves them behind
		for _, h := range hs[deleted:] {
			h.Delete()
		}
	}()
	for i := range hs {
		want := memoryWord(seed, i)&^1 | uint64(i%2) // the last bit: the callee deletes it
		hs[i] = cgo.NewHandle(&want)
	}
	first, end := bodyFirst, bodyEnd
	for i, h := range hs {
		if i > 0 {
			first = end
		}
		InC(opHandle, nil, uint(h), memoryWord(seed, i)&^1|uint64(i%2), first, end)
		if Live.Stop != 0 {
			return
		}
		deleted = i + 1
		if i%2 == 0 {
			h.Delete()
		}
		if handleValid(h) {
			turbulenceFault(faultOutcome, 0, uint64(h), "a deleted cgo.Handle has a value")
		}
	}
}

// handleCount: handles are numbers in the order in which they were made; those from counted on are not counted yet.
var (
	counted     cgo.Handle
	handlesLeft []cgo.Handle
)

func handleCount(begin uint64) uint64 {
	next := cgo.NewHandle(nil)
	next.Delete()
	if begin != 0 {
		counted, handlesLeft = next, handlesLeft[:0]
	}
	still := handlesLeft[:0]
	for _, h := range handlesLeft {
		if handleValid(h) {
			still = append(still, h)
		}
	}
	for ; counted < next; counted++ {
		if handleValid(counted) {
			still = append(still, counted)
		}
	}
	handlesLeft = still
	return uint64(len(handlesLeft))
}

func handleValid(h cgo.Handle) (valid bool) {
	defer func() { _ = recover() }() // "Value panics if the handle is invalid"
	h.Value()
	return true
}

// handleValue is called by C, with a handle that it was given and what that is to hold.
func handleValue(v *[4]uint32, body func()) {
	h, want := cgo.Handle(uint64(v[0])|uint64(v[1])<<32), uint64(v[2])|uint64(v[3])<<32
	if !handleValid(h) {
		turbulenceFault(faultOutcome, want, uint64(h), "a cgo.Handle that came back from C has no value any more")
		return
	}
	got, ok := h.Value().(*uint64)
	if !ok || *got != want {
		turbulenceFault(faultOutcome, want, uint64(h), "a cgo.Handle that came back from C has another value")
		return
	}
	note(want)
	if want&1 == 1 {
		h.Delete()
	}
}

// stringsBothWays: text and bytes to C as copies, and from C as copies.
func stringsBothWays(n int, seed uint64, body func()) {
	want := make([]byte, n)
	for i := range want {
		want[i] = memoryByte(seed, i) | 1 // no NUL
	}
	text, raw := Text(string(want)), Bytes(want)
	defer InC(opFreeText, text, uint(n), 0, 0, 0)
	defer InC(opFreeText, raw, uint(n), 0, 0, 0)
	if InC(opText, text, uint(n), seed, 0, 0) == 0 || InC(opTextBytes, raw, uint(n), seed, 0, 0) == 0 {
		return
	}
	whole, part, back := Back(text, n/2)
	body()
	if Live.Stop != 0 {
		return
	}
	again, _, _ := Back(text, 0)
	if whole != string(want) || again != whole || part != whole[:n/2] || string(back) != part {
		turbulenceFault(faultOutcome, uint64(n), uint64(len(whole)), "a string that went to C and back is another")
	}
	for i := 0; i < len(again); i += 8 {
		note(uint64(again[i]))
	}
}
