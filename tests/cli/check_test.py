#!/usr/bin/env python3
"""`zerodb check`: scripts that are checked and not run."""

import json
import os

import program
from program import run


class Check(program.Case):
    def test_a_clean_script(self):
        script = self.write("a.zql", "DEFINE TABLE t SCHEMAFULL ( a int );\nSELECT a FROM t;\n")
        result = run("check", script)
        self.check_code(result, 0)
        self.assertEqual(result.out, "")

    def test_what_is_wrong_is_shown_with_its_place(self):
        script = self.write("a.zql", "DEFINE TABLE t SCHEMAFULL ( a int );\nSELECT b FROM t;\nSELECT a b FROM t")
        result = run("check", script)
        self.check_code(result, 3)
        self.assertIn("error[E0202]", result.out)
        self.assertIn("a.zql:2:8", result.out)
        self.assertIn("error[E0103]", result.out)
        self.assertIn("a.zql:3:10", result.out)

    def test_nothing_runs(self):
        script = self.write("a.zql", "SELECT fail('it ran')")
        self.check_code(run("check", script), 0)

    def test_later_files_see_earlier_ones(self):
        one = self.write("1.zql", "DEFINE TABLE t SCHEMAFULL ( a int )")
        two = self.write("2.zql", "SELECT a FROM t")
        self.check_code(run("check", one, two), 0)
        self.check_code(run("check", two, one), 3)
        self.check_code(run("check", os.path.dirname(one)), 0)

    def test_schema_files_are_not_reported_on(self):
        schema = self.write("schema.zql", "DEFINE TABLE t SCHEMAFULL ( a int ); SELECT nothing FROM t")
        script = self.write("a.zql", "SELECT a FROM t")
        result = run("check", "--schema", schema, script)
        self.check_code(result, 0)

    def test_json(self):
        script = self.write("a.zql", "SELECT a FROM nowhere;\nSELECT 'é' + 1")
        result = run("check", script, "--format", "json")
        self.check_code(result, 3)
        found = json.loads(result.out)
        self.assertEqual([each["code"] for each in found], ["E0201", "E0305"])
        self.assertTrue(found[0]["file"].endswith("a.zql"))
        self.assertEqual((found[0]["line"], found[0]["column"], found[0]["begin"], found[0]["end"]), (1, 15, 14, 21))
        self.assertEqual(json.loads(run("check", "-", "--format", "json", text="SELECT 1").out), [])

    def test_warnings_stop_nothing(self):
        script = self.write("a.zql", "SELECT 1 DIV 0")
        result = run("check", script)
        self.check_code(result, 0)
        self.assertTrue(result.out.startswith("warning[E0902]: division by zero\n"), result.out)
        result = run("check", script, "--format", "json")
        self.check_code(result, 0)
        self.assertEqual([each["severity"] for each in json.loads(result.out)], ["warning"])
        self.check_code(run("check", "-", text="SELECT 1 DIV 0; SELECT a FROM nowhere"), 3)

    def test_standard_input_and_bytes_that_are_no_text(self):
        self.check_code(run("check", "-", text="SELECT 1 +"), 3)
        broken = self.write("broken.zql", "")
        with open(broken, "wb") as file:
            file.write(b"SELECT '\xff'")
        result = run("check", broken)
        self.check_code(result, 3)
        self.assertIn("E0007", result.out)

    def test_files_that_are_not_there(self):
        result = run("check", "/no/such/file.zql")
        self.check_code(result, 1)
        self.assertIn("cannot read", result.err)
        self.check_code(run("check"), 1)
        self.check_code(run("check", "x.zql", "--format", "xml"), 1)


if __name__ == "__main__":
    program.main()
