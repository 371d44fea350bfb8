// SPDX-License-Identifier: MIT
/* A terminal of the container's own: see terminal.h. */
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"

int terminal_open(struct terminal *t, struct err *err)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return 0;
	t->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (t->master < 0 || unlockpt(t->master) < 0)
		return err_sys(err, "no pseudo-terminal");
	/* by descriptor, whatever is mounted on /dev/pts: ioctl_tty(2) */
	t->slave = ioctl(t->master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (t->slave < 0 || tcgetattr(STDIN_FILENO, &t->saved) < 0)
		return err_sys(err, "no pseudo-terminal");
	tcsetattr(t->slave, TCSANOW, &t->saved);
	terminal_resize(t);
	return 0;
}

void terminal_start(struct terminal *t)
{
	struct termios raw = t->saved;

	if (t->master < 0)
		return;
	cfmakeraw(&raw);
	t->raw = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

void terminal_resize(const struct terminal *t)
{
	struct winsize size;

	if (t->master >= 0 && ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0)
		ioctl(t->master, TIOCSWINSZ, &size);
}

static bool pass(int from, int to)
{
	char buf[4096];
	ssize_t got = read(from, buf, sizeof(buf));

	if (got < 0)
		return errno == EINTR || errno == EAGAIN;
	return got > 0 && fd_write_full(to, buf, (size_t)got) == 0;
}

bool terminal_pass_in(const struct terminal *t)
{
	return pass(STDIN_FILENO, t->master);
}

bool terminal_pass_out(const struct terminal *t)
{
	return pass(t->master, STDOUT_FILENO);
}

void terminal_done(struct terminal *t)
{
	struct pollfd pfd = { t->master, POLLIN, 0 };

	fd_close(&t->slave);
	while (t->master >= 0 && poll(&pfd, 1, 0) == 1 && pfd.revents & POLLIN &&
	       terminal_pass_out(t))
		;
	if (t->raw)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &t->saved);
	t->raw = false;
	fd_close(&t->master);
}
