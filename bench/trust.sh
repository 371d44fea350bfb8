#!/bin/bash
# SPDX-License-Identifier: MIT
#
# How far the verdicts can be trusted: many short comparisons of which the answer is known.
#
#     bench/trust.sh BUILD [ROUNDS [EXPERIMENT...]]
#
# BUILD is a build directory, ROUNDS (100) how many comparisons an experiment makes of each scenario:
#
#     same            this build against itself, in turns: each "slower" and "faster" is false
#     slow-container  against a build whose starts take 10 % longer: each that is not "slower" is missed
#     slow-unpack     the same for unpacking
#     stored          pairs of stored runs, compared through their floors; nothing has changed
#     stored-slow     the same, and starts take 10 % longer in the second run of each pair
#
# A line for each scenario goes to standard output. With 100 rounds it takes some two hours, half of them for
# unpacking, wants a quiet machine, and is no part of the gate. Nothing is left behind.
set -euo pipefail
export LC_ALL=C

build=${1:?usage: trust.sh BUILD [ROUNDS [EXPERIMENT...]]} rounds=${2:-100}
shift $(($# > 2 ? 2 : $#))
experiments=("$@")
((${#experiments[@]})) || experiments=(same slow-container slow-unpack stored stored-slow)
nsproof=$build/harness/nsproof hooked=$build/harness/tests/nsproof_hooked
image=$build/fixtures/classic.tar
starts=(container/six ns/pid/clone3)
unpack=image/unpack/deep/none
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# tell EXPERIMENT SCENARIO: counts the verdicts in standard input, one a line
tell()
{
	awk -v what="$1 $2" '
		{ count[$0]++ }
		END {
			printf "%-40s %3d comparisons: %d slower, %d faster, %d same, %d too noisy\n", what,
				NR, count["slower"], count["faster"], count["same"], count["too noisy"]
		}'
}

# The verdict in a report of one scenario, as text.
verdict_of()
{
	sed -nE '/ (slower|faster|same|too noisy)($|:|  )/s/.* to +[0-9.]+ +(slower|faster|same|too noisy).*/\1/p'
}

# against PROGRAM SCENARIO: a new comparison with nsproof, which is the base. Status 1 is "slower".
against()
{
	"$1" bench --image "$image" --against "$nsproof" "$2" | verdict_of
}

repeat()
{
	local round

	for ((round = 0; round < rounds; round++)); do
		"$@" || test $? = 1
	done
}

# store FILE PROGRAM SCENARIO: a run of its own
store()
{
	"$2" bench --image "$image" --format json --output "$1" "$3"
}

# stored PROGRAM SCENARIO: a run of nsproof, one of the program, and what compare says
stored()
{
	store "$dir/base.json" "$nsproof" "$2"
	store "$dir/new.json" "$1" "$2"
	"$nsproof" compare "$dir/base.json" "$dir/new.json" | verdict_of
}

for experiment in "${experiments[@]}"; do
	case $experiment in
	same)
		for scenario in "${starts[@]}"; do
			repeat against "$nsproof" "$scenario" | tell same "$scenario"
		done
		;;
	slow-container)
		export NSPROOF_SLOW=container:10
		repeat against "$hooked" container/six | tell slow-container container/six
		unset NSPROOF_SLOW
		;;
	slow-unpack)
		repeat against "$nsproof" "$unpack" | tell same "$unpack"
		export NSPROOF_SLOW=unpack:10
		repeat against "$hooked" "$unpack" | tell slow-unpack "$unpack"
		unset NSPROOF_SLOW
		;;
	stored)
		for scenario in "${starts[@]}"; do
			repeat stored "$nsproof" "$scenario" | tell stored "$scenario"
		done
		;;
	stored-slow)
		export NSPROOF_SLOW=container:10
		repeat stored "$hooked" container/six | tell stored-slow container/six
		unset NSPROOF_SLOW
		;;
	*)
		echo "trust.sh: no experiment '$experiment'" >&2
		exit 2
		;;
	esac
done
