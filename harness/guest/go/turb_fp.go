// turb_fp.go: guest, Go half. Turbulence of the family fp.
package guest

import "runtime"

func init() {
	register("fp-threads", func(v *[4]uint32, body func()) { fpThreads(int(v[0]), v[1] == 2) })
}

// fpThreads looks at the control bits that C finds on other threads of Go, all in C at the same time as far as
// there are threads. fresh: each takes its thread with it (runtime.LockOSThread: a goroutine that ends locked
// ends its thread), so that the next ones are new.
func fpThreads(count int, fresh bool) {
	controls := make(chan uint64)
	for i := 0; i < count; i++ {
		go func() {
			if fresh {
				runtime.LockOSThread()
			}
			controls <- InC(opControl, nil, 0, 0, 0, 0)
		}()
	}
	for i := 0; i < count; i++ {
		InC(opControlGood, nil, uint(<-controls), 0, 0, 0)
	}
}
