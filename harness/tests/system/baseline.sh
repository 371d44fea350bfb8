#!/bin/sh
# SPDX-License-Identifier: MIT
# baseline.sh NSPROOF IMAGE: check --baseline: a run against itself, against what was better, worse,
# gone or of another kind, in every format; and files that are no earlier run.
set -eu

nsproof=$1 image=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

not_ok()
{
	echo "not ok $1"
	failed=$((failed + 1))
}

# expect STATUS ARGUMENT...: a run of the suite uts
expect()
{
	want=$1
	shift
	status=0
	"$nsproof" check --image "$image" "$@" >"$dir/out" 2>"$dir/err" </dev/null || status=$?
	test "$status" = "$want" || not_ok "$*: status $status instead of $want: $(cat "$dir/err")"
}

# has TEXT: a line of the report that begins like this
has() { grep -q -- "^$1" "$dir/out" || not_ok "no line '$1' in: $(cat "$dir/out")"; }

# refused WORDS FILE: one line with the words, status 2, before anything runs or is made
refused()
{
	words=$1
	expect 2 --baseline "$2" --results "$dir/never"
	if test -s "$dir/out" || test -e "$dir/never"; then
		not_ok "$words: something ran"
	fi
	test "$(wc -l <"$dir/err")" = 1 || not_ok "$words: not one line: $(cat "$dir/err")"
	grep -qF -- "$words" "$dir/err" || not_ok "no '$words' in: $(cat "$dir/err")"
}

# verdict FILE ID VERDICT: the earlier run says this of the check
verdict()
{
	sed "/\"id\": \"$(echo "$2" | sed 's,/,\\/,')\"/,/\"verdict\":/s/\"verdict\": \"[a-z]*\"/\"verdict\": \"$3\"/" \
		"$dir/$1" >"$dir/$1.new"
	! cmp -s "$dir/$1" "$dir/$1.new" || not_ok "the test cannot change $2 in $1"
	mv "$dir/$1.new" "$dir/$1"
}

compares()
{
	expect 0 'uts/*' -f json -o "$dir/base.json"
	expect 0 'uts/*' --baseline "$dir/base.json"
	has 'against the baseline: 0 worse, 0 better, 0 changed, 0 new, 0 gone; [1-9]'
	! grep -q differs "$dir/out" || not_ok "a run differs from itself"
	# what is left out by the selection is not gone
	expect 0 "$first" --baseline "$dir/base.json"
	has 'against the baseline: 0 worse, 0 better, 0 changed, 0 new, 0 gone; 1 the same'

	cp "$dir/base.json" "$dir/old.json"
	verdict old.json "$first" leaked
	sed -i -e 's/"mode": "[a-z]*"/"mode": "another"/' -e "s,\"$second\",\"uts/old\"," "$dir/old.json"
	expect 0 'uts/*' --baseline "$dir/old.json"
	has "  baseline      $dir/old.json"
	has '  differs       mode was another, is '
	has 'against the baseline: 0 worse, 1 better, 0 changed, 1 new, 1 gone'
	has "  better    $first: leaked -> isolated"
	has "  new       $second: isolated"
	has '  gone      uts/old: was isolated'
	expect 0 'uts/*' --baseline "$dir/old.json" -f ktap
	has '# differs: mode was another, is '
	has "# better: $first: leaked -> isolated; sealed arm: "
	expect 0 'uts/*' --baseline "$dir/old.json" -f json
	has '  "baseline": {'
	has "        \"id\": \"$first\""
}

# Nothing leaks here, but a check that is skipped was isolated before.
regresses()
{
	skipped=$("$nsproof" check --image "$image" 2>/dev/null </dev/null |
		sed -n 's,^  - skipped *\([^ ]*\) .*,\1,p' | head -n 1)
	if test -z "$skipped"; then
		echo "skip a check that no longer runs: this machine runs them all"
		return
	fi
	expect 0 "$first" "$skipped" -f json -o "$dir/all.json"
	expect 0 "$first" "$skipped" --baseline "$dir/all.json"
	verdict all.json "$skipped" isolated
	expect 1 "$first" "$skipped" --baseline "$dir/all.json"
	has 'against the baseline: 1 worse, 0 better'
	has "  worse     $skipped: isolated -> skipped"
	expect 1 "$first" "$skipped" --baseline "$dir/all.json" -f ktap
	has "# worse: $skipped: isolated -> skipped; "
	expect 1 "$first" "$skipped" --baseline "$dir/all.json" -f json
	has '  "totals": .*"status": 1}'
}

refuses()
{
	refused 'No such file' "$dir/none.json"
	refused 'not JSON' "$image"
	refused 'schema' "$dir/schema.json"
	refused 'not all of it' "$dir/cut.json"
}

ids=$("$nsproof" list 'uts/*' | cut -d ' ' -f 1)
first=$(echo "$ids" | sed -n 1p) second=$(echo "$ids" | sed -n 2p)
status=0
"$nsproof" check --image "$image" "$first" >/dev/null 2>&1 </dev/null || status=$?
if test "$status" = 4; then
	echo "skip: no check can run here"
	exit 77
fi
compares
regresses
sed 's/"schema": 1/"schema": 2/' "$dir/base.json" >"$dir/schema.json"
head -c 3000 "$dir/base.json" >"$dir/cut.json"
refuses
echo "$failed failed"
test "$failed" = 0
