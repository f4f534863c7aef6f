// thread_fp_mode.go: a reproducer of docs/findings.md. A C thread that flushes denormals calls Go once and ends; goroutines
// that have nothing to do with it compute in its mode from then on. go run docs/reproducers/thread_fp_mode.go
package main

/*
#include <pthread.h>
extern void callback(void);

static void *body(void *arg)
{
#ifdef __x86_64__
	__builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040);
#else
	unsigned long fpcr;

	__asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
	__asm__ volatile("msr fpcr, %0" : : "r"(fpcr | 1 << 24));
#endif
	callback();
	return arg;
}

static void run(void)
{
	pthread_t thread;

	pthread_create(&thread, 0, body, 0);
	pthread_join(thread, 0);
}
*/
import "C"

import (
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

//go:noinline
func halve(x float64) float64 { return x * 0.5 }

// flushed: how many of n goroutines, each on a thread of its own, compute in another mode than Go's.
func flushed(n int) int64 {
	var wg sync.WaitGroup
	var count atomic.Int64

	for range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			time.Sleep(10 * time.Millisecond)
			if halve(math.SmallestNonzeroFloat64*4) == 0 {
				count.Add(1)
			}
		}()
	}
	for start := time.Now(); time.Since(start) < 20*time.Millisecond; {
	}
	wg.Wait()
	return count.Load()
}

//export callback
func callback() {
	fmt.Println("goroutines that flush denormals, of 32, during the callback:", flushed(32))
}

func main() {
	C.run()
	fmt.Println("and after the C thread has ended:", flushed(32))
}
