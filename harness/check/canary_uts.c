// SPDX-License-Identifier: MIT
/* Canaries that are the host's names: hostname and NIS domain name. Only ever set in an arena. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check/canary.h"

static int save_domain(struct scene *s, struct err *err)
{
	return getdomainname(s->saved, sizeof(s->saved)) < 0 ? err_sys(err, "getdomainname") : 0;
}

static void restore_domain(struct scene *s)
{
	if (s->saved[0])
		setdomainname(s->saved, strlen(s->saved));
}

static int plant_domain(struct scene *s, struct err *err)
{
	scene_arg(s, "name", "%s", s->token);
	return save_domain(s, err);
}

static int domain_is_token(struct scene *s, struct err *err)
{
	char now[72];

	if (getdomainname(now, sizeof(now)) < 0)
		return err_sys(err, "getdomainname");
	return !strcmp(now, s->token);
}

const struct canary canary_domainname = {
	.about = "the host's NIS domain name, which is read again afterwards",
	.plant = plant_domain,
	.witness = domain_is_token,
	.remove = restore_domain,
};

static int rename_domain(struct scene *s, struct err *err)
{
	if (setdomainname(s->token, strlen(s->token)) < 0)
		return err_sys(err, "setdomainname");
	return 0;
}

const struct canary canary_domain_rename = {
	.about = "the host's NIS domain name, which becomes the token while the probe waits",
	.plant = save_domain,
	.stimulus = rename_domain,
	.remove = restore_domain,
};

/* Both the hostname and the domain name, so that a probe knows them: NAME-TOKEN. */
static int plant_names(struct scene *s, struct err *err)
{
	char name[sizeof(s->name) + sizeof(s->token) + 1];
	int len = snprintf(name, sizeof(name), "%s-%s", s->name, s->token);

	scene_arg(s, "name", "%s", s->name);
	if (gethostname(s->saved, sizeof(s->saved)) < 0 ||
	    getdomainname(s->path, sizeof(s->path)) < 0)
		return err_sys(err, "names of the host");
	if (sethostname(name, (size_t)len) < 0 || setdomainname(name, (size_t)len) < 0)
		return err_sys(err, "names of the host");
	return 0;
}

static void restore_names(struct scene *s)
{
	if (s->saved[0])
		sethostname(s->saved, strlen(s->saved));
	if (s->path[0])
		setdomainname(s->path, strlen(s->path));
}

const struct canary canary_names = {
	.about = "the host's two names, which hold the token",
	.plant = plant_names,
	.remove = restore_names,
};
