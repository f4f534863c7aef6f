// alt_stack_left.go: a reproducer of docs/findings.md. A C thread that had an alternate stack of its own at its first call
// into Go, and has none at a later one, dies of any signal there. go run docs/reproducers/alt_stack_left.go
package main

/*
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

extern void goCallback(int);

static char stack[65536];

static void *run(void *arg)
{
	stack_t mine = { .ss_sp = stack, .ss_size = sizeof stack }, before;

	(void)arg;
	sigaltstack(&mine, &before); // before: SS_DISABLE
	goCallback(1);
	sigaltstack(&before, 0); // as it was
	goCallback(2);
	return 0;
}

static void start(void)
{
	pthread_t t;
	pthread_create(&t, 0, run, 0);
	pthread_join(t, 0);
}
*/
import "C"

import (
	"fmt"
	"runtime"
	"syscall"
)

//export goCallback
func goCallback(n C.int) {
	runtime.LockOSThread()
	syscall.RawSyscall(syscall.SYS_TGKILL, uintptr(syscall.Getpid()), uintptr(syscall.Gettid()), uintptr(syscall.SIGURG))
	fmt.Println(runtime.Version(), "callback", n, "had its signal")
}

func main() { C.start() }
