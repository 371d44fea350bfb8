// SPDX-License-Identifier: MIT
/* What comes into a probe: its arguments, the word "go", tokens and small files. */
#include <ctype.h>
#include <fcntl.h>

#include "probe.h"

#define TOKEN_ROOM 256
#define FILE_MAX   (16u << 20)

static char **args;

void args_set(char **words)
{
	for (char **w = words; *w; w++)
		if (**w == '=' || !strchr(*w, '='))
			die("the argument \"%s\" is not key=value", *w);
	args = words;
}

static const char *arg_find(const char *key)
{
	size_t len = strlen(key);

	for (char **w = args; *w; w++)
		if (!strncmp(*w, key, len) && (*w)[len] == '=')
			return *w + len + 1;
	return NULL;
}

bool arg_given(const char *key)
{
	return arg_find(key) != NULL;
}

const char *arg_str(const char *key)
{
	const char *value = arg_find(key);

	if (!value || !*value)
		die("the argument %s= is missing", key);
	return value;
}

long long arg_int(const char *key, long long min, long long max)
{
	const char *str = arg_str(key);
	long long value;
	char *end;

	errno = 0;
	value = strtoll(str, &end, 0);
	if (errno || *end || value < min || value > max)
		die("the argument %s=%s is not a number from %lld to %lld", key, str, min, max);
	return value;
}

void wait_for_go(void)
{
	char buf[16];
	size_t len = 0;

	if (answer_write((struct answer){ "ready\n" }))
		exit(1);
	while (len < sizeof(buf)) {
		ssize_t n = read(STDIN_FILENO, buf + len, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			exit(1);
		if (buf[len++] == '\n')
			break;
	}
	if (len != 3 || memcmp(buf, "go\n", 3) != 0)
		die("\"go\" was expected on standard input");
}

const char *first_line(char *buf, size_t len, size_t size)
{
	char *end;

	buf[len < size ? len : size - 1] = '\0';
	while (isspace((unsigned char)*buf) && *buf != '\n')
		buf++;
	end = buf + strcspn(buf, "\n");
	while (end > buf && isspace((unsigned char)end[-1]))
		end--;
	*end = '\0';
	return buf;
}

const char *read_token(int fd)
{
	static char buf[TOKEN_ROOM];
	size_t len = 0;

	while (len < sizeof(buf) - 1 && !memchr(buf, '\n', len)) {
		ssize_t n = read(fd, buf + len, sizeof(buf) - 1 - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return NULL;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return first_line(buf, len, sizeof(buf));
}

struct answer token_of_file(int dirfd, const char *path)
{
	AUTO_CLOSE int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	const char *token;

	if (fd < 0)
		return blocked_errno(errno, "opening the file");
	token = read_token(fd);
	if (!token)
		return blocked_errno(errno, "the file opens, reading it");
	return reached(token, "read the file");
}

char *read_all(const char *path, size_t *ret_len)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	AUTO_FREE char *buf = NULL;
	size_t len = 0, room = 0;
	char *ret;

	if (fd < 0)
		return NULL;
	for (;;) {
		ssize_t n;

		if (len + 1 >= room) {
			room = room ? room * 2 : 4096;
			ret = room <= FILE_MAX ? realloc(buf, room) : NULL;
			if (!ret) {
				errno = ENOMEM;
				return NULL;
			}
			buf = ret;
		}
		n = read(fd, buf + len, room - len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return NULL;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	buf[len] = '\0';
	if (ret_len)
		*ret_len = len;
	ret = buf;
	buf = NULL;
	return ret;
}
