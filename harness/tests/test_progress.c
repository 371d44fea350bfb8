// SPDX-License-Identifier: MIT
/* Unit tests of progress.c: the line for every width. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "progress.h"
#include "runner.h"

#define MIB UINT64_C(1048576)

static const struct {
	struct progress_state state;
	size_t columns;
	const char *want;
} lines[] = {
	{ { "unpacking", 25 * MIB, 100 * MIB, 1000 },
	  80,
	  "unpacking [######                    ]  25 %   25.0 MiB   25.0 MiB/s  0:03 left" },
	{ { "unpacking", 100 * MIB, 100 * MIB, 2000 },
	  80,
	  "unpacking [##########################] 100 %  100.0 MiB   50.0 MiB/s  0:00 left" },
	{ { "unpacking", 0, 100 * MIB, 1000 },
	  60,
	  "unpacking [                 ]   0 %        0 B        0 B/s" },
	{ { "x", 3 * MIB, 2 * MIB, 0 },
	  60,
	  "x [##############] 100 %    2.0 MiB        0 B/s  0:00 left" },
	/* not known how much there is */
	{ { "unpacking", 999, 0, 1000 }, 80, "unpacking       999 B      999 B/s" },
	/* hours, and too long to tell */
	{ { "x", MIB, 3601 * MIB, 1000 }, 48, "x    0 %    1.0 MiB    1.0 MiB/s  1:00:00 left" },
	{ { "x", 1, UINT64_MAX, 1000 }, 40, "x    0 %        1 B        1 B/s" },
	/* narrow: first the bar goes, then the rest */
	{ { "unpacking", 25 * MIB, 100 * MIB, 1000 }, 50, "unpacking  25 %" },
	{ { "unpacking", 25 * MIB, 100 * MIB, 1000 }, 12, "unpacking  " },
	{ { "unpacking", 25 * MIB, 100 * MIB, 1000 }, 2, "u" },
	{ { "unpacking", 25 * MIB, 100 * MIB, 1000 }, 1, "" },
	/* the units */
	{ { "x", 1000, 0, 0 }, 80, "x     1.0 KiB        0 B/s" },
	{ { "x", 1023948, 0, 0 }, 80, "x   999.9 KiB        0 B/s" },
	{ { "x", 1024000, 0, 0 }, 80, "x     1.0 MiB        0 B/s" },
	{ { "x", UINT64_MAX, 0, 0 }, 80, "x    16.0 EiB        0 B/s" },
};

START_TEST(line_is_exact)
{
	char out[200] = "?";

	progress_format(&lines[_i].state, lines[_i].columns, out, sizeof(out));
	ck_assert_str_eq(out, lines[_i].want);
}
END_TEST

START_TEST(line_never_wraps)
{
	static const uint64_t totals[] = { 0, 1, 1000, 5 * MIB, UINT64_MAX };
	char out[300];

	for (size_t columns = 1; columns < 320; columns++) {
		for (size_t t = 0; t < ARRAY_SIZE(totals); t++) {
			for (int i = 0; i <= 4; i++) {
				const struct progress_state s = { "unpacking",
								  totals[t] / 4 * (uint64_t)i,
								  totals[t], i * 777 };

				progress_format(&s, columns, out, sizeof(out));
				ck_assert_uint_lt(strlen(out), columns);
				ck_assert_uint_lt(strlen(out), sizeof(out));
			}
		}
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("progress");
	TCase *tc = tcase_create("line");

	tcase_add_loop_test(tc, line_is_exact, 0, ARRAY_SIZE(lines));
	tcase_add_test(tc, line_never_wraps);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
