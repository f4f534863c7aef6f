// planted.go: targets/planted. The exhibits made of Go: called inside the exported function.
package main

import (
	"os"
	"sync"

	"example.com/fuzzb/guest"
)

// plantedAnyDepth is planted_any_depth of planted_gate.c.
var plantedAnyDepth = os.Getenv("PLANTED_DEPTH") == "any"

// plantedOpen is the gate of planted_gate.c for a Go callback at level 3.
func plantedOpen() bool {
	live := guest.Live
	deeper := plantedAnyDepth && live.Level > 3 && live.Level&1 == 1
	return live.Route == guest.GoToC && live.Level == live.Depth && (live.Level == 3 || deeper) &&
		live.StepSeed&15 == 1+5*live.Slot%15
}

// Nobody recovers in between: the runtime oracle must see the panic, and the guest goes on.
func plantedPanic(phase int) {
	if plantedOpen() {
		panic("planted")
	}
}

var plantedPointer *int

// First a signal, which Go turns into a panic: the stack as it was at the signal must be kept.
func plantedNil(phase int) {
	if plantedOpen() {
		*plantedPointer = phase
	}
}

// A fatal error cannot be recovered: Go prints, dumps, and raises SIGABRT itself.
func plantedFatal(phase int) {
	if plantedOpen() {
		var m sync.Mutex
		m.Unlock()
	}
}

// Go's own deadlock detector is off where C owns the process: only liveness sees this.
func plantedDeadlock(phase int) {
	if plantedOpen() {
		var m sync.Mutex
		m.Lock()
		m.Lock()
	}
}
