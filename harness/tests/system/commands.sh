#!/bin/sh
# SPDX-License-Identifier: MIT
# commands.sh NSPROOF: list, explain and doctor: their exit statuses, their one-line errors, and that
# what they print holds together.
set -eu

nsproof=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

not_ok()
{
	echo "not ok $1"
	failed=$((failed + 1))
}

# expect STATUS WORDS ARGUMENT...: the status; with words, one line on standard error that has them
expect()
{
	want=$1 words=$2
	shift 2
	status=0
	"$nsproof" "$@" >"$dir/out" 2>"$dir/err" </dev/null || status=$?
	test "$status" = "$want" || not_ok "$*: status $status instead of $want"
	if test -z "$words"; then
		test ! -s "$dir/err" || not_ok "$*: $(cat "$dir/err")"
		test -s "$dir/out" || not_ok "$*: prints nothing"
	else
		test "$(wc -l <"$dir/err")" = 1 || not_ok "$*: not one line of error"
		grep -qF -- "$words" "$dir/err" || not_ok "$*: no '$words' in: $(cat "$dir/err")"
	fi
}

# the JSON of the last command is well-formed, and what the expression in Python says holds
json()
{
	test -n "$python" || return 0
	"$python" -c "import json, sys
got = json.load(open(sys.argv[1]))
sys.exit(not ($1))" "$dir/out" || not_ok "JSON: $1"
}

mistakes()
{
	expect 2 "'' is no suite" matrix --suite pid,
	expect 4 "no check matches 'nonsense/*'" matrix --suite pid,nonsense
	expect 2 "unknown check 'pid/x'" list pid/x
	expect 2 "'pid' is a suite; its checks are 'pid/*'" list pid
	expect 4 "no check matches 'x/*'" list 'x/*'
	expect 4 "no check matches 'x/*'" list 'pid/*' 'x/*'
	expect 2 "unknown check 'x/*'" explain 'x/*'
	expect 2 "unknown check 'nothing'" explain nothing
	expect 2 "explain needs ID" explain
	expect 2 "explain takes no more than 1 argument" explain pid/kill-0 pid/pidfd-open
	expect 2 "doctor takes no more than 0 arguments" doctor now
	expect 2 "unknown option '--frob'" doctor --frob
	expect 2 "completion knows bash, zsh and fish, not 'csh'" completion csh
	expect 2 "'image' needs a second word" image
	expect 2 "unknown command 'image show'" image show
	expect 0 '' image --help
}

lists()
{
	expect 0 '' list
	cp "$dir/out" "$dir/list"
	count=$(wc -l <"$dir/list")
	test "$count" -ge 30 || not_ok "list: only $count lines"
	expect 0 '' list 'pid/*'
	grep '^pid/' "$dir/list" | cmp -s - "$dir/out" || not_ok "list of a suite: other lines"
	expect 0 '' list --json
	json "len(got) == $count"
	json "all(c['id'].split('/')[0] == c['suite'] and c['question'] for c in got)"
	json "all(c['walls'] for c in got if c['kind'] == 'keeps-out')"
}

# what docs/checks.md says of a row, explain says of it too: every value is in one of its lines
tells_all()
{
	test -n "$python" || return 0
	"$nsproof" list --markdown >"$dir/document"
	"$python" - "$dir/document" "$dir/explained" <<-'END' || not_ok "explain tells less than the document"
		import re
		import sys
		document, explained = (open(path).read() for path in sys.argv[1:])
		pages = dict(page.split("\n", 1) for page in explained.split("@@ ")[1:])
		rows = re.findall(r"^### (\S+)\n\n(.*)\n\n((?:- .*\n)+)", document, re.MULTILINE)
		failed = set(pages) ^ {id for id, _, _ in rows}
		for id, question, items in rows:
		    missing = [] if question in pages[id] else [question]
		    for label, value in re.findall(r"^- (.*?): (.*)$", items, re.MULTILINE):
		        if label == "kind":
		            continue  # each words it for its readers
		        values = [value]
		        if label in ("walls", "base", "needs"):
		            values = re.split(r"; |\+|, ", value)
		        if value == "the canary's token":
		            values = ["the canary's random token comes back"]
		        missing += [v for v in values if v not in pages[id]]
		    if missing:
		        failed.add(id)
		        print(id, missing)
		sys.exit(bool(failed) or len(rows) < 30)
	END
}

explains()
{
	cut -d ' ' -f 1 "$dir/list" >"$dir/ids"
	while read -r id; do
		expect 0 '' explain "$id"
		echo "@@ $id" >>"$dir/explained"
		cat "$dir/out" >>"$dir/explained"
	done <"$dir/ids"
	# all pages at once: hundreds of them, with nine labels each
	awk -v labels='kind|probe|canary|proof|base|needs|reference|  sealed |  open ' '
		function judge() {
			for (i = 1; i <= n && id; i++)
				if (!(i in seen))
					print "explain " id ": no line \"" label[i] "\""
		}
		BEGIN { n = split(labels, label, "|") }
		/^@@ / { judge(); id = $2; split("", seen); next }
		{ for (i = 1; i <= n; i++) if (index($0, label[i]) == 1) seen[i] }
		END { judge() }' "$dir/explained" >"$dir/missing"
	test ! -s "$dir/missing" || not_ok "$(cat "$dir/missing")"
	tells_all
}

# doctor must also work for those who can't do much; whoever is root may become one of them
examines()
{
	status=0
	"$nsproof" doctor >"$dir/out" 2>"$dir/err" || status=$?
	case $status in
	0) grep -q '^[1-9][0-9]* checks can run, ' "$dir/out" || not_ok "doctor: no totals" ;;
	4) grep -q '^nsproof: nothing can run: ' "$dir/err" || not_ok "doctor: no reason" ;;
	*) not_ok "doctor: status $status" ;;
	esac
	"$nsproof" doctor --json >"$dir/out" 2>"$dir/err" || test $? = "$status" ||
		not_ok "doctor --json: another status"
	json "got['runnable'] + len(got.get('skipped', [])) == $count or got['nothing_runs']"
	json "all(i['works'] or i['why'] for i in got.get('guards', []) + got.get('needs', []))"
}

python=$(command -v python3 || true)
test -n "$python" || echo "skip what is inside JSON: python3 is not there"
mistakes
lists
explains
examines
echo "$failed failed"
test "$failed" = 0
