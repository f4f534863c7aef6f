// turb_profile.go: guest, Go half. Turbulence of the family signals: the runtime's CPU profiler.
package guest

import (
	"runtime"
	"unsafe"
)

func init() { register("cpu-profile", profileStep) }

// ReadProfile is what runtime/pprof reads profiles by, set by init of c0.go: its StopCPUProfile takes until the next
// tenth of a second.
var ReadProfile func() (data []uint64, tags []unsafe.Pointer, eof bool)

const profileHz = 100 // as runtime/pprof

func profileStep(v *[4]uint32, body func()) {
	runtime.SetCPUProfileRate(profileHz)
	due := Ask(askProfile, 0, 0)
	runtime.SetCPUProfileRate(0)
	samples, good := readSamples()
	switch {
	case Live.Stop != 0:
	case !good:
		turbulenceFault(faultOutcome, 1, 0, "Go's CPU profile is malformed")
	case samples < due:
		turbulenceFault(faultOutcome, due, samples, "samples of a thread that got a signal while Go's CPU profiler was on")
	}
}

// readSamples: the first record is a header, 3 words, the last of them the rate. Records are their length, a time, how
// often, a stack; 0 times: the stack is a count of samples that had no room (runtime/pprof/proto.go, addCPUData).
func readSamples() (samples uint64, good bool) {
	good = true
	header := false
	for {
		data, _, eof := ReadProfile()
		if len(data) == 0 && eof {
			return samples, good && header
		}
		for len(data) > 0 {
			n := data[0]
			if n < 3 || n > uint64(len(data)) || !header && (n != 3 || data[2] != profileHz) {
				good = false
				break
			}
			switch {
			case !header:
				header = true
			case data[2] == 0 && n == 4:
				samples += data[3]
			default:
				samples += data[2]
			}
			data = data[n:]
		}
	}
}
