#!/usr/bin/env python3
"""`zerodb lint --format sarif` against the schema of SARIF 2.1.0 that OASIS publishes, over the scripts of the tests.

Left out without the schema, which the npm package @microsoft/jest-sarif brings: it is looked for below the folder ZERODB_NODE_MODULES.
"""

import json
import os
import unittest

import program

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA = os.path.join(os.environ.get("ZERODB_NODE_MODULES", ""), "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json")
SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "zql")


@unittest.skipUnless(jsonschema and os.path.isfile(SCHEMA), "no jsonschema or no schema")
class Sarif(program.Case):
    def check(self, *arguments, **process):
        with open(SCHEMA, encoding="utf-8") as file:
            validator = jsonschema.Draft7Validator(json.load(file))
        log = json.loads(program.run("lint", "--format", "sarif", *arguments, **process).out)
        errors = [f"{list(error.absolute_path)}: {error.message[:200]}" for error in validator.iter_errors(log)]
        self.assertEqual(errors[:5], [])
        return log["runs"][0]["results"]

    def test_scripts(self):
        results = self.check(SCRIPTS)
        # Errors, findings, fixes and suppressions all take part.
        self.assertGreater(len(results), 500)
        self.assertGreater(sum("fixes" in each for each in results), 20)

    def test_suppressed(self):
        results = self.check("-", text="SELECT count(*) FROM t;\n-- zerodb:allow ZL202 any\nSELECT 1 LIMIT 4;\n-- zerodb:allow ZL203\nselect '")
        self.assertGreater(len(results), 1)

    def test_nothing_found(self):
        self.assertEqual(self.check("-", text="SELECT 1;\n"), [])


if __name__ == "__main__":
    program.main()
