// SPDX-License-Identifier: MIT
/* Inside the engine: a scene's beginning and end, and the container that it is played in. */
#ifndef NSPROOF_CHECK_SCENE_H
#define NSPROOF_CHECK_SCENE_H

#include "check/arm.h"

/* A scene with a new token and name, and nothing planted yet. It must not move afterwards. */
void scene_init(struct scene *s, struct ground *ground, const struct check *check,
		guard_set guards);

int scene_plant(struct scene *s, struct err *err);
void scene_remove(struct scene *s); /* also after a failed scene_plant() */

/* The container that spec->guards ask for on this ground, running the probe program. */
void scene_fill_spec(struct container_spec *spec, const struct ground *ground);

/* Whether the canary wants a container of its own making: binds, a link, a name, open descriptors. */
bool scene_shapes_container(const struct scene *s);

#endif
