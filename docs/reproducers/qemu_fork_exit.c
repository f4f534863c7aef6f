/* qemu_fork_exit.c: a reproducer of docs/findings.md. A thread of the guest forks while another makes threads; the child
 * ends by exit(2), as Go's does when there is nothing to exec, and sooner or later hangs in it: QEMU's clone_lock was
 * held by a thread that the child does not have.
 *
 * aarch64-linux-gnu-gcc-12 -O1 -static qemu_fork_exit.c && timeout 60 qemu-aarch64 ./a.out; natively it ends. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void *nothing(void *arg)
{
	return arg;
}

static void *churn(void *arg)
{
	for (;;) {
		pthread_t thread;

		pthread_create(&thread, NULL, nothing, NULL);
		pthread_join(thread, NULL);
	}
	return arg;
}

int main(void)
{
	pthread_t thread;

	for (int i = 0; i < 3; i++)
		pthread_create(&thread, NULL, churn, NULL);
	for (int i = 0; i < 2000; i++) {
		pid_t pid = fork();
		int tries = 10000;

		if (pid == 0)
			syscall(SYS_exit, 0);
		while (waitpid(pid, NULL, WNOHANG) == 0 && --tries)
			usleep(1000);
		if (!tries) {
			printf("child %d of 2000 hangs in exit\n", i);
			return 1;
		}
	}
	printf("no child hung\n");
	return 0;
}
