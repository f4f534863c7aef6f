// turbulent.go: targets/turbulent. The exhibits made of Go: called inside the exported function.
package main

import (
	"os"
	"runtime"
	"runtime/cgo"
	"runtime/debug"
	"strconv"
	"sync"
	"unsafe"

	"example.com/fuzzb/guest"
)

// turbulentUnpin lets go of memory whose address C still has.
func turbulentUnpin(phase int) {
	if guest.PinnedBy != nil && turbulentOpen() {
		guest.PinnedBy.Unpin()
	}
}

// guest/turbulence.h: bits of enum cgofuzz_family.
const (
	familyDepth   = 1 << 0
	familyMemory  = 1 << 4
	familyControl = 1 << 5
)

// turbulentWithin is the gate of turbulent_gate.c, of a family.
func turbulentWithin(family uint32) bool {
	return guest.Live.Turbulence == family && turbulentOpen()
}

// turbulentOnly is the exhibit that is armed; not a number: all are.
var turbulentOnly, turbulentAll = strconv.Atoi(os.Getenv("TURBULENT_ARMED"))

// turbulentArmed is turbulent_armed of turbulent_gate.c.
func turbulentArmed(slot uint32) bool {
	return turbulentAll != nil || uint32(turbulentOnly) == slot
}

// turbulentOpen is the gate without the turbulence.
func turbulentOpen() bool {
	live := guest.Live
	if live.Level != live.Depth || live.StepSeed>>3&1 == 0 || !turbulentArmed(live.Slot) {
		return false
	}
	live.Acted |= 1 << (live.Slot % 64)
	return true
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

// turbulentErrno has Go call C once more before it returns to C, and that sets errno.
func turbulentErrno(phase int) {
	if turbulentWithin(familyControl) {
		guest.ErrnoLeft = 5
	}
}

var turbulentWaiting struct {
	count int
	end   chan bool
}

// turbulentGoroutine starts one that nobody tells to end; but now and then all, lest long hunts drown in them.
func turbulentGoroutine(phase int) {
	if !turbulentWithin(familyControl) {
		return
	}
	w := &turbulentWaiting
	if w.count%4096 == 0 {
		if w.end != nil {
			close(w.end)
		}
		w.end = make(chan bool)
	}
	w.count++
	end := w.end
	go func() { <-end }()
}

func turbulentHandle(phase int) {
	if turbulentWithin(familyControl) {
		cgo.NewHandle(phase)
	}
}

// turbulentError deletes the handle that was made last, if it is there.
func turbulentError(phase int) {
	if turbulentWithin(familyControl) {
		turbulentDeleteLast()
	}
}

func turbulentHandleDeleted(phase int) {
	if turbulentWithin(familyMemory) {
		turbulentDeleteLast()
	}
}

func turbulentDeleteLast() {
	defer func() { _ = recover() }()
	h := cgo.NewHandle(0)
	h.Delete()
	(h - 1).Delete()
}

// turbulentGoFrame keeps the address of a waiting Go frame's word as a number, makes the stack grow, and writes to
// where that word is now.
func turbulentGoFrame(phase int) {
	const mark, reach = 0x5ca1ab1e0ddba11, 4096
	var here uint64
	before := uintptr(unsafe.Pointer(&here))
	for at := uintptr(8); at < reach; at += 8 {
		word := *(*uint64)(unsafe.Pointer(uintptr(unsafe.Pointer(&here)) + at))
		if word^mark > 0 && word^mark <= 64 {
			if !turbulentOpen() {
				return
			}
			turbulentGrow(4096)
			if uintptr(unsafe.Pointer(&here)) != before { // it was copied
				*(*uint64)(unsafe.Pointer(uintptr(unsafe.Pointer(&here)) + at)) ^= 1 << 40
			}
			return
		}
	}
}

//go:noinline
func turbulentGrow(n int) (x uint64) {
	var pad [32]uint64
	pad[n%32] = uint64(n)
	if n > 0 {
		x = turbulentGrow(n - 1)
	}
	return x + pad[n%32]
}

// turbulentGoroutineEater recurses until Go's limit, which is made small for it.
func turbulentGoroutineEater(phase int) {
	if !turbulentWithin(familyDepth) {
		return
	}
	debug.SetMaxStack(1 << 20)
	turbulentGrow(1 << 30)
}
