// SPDX-License-Identifier: MIT
/*
 * What the container must have of its own to work in: each is there when the step that provides it
 * was taken, and only then. The other half of works is in works_places.c. namespaces(7)
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/utsname.h>

#include "probe.h"

PROBE(works_ns_ids_differ, "compares each of its eight namespaces with the creator's")
{
	/* in the order that the harness counts them */
	static const char *const names[] = { "user", "mnt", "pid",    "net",
					     "ipc",  "uts", "cgroup", "time" };
	const char *ids = arg_str("ids");
	bool same = false;
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char path[32], *end;

		snprintf(path, sizeof(path), "/proc/self/ns/%s", names[i]);
		MUST(stat(path, &st));
		same |= strtoull(ids, &end, 10) == st.st_ino;
		if (end == ids || (*end != ',' && i + 1 < ARRAY_SIZE(names)))
			return failed("the argument ids= does not hold eight numbers");
		ids = end + 1;
	}
	if (same)
		return blocked("absent", "a namespace is the creator's");
	return reached(NO_TOKEN, "all eight differ");
}

PROBE(works_hostname, "asks uname(2) for its name")
{
	struct utsname uts;

	MUST(uname(&uts));
	if (strcmp(uts.nodename, arg_str("name")) != 0)
		return blocked("absent", "uname(2) tells another name");
	return reached(NO_TOKEN, "uname(2) tells the name that was given");
}

PROBE(works_session_leader, "asks for its own session")
{
	if (getsid(0) != getpid())
		return blocked("absent", "it is not the leader of its session");
	return reached(NO_TOKEN, "it is the leader of its session");
}

PROBE(works_lo_udp, "sends itself a datagram over 127.0.0.1")
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	AUTO_CLOSE int sock = (int)MUST(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	struct timeval limit = { .tv_sec = 2 };
	socklen_t len = sizeof(to);
	char byte = 'x';

	MUST(setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)));
	MUST(bind(sock, (struct sockaddr *)&to, sizeof(to)));
	MUST(getsockname(sock, (struct sockaddr *)&to, &len));
	if (sendto(sock, &byte, 1, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		return blocked_errno(errno, "sending to 127.0.0.1");
	if (recv(sock, &byte, 1, 0) != 1)
		return failed("the datagram was sent, but does not come");
	return reached(NO_TOKEN, "a datagram went over 127.0.0.1");
}

PROBE(works_hosts_file, "looks for its own name in /etc/hosts")
{
	AUTO_FREE char *text = read_all("/etc/hosts", NULL);
	const char *name = arg_str("name");
	char *rest = text, *line, *word;
	struct in_addr addr;

	if (!text)
		return blocked_errno(errno, "reading /etc/hosts");
	while ((line = strsep(&rest, "\n"))) {
		word = strsep(&line, " \t");
		if (inet_pton(AF_INET, word, &addr) != 1)
			continue;
		while ((word = strsep(&line, " \t")))
			if (!strcmp(word, name))
				return reached(NO_TOKEN, "its name has an address there");
	}
	return blocked("absent", "its name is not there");
}
