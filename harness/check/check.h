// SPDX-License-Identifier: MIT
/*
 * The catalogue as data: a check is one row. It names a question, the canary that is planted on the
 * host, the guards that must each keep the probe from it, and how a blocked attempt looks. The
 * probe bears the same id (probes/list.h). To add a check: one row here, one function there.
 */
#ifndef NSPROOF_CHECK_CHECK_H
#define NSPROOF_CHECK_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "container/guard.h"
#include "report/result.h"

struct canary;

enum { CHECK_WALLS_MAX = 8, CHECK_OUTCOMES_MAX = 6 };

/* Outcomes of a blocked attempt that are no errno; they lie above all errnos. */
enum outcome {
	ABSENT = 5000, /* looked through everything, and it is not there */
	UNCHANGED,     /* the act had no effect where it should have none */
	SILENT,        /* nothing arrived, though a marker sent the same way did */
};

/* What a check requires of the machine, beyond the guards of its arms. Tried once: needs.c. */
enum need {
	NEED_ARENA,       /* a disposable host; every row needs it, none names it */
	NEED_USERNS,      /* a new user namespace (ordinary users can do nothing without) */
	NEED_LEAF,        /* a cgroup v2 directory of one's own */
	NEED_BRIDGE,      /* bridge and veth links */
	NEED_MASQUERADE,  /* nftables with nat */
	NEED_IPV6,        /* IPv6 with ::1 */
	NEED_FILE_HANDLE, /* file handles of one's own file systems can be opened */
	NEED_NET_ADMIN,   /* links, routes and raw sockets in a network namespace of ours */
	NEED_SETNS,       /* setns(2) */
	NEED_SETHOSTNAME, /* sethostname(2) */
	NEED_SYSFS,       /* a fresh /sys in an arena */
	NEED_SOLE_PROC,   /* no /proc of an outer system below the root */
	/* needs_kernel.c: what the kernel has, and lets us use */
	NEED_INIT_CAPS,   /* the capabilities of root in the initial user namespace */
	NEED_RESOURCE,    /* CAP_SYS_RESOURCE there */
	NEED_UNFILTERED,  /* neither a seccomp filter nor no_new_privs on ourselves */
	NEED_SWAP,        /* swapon(2) */
	NEED_ACCT,        /* acct(2) */
	NEED_BPF,         /* bpf(2) */
	NEED_KEXEC,       /* kexec_load(2) */
	NEED_MODULES,     /* finit_module(2) */
	NEED_IO_URING,    /* io_uring_setup(2) */
	NEED_USERFAULTFD, /* userfaultfd(2) */
	NEED_COMPAT32,    /* 32-bit system calls of x86 */
	NEED_PERF,        /* perf_event_open(2), restricted */
	NEED_STATMOUNT,   /* statmount(2) with the id of a mount namespace */
	NEED_FANOTIFY,    /* fanotify_init(2) */
	NEED_KEYS,        /* add_key(2), keyctl(2) */
	/* needs_process.c: what the kernel tells of processes */
	NEED_KCMP,            /* kcmp(2) */
	NEED_NUMA,            /* move_pages(2), migrate_pages(2) */
	NEED_PERF_SELF,       /* perf_event_open(2) for a process of one's own */
	NEED_PIDFD_INFO,      /* PIDFD_GET_INFO */
	NEED_PIDFD_NAMESPACE, /* PIDFD_GET_UTS_NAMESPACE */
	NEED_PIDFS_HANDLE,    /* file handles of pidfds */
	NEED_SET_CLOCK,       /* settimeofday(2) */
	NEED_SYSCTL,          /* /proc/sys may be written to */
	NEED_HOST_FS,         /* debugfs, tracefs, securityfs, pstore and devtmpfs */
	NEED_PTRACE,          /* ptrace(2), process_vm_readv(2) */
	NEED_PIDFD_GETFD,     /* pidfd_getfd(2) */
	NEED_TIMERSLACK,      /* /proc/PID/timerslack_ns of others */
	NEED_PROC_IO,         /* /proc/PID/io */
	NEED_TIMER_LIST,      /* /proc/timer_list */
	NEED_KPAGECOUNT,      /* /proc/kpagecount */
	NEED_PAGEMAP,         /* /proc/PID/pagemap */
	NEED_KMSG,            /* /proc/kmsg */
	NEED_IRQ_AFFINITY,    /* /proc/irq */
	NEED_IOPORTS,         /* /proc/ioports */
	NEED_KALLSYMS,        /* addresses in /proc/kallsyms */
	NEED_SOCK_DIAG,       /* sock_diag(7) of TCP and Unix sockets */
	NEED_TERMINALS,       /* pseudoterminals in /dev/pts */
	NEED_NSFS_HANDLE,     /* file handles of namespaces */
	NEED_COUNT,
};

typedef uint64_t need_set;

#define NEED_BIT(need) (UINT64_C(1) << (need))
#define NEED(name)     NEED_BIT(NEED_##name)
#define WALL(name)     GUARD(name)

struct check {
	const char *id; /* "suite/name" */
	const char *question;
	enum check_kind kind;
	const struct canary *canary; /* NULL: nothing is planted */
	guard_set base;              /* on in every arm */
	/* Every minimal set of guards that decides by itself, ended by 0. LETS_WORK: what provides.
	 */
	guard_set walls[CHECK_WALLS_MAX];
	int blocked_as[CHECK_OUTCOMES_MAX]; /* errnos and outcomes, ended by 0 */
	need_set needs;
	bool shares;           /* its probe may be asked in one container with others: see below */
	const char *effect;    /* the proof where no token can exist; NULL: the token it is */
	const char *reference; /* man page, kernel document or CVE */
};

/*
 * A row shares when its probe need not be PID 1, changes nothing that another probe could meet, and
 * its canary leaves the container as it is. A matrix then asks many rows in one container (survey.h);
 * a system test compares their answers with those of containers of their own.
 */

struct check_suite {
	const char *name;
	const struct check *rows;
	size_t count;
};

/* All suites in catalogue order, ended by NULL. */
extern const struct check_suite *const check_suites[];

size_t check_count(void);
const struct check *check_at(size_t index); /* NULL past the last */
const struct check *check_find(const char *id);

/* Name of an errno or outcome ("ENOENT", "absent") and back; 0 if there is none of that name. */
const char *outcome_name(int outcome);
int outcome_parse(const char *name);

/* The number of walls of a row. */
size_t check_wall_count(const struct check *check);

/* What is on in an arm. `available`: what the machine can do. */
guard_set check_sealed(const struct check *check, guard_set available);
guard_set check_wall(const struct check *check, size_t wall);
guard_set check_open(const struct check *check);
/* The sealed set without any wall, for the proof that the walls listed are all there are. */
guard_set check_breached(const struct check *check, guard_set available);

#endif
