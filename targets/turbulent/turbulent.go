// turbulent.go: targets/turbulent. The exhibits made of Go: called inside the exported function.
package main

import "example.com/fuzzb/guest"

// turbulentUnpin lets go of memory whose address C still has.
func turbulentUnpin(phase int) {
	live := guest.Live
	if guest.PinnedBy != nil && live.Level == live.Depth && live.StepSeed>>3&1 == 1 {
		guest.PinnedBy.Unpin()
	}
}
