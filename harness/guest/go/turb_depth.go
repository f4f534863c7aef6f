// turb_depth.go: guest, Go half. Turbulence of the family depth: frames of Go above a crossing.
package guest

func init() {
	register("go-stack", func(v *[4]uint32, body func()) { frames(v[1], v[0], body) })
	register("levels", func(v *[4]uint32, body func()) { frames(v[1], 1, NextLevel) })
}

// NextLevel goes on to the next level of `levels`, in C. Set by init of c0.go.
var NextLevel func()

// frames calls body below n frames of about this size. Each keeps a word that it looks at again: stacks
// that grow are copied.
func frames(size, n uint32, body func()) {
	switch {
	case size <= 64:
		frame64(n, body)
	case size <= 1<<10:
		frame1K(n, body)
	case size <= 16<<10:
		frame16K(n, body)
	case size <= 64<<10:
		frame64K(n, body)
	default:
		frame64K((size>>16)*n, body)
	}
}

//go:noinline
func frame64(n uint32, body func()) {
	var pad [6]uint64
	pad[n%6] = uint64(n) ^ mark
	Live.Heartbeat++
	if n > 1 {
		frame64(n-1, body)
	} else {
		body()
	}
	frameGood(pad[n%6], n)
}

//go:noinline
func frame1K(n uint32, body func()) {
	var pad [120]uint64
	pad[n%120] = uint64(n) ^ mark
	Live.Heartbeat++
	if n > 1 {
		frame1K(n-1, body)
	} else {
		body()
	}
	frameGood(pad[n%120], n)
}

//go:noinline
func frame16K(n uint32, body func()) {
	var pad [2040]uint64
	pad[n%2040] = uint64(n) ^ mark
	Live.Heartbeat++
	if n > 1 {
		frame16K(n-1, body)
	} else {
		body()
	}
	frameGood(pad[n%2040], n)
}

//go:noinline
func frame64K(n uint32, body func()) {
	var pad [8184]uint64
	pad[n%8184] = uint64(n) ^ mark
	Live.Heartbeat++
	if n > 1 {
		frame64K(n-1, body)
	} else {
		body()
	}
	frameGood(pad[n%8184], n)
}

const mark = 0x5ca1ab1e0ddba11

func frameGood(word uint64, n uint32) {
	if word != uint64(n)^mark {
		turbulenceFault(faultFrame, uint64(n)^mark, word, "a word of a Go frame changed while C was called from below it")
	}
}
