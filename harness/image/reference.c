// SPDX-License-Identifier: MIT
/* Choosing one of several images: see reference.h. */
#include "image/reference.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

#define NAMES_SHOWN 6

/* A name without its tag, which NULL stands for when there is none. */
struct parts {
	const char *name;
	size_t len;
	const char *tag;
};

static struct parts split(const char *ref)
{
	const char *slash = strrchr(ref, '/'), *colon = strchr(slash ? slash : ref, ':');

	/* what engines take for granted */
	if (text_starts(ref, "docker.io/"))
		ref += strlen("docker.io/");
	if (text_starts(ref, "library/"))
		ref += strlen("library/");
	return (struct parts){ ref, colon ? (size_t)(colon - ref) : strlen(ref),
			       colon ? colon + 1 : NULL };
}

static bool same_name(const struct parts *a, const struct parts *b)
{
	return a->len == b->len && !memcmp(a->name, b->name, a->len);
}

/* Whether `whole` is `end`, perhaps with a registry and folders before it. */
static bool ends_with(const struct parts *whole, const struct parts *end)
{
	size_t before = whole->len - end->len;

	if (whole->len <= end->len || !end->len)
		return same_name(whole, end);
	return whole->name[before - 1] == '/' && !memcmp(whole->name + before, end->name, end->len);
}

int reference_fit(const char *ref, const char *name)
{
	struct parts want = split(ref), have = split(name);
	const char *tag = want.tag ? want.tag : "latest";
	bool same_tag = !strcmp(tag, have.tag ? have.tag : "latest");

	if (!strcmp(ref, name))
		return 5;
	if (same_tag && same_name(&want, &have))
		return 4;
	if (same_tag && ends_with(&have, &want))
		return 3;
	/* an OCI layout often knows the tag alone */
	if (want.tag && !have.tag && !strchr(name, '/') && !strcmp(want.tag, name))
		return 2;
	if (!want.tag && have.tag && (!strcmp(ref, have.tag) || ends_with(&have, &want)))
		return 1;
	return 0;
}

/* What machines are called in images, as Go calls them (GOARCH), and what they can run. */
static const struct {
	const char *machine, *arch, *variant;
} machines[] = {
	{ "x86_64", "amd64", "" }, { "aarch64", "arm64", "v8" }, { "armv8l", "arm", "v8" },
	{ "armv7l", "arm", "v7" }, { "armv6l", "arm", "v6" },    { "i386", "386", "" },
	{ "i586", "386", "" },     { "i686", "386", "" },        { "ppc64le", "ppc64le", "" },
	{ "s390x", "s390x", "" },  { "riscv64", "riscv64", "" }, { "loongarch64", "loong64", "" },
};

struct platform platform_of_machine(const char *machine)
{
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (!strcmp(machine, machines[i].machine))
			return (struct platform){ "linux", machines[i].arch, machines[i].variant };
	return (struct platform){ "linux", machine, "" };
}

int platform_parse(const char *str, char buf[PLATFORM_SIZE], struct platform *ret, struct err *err)
{
	char *part[3] = { buf, NULL, NULL };
	size_t count = 1;
	bool whole = strlen(str) < PLATFORM_SIZE;

	snprintf(buf, PLATFORM_SIZE, "%s", str);
	for (char *c = buf; whole && *c; c++) {
		if (*c != '/')
			continue;
		*c = '\0';
		whole = count < 3;
		if (whole)
			part[count++] = c + 1;
	}
	for (size_t i = 0; i < count; i++)
		whole = whole && *part[i];
	if (!whole || count < 2)
		return err_set(err, EINVAL,
			       "a platform reads OS/ARCH or OS/ARCH/VARIANT, as in linux/arm64");
	*ret = (struct platform){ part[0], part[1], part[2] ? part[2] : "" };
	return 0;
}

/* The number in "v8", which may be implied; -1 for what is no number. */
static int variant_level(const struct platform *p)
{
	const char *digits = p->variant + (p->variant[0] == 'v');
	int64_t level;

	if (!*p->variant)
		return !strcmp(p->arch, "arm64") ? 8 : !strcmp(p->arch, "arm") ? 7 : 1;
	return text_to_int(digits, 1, 99, &level) < 0 ? -1 : (int)level;
}

int platform_fit(const struct platform *want, const struct platform *have)
{
	int most = variant_level(want), level = variant_level(have);

	if (!*have->os && !*have->arch)
		return PLATFORM_UNSTATED;
	if (strcmp(want->os, have->os) != 0 || strcmp(want->arch, have->arch) != 0)
		return PLATFORM_UNFIT;
	if (most < 0 || level < 0)
		return strcmp(want->variant, have->variant) ? PLATFORM_UNFIT : PLATFORM_FITS;
	return level <= most ? PLATFORM_FITS + level : PLATFORM_UNFIT;
}

void platform_format(const struct platform *p, struct text *out)
{
	text_addf(out, "%s/%s%s%s", p->os, p->arch, *p->variant ? "/" : "", p->variant);
}

void name_list_add(struct name_list *list, const char *name)
{
	char shown[96];

	text_escape(shown, sizeof(shown), name, strlen(name));
	if (list->count < NAMES_SHOWN)
		text_addf(&list->text, "%s%s", list->count ? ", " : "", shown);
	if (list->count == NAMES_SHOWN)
		text_add(&list->text, " ...");
	list->count++;
}

const char *name_list_str(const struct name_list *list)
{
	return list->text.str ? list->text.str : "nothing";
}

void name_list_done(struct name_list *list)
{
	text_done(&list->text);
	list->count = 0;
}
