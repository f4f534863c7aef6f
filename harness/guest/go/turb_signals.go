// turb_signals.go: guest, Go half. Turbulence of the family signals: os/signal beside C's handlers, and errors of Go
// below them.
package guest

import (
	"os"
	"os/signal"
	"syscall"
)

func init() {
	register("signal", signalStep)
	register("c-fault", goFaultStep)
	answers[goSignal] = func(a uint64) uint64 { sendSignal(a>>1, a&1); return 0 }
}

// turbulence_choice.def: SIGNAL_HANDLER and SIGNAL_IN.
const (
	byGo      = 1
	byCThenGo = 2
	byGoOverC = 3
	inGo      = 1
)

// sendSignal sends while Go runs: no C frame is below. Blocked, C's half sends it and takes it.
func sendSignal(signo, toProcess uint64) {
	switch {
	case Ask(askSignalBlocked, signo, 0) != 0:
		Ask(askSignalSend, signo, 0)
	case toProcess != 0:
		syscall.Kill(syscall.Getpid(), syscall.Signal(signo))
	default:
		syscall.RawSyscall(syscall.SYS_TGKILL, uintptr(syscall.Getpid()), uintptr(syscall.Gettid()), uintptr(signo))
	}
}

// signalStep: os/signal alone, below a handler of C that calls it, or above one that must come back when it is
// over ("the original handling for that signal will be reinstalled": os/signal).
func signalStep(v *[4]uint32, body func()) {
	signo := uint64(v[0])
	if syscall.Signal(signo) == syscall.SIGURG {
		v[1] = 0 // a thread that C has would drop it, Notify or not (runtime/signal_unix.go, sigtrampgo)
	}
	c := make(chan os.Signal, 64)
	if keptByGo(v) {
		v[2] = byGoOverC // without C's handler it would end the program
	} else if v[2] == byGoOverC && syscall.Signal(signo) == syscall.SIGURG {
		v[2] = byCThenGo // Go has a handler from the start, Notify installs no other (sigenable)
	}
	if v[2] == byGoOverC {
		Ask(askSignalInstall, signo, 0)
	}
	signal.Notify(c, syscall.Signal(signo))
	if v[2] == byCThenGo {
		Ask(askSignalInstall, signo, 1)
	}
	body()
	if Live.Stop == 0 {
		signalThere(v, c)
	}
	if v[2] == byCThenGo {
		Ask(askSignalRemove, signo, 0)
	}
	signal.Stop(c)
	if v[2] == byGoOverC {
		Ask(askSignalRemove, signo, 0)
	}
}

// keptByGo: Go's runtime has SIGPROF to itself, Notify changes nothing (runtime/signal_unix.go, sigenable).
func keptByGo(v *[4]uint32) bool { return syscall.Signal(v[0]) == syscall.SIGPROF }

// signalThere sends it once and waits for both, where it is to arrive. Go's scheduler sends SIGURG as well
// (runtime/signal_unix.go, sigPreempt).
func signalThere(v *[4]uint32, c chan os.Signal) {
	signo := uint64(v[0])
	inC, inGoChannel := 0, 0
	if Ask(askSignalBlocked, signo, 0) == 0 {
		if v[2] == byCThenGo || keptByGo(v) {
			inC = 1
		}
		if !keptByGo(v) {
			inGoChannel = 1
		}
	}
	first := Ask(askSignalCount, signo, 0)
	if v[3] == inGo {
		sendSignal(signo, uint64(v[1]))
	} else {
		Ask(askSignalSend, signo, uint64(v[3]<<1|v[1]))
	}
	gotC := Ask(askSignalCount, signo, first+uint64(inC)) - first
	if inGoChannel != 0 {
		if got := <-c; got != syscall.Signal(signo) {
			turbulenceFault(faultOutcome, signo, uint64(got.(syscall.Signal)), "os/signal has delivered another signal")
		}
	}
	note(gotC&1<<1 | uint64(inGoChannel))
	if syscall.Signal(signo) != syscall.SIGURG && (gotC != uint64(inC) || len(c) != 0) {
		turbulenceFault(faultOutcome, uint64(inC), gotC+uint64(len(c)), "deliveries of a signal that was sent once to C's handler, and more to Go's channel")
	}
}

// goFaultStep: an error of Go while C has a handler, which calls Go's for errors that are not its own: a panic as ever.
func goFaultStep(v *[4]uint32, body func()) {
	body()
	if Live.Stop != 0 {
		return
	}
	first := Ask(askGoFault, 1, 0)
	got := nilPanic()
	count := Ask(askGoFault, 0, 0) - first
	text := "nothing"
	if got != nil {
		text = panicText(got)
	}
	noteText(text)
	if want := "runtime error: invalid memory address or nil pointer dereference"; text != want || count != 1 {
		turbulenceFault(faultOutcome, 1, count, "a nil pointer in Go below a handler of C became: "+text)
	}
}

func nilPanic() (got interface{}) {
	defer func() { got = recover() }()
	*nowhere = 1
	return nil
}

var nowhere *int
