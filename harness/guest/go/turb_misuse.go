// turb_misuse.go: guest, Go half. Turbulence that documentation forbids, families signals and control.
package guest

import (
	"runtime"
	"syscall"
)

func init() {
	register("longjmp-go", func(v *[4]uint32, body func()) {
		body()
		if Live.Stop == 0 {
			Ask(askJumpFrom, 0, 0)
		}
	})
	answers[goJump] = func(uint64) uint64 { return Ask(askJump, 0, 0) }
	answers[goEnds] = ends
}

// ends does, in a child, what is documented to end the program.
func ends(how uint64) uint64 {
	switch how {
	case 0:
		frames(64<<10, 1, func() {}) // the handler has room on the goroutine's stack
		Ask(askOffStack, 0, 0)
		syscall.RawSyscall(syscall.SYS_TGKILL, uintptr(syscall.Getpid()), uintptr(syscall.Gettid()), uintptr(syscall.SIGURG))
	case 1:
		runtime.Goexit()
	}
	return 0
}
