# SPDX-License-Identifier: MIT
"""Holds a program's JSON of benchmarks to the schema, and the schema to its own promises.

    check_bench_schema.py SCHEMA PROGRAM [ARGUMENT ...]

A schema that accepts anything would prove nothing, so damaged copies of the report must be refused.
"""
import copy
import sys

sys.dont_write_bytecode = True  # the source tree stays as it is

from schema import at, hold



def index_of(report, state):
    return next(i for i, r in enumerate(report["results"]) if r["state"] == state)


def damaged(report):
    """Yields (what is wrong, document)."""

    def changed(path, change):
        document = copy.deepcopy(report)
        change(at(document, path))
        return document

    measured = ("results", index_of(report, "measured"))
    skipped = ("results", index_of(report, "skipped"))
    against = report["kind"] == "against"
    side = measured + (("base",) if against else ("floor",))
    paths = [(), measured, skipped, side, side + ("stats",), ("totals",)]
    if not against:
        paths.append(("curves", 0))
    for path in paths:
        for key in at(report, path):
            yield f"{path} without {key}", changed(path, lambda part, key=key: part.pop(key))
        yield f"{path} with a stranger", changed(path, lambda part: part.update(stranger=1))
    cases = [
        ("an unknown state", measured, {"state": "passed"}),
        ("a figure without an end", measured, {"ended": None}),
        ("a figure with a reason", measured, {"reason": "noise"}),
        ("a skip that was measured", skipped, {"ended": "time"}),
        ("a skip without a reason", skipped, {"reason": ""}),
        ("no samples", side, {"samples": ["1"]}),
        ("half an interval", side + ("stats",), {"likely": [1]}),
        ("a negative count", ("totals",), {"failed": -1}),
        ("an unknown exit status", ("totals",), {"status": 2}),
        ("another schema", (), {"schema": 2}),
        ("the other kind", (), {"kind": "bench" if against else "against"}),
    ]
    if against:
        cases += [("an unknown change", measured, {"change": "worse"}),
                  ("a figure without a verdict", measured, {"change": None}),
                  ("a doubt without reason", measured, {"change": "too noisy"})]
    for what, path, values in cases:
        yield what, changed(path, lambda part, values=values: part.update(values))


hold(damaged)
