// SPDX-License-Identifier: MIT
/* Inside the container core: running a program by name. Not for other layers. */
#ifndef NSPROOF_CONTAINER_EXEC_H
#define NSPROOF_CONTAINER_EXEC_H

/*
 * Executes argv[0]: a path, or a name that is looked up in the PATH of `envp` as execvp(3) does it,
 * scripts without an interpreter's line included. Done here, for C libraries differ in that. Returns
 * -1 and errno.
 */
int exec_search(char *const *argv, char *const *envp);

#endif
