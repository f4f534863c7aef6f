/* guest_afl_server.c: test. The fork server under a test that speaks as afl-fuzz does: every request has one process id
 * and one wait status, however and whenever workers die. */
#include "guest/afl_server.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* */
#include <cmocka.h>

#include "guest/afl_server.h"

uint8_t *__afl_area_ptr, *__afl_fuzz_ptr;
uint32_t *__afl_fuzz_len, __afl_map_size = 4096;

void cgofuzz_orphan_dies(void)
{
}

struct server {
	pid_t pid;
	int control, status; /* our ends */
	uint8_t *area; /* the map */
	uint32_t *plan; /* length, then bytes */
	int id;
};

/* What a worker of the test does with a plan, by its first byte. */
enum { PLAN_GOOD, PLAN_ABORT, PLAN_EXIT, PLAN_WAIT, PLAN_RENEW };

static void worker(void)
{
	const uint8_t *plan;

	do {
		uint32_t len = cgofuzz_afl_next(&plan);

		__afl_area_ptr[1] = (uint8_t)len;
		if (plan[0] == PLAN_ABORT)
			raise(SIGABRT);
		if (plan[0] == PLAN_EXIT)
			_exit(7);
		if (plan[0] == PLAN_WAIT)
			pause();
		if (plan[0] == PLAN_RENEW)
			cgofuzz_afl_renew();
	} while (cgofuzz_afl_done());
	_exit(0);
}

static void server_main(const struct server *s, const int *control, const int *status, int stays)
{
	char id[16];

	snprintf(id, sizeof(id), "%d", s->id);
	setenv("__AFL_SHM_FUZZ_ID", id, 1);
	if (stays)
		setenv("__AFL_PERSISTENT", "1", 1);
	signal(SIGABRT, SIG_DFL);
	dup2(control[0], CONTROL_FD);
	dup2(status[1], STATUS_FD);
	for (int i = 0; i < 2; i++) {
		close(control[i]);
		close(status[i]);
	}
	__afl_area_ptr = s->area;
	start();
	worker();
}

static uint32_t word(const struct server *s)
{
	struct pollfd answer = { .fd = s->status, .events = POLLIN };
	uint32_t word = 0;

	assert_int_equal(poll(&answer, 1, 20000), 1);
	assert_int_equal(read(s->status, &word, sizeof(word)), sizeof(word));
	return word;
}

static void server_start(struct server *s, int stays)
{
	const uint32_t reply = OPTION_ENABLED | OPTION_SHARED_PLAN;
	int control[2], status[2];

	s->id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
	assert_true(s->id >= 0);
	s->plan = shmat(s->id, NULL, 0);
	shmctl(s->id, IPC_RMID, NULL);
	s->area = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_int_equal(pipe(control) | pipe(status), 0);
	s->pid = fork();
	if (s->pid == 0)
		server_main(s, control, status, stays);
	close(control[0]);
	close(status[1]);
	s->control = control[1];
	s->status = status[0];
	assert_int_equal(word(s),
			 OPTION_ENABLED | OPTION_NEW_CMPLOG | OPTION_MAP_SIZE | OPTION_SHARED_PLAN |
				 (4096 - 1) << 1);
	assert_int_equal(write(s->control, &reply, sizeof(reply)), sizeof(reply));
}

/* The server ends when afl-fuzz has gone, and its worker with it. */
static void server_end(struct server *s)
{
	close(s->control);
	close(s->status);
	assert_int_equal(waitpid(s->pid, NULL, 0), s->pid);
	shmdt(s->plan);
	munmap(s->area, 4096);
}

static pid_t ask(struct server *s, uint8_t plan)
{
	uint32_t request = 0;

	*s->plan = 1;
	*(uint8_t *)(s->plan + 1) = plan;
	memset(s->area, 0, 4096);
	assert_int_equal(write(s->control, &request, sizeof(request)), sizeof(request));
	return (pid_t)word(s);
}

static void assert_good(struct server *s)
{
	assert_int_equal(word(s), STOPPED);
	assert_int_equal(s->area[0], 1);
	assert_int_equal(s->area[1], 1);
}

static void one_worker_runs_plan_after_plan(void **state)
{
	struct server s;
	pid_t pid;

	(void)state;
	server_start(&s, 1);
	pid = ask(&s, PLAN_GOOD);
	assert_int_not_equal(pid, s.pid);
	assert_good(&s);
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(ask(&s, PLAN_GOOD), pid);
		assert_good(&s);
	}
	server_end(&s);
}

static void death_in_a_plan_is_that_plans_answer(void **state)
{
	struct server s;
	pid_t pid;
	uint32_t status;

	(void)state;
	server_start(&s, 1);
	for (int i = 0; i < 20; i++) {
		pid = ask(&s, PLAN_GOOD);
		assert_good(&s);
		assert_int_equal(ask(&s, i % 2 ? PLAN_ABORT : PLAN_EXIT), pid);
		status = word(&s);
		if (i % 2)
			assert_int_equal(WTERMSIG(status), SIGABRT);
		else
			assert_int_equal(status, 7 << 8);
		assert_int_not_equal(ask(&s, PLAN_GOOD), pid);
		assert_good(&s);
	}
	server_end(&s);
}

static void hung_plan_is_answered_once_it_is_killed(void **state)
{
	struct server s;
	pid_t pid;

	(void)state;
	server_start(&s, 1);
	ask(&s, PLAN_GOOD);
	assert_good(&s);
	pid = ask(&s, PLAN_WAIT);
	while (!s.area[1])
		usleep(1000);
	kill(pid, SIGKILL);
	assert_int_equal(WTERMSIG(word(&s)), SIGKILL);
	ask(&s, PLAN_GOOD);
	assert_good(&s);
	server_end(&s);
}

/* Nobody waits for it: an answer now would be taken for that of the next plan, for ever one behind. */
static void death_at_rest_is_no_answer(void **state)
{
	struct server s;
	pid_t pid;

	(void)state;
	server_start(&s, 1);
	pid = ask(&s, PLAN_GOOD);
	for (int i = 0; i < 20; i++) {
		pid_t dead = pid;

		assert_good(&s);
		kill(dead, SIGKILL);
		assert_int_equal(ask(&s, PLAN_GOOD), dead); /* its id stood in the pipe already */
		assert_good(&s);
		pid = ask(&s, PLAN_GOOD);
		assert_int_not_equal(pid, dead);
	}
	assert_good(&s);
	server_end(&s);
}

/* What a worker says once it has grown too large. */
static void worn_worker_makes_room(void **state)
{
	struct server s;
	pid_t last;

	(void)state;
	server_start(&s, 1);
	last = ask(&s, PLAN_RENEW);
	for (int i = 0; i < 20; i++) {
		assert_good(&s);
		assert_int_equal(ask(&s, PLAN_GOOD),
				 last); /* by the next worker, in the name of the last */
		assert_good(&s);
		last = ask(&s, PLAN_RENEW);
	}
	assert_good(&s);
	server_end(&s);
}

static void without_persistence_each_plan_has_its_worker(void **state)
{
	struct server s;
	pid_t last = 0;

	(void)state;
	unsetenv("__AFL_PERSISTENT");
	server_start(&s, 0);
	for (int i = 0; i < 20; i++) {
		pid_t pid = ask(&s, PLAN_GOOD);

		assert_int_not_equal(pid, last);
		assert_int_equal(word(&s), 0);
		last = pid;
	}
	server_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_worker_runs_plan_after_plan),
		cmocka_unit_test(death_in_a_plan_is_that_plans_answer),
		cmocka_unit_test(hung_plan_is_answered_once_it_is_killed),
		cmocka_unit_test(death_at_rest_is_no_answer),
		cmocka_unit_test(worn_worker_makes_room),
		cmocka_unit_test(without_persistence_each_plan_has_its_worker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
