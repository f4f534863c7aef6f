/* supervise.c: campaign. The event loop of a campaign, by libuv. */
#include "campaign/supervise.h"

#include <signal.h>
#include <stdbool.h>
#include <uv.h>

#include "base/log.h"
#include "base/proc.h"

static const int signals[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP };
#define SIGNALS (sizeof(signals) / sizeof(*signals))

struct loop {
	uv_loop_t uv;
	uv_timer_t timer;
	uv_signal_t signals[SIGNALS];
	int (*tick)(void *ctx, int64_t now_ms, enum supervise_stop stop, struct err *e);
	void *ctx;
	enum supervise_stop stop;
	int result;
	struct err *e;
};

static void tick(struct loop *l)
{
	if (l->result == 0)
		l->result = l->tick(l->ctx, clock_ms(), l->stop, l->e);
	if (l->result != 0)
		uv_stop(&l->uv);
}

static void on_timer(uv_timer_t *timer)
{
	tick(timer->data);
}

static void on_signal(uv_signal_t *handle, int signum)
{
	struct loop *l = handle->data;

	if (signum != SIGCHLD && l->stop == SUPERVISE_GO_ON) {
		l->stop = SUPERVISE_CLEANLY;
		if (signum == SIGINT)
			log_say("Finishing; Ctrl-C again stops at once.");
	} else if (signum == SIGINT || signum == SIGTERM) {
		l->stop = SUPERVISE_NOW;
	}
	tick(l);
}

/* nohup: the campaign is to go on when its terminal is closed. */
static bool is_unwanted(int signum)
{
	struct sigaction now;

	return signum == SIGHUP && sigaction(signum, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

static int loop_start(struct loop *l, struct err *e)
{
	int rc = uv_loop_init(&l->uv);

	if (rc == 0)
		rc = uv_timer_init(&l->uv, &l->timer);
	l->timer.data = l;
	if (rc == 0)
		rc = uv_timer_start(&l->timer, on_timer, 0, SUPERVISE_TICK_MS);
	for (size_t i = 0; i < SIGNALS && rc == 0; i++) {
		rc = uv_signal_init(&l->uv, &l->signals[i]);
		l->signals[i].data = l;
		if (rc == 0 && !is_unwanted(signals[i]))
			rc = uv_signal_start(&l->signals[i], on_signal, signals[i]);
	}
	return rc ? err_set(e, EXIT_ENVIRON, "event loop: %s", uv_strerror(rc)) : 0;
}

static void close_handle(uv_handle_t *handle, void *arg)
{
	(void)arg;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

int supervise(int (*tick_fn)(void *ctx, int64_t now_ms, enum supervise_stop stop, struct err *e),
	      void *ctx, struct err *e)
{
	struct loop l = { .tick = tick_fn, .ctx = ctx, .e = e };

	signal(SIGPIPE, SIG_IGN);
	if (loop_start(&l, e) < 0)
		return -1;
	while (l.result == 0)
		uv_run(&l.uv, UV_RUN_ONCE);
	uv_walk(&l.uv, close_handle, NULL);
	uv_run(&l.uv, UV_RUN_DEFAULT);
	uv_loop_close(&l.uv);
	return l.result < 0 ? -1 : 0;
}
