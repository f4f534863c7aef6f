// turb_kept.go: guest, Go half. Turbulence of the family memory that documentation forbids: Go pointers that C keeps, or
// is given where it may not have them.
package guest

import (
	"runtime"
	"strings"
	"unsafe"
)

func init() { register("kept-pointer", keptPointer) }

// turbulence_choice.def: KEPT_POINTER.
const (
	pastTheCall = iota
	inLentMemory
	asResult
)

// keptPointer: of pointers kept nothing is documented but that C may not: what is looked at is that nothing else comes to
// harm, memory that Go still uses among it. Of the others a panic is documented (cmd/cgo, "These rules are checked
// dynamically").
func keptPointer(v *[4]uint32, body func()) {
	how, bytes, seed := v[0], uint(v[1]), uint64(v[2])
	if how == pastTheCall {
		number := lendForGood(bytes, seed)
		body()
		for i := 0; i < 2; i++ {
			runtime.GC()
		}
		own := make([]uint64, bytes/8) // where the other was, as a rule
		fillWords(own, ^seed)
		if number != 0 {
			Ask(askKept, number, 0)
		}
		wordsGood(own, ^seed, "Go memory changed while C looked at some that it had kept")
		return
	}
	body()
	if Live.Stop != 0 {
		return
	}
	text := "nothing"
	if got := forbidden(how, bytes); got != nil {
		text = panicText(got)
	}
	if !strings.Contains(text, "unpinned Go ") && !strings.Contains(text, "has Go pointer") { // runtime/cgocall.go
		turbulenceFault(faultOutcome, 1, 0, "a Go pointer that C may not have was given to it, and the panic is: "+text)
	}
}

//go:noinline
func lendForGood(bytes uint, seed uint64) uint64 {
	words := make([]uint64, bytes/8)
	fillWords(words, seed)
	return InC(opKeep, unsafe.Pointer(&words[0]), bytes, seed, 0, 0)
}

// Returned is the result of an exported function.
var Returned unsafe.Pointer

func forbidden(how uint32, bytes uint) (got interface{}) {
	defer func() {
		got = recover()
		Returned = nil
	}()
	words := make([]uint64, bytes/8)
	if how == asResult {
		Returned = unsafe.Pointer(&words[0])
		Ask(askResult, 0, 0)
	} else {
		InC(opControl, unsafe.Pointer(&struct{ p *uint64 }{&words[0]}), 0, 0, 0, 0)
	}
	return nil
}
