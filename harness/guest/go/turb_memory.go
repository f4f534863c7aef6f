// turb_memory.go: guest, Go half. Turbulence of the family memory.
package guest

import "runtime"

func init() {
	register("gc", func(v *[4]uint32, body func()) {
		for i := uint32(0); i < v[0]; i++ {
			runtime.GC()
		}
	})
}
