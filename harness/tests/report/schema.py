# SPDX-License-Identifier: MIT
"""What check_schema.py and check_bench_schema.py share: SCHEMA PROGRAM [ARGUMENT ...]."""
import json
import subprocess
import sys

import jsonschema


def at(document, path):
    for step in path:
        document = document[step]
    return document


def hold(damaged):
    """Ends the program unless its report fits; damaged(report) yields what must not."""
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    validator_of = jsonschema.validators.validator_for(schema)
    validator_of.check_schema(schema)
    validator = validator_of(schema)
    run = subprocess.run(sys.argv[2:], stdout=subprocess.PIPE, check=True, timeout=60)
    report = json.loads(run.stdout)
    for error in validator.iter_errors(report):
        sys.exit(f"the report does not fit the schema: {error.json_path}: {error.message}")
    cases = list(damaged(report))
    for what, document in cases:
        if validator.is_valid(document):
            sys.exit(f"the schema accepts {what}")
    print(f"the report fits the schema; {len(cases)} damaged ones do not")
