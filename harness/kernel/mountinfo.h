// SPDX-License-Identifier: MIT
/* The lines of /proc/PID/mountinfo as data: proc_pid_mountinfo(5). Pure: it takes a text. */
#ifndef NSPROOF_KERNEL_MOUNTINFO_H
#define NSPROOF_KERNEL_MOUNTINFO_H

#include <stdbool.h>

/* One mount. The strings point into the text that was parsed, with \ooo already decoded. */
struct mountinfo {
	int id, parent;
	unsigned int major, minor;
	const char *root;    /* which directory of the file system the mount shows */
	const char *point;   /* where, seen from the process' root */
	const char *options; /* of this mount: "ro,nosuid" */
	int shared, master;  /* peer groups; 0: none */
	bool unbindable;
	const char *fstype, *source;
	const char *super_options; /* of the file system */
};

/*
 * Parses the line at *text and moves *text behind it. The text is cut up and decoded in place:
 * nothing is allocated, and it can be read only once. Returns 1; 0 at the end; -EINVAL for a line
 * that the kernel would not write, which is left behind too (the next call goes on after it), with
 * *ret untouched.
 */
int mountinfo_next(char **text, struct mountinfo *ret);

#endif
