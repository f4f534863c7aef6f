// turbulence.go: guest, Go half. Steps that do something around crossings; one file a family,
// turb_FAMILY.go, each adds its rows of guest/turbulence.def by name.
package guest

import "unsafe"

// turbulence does one step: v are its parameters, body does its body in C.
type turbulence func(v *[4]uint32, body func())

var (
	turbulences []turbulence
	names       []string
)

func register(name string, t turbulence) {
	names = append(names, name)
	turbulences = append(turbulences, t)
}

// Find is the number of the row with this name, a C string; -1: none.
func Find(name unsafe.Pointer) int {
	for i, n := range names {
		if sameText(name, n) {
			return i
		}
	}
	return -1
}

func sameText(c unsafe.Pointer, s string) bool {
	for i := 0; i < len(s); i++ {
		if *(*byte)(unsafe.Pointer(uintptr(c) + uintptr(i))) != s[i] {
			return false
		}
	}
	return *(*byte)(unsafe.Pointer(uintptr(c) + uintptr(len(s)))) == 0
}

// Turbulence does a step whose body is [first, end) of the plan.
func Turbulence(number int, values unsafe.Pointer, first, end uint32) {
	v := *(*[4]uint32)(values)
	bodyFirst, bodyEnd = first, end
	turbulences[number](&v, func() { Steps(first, end) })
}

// What a step's two halves ask of each other besides; guest/turbulence_run.h: enum cgofuzz_turb_asked,
// cgofuzz_go_asked.
const (
	askDown = iota
	askErrnoBody
	askErrno
	askEnvironment
	askSignalInstall
	askSignalRemove
	askSignalSend
	askSignalBlocked
	askSignalCount
	askGoFault
	askOffStack
	askJumpFrom
	askJump
	askUnwind
	askError
	askErrorBody
	askProfile
	askKept
	askResult
)

const (
	goDown = iota
	goErrno
	goNumber
	goSignal
	goJump
	goGoroutines
	goEnds
	goHandles
	goUnwind
	goError
	goAsks
)

var (
	// Set by init of c0.go: C's answer, without and with the error that errno makes.
	Ask      func(what uint32, a, b uint64) uint64
	AskErrno func(what uint32, a, b uint64) error

	answers [goAsks]func(a uint64) uint64
)

// Asked answers C. A panic goes on into the frames of Go above C's.
func Asked(what uint32, a uint64) uint64 { return answers[what](a) }

// note adds to the plan's digest, as cgofuzz_note() does.
func note(word uint64) {
	x := (Live.Digest ^ word) * 0x9e3779b97f4a7c15
	Live.Digest = x ^ x>>32
}

// turbulenceFault reports that the step under way did not go as it should.
func turbulenceFault(kind int, want, got uint64, what string) {
	var text [512]byte
	copy(text[:511], what)
	Report(&[16]uint64{uint64(kind), uint64(Live.Direction), 0, 0, 0, 0, want, got, uint64(Live.Slot)}, &text)
}
