// SPDX-License-Identifier: MIT
/* The table of subcommands. */
#include "command.h"

extern const struct command cmd_bench, cmd_check, cmd_compare, cmd_completion, cmd_doctor,
	cmd_explain, cmd_image_inspect, cmd_image_unpack, cmd_list, cmd_man, cmd_matrix, cmd_run,
	cmd_walk;

/* clang-format off: one a line */
const struct command *const commands[] = {
	&cmd_check,        &cmd_matrix, &cmd_bench,      &cmd_compare, &cmd_list,
	&cmd_explain,      &cmd_doctor, &cmd_run,        &cmd_walk,    &cmd_image_inspect,
	&cmd_image_unpack, &cmd_man,    &cmd_completion, NULL,
};
/* clang-format on */
