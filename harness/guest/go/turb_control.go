// turb_control.go: guest, Go half. Turbulence of the family control: panics and Goexit over C frames, errno, the
// environment, other programs.
package guest

import (
	"errors"
	"io/fs"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
)

func init() {
	register("panic", panicStep)
	register("goexit", goexitStep)
	register("setenv", setenvStep)
	register("exec", execStep)
	answers[goDown] = func(uint64) uint64 { descend(down); return 0 }
	answers[goErrno] = errnoStep
	answers[goNumber] = func(a uint64) uint64 { variable = a; return 0 }
}

// descent is a way down through Go and C frames in turn: the body at the bottom, and then end.
type descent struct {
	left, unwound uint32
	body, end     func()
	again         bool // each level recovers and panics anew
}

var down *descent // that C is asked to go on with

func descend(d *descent) {
	defer func() {
		d.unwound++
		if d.again {
			if e := recover(); e != nil {
				panic(panicText(e) + ".")
			}
		}
	}()
	if d.left == 0 {
		d.body()
		if Live.Stop == 0 {
			d.end()
		}
		return
	}
	d.left--
	down = d
	Ask(askDown, 0, 0)
}

// panicKinds: what is thrown, and what it must be as text where it is recovered. turbulence_choice.def, PANIC.
var panicKinds = []struct {
	text  string
	throw func()
}{
	{"an error", func() { panic(errors.New("an error" + PanicSuffix)) }},
	{"a string", func() { panic("a string") }},
	{"runtime error: index out of range [5] with length 3", func() { sink = three[five] }},
	{"assignment to entry in nil map", func() { noMap[1] = 2 }},
	{"again", func() { panic("again") }},
	{"later", func() {
		defer func() { panic("later") }()
		panic("earlier")
	}},
}

// PanicSuffix is for exhibits: the error that is thrown ends with it.
var PanicSuffix string

var (
	three = make([]int, 3)
	five  = 5
	sink  int
	noMap map[int]int
)

const panicAgain = 4

// A panic unwinds the C frames between two of Go: runtime/cgocall.go, unwindm; cmd/cgo/internal/test/callback.go,
// testCallbackPanic. What was deferred on the way runs, once each.
func panicStep(v *[4]uint32, body func()) {
	kind := &panicKinds[v[1]]
	outer := down
	d := &descent{left: v[0], body: body, end: kind.throw, again: v[1] == panicAgain}
	got := recovered(d)
	down = outer
	if Live.Stop != 0 {
		return
	}
	want, text := kind.text, "nothing"
	if d.again {
		want += strings.Repeat(".", int(v[0])+1)
	}
	if got != nil {
		text = panicText(got)
	}
	noteText(text)
	if text != want {
		turbulenceFault(faultOutcome, 0, 1, "a panic below C frames was recovered as: "+text)
	} else if d.unwound != v[0]+1 {
		turbulenceFault(faultOutcome, uint64(v[0])+1, uint64(d.unwound), "deferred functions that ran while a panic went up through C frames")
	}
}

func recovered(d *descent) (got interface{}) {
	defer func() { got = recover() }()
	descend(d)
	return nil
}

// Goexit unwinds C frames as a panic does, on a goroutine that Go started; on one that stands for a thread of C it is
// fatal (go.dev/issue/68275).
func goexitStep(v *[4]uint32, body func()) {
	outer := down
	d := &descent{left: v[0], body: body, end: runtime.Goexit}
	done := make(chan bool)
	go func() {
		returned := false
		defer func() { done <- returned }()
		descend(d)
		returned = true
	}()
	returned := <-done
	down = outer
	if Live.Stop != 0 {
		return
	}
	note(uint64(d.unwound))
	if returned || d.unwound != v[0]+1 {
		turbulenceFault(faultOutcome, uint64(v[0])+1, uint64(d.unwound), "deferred functions that ran while Goexit went up through C frames")
	}
}

// errnoStep: a is how << 16 | the errno that C has set. The body comes first.
func errnoStep(a uint64) uint64 {
	ErrnoLeft = 0
	Ask(askErrnoBody, 0, 0)
	if ErrnoLeft != 0 {
		Ask(askErrno, ErrnoLeft, 0)
	}
	switch a >> 16 {
	case 1:
		runtime.GC()
	case 2:
		runtime.Gosched()
	case 3:
		frames(16<<10, 8, func() {})
	case 4:
		memory = make([]byte, 1<<20)
	case 5:
		want := syscall.Errno(a&0xffff + 1)
		err := AskErrno(askErrno, uint64(want), 0)
		if e, ok := err.(syscall.Errno); (!ok || e != want) && Live.Stop == 0 {
			turbulenceFault(faultOutcome, uint64(want), uint64(e), "the error of a C call that set errno is another")
		}
		Ask(askErrno, a&0xffff, 0)
	}
	return 0
}

var memory []byte

// ErrnoLeft is for exhibits: a call of C that comes later leaves this.
var ErrnoLeft uint64

var variable uint64 // the number of the next setenvStep's

// With cgo Go's Setenv sets C's variable too (runtime/env_posix.go, setenv_c). The reverse is not so: Go copies the
// environment once (syscall/env_unix.go, copyenv).
func setenvStep(v *[4]uint32, body func()) {
	number := variable
	name, value := "CGOFUZZ_TURB_"+string(rune('0'+number%10)), "vvvvv"
	if number >= 10 { // as deep as nobody needs: without effect
		body()
		return
	}
	switch v[1] {
	case 1:
		value = ""
	case 2:
		value = strings.Repeat("v", 4000)
	}
	expect := func(kind uint32) {
		if Live.Stop == 0 && Ask(askEnvironment, number, uint64(kind)) == 0 {
			turbulenceFault(faultOutcome, 1, 0, "C does not find what Go did to the environment")
		}
	}
	syscall.Setenv(name, value)
	expect(v[1])
	body()
	expect(v[1])
	if got, ok := syscall.Getenv(name); (!ok || got != value) && Live.Stop == 0 {
		turbulenceFault(faultOutcome, 1, 0, "Go does not find what Go put into the environment")
	}
	syscall.Unsetenv(name)
	expect(3)
}

// execStep: as turb_exec.c, by os/exec.
func execStep(v *[4]uint32, body func()) {
	const notRun = 127
	path := []string{"/bin/true", "/bin/false", "/nonexistent/program"}[v[1]]
	want := []int{0, 1, notRun}[v[1]]
	got := 0
	var ended *exec.ExitError
	if err := exec.Command(path).Run(); errors.As(err, &ended) {
		got = ended.ExitCode()
	} else if errors.Is(err, fs.ErrNotExist) {
		got = notRun
	} else if err != nil {
		got = -1
	}
	note(uint64(got))
	if got != want {
		turbulenceFault(faultOutcome, uint64(want), uint64(got), "a program that Go ran ended otherwise")
	}
}

func noteText(text string) {
	for i := 0; i < len(text); i++ {
		note(uint64(text[i]))
	}
}
