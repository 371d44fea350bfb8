// SPDX-License-Identifier: MIT
/* What a process inherits: see inherit.h. */
#include "inherit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

/* Standard input, output and error must be open, or the first files that we open take their place. */
static void fill_standard_fds(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	fd_close(&fd);
}

void inherit_reset(void)
{
	sigset_t none;

	fill_standard_fds();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGCHLD, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	umask(022);
}
