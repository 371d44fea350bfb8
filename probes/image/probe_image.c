// SPDX-License-Identifier: MIT
/* Gives the labels of probe_bytes.S a C shape. */
#include "probe_image.h"

#include <string.h>

extern const unsigned char probe_bytes[], probe_bytes_end[];
extern const char probe_list[]; /* lines "ID   what it does" */

const void *probe_image(size_t *ret_size)
{
	*ret_size = (size_t)(probe_bytes_end - probe_bytes);
	return probe_bytes;
}

const char *probe_about(const char *id, size_t *ret_len)
{
	size_t len = strlen(id);

	for (const char *line = probe_list; *line;) {
		size_t whole = strcspn(line, "\n");

		if (whole > len && !strncmp(line, id, len) && line[len] == ' ') {
			line += len + strspn(line + len, " ");
			*ret_len = strcspn(line, "\n");
			return line;
		}
		line += whole + (line[whole] == '\n');
	}
	return NULL;
}
