// SPDX-License-Identifier: MIT
/* Arms, expectations and the verdict: see plan.h. */
#include "check/plan.h"

#include <stdio.h>

static bool on_real_host(const struct check *check)
{
	/* links and masquerade are only ever made in an arena */
	guard_set network = PROVIDE(VETH) | PROVIDE(NAT);

	if (check_sealed(check, GUARDS_EVERYTHING) & network)
		return false;
	return !check->canary || check->canary->dies_with_us;
}

static struct arm_plan *add_arm(struct check_plan *plan, const char *name, guard_set guards,
				enum answer_kind expected)
{
	struct arm_plan *arm = &plan->arms[plan->count++];

	*arm = (struct arm_plan){ .guards = guards, .expected = expected, .arena = true };
	snprintf(arm->name, sizeof(arm->name), "%s", name);
	return arm;
}

static enum guard lowest(guard_set set)
{
	return (enum guard)__builtin_ctzll(set);
}

static void add_walls(const struct check *check, guard_set available, enum answer_kind expected,
		      struct check_plan *plan, enum guard *ret_missing)
{
	char name[12];

	for (size_t i = 0; i < check_wall_count(check); i++) {
		guard_set guards = check_wall(check, i);

		snprintf(name, sizeof(name), "wall %u", (unsigned int)i + 1);
		if (guards & ~available)
			*ret_missing = lowest(guards & ~available);
		else
			add_arm(plan, name, guards, expected);
	}
}

bool check_plan(const struct check *check, guard_set available, bool force_arena,
		struct check_plan *ret, enum guard *ret_missing)
{
	bool reaches = check->kind == KIND_LETS_WORK || check->kind == KIND_OPEN;
	enum answer_kind expected = reaches ? ANSWER_REACHED : ANSWER_BLOCKED;
	enum answer_kind opposite = reaches ? ANSWER_BLOCKED : ANSWER_REACHED;
	guard_set open = check_open(check);
	struct check_plan plan = { 0 };
	struct arm_plan *arm;

	if (open & ~available) {
		*ret_missing = lowest(open & ~available);
		return false;
	}
	arm = add_arm(&plan, "sealed", check_sealed(check, available), expected);
	arm->arena = force_arena || !on_real_host(check);
	add_walls(check, available, expected, &plan, ret_missing);
	if (check_wall_count(check) > 0 && plan.count == 1)
		return false;
	if (check->kind == KIND_KERNEL_RULE || check->kind == KIND_OPEN) {
		add_arm(&plan, "open", open, expected);
	} else {
		add_arm(&plan, "open", open, opposite)->control = true;
	}
	if (check->kind == KIND_KERNEL_RULE) {
		arm = add_arm(&plan, "twin", open, ANSWER_REACHED);
		arm->control = arm->twin = true;
	}
	*ret = plan;
	return true;
}

static bool is_listed(const struct check *check, int outcome)
{
	for (size_t i = 0; i < CHECK_OUTCOMES_MAX && check->blocked_as[i]; i++)
		if (check->blocked_as[i] == outcome)
			return true;
	return false;
}

/* An answer that counts: reached with its proof, or blocked in a way that the row lists. */
static bool is_valid(const struct check *check, const struct arm_answer *answer)
{
	switch (answer->kind) {
	case ANSWER_REACHED:
		return answer->proven;
	case ANSWER_BLOCKED:
		return is_listed(check, answer->outcome);
	default:
		return false;
	}
}

bool arm_as_expected(const struct check *check, const struct arm_plan *arm,
		     const struct arm_answer *answer)
{
	return answer->kind == arm->expected && is_valid(check, answer);
}

/* Which way an arm spoils the check, if it does. */
static enum verdict arm_verdict(const struct check *check, const struct arm_plan *arm,
				const struct arm_answer *answer)
{
	if (!is_valid(check, answer))
		return VERDICT_BROKEN;
	if (answer->kind == arm->expected)
		return VERDICT_ISOLATED;
	return arm->control ? VERDICT_BLIND : VERDICT_LEAKED;
}

/* A leak outweighs a fault, and a fault outweighs blindness: the worst news decides. */
static int weight(enum verdict verdict)
{
	static const int weights[VERDICT_COUNT] = {
		[VERDICT_BLIND] = 1,
		[VERDICT_BROKEN] = 2,
		[VERDICT_LEAKED] = 3,
	};

	return weights[verdict];
}

enum verdict check_verdict(const struct check *check, const struct check_plan *plan,
			   const struct arm_answer *answers, size_t *ret_arm)
{
	enum verdict worst = VERDICT_ISOLATED;

	for (size_t i = 0; i < plan->count; i++) {
		enum verdict v = arm_verdict(check, &plan->arms[i], &answers[i]);

		if (weight(v) > weight(worst)) {
			worst = v;
			*ret_arm = i;
		}
	}
	return worst;
}
