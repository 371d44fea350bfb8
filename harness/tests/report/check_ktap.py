# SPDX-License-Identifier: MIT
"""Reads a program's KTAP output by the letter of the kernel's Documentation/dev-tools/ktap.rst.

    check_ktap.py PROGRAM [ARGUMENT ...]

Shares no code with the writer. Checks that every plan counts its tests, that the numbers rise by
one, that nested tests are indented by two spaces and lead to a result of the name that they
announce, and that a failed subtest fails its parent.
"""
import re
import subprocess
import sys

RESULT = re.compile(r"(ok|not ok) ([0-9]+) - ([^#]+?)(?: # (.*))?$")
PLAN = re.compile(r"1\.\.([0-9]+)$")


class Wrong(Exception):
    pass


class Reader:
    def __init__(self, text):
        if not text.endswith("\n"):
            raise Wrong("the last line has no end")
        self.lines = text.split("\n")[:-1]
        self.at = 0
        for number, line in enumerate(self.lines, 1):
            if not line.isascii() or not line.isprintable():
                raise Wrong(f"line {number} is not plain ASCII: {line!r}")

    def peek(self, indent):
        """The next line at this depth, without its indentation; None if it lies elsewhere."""
        if self.at == len(self.lines):
            return None
        line = self.lines[self.at]
        depth = len(line) - len(line.lstrip(" "))
        return line[indent:] if depth == indent else None

    def fail(self, what):
        raise Wrong(f"line {self.at + 1}: {what}")

    def take(self, indent, pattern, what):
        line = self.peek(indent)
        match = re.match(pattern, line) if line is not None else None
        if not match:
            self.fail(f"{what} expected, not {line!r}")
        self.at += 1
        return match

    def comments(self, indent):
        while (line := self.peek(indent)) is not None and line.startswith("#"):
            if line.startswith("# Subtest"):
                self.fail("a Subtest line out of place")
            self.at += 1

    def document(self, indent):
        """A version line, a plan and its tests; returns (name announced, results)."""
        self.take(indent, r"KTAP version 1$", "a version line")
        name = None
        if indent:
            name = self.take(indent, r"# Subtest: (.+)$", "a Subtest line")[1]
        self.comments(indent)
        planned = int(self.take(indent, PLAN, "a plan")[1])
        return name, [self.test(indent, n) for n in range(1, planned + 1)]

    def test(self, indent, number):
        self.comments(indent)
        announced, subtests = None, []
        if self.peek(indent) is None:
            announced, subtests = self.document(indent + 2)
        self.comments(indent)
        status, got, name, directive = self.take(indent, RESULT, "a result").groups()
        if int(got) != number:
            self.fail(f"test number {got}, expected {number}")
        if announced not in (None, name):
            self.fail(f"the result of {name} ends the test {announced}")
        if announced and not subtests:
            self.fail(f"{name} has an empty plan")
        passed = status == "ok"
        if not all(s["passed"] for s in subtests) and passed:
            self.fail(f"{name} passes, but a subtest does not")
        if subtests and all(s["passed"] for s in subtests) and not passed:
            self.fail(f"{name} fails, but all subtests pass")
        return {"name": name, "passed": passed, "directive": directive, "subtests": subtests}


def main():
    run = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, check=True, timeout=60)
    try:
        reader = Reader(run.stdout.decode())
        _, tests = reader.document(0)
        reader.comments(0)
        if reader.at != len(reader.lines):
            reader.fail("something follows the last test")
    except Wrong as wrong:
        sys.exit(str(wrong))
    skips = sum((t["directive"] or "").startswith("SKIP ") for t in tests)
    passes = sum(t["passed"] for t in tests) - skips
    print(f"{passes} passed, {skips} skipped, {len(tests) - passes - skips} failed")
    totals = re.search(r"# Totals: pass:(\d+) fail:(\d+) xfail:(\d+) xpass:(\d+) skip:(\d+) "
                       r"error:(\d+)$", reader.lines[-1])
    if not totals:
        sys.exit("the last line holds no totals")
    passed, failed, xfails, xpasses, skipped, errors = map(int, totals.groups())
    if (passed + xfails + xpasses, skipped, failed + errors) != (passes, skips, len(tests) - passes - skips):
        sys.exit(f"the totals disagree: {totals[0]}")


main()
