#!/usr/bin/env python3
"""`zerodb lint`: findings, formats, configuration, fixes and exit codes."""

import json
import os
import stat

import program
from program import run

SCHEMA = "DEFINE TABLE t SCHEMAFULL ( a int, b string );\n"


class Lint(program.Case):
    def lint(self, *arguments, **process):
        return run("lint", *arguments, cwd=self.folder, **process)

    def test_a_clean_script(self):
        self.write("a.zql", SCHEMA + "SELECT a FROM t;\n")
        self.check_out(self.lint("a.zql"), "")

    def test_findings_are_shown_with_their_place(self):
        self.write("a.zql", SCHEMA + "SELECT a FROM t LIMIT 3;\n")
        result = self.lint("a.zql")
        self.check_code(result, 3)
        self.assertIn("warning[ZL202]: ", result.out)
        self.assertIn("a.zql:2:17", result.out)

    def test_errors_of_the_script_are_shown_too(self):
        self.write("a.zql", "SELECT a FROM nowhere")
        result = self.lint("a.zql")
        self.check_code(result, 3)
        self.assertIn("error[E0201]", result.out)

    def test_what_makes_it_fail(self):
        self.write("a.zql", SCHEMA + "select a FROM t")
        self.check_code(self.lint("a.zql"), 0)
        self.check_code(self.lint("a.zql", "--fail-on", "info"), 3)
        self.write("b.zql", SCHEMA + "SELECT a FROM t LIMIT 3")
        self.check_code(self.lint("b.zql", "--fail-on", "error"), 0)
        self.check_code(self.lint("b.zql", "--fail-on", "off"), 1)

    def test_json(self):
        self.write("a.zql", SCHEMA + "SELECT a FROM t LIMIT 3; SELECT x FROM t")
        result = self.lint("a.zql", "--format", "json")
        self.check_code(result, 3)
        found = json.loads(result.out)
        self.assertEqual([each["code"] for each in found], ["E0202", "ZL202"])
        self.assertEqual(found[1]["rule"], "limit-without-order")
        self.assertEqual((found[1]["line"], found[1]["column"]), (2, 17))
        self.assertEqual(found[1]["fixes"][0]["replacement"], "ORDER BY id ")
        self.assertEqual(json.loads(self.lint("-", "--format", "json", text="SELECT 1").out), [])

    def test_sarif(self):
        self.write("a b.zql", SCHEMA + "SELECT a FROM t LIMIT 3;\n-- zerodb:allow ZL202 any\nSELECT a FROM t LIMIT 4; SELECT x FROM t")
        result = self.lint("a b.zql", "--format", "sarif")
        self.check_code(result, 3)
        log = json.loads(result.out)
        self.assertEqual(log["version"], "2.1.0")
        (sarif,) = log["runs"]
        rules = sarif["tool"]["driver"]["rules"]
        self.assertEqual(len(rules), 51)
        results = sarif["results"]
        self.assertEqual([each["ruleId"] for each in results], ["E0202", "ZL202", "ZL202"])
        self.assertEqual(rules[results[1]["ruleIndex"]]["id"], "ZL202")
        place = results[1]["locations"][0]["physicalLocation"]
        self.assertEqual(place["artifactLocation"]["uri"], "a%20b.zql")
        self.assertEqual((place["region"]["startLine"], place["region"]["startColumn"]), (2, 17))
        change = results[1]["fixes"][0]["artifactChanges"][0]["replacements"][0]
        self.assertEqual(change["insertedContent"]["text"], "ORDER BY id ")
        self.assertNotIn("suppressions", results[1])
        self.assertEqual(results[2]["suppressions"], [{"kind": "inSource", "justification": "any"}])
        self.assertEqual(json.loads(self.lint("-", "--format", "sarif", text="SELECT 1").out)["runs"][0]["results"], [])

    def test_fix_writes_the_file(self):
        path = self.write("a.zql", SCHEMA + "-- first\nselect a from t limit 3;\n")
        os.chmod(path, 0o640)
        result = self.lint("--fix", "a.zql")
        self.check_out(result, "")
        with open(path) as file:
            self.assertEqual(file.read(), SCHEMA + "-- first\nSELECT a FROM t ORDER BY id LIMIT 3;\n")
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o640)
        self.assertIn("4 fixes, 0 findings left", result.err)
        self.assertEqual(os.listdir(self.folder), ["a.zql"])

    def test_fix_of_standard_input(self):
        result = self.lint("--fix", "-", text="select 1 AS one")
        self.check_out(result, "SELECT 1 AS one")
        result = self.lint("--fix", "-", text="select 1 = 2 AS one; BEGIN")
        self.check_out(result, "SELECT 1 = 2 AS one; BEGIN", 3)
        self.assertIn("ZL107", result.err)

    def test_fix_leaves_what_cannot_be_read(self):
        path = self.write("a.zql", "select 1 +; select 1 AS one")
        self.check_code(self.lint("--fix", "a.zql"), 3)
        with open(path) as file:
            self.assertEqual(file.read(), "select 1 +; SELECT 1 AS one")

    def test_a_link_stays_a_link(self):
        path = self.write("a.zql", "select 1 AS one")
        os.symlink(path, self.path("b.zql"))
        self.check_code(self.lint("--fix", "b.zql"), 0)
        self.assertTrue(os.path.islink(self.path("b.zql")))
        with open(path) as file:
            self.assertEqual(file.read(), "SELECT 1 AS one")

    def test_configuration(self):
        os.makedirs(self.path("sub/old"))
        self.write("schema.zql", SCHEMA)
        self.write("zerodb.toml", "[lint]\nschema = ['schema.zql']\nexclude = ['sub/old']\n[lint.rules]\nZL202 = 'off'\nkeyword-case = 'error'\n")
        self.write("sub/a.zql", "SELECT a FROM t LIMIT 3;\nselect a FROM t")
        self.write("sub/old/b.zql", "select nothing")
        # Found from the folder below as well.
        for folder, name in ((self.folder, "sub"), (self.path("sub"), ".")):
            result = run("lint", name, cwd=folder)
            self.check_code(result, 3)
            self.assertIn("error[ZL501]", result.out)
            self.assertNotIn("ZL202", result.out)
            self.assertNotIn("b.zql", result.out)

    def test_configuration_that_is_wrong(self):
        self.write("a.zql", "SELECT 1")
        self.write("my.toml", "[lint.rules]\nZL999 = 'off'\n")
        result = self.lint("--config", "my.toml", "a.zql")
        self.check_code(result, 1)
        self.assertIn("my.toml:2: there is no rule `ZL999`", result.err)
        self.check_code(self.lint("--config", "none.toml", "a.zql"), 1)

    def test_schema_files(self):
        schema = self.write("schema.zql", SCHEMA + "SELECT a FROM t LIMIT 3")
        self.write("a.zql", "SELECT a FROM t")
        self.check_out(self.lint("--schema", schema, "a.zql"), "")
        self.write("b.zql", "ALTER TABLE t ADD FIELD c int")
        result = self.lint("--schema", schema, "b.zql")
        self.check_code(result, 3)
        self.assertIn("ZL401", result.out)

    def test_files_that_are_not_there(self):
        result = self.lint("none.zql")
        self.check_code(result, 1)
        self.assertIn("cannot read none.zql", result.err)
        self.check_code(self.lint(), 1)
        self.check_code(self.lint("a.zql", "--format", "xml"), 1)

    def test_explain(self):
        for name in ("ZL301", "zl301", "unindexed-filter"):
            result = run("explain", name)
            self.check_code(result, 0)
            self.assertTrue(result.out.startswith("ZL301 unindexed-filter: "), result.out)
        result = run("explain", "ZL999")
        self.check_code(result, 1)
        self.assertIn("no error code or rule ZL999", result.err)


if __name__ == "__main__":
    program.main()
