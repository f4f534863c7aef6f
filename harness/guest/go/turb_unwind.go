// turb_unwind.go: guest, Go half. Turbulence of the family control: panics and Goexit that leave a case's own functions,
// errors on their way up through C.
package guest

import (
	"errors"
	"io/fs"
	"runtime"
	"runtime/cgo"
	"strings"
	"syscall"
)

func init() {
	register("unwind", unwindStep)
	register("go-error", errorStep)
	answers[goUnwind] = unwind
	answers[goError] = errorBelow
}

// unwinding: a panic or Goexit of unwind is on its way, which nobody is to recover but its step. passed counts the
// exported functions of the case that it has left.
var (
	unwinding    bool
	passed, pass uint32 // pass: what passed must come to
)

const (
	unwindPanic = iota
	unwindGoexit
)

var errUnwind = errors.New("unwound")

// unwind is called in the innermost crossing of a step.
func unwind(how uint64) uint64 {
	l := Live
	switch passed = 0; l.Route {
	case GoToC:
		pass = (l.Depth + 1) / 2
	case cToGo:
		pass = l.Depth/2 + 1
	default: // C calls C
		pass = 0
	}
	unwinding = true
	if how == unwindGoexit {
		runtime.Goexit()
	}
	panic(errUnwind)
}

// unwindStep: a panic unwinds C frames as well, and is recovered above them; Goexit ends a goroutine that Go started
// (runtime/cgocall.go, unwindm). In between what was deferred runs, in generated functions too.
func unwindStep(v *[4]uint32, body func()) {
	how := uint64(v[0])
	below := func() uint64 { return Ask(askUnwind, uint64(bodyFirst)<<16|uint64(bodyEnd), how) }
	var back uint64
	var got interface{}
	returned := false
	if how == unwindPanic {
		func() {
			defer func() { got = recover(); unwinding = false }()
			back = below()
			returned = true
		}()
	} else {
		done := make(chan bool)
		go func() {
			defer func() { unwinding = false; done <- true }()
			back = below()
			returned = true
		}()
		<-done
	}
	if Live.Stop != 0 || returned && back == 0 {
		return
	}
	note(uint64(passed))
	text := ""
	if got != nil {
		text = panicText(got)
	}
	switch {
	case returned:
		turbulenceFault(faultOutcome, 1, 0, "a panic or Goexit in a crossing did not leave it")
	case how == unwindPanic && got != error(errUnwind):
		turbulenceFault(faultOutcome, 0, 1, "a panic that left crossings was recovered as: "+text)
	case passed != pass:
		turbulenceFault(faultOutcome, uint64(pass), uint64(passed), "exported functions whose deferred functions ran while a panic or Goexit left crossings")
	}
}

// levelError is what each level makes of the error from below.
type levelError struct {
	below error
}

func (e *levelError) Error() string { return "level: " + e.below.Error() }
func (e *levelError) Unwrap() error { return e.below }

// errorWay: levels still to go down, and what is at the bottom.
var errorWay struct {
	left uint32
	err  error
}

var errNew = errors.New("a new error")

// goErrors: turbulence_choice.def, GO_ERROR.
var goErrors = []error{errNew, syscall.Errno(34), &fs.PathError{Op: "open", Path: "/nonexistent", Err: syscall.ENOENT}, nil}

// errorBelow returns a handle of the error, as C cannot hold it otherwise (runtime/cgo.Handle); 0: none.
func errorBelow(uint64) uint64 {
	w := &errorWay
	if w.left == 0 {
		if w.err == nil {
			return Ask(askErrorBody, 0, 0)
		}
		return Ask(askErrorBody, uint64(cgo.NewHandle(w.err)), 0)
	}
	w.left--
	below := Ask(askError, 0, 0)
	if below == 0 {
		return 0
	}
	err := takeError(below)
	return uint64(cgo.NewHandle(&levelError{err}))
}

// takeError lets go of the handle. One that is not valid, or holds something else, is an error as well, of its own.
func takeError(handle uint64) (err error) {
	defer func() {
		if e := recover(); e != nil {
			err = errors.New(panicText(e))
		}
	}()
	h := cgo.Handle(handle)
	err = h.Value().(error)
	h.Delete()
	return
}

func errorStep(v *[4]uint32, body func()) {
	outer := errorWay
	want := goErrors[v[1]]
	errorWay.left, errorWay.err = v[0], want
	handle := Ask(askError, 0, 0)
	errorWay = outer
	if handle == 0 {
		if want != nil && Live.Stop == 0 {
			turbulenceFault(faultOutcome, 1, 0, "an error of Go's that went up through C is none")
		}
		return
	}
	got := takeError(handle)
	if Live.Stop != 0 {
		return
	}
	text := strings.Repeat("level: ", int(v[0]))
	if want != nil {
		text += want.Error()
	}
	noteText(text)
	same := want != nil && got.Error() == text && errors.Is(got, want)
	switch v[1] {
	case 1:
		var e syscall.Errno
		same = same && errors.As(got, &e) && e == want
	case 2:
		same = same && errors.Is(got, fs.ErrNotExist)
	}
	if !same {
		below := strings.ReplaceAll(got.Error(), "level: ", "") // the same fault at each depth
		turbulenceFault(faultOutcome, 0, 1, "an error of Go's that went up through C is: "+below)
	}
}
