// SPDX-License-Identifier: MIT
/* The answer line: put together here, escaped, and written in one write(2). */
#include <stdarg.h>
#include <stdio.h>

#include "probe.h"

/* libc has no names for errno values that every libc shares; these are the ones a probe can meet.
 */
static const struct {
	int num;
	const char *name;
} errno_names[] = {
#define NAME(e)                                                                                    \
	{                                                                                          \
		e, #e                                                                              \
	}
	NAME(EPERM),
	NAME(ENOENT),
	NAME(ESRCH),
	NAME(EINTR),
	NAME(EIO),
	NAME(ENXIO),
	NAME(E2BIG),
	NAME(ENOEXEC),
	NAME(EBADF),
	NAME(ECHILD),
	NAME(EAGAIN),
	NAME(ENOMEM),
	NAME(EACCES),
	NAME(EFAULT),
	NAME(ENOTBLK),
	NAME(EBUSY),
	NAME(EEXIST),
	NAME(EXDEV),
	NAME(ENODEV),
	NAME(ENOTDIR),
	NAME(EISDIR),
	NAME(EINVAL),
	NAME(ENFILE),
	NAME(EMFILE),
	NAME(ENOTTY),
	NAME(ETXTBSY),
	NAME(EFBIG),
	NAME(ENOSPC),
	NAME(ESPIPE),
	NAME(EROFS),
	NAME(EMLINK),
	NAME(EPIPE),
	NAME(EDOM),
	NAME(ERANGE),
	NAME(EDEADLK),
	NAME(ENAMETOOLONG),
	NAME(ENOLCK),
	NAME(ENOSYS),
	NAME(ENOTEMPTY),
	NAME(ELOOP),
	NAME(ENOMSG),
	NAME(EIDRM),
	NAME(EPROTO),
	NAME(EBADMSG),
	NAME(EOVERFLOW),
	NAME(EREMOTE),
	NAME(EUSERS),
	NAME(ENOTSOCK),
	NAME(EDESTADDRREQ),
	NAME(EMSGSIZE),
	NAME(EPROTOTYPE),
	NAME(ENOPROTOOPT),
	NAME(EPROTONOSUPPORT),
	NAME(ESOCKTNOSUPPORT),
	NAME(EOPNOTSUPP),
	NAME(EPFNOSUPPORT),
	NAME(EAFNOSUPPORT),
	NAME(EADDRINUSE),
	NAME(EADDRNOTAVAIL),
	NAME(ENETDOWN),
	NAME(ENETUNREACH),
	NAME(ENETRESET),
	NAME(ECONNABORTED),
	NAME(ECONNRESET),
	NAME(ENOBUFS),
	NAME(EISCONN),
	NAME(ENOTCONN),
	NAME(ESHUTDOWN),
	NAME(ETIMEDOUT),
	NAME(ECONNREFUSED),
	NAME(EHOSTDOWN),
	NAME(EHOSTUNREACH),
	NAME(EALREADY),
	NAME(EINPROGRESS),
	NAME(ESTALE),
	NAME(EDQUOT),
	NAME(ENOKEY),
	NAME(EKEYEXPIRED),
	NAME(EKEYREVOKED),
	NAME(EKEYREJECTED),
#undef NAME
};

static const char *errno_name(int num)
{
	static char other[24];

	for (size_t i = 0; i < ARRAY_SIZE(errno_names); i++)
		if (errno_names[i].num == num)
			return errno_names[i].name;
	snprintf(other, sizeof(other), "errno-%d", num);
	return other;
}

/* The machine is short of something, or did not answer: neither tells where the host is. */
static bool says_nothing(int num)
{
	static const int nums[] = { EINTR,  EIO,    EAGAIN,  ENOMEM,    EFAULT,
				    ENFILE, EMFILE, ENOBUFS, ETIMEDOUT, EINPROGRESS };

	for (size_t i = 0; i < ARRAY_SIZE(nums); i++)
		if (nums[i] == num)
			return true;
	return false;
}

#define LINE_MAX_LEN 512 /* far below PIPE_BUF: one write is atomic */

static char line[LINE_MAX_LEN];

/* Appends as printable ASCII; `word` leaves no space in it either. */
static void line_add(const char *str, bool word)
{
	size_t len = strlen(line);

	for (const char *c = str; *c && len < sizeof(line) - 6; c++) {
		bool plain = *c > (word ? ' ' : ' ' - 1) && *c < 0x7f && *c != '\\';

		len += plain ? (size_t)snprintf(line + len, 2, "%c", *c)
			     : (size_t)snprintf(line + len, 5, "\\x%02x", (unsigned char)*c);
	}
	line[len] = '\0';
}

static struct answer __attribute__((format(printf, 3, 0)))
line_make(const char *kind, const char *word, const char *fmt, va_list ap)
{
	char text[256];

	vsnprintf(text, sizeof(text), fmt, ap);
	snprintf(line, sizeof(line), "%s ", kind);
	if (word) {
		line_add(word, true);
		line_add(" ", false);
	}
	line_add(text, false);
	strcat(line, "\n"); /* line_add() leaves room */
	return (struct answer){ line };
}

struct answer reached(const char *token, const char *fmt, ...)
{
	struct answer answer;
	va_list ap;

	if (!*token)
		return failed("it was reached, but it holds no token");
	va_start(ap, fmt);
	answer = line_make("reached", token, fmt, ap);
	va_end(ap);
	return answer;
}

struct answer acted(const char *fmt, ...)
{
	struct answer answer;
	va_list ap;

	va_start(ap, fmt);
	answer = line_make("acted", NULL, fmt, ap);
	va_end(ap);
	return answer;
}

struct answer blocked(const char *outcome, const char *fmt, ...)
{
	struct answer answer;
	va_list ap;

	va_start(ap, fmt);
	answer = line_make("blocked", outcome, fmt, ap);
	va_end(ap);
	return answer;
}

struct answer blocked_errno(int num, const char *fmt, ...)
{
	bool nothing = says_nothing(num);
	struct answer answer;
	va_list ap;

	va_start(ap, fmt);
	answer = line_make(nothing ? "error" : "blocked", errno_name(num), fmt, ap);
	va_end(ap);
	return answer;
}

struct answer failed(const char *fmt, ...)
{
	struct answer answer;
	va_list ap;

	va_start(ap, fmt);
	answer = line_make("error", NULL, fmt, ap);
	va_end(ap);
	return answer;
}

int answer_write(struct answer answer)
{
	size_t len = strlen(answer.line);

	return write(STDOUT_FILENO, answer.line, len) == (ssize_t)len ? 0 : 1;
}

void die(const char *fmt, ...)
{
	struct answer answer;
	va_list ap;

	va_start(ap, fmt);
	answer = line_make("error", NULL, fmt, ap);
	va_end(ap);
	exit(answer_write(answer));
}
