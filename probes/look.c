// SPDX-License-Identifier: MIT
/*
 * What the container sees, as lines "key=value" for a guided tour: the same words before and after
 * each guard is switched on show what it hides. What cannot be seen reads "none".
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/utsname.h>

#include "nl.h"

#define PROCESSES_SHOWN 8
#define ROOM            4096

struct page {
	char text[ROOM];
	size_t len;
};

/* Appends; control characters become '?', what does not fit is cut. */
static void __attribute__((format(printf, 2, 3))) page_add(struct page *page, const char *fmt, ...)
{
	size_t room = sizeof(page->text) - page->len;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(page->text + page->len, room, fmt, ap);
	va_end(ap);
	if (len < 0)
		return;
	len = (size_t)len < room ? len : (int)room - 1;
	for (char *c = page->text + page->len; len--; c++, page->len++)
		if ((unsigned char)*c < ' ' && *c != '\n')
			*c = '?';
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int by_number(const struct dirent **a, const struct dirent **b)
{
	long x = strtol((*a)->d_name, NULL, 10), y = strtol((*b)->d_name, NULL, 10);

	return (x > y) - (x < y);
}

static int is_process(const struct dirent *entry)
{
	return isdigit((unsigned char)entry->d_name[0]);
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* PID and name of the first processes; the name is in brackets in /proc/PID/stat. */
static void add_processes(struct page *page)
{
	struct dirent **list = NULL;
	int count = scandir("/proc", &list, is_process, by_number);

	page_add(page, "processes=%d\n", count > 0 ? count : 0);
	for (int i = 0; i < count; i++) {
		char path[300];
		AUTO_FREE char *name = NULL;

		snprintf(path, sizeof(path), "/proc/%s/comm", list[i]->d_name);
		name = i < PROCESSES_SHOWN ? read_all(path, NULL) : NULL;
		if (name) {
			name[strcspn(name, "\n")] = '\0';
			page_add(page, "process=%s %s\n", list[i]->d_name, name);
		}
		free(list[i]);
	}
	free(list);
}

static void add_root(struct page *page)
{
	struct dirent **list = NULL;
	int count = scandir("/", &list, is_visible, by_name);

	page_add(page, "root=");
	for (int i = 0; i < count; i++) {
		page_add(page, "%s%s", i ? " " : "", list[i]->d_name);
		free(list[i]);
	}
	free(list);
	page_add(page, count > 0 ? "\n" : "none\n");
}

static void add_mounts(struct page *page)
{
	AUTO_FREE char *text = read_all("/proc/self/mountinfo", NULL);
	int count = 0;

	for (const char *c = text; c && (c = strchr(c, '\n')); c++)
		count++;
	page_add(page, "mounts=%d\n", count);
}

struct links {
	struct page *page;
	bool any, lo_up;
};

static void see_link(const struct nlmsghdr *msg, void *data)
{
	const struct ifinfomsg *info = NLMSG_DATA(msg);
	const char *name = nl_link_attr(msg, IFLA_IFNAME, 1);
	struct links *links = data;

	if (msg->nlmsg_type != RTM_NEWLINK || !name)
		return;
	page_add(links->page, "%s%s", links->any ? " " : "", name);
	links->any = true;
	if (!strcmp(name, "lo"))
		links->lo_up = info->ifi_flags & IFF_UP;
}

struct gateway {
	char addr[INET_ADDRSTRLEN];
	char link[IF_NAMESIZE];
};

static void see_route(const struct nlmsghdr *msg, void *data)
{
	const struct rtmsg *route = NLMSG_DATA(msg);
	const void *addr = nl_route_attr(msg, RTA_GATEWAY, sizeof(struct in_addr));
	const void *index = nl_route_attr(msg, RTA_OIF, sizeof(unsigned int));
	struct gateway *gateway = data;
	unsigned int link = 0;

	if (msg->nlmsg_type != RTM_NEWROUTE || route->rtm_dst_len || !addr)
		return;
	if (index)
		memcpy(&link, index, sizeof(link));
	inet_ntop(AF_INET, addr, gateway->addr, sizeof(gateway->addr));
	if (!if_indextoname(link, gateway->link))
		gateway->link[0] = '\0';
}

static void add_network(struct page *page)
{
	AUTO_CLOSE int sock = nl_open();
	struct links links = { .page = page };
	struct gateway gateway = { .addr = "" };
	struct nl_request req;

	page_add(page, "links=");
	nl_request_link(&req, true);
	nl_ask(sock, &req, see_link, &links);
	page_add(page, "%s\n", links.any ? "" : "none");
	nl_request_route(&req);
	nl_ask(sock, &req, see_route, &gateway);
	if (gateway.addr[0])
		page_add(page, "route=default via %s dev %s\n", gateway.addr, gateway.link);
	else
		page_add(page, "route=none\n");
	page_add(page, "lo=%s\n", links.lo_up ? "up" : "down");
}

static void add_nameserver(struct page *page)
{
	AUTO_FREE char *text = read_all("/etc/resolv.conf", NULL);
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n"))) {
		const char *word = "nameserver";
		size_t len = strlen(word);

		if (strncmp(line, word, len) != 0 || !isspace((unsigned char)line[len]))
			continue;
		page_add(page, "nameserver=%s\n", line + len + strspn(line + len, " \t"));
		return;
	}
	page_add(page, "nameserver=none\n");
}

int look(void)
{
	static struct page page;
	struct utsname uts;

	prctl(PR_SET_NAME, "look"); /* a program started by descriptor has no name of its own */
	MUST(uname(&uts));
	page_add(&page, "uid=%d\npid=%d\nhostname=%s\n", (int)getuid(), (int)getpid(),
		 uts.nodename);
	add_processes(&page);
	add_root(&page);
	add_mounts(&page);
	add_network(&page);
	add_nameserver(&page);
	return answer_write((struct answer){ page.text });
}
