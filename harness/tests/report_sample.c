// SPDX-License-Identifier: MIT
/* See report_sample.h. The golden files in report/ are what the three formats make of it. */
#include "report_sample.h"

#include "base/cleanup.h"

#define ARMS(list) .arms = (list), .arm_count = ARRAY_SIZE(list)

static const struct arm_result found_nothing[] = {
	{ "sealed", "real", "all", ANSWER_BLOCKED, ANSWER_BLOCKED, "absent", "2 processes seen",
	  true },
	{ "wall 1", "arena", "ns:mnt+ns:pid+fresh-proc", ANSWER_BLOCKED, ANSWER_BLOCKED, "absent",
	  "1 process seen", true },
	{ "open", "arena", "none", ANSWER_REACHED, ANSWER_REACHED, "", "pid 7 runs it", true },
};

/* The evidence tries to drive the terminal, to end the line and to pose as a skipped test. */
static const struct arm_result signalled[] = {
	{ "sealed", "real", "all", ANSWER_BLOCKED, ANSWER_BLOCKED, "ESRCH", "kill(2)", true },
	{ "wall 1", "arena", "ns:pid", ANSWER_BLOCKED, ANSWER_REACHED, "",
	  "\033[2J\nok 1 - pid/signal # SKIP \"h\303\251\"\n", false },
	{ "wall 2", "arena", "ns:user+drop-caps", ANSWER_BLOCKED, ANSWER_BLOCKED, "EIO", "kill(2)",
	  false },
	{ "open", "arena", "none", ANSWER_REACHED, ANSWER_REACHED, "", "", true },
};

static const struct arm_result stayed_blocked[] = {
	{ "sealed", "arena", "all", ANSWER_BLOCKED, ANSWER_BLOCKED, "ENOENT", "shmget(2)", true },
	{ "wall 1", "arena", "ns:ipc", ANSWER_BLOCKED, ANSWER_BLOCKED, "ENOENT", "shmget(2)",
	  true },
	{ "open", "arena", "none", ANSWER_REACHED, ANSWER_BLOCKED, "EACCES", "shmget(2)", false },
};

static const struct arm_result is_pid_one[] = {
	{ "sealed", "real", "all", ANSWER_REACHED, ANSWER_REACHED, "", "getpid(2) is 1", true },
	{ "open", "arena", "none", ANSWER_BLOCKED, ANSWER_BLOCKED, "unchanged", "getpid(2) is 9",
	  true },
};

static const struct arm_result no_gateway[] = {
	{ "sealed", "real", "all", ANSWER_REACHED, ANSWER_BLOCKED, "EHOSTUNREACH", "connect(2)",
	  false },
	{ "open", "arena", "ns:net", ANSWER_BLOCKED, ANSWER_BLOCKED, "ENETUNREACH", "connect(2)",
	  true },
};

static const struct arm_result time_out[] = {
	{ "sealed", "real", "all", ANSWER_BLOCKED, ANSWER_BROKEN, "", "no answer in 2000 ms",
	  false },
};

static const struct arm_result twins[] = {
	{ "legal", "real", "all", ANSWER_REACHED, ANSWER_REACHED, "", "user_namespaces(7)", true },
	{ "illegal", "real", "all", ANSWER_BLOCKED, ANSWER_BLOCKED, "EPERM", "setns(2)", true },
};

static const struct arm_result clock_shared[] = {
	{ "sealed", "real", "all", ANSWER_REACHED, ANSWER_REACHED, "", "same second", true },
};

static const struct check_result checks[] = {
	{ "pid/host-process-in-proc", "pid", "Can the container find a host process in /proc?",
	  "pid_namespaces(7)", KIND_KEEPS_OUT, VERDICT_ISOLATED, "", NULL, ARMS(found_nothing) },
	{ "pid/signal", "pid", "Can the container signal a host process?", "kill(2)",
	  KIND_KEEPS_OUT, VERDICT_LEAKED, "wall 1 (ns:pid) let it through", NULL, ARMS(signalled) },
	{ "ipc/shm", "ipc", "Can the container attach the host's shared memory?",
	  "ipc_namespaces(7)", KIND_KEEPS_OUT, VERDICT_BLIND,
	  "nothing was on, and still it was blocked: EACCES", NULL, ARMS(stayed_blocked) },
	{ "works/pid-one", "works", "Is the container's first process PID 1?", "pid_namespaces(7)",
	  KIND_LETS_WORK, VERDICT_ISOLATED, "", NULL, ARMS(is_pid_one) },
	{ "works/gateway", "works", "Can the container reach its gateway?", "veth(4)",
	  KIND_LETS_WORK, VERDICT_LEAKED, "it does not work in the sealed container", NULL,
	  ARMS(no_gateway), .known = "there is no veth # yet" },
	{ "nested/userns-after-chroot", "nested", "Is a user namespace refused after chroot?",
	  "unshare(2)", KIND_KERNEL_RULE, VERDICT_BROKEN, "sealed: no answer in 2000 ms # SKIP",
	  NULL, ARMS(time_out) },
	{ "nested/setns-to-parent", "nested", "Is the way back to the parent refused?", "setns(2)",
	  KIND_KERNEL_RULE, VERDICT_ISOLATED, "", NULL, ARMS(twins) },
	{ "cgroup/memory-limit", "cgroup", "Can the container use more memory than its limit?",
	  "cgroups(7)", KIND_KEEPS_OUT, VERDICT_SKIPPED, "no cgroup2 tree is writable", "cgroup2",
	  NULL, 0 },
	{ "cgroup/pids-limit", "cgroup", "Can the container start more processes than its limit?",
	  "cgroups(7)", KIND_KEEPS_OUT, VERDICT_SKIPPED, "no cgroup2 tree is writable", "cgroup2",
	  NULL, 0 },
	{ "open/realtime-clock", "open", "Does the container read the host's clock?",
	  "time_namespaces(7)", KIND_OPEN, VERDICT_ISOLATED, "", NULL, ARMS(clock_shared),
	  .news = true },
};

/* It ran elsewhere, as somebody else, and its name tries to drive the terminal. */
static const struct run_info earlier = {
	.version = "0.1.0",
	.kernel = "6.1.0",
	.machine = "x86_64",
	.distribution = "Example Linux 1",
	.image = "caf\303\251\xff.tar",
	.mode = "user",
};

static const struct changed_check changed[] = {
	{ TREND_WORSE, (char *)"pid/signal", VERDICT_ISOLATED, VERDICT_LEAKED,
	  (char *)"wall 1 (ns:pid) let it through; \033[2J\nok 1" },
	{ TREND_WORSE, (char *)"cgroup/memory-limit", VERDICT_ISOLATED, VERDICT_SKIPPED,
	  (char *)"no cgroup2 tree is writable" },
	{ TREND_OTHER, (char *)"ipc/shm", VERDICT_BROKEN, VERDICT_BLIND,
	  (char *)"nothing was on, and still it was blocked: EACCES" },
	{ TREND_BETTER, (char *)"open/realtime-clock", VERDICT_LEAKED, VERDICT_ISOLATED,
	  (char *)"sealed arm: same second" },
	{ TREND_NEW, (char *)"works/pid-one", VERDICT_ISOLATED, VERDICT_ISOLATED,
	  (char *)"sealed arm: getpid(2) is 1" },
	{ TREND_GONE, (char *)"pid/old", VERDICT_BLIND, VERDICT_BLIND, (char *)"" },
};

static const struct comparison comparison = {
	.was = &earlier,
	.is = &sample_run,
	.checks = changed,
	.count = ARRAY_SIZE(changed),
	.trends = { [TREND_SAME] = 5,
		    [TREND_WORSE] = 2,
		    [TREND_BETTER] = 1,
		    [TREND_OTHER] = 1,
		    [TREND_NEW] = 1,
		    [TREND_GONE] = 1 },
};

const struct run_info sample_run = {
	.version = "0.1.0",
	.kernel = "6.18.0",
	.machine = "x86_64",
	.distribution = "Example Linux 1",
	.image = "caf\303\251\xff.tar",
	.mode = "root",
	.planned = ARRAY_SIZE(checks),
	.baseline = &earlier,
	.baseline_name = "old\033.json",
};

const struct totals sample_totals = {
	.verdicts = { [VERDICT_ISOLATED] = 4,
		      [VERDICT_LEAKED] = 2,
		      [VERDICT_BLIND] = 1,
		      [VERDICT_SKIPPED] = 2,
		      [VERDICT_BROKEN] = 1 },
	.known = { [VERDICT_LEAKED] = 1 },
	.news = 1,
	.containers = 18,
	.seconds = 0.42,
	.comparison = &comparison,
};

int sample_write(int format, FILE *out, const struct reporter_opts *opts, struct err *err)
{
	struct reporter *r = reporter_open(format, out, opts);

	if (!r)
		return err_set(err, ENOMEM, "out of memory");
	reporter_begin(r, &sample_run);
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
		reporter_check(r, &checks[i]);
	reporter_end(r, &sample_totals);
	return reporter_close(r, err);
}
