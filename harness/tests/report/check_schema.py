# SPDX-License-Identifier: MIT
"""Holds a program's JSON report to the schema, and the schema to its own promises.

    check_schema.py SCHEMA PROGRAM [ARGUMENT ...]

A schema that accepts anything would prove nothing, so damaged copies of the report must be refused.
"""
import copy
import sys

sys.dont_write_bytecode = True  # the source tree stays as it is

from schema import at, hold



def damaged(report):
    """Yields (what is wrong, document)."""

    def changed(path, change):
        document = copy.deepcopy(report)
        change(at(document, path))
        return document

    check = next(i for i, c in enumerate(report["checks"]) if c["verdict"] == "isolated")
    skipped = next(i for i, c in enumerate(report["checks"]) if c["verdict"] == "skipped")
    for path in ((), ("checks", check), ("checks", check, "arms", 0), ("totals",), ("baseline",),
                 ("baseline", "worse", 0)):
        for key in at(report, path):
            if (path, key) == ((), "baseline"):
                continue  # only runs with --baseline have it
            yield f"{path} without {key}", changed(path, lambda part: part.pop(key))
        yield f"{path} with a stranger", changed(path, lambda part: part.update(stranger=1))
    for what, path, values in (
            ("an unknown verdict", ("checks", check), {"verdict": "passed"}),
            ("a skip with arms", ("checks", skipped), {"arms": report["checks"][check]["arms"]}),
            ("a skip without a need", ("checks", skipped), {"need": None}),
            ("a need that is no skip", ("checks", check), {"need": "root"}),
            ("a pass without arms", ("checks", check), {"arms": []}),
            ("a pass with a reason", ("checks", check), {"reason": "it leaked"}),
            ("a leak without a reason", ("checks", check), {"verdict": "leaked"}),
            ("a pass with a failed arm", ("checks", check, "arms", 0), {"as_expected": False}),
            ("a negative count", ("totals",), {"leaked": -1}),
            ("an unknown change", ("baseline", "worse", 0), {"is": "worse"}),
            ("another schema", (), {"schema": 2})):
        yield what, changed(path, lambda part: part.update(values))


hold(damaged)
