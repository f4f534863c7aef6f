// turbulent.go: targets/turbulent. The exhibits made of Go: called inside the exported function.
package main

import (
	"runtime"
	"sync"

	"example.com/fuzzb/guest"
)

// turbulentUnpin lets go of memory whose address C still has.
func turbulentUnpin(phase int) {
	live := guest.Live
	if guest.PinnedBy != nil && live.Level == live.Depth && live.StepSeed>>3&1 == 1 {
		guest.PinnedBy.Unpin()
	}
}

// guest/turbulence.h: bits of enum cgofuzz_family.
const (
	familyMemory  = 1 << 4
	familyControl = 1 << 5
)

// turbulentWithin is the gate of turbulent_gate.c, of a family.
func turbulentWithin(family uint32) bool {
	live := guest.Live
	return live.Turbulence == family && live.Level == live.Depth && live.StepSeed>>3&1 == 1
}

// turbulentDeadlock waits for a finalizer that waits for the lock held here. Only a collection runs it.
func turbulentDeadlock(phase int) {
	if !turbulentWithin(familyMemory) {
		return
	}
	var lock sync.Mutex
	lock.Lock()
	done := make(chan bool)
	runtime.SetFinalizer(new([64]byte), func(*[64]byte) {
		lock.Lock()
		done <- true
	})
	runtime.GC()
	<-done
	lock.Unlock()
}

// turbulentPanic changes what the next panic throws.
func turbulentPanic(phase int) {
	if turbulentWithin(familyControl) {
		guest.PanicSuffix = " more"
	}
}
