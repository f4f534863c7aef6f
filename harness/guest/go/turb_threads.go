// turb_threads.go: guest, Go half. Turbulence of the family threads.
package guest

import (
	"runtime"
	"sync"
	"syscall"
)

// What `locked` of the row says: guest/turbulence_choice.def, LOCKED.
const (
	notLocked = iota
	locked
	lockedUntilEnd
)

// Package initialization runs on the runtime's first thread, to which the main goroutine is locked meanwhile
// (runtime.main, runtime/proc.go). That one never ends: a goroutine that ends while locked to it leaves it
// asleep for good (mexit), so that is not asked for.
var firstThread = syscall.Gettid()

// Set by init of c0.go: member i of the crowd that gathers waits for its turn in C, does the body, and waits for
// the others; Here is the same for who knows which one it is.
var (
	Member func(i uint32, ends bool)
	Here   func()
)

func init() {
	register("goroutines", goroutines)
	answers[goGoroutines] = func(collected uint64) uint64 {
		if collected != 0 {
			runtime.GC()
		}
		return uint64(runtime.NumGoroutine())
	}
	register("threads", func(v *[4]uint32, body func()) { Here() })
}

func goroutines(v *[4]uint32, body func()) {
	var all sync.WaitGroup
	all.Add(int(v[0]))
	for i := uint32(0); i < v[0]; i++ {
		go func(i uint32) {
			defer all.Done()
			ends := false
			if v[1] != notLocked {
				runtime.LockOSThread()
				ends = v[1] == lockedUntilEnd && syscall.Gettid() != firstThread
			}
			Member(i, ends)
			if !ends && v[1] != notLocked {
				runtime.UnlockOSThread()
			}
		}(i)
	}
	all.Wait()
}
