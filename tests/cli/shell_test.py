#!/usr/bin/env python3
"""Scripts, options, exit codes and errors of the binary without a terminal."""

import json
import os
import signal
import subprocess

import program
from program import compact, run

TABLE = "DEFINE TABLE n SCHEMAFULL ( x int )"
DIGITS = "(VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))"
# 10^12 rows: runs until it is stopped.
ENDLESS = "SELECT count(*) FROM " + " CROSS JOIN ".join(f"{DIGITS} AS t{i} (x)" for i in range(12))


class Scripts(program.Case):
    def test_texts_files_and_input_run_in_order(self):
        file = self.write("two.zql", "SELECT 2;\nSELECT 3")
        result = run("-c", "SELECT 1", "-f", file, "-c", "SELECT 4;", "-f", "-", "--format", "jsonl", text="SELECT 5;")
        self.check_out(result, "".join(f'{{"column1":{i}}}\n' for i in range(1, 6)))

    def test_standard_input(self):
        self.check_out(run("--format", "tsv", text="SELECT 1 AS a;\nSELECT\n 2 AS b\n"), "a\n1\nb\n2\n")

    def test_statements_share_a_session(self):
        result = compact("LET $x = 5", "BEGIN", TABLE, "INSERT INTO n (x) VALUES ($x)", "SELECT x FROM n", "ROLLBACK", "DESCRIBE TABLES")
        self.check_code(result, 0)
        self.assertEqual(result.rows(4), [[5]])
        self.assertEqual(result.rows(6), [])

    def test_comments_and_empty_statements(self):
        for text in ("", ";", ";;", " \n\t ", "-- nothing", "/* a /* nested */ comment */", ";; -- x\n ;/* */;"):
            self.check_out(run("-c", text), "")
            self.check_out(run(text=text), "")
            self.check_out(run("-f", self.write("empty.zql", text)), "")
        self.check_out(run("-c", "/* a */ SELECT -- b\n 1 /* ; */ AS x;;", "--format", "tsv"), "x\n1\n")

    def test_live_queries_are_shown_on_request(self):
        text = (
            f"{TABLE};\nCREATE n:1 SET x = 1;\n\\live\n"
        )
        result = run(text=text)
        self.check_code(result, 3)
        self.assertIn("there is no live query", result.err)
        text = (
            f"{TABLE};\nCREATE n:1 SET x = 1;\nLIVE DIFF SELECT x FROM n;\nUPDATE n:1 SET x = 2;\nDELETE n:1;\n\\live 0.01\n"
            "REMOVE TABLE n;\n\\live 1\n"
        )
        result = run("--keep-going", text=text)
        self.check_code(result, 3)
        changes = [line.split(" ", 1)[1] for line in result.out.splitlines() if "n:1" in line]
        self.assertEqual(changes, ["row n:1 {x: 1}", "update n:1 {x: 2}", "delete n:1 {x: 2}"])
        self.assertIn("has ended: error[E0201]", result.err)

    def test_a_script_stops_at_its_first_failure(self):
        result = compact("SELECT 1; SELECT nope; SELECT 2", "SELECT 3")
        self.check_code(result, 3)
        self.assertEqual([list(line) for line in result.lines()], [["columns", "types", "rows"], ["error"]])

    def test_keep_going(self):
        result = compact("SELECT 1; SELECT nope; SELEC; SELECT 2", "SELECT 3", options=["--keep-going"])
        self.check_code(result, 3)
        self.assertEqual([list(line)[0] for line in result.lines()], ["columns", "error", "error", "columns", "columns"])
        self.check_code(compact("SELECT 1; SELECT 2", options=["--keep-going"]), 0)

    def test_what_ran_before_a_failure_stays(self):
        path = self.path("db")
        self.check_code(compact(TABLE, "INSERT INTO n (x) VALUES (1); SELECT 1 DIV 0", path=path), 3)
        self.assertEqual(compact("SELECT x FROM n", path=path).rows(), [[1]])

    def test_a_user_does_what_grants_allow(self):
        path = self.path("db")
        self.check_code(compact(TABLE, "INSERT INTO n (x) VALUES (1), (2)", "DEFINE ROLE r", "DEFINE USER bob WITH (password = 'pw', roles = ['r'])",
                                "GRANT SELECT ON TABLE n TO r WHERE x > 1", path=path), 0)
        as_bob = ["--user", "bob", "--format", "tsv"]
        right = program.environment(ZERODB_PASSWORD="pw")
        self.check_out(run(path, "-c", "SELECT x, session::user() AS who FROM n", *as_bob, env=right), "x\twho\n2\tbob\n")
        self.check_error(run(path, "-c", "DELETE n WHERE true", *as_bob, env=right), 3, "E0701")
        self.check_error(run(path, "-c", "SELECT 1", *as_bob, env=program.environment(ZERODB_PASSWORD="no")), 2, "E0703")

    def test_an_open_transaction_at_the_end_is_rolled_back(self):
        path = self.path("db")
        self.check_code(compact(TABLE, "BEGIN; INSERT INTO n (x) VALUES (1)", path=path), 0)
        self.assertEqual(compact("SELECT count(*) FROM n", path=path).rows(), [[0]])

    def test_failure_inside_a_transaction(self):
        result = compact("BEGIN; SELECT nope; SELECT 1; ROLLBACK; SELECT 2", options=["--keep-going"])
        lines = result.lines()
        self.assertEqual([line.get("error", {}).get("code") for line in lines], [None, "E0202", "E0802", None, None], str(result))
        self.assertEqual(lines[-1]["rows"], [[2]])

    def test_input_that_cannot_be_read(self):
        for name in (self.path("missing.zql"), self.folder):
            result = run("-f", name)
            self.check_code(result, 1)
            self.assertIn(name, result.err)
            self.assertEqual(result.out, "")

    def test_bytes_that_are_not_utf8(self):
        for text in (b"SELECT '\xff\xfe'", b"SELECT 1 AS \xc3", b"\x80"):
            self.check_error(run(text=text), 3, "E0007")
            self.check_error(run("-c", text), 3, "E0007")
        self.check_error(run("-f", self.write("latin.zql", b"SELECT 'caf\xe9'")), 3, "E0007")

    def test_zero_bytes(self):
        self.check_error(run(text=b"SELECT 1\0"), 3, "E0001")
        result = run("--format", "json-compact", text=b"SELECT 'a\0b' AS s")
        if result.code == 0:
            self.assertEqual(result.rows(), [["a\0b"]])
        else:
            self.check_code(result, 3)
            self.assertRegex(result.lines()[0]["error"]["code"], "E00")

    def test_line_ends_and_byte_order_mark(self):
        self.check_out(run("--format", "tsv", text="SELECT 1 AS a;\r\nSELECT 2 AS b;\r\n"), "a\n1\nb\n2\n")
        result = run("--format", "tsv", text="\ufeffSELECT 1 AS a;")
        self.assertIn(result.code, (0, 3), str(result))

    def test_long_script_of_short_statements(self):
        self.check_out(run("--format", "jsonl", text="SELECT 1 AS x;" * 500), '{"x":1}\n' * 500)


class Options(program.Case):
    def test_parameters(self):
        result = compact("SELECT $int, $text, $none, $plain, $quoted, $day, $list",
                         options=["--param", "int=5", "--param", "text='5'", "--param", "none=none", "--param", "plain=two words",
                                  "--param", "quoted=it's", "--param", "day=d'2026-01-31'", "--param", "list=[1, -2, {a: 'b'}]"])
        self.check_code(result, 0)
        self.assertEqual(result.rows(), [[5, "5", None, "two words", "it's", "2026-01-31T00:00:00Z", [1, -2, {"a": "b"}]]])

    def test_parameters_are_no_statements(self):
        texts = ["1 + 1", "now()", "1; DELETE n WHERE true", "x FROM n", "count(*) FROM n", "1 AS x", "$other", "", "=", "a=b", "-"]
        for text in texts:
            result = compact(TABLE, "INSERT INTO n (x) VALUES (7)", "SELECT $p", options=["--param", "p=" + text])
            self.check_code(result, 0)
            self.assertEqual(result.rows(), [[text]])

    def test_negative_number_and_equals_sign(self):
        result = compact("SELECT $a, $b", options=["--param", "a=-5", "--param=$b=-1.5"])
        self.assertEqual(result.rows(), [[-5, -1.5]], str(result))

    def test_order_of_options(self):
        path = self.path("db")
        self.check_code(run("-c", "DEFINE TABLE t", "-c", "CREATE t:1 SET a = $p", "--param", "p=1", path), 0)
        self.assertTrue(os.path.exists(path))
        self.assertEqual(run("--format", "jsonl", "-c", "SELECT a FROM t", "--set", "exec.tier=wasm", path).out, '{"a":1}\n')

    def test_unknown_parameter(self):
        result = compact("SELECT $nobody")
        self.check_code(result, 3)
        self.assertEqual(result.lines()[0]["error"]["code"], "E0204")

    def test_settings(self):
        show = "SHOW exec.tier; SHOW statement.timeout"
        result = compact(show, options=["--set", "exec.tier=interpreter", "--set", "statement.timeout=90s"])
        self.assertEqual([line["rows"] for line in result.lines()], [[["interpreter"]], [["1m30s"]]])
        self.assertEqual(compact(show, options=["--set", "exec.tier='wasm'", "--timeout", "2m"]).rows(), [["2m"]])

    def test_wrong_options(self):
        cases = [(["--set", "no.such=1"], "E0210"), (["--set", "exec.tier=fast"], "E0317"), (["--timeout", "soon"], "E0317")]
        for options, code in cases:
            self.check_error(run("-c", "SELECT 1", *options), 1, code)
        for options in (["--nonsense"], ["--format", "xml"], ["--param", "novalue"], ["--set", "=x"], ["-c"], ["-f"], ["a", "b"],
                        ["explain"], ["demo", "--nonsense"]):
            result = run(*options)
            self.check_code(result, 1)
            self.assertEqual(result.out, "")
            self.assertNotEqual(result.err, "")

    def test_tiers_agree(self):
        query = "SELECT sum(a.x * b.x) AS s, count(*) AS n FROM " + f"{DIGITS} AS a (x) CROSS JOIN {DIGITS} AS b (x) WHERE a.x > 3"
        for tier in ("interpreter", "wasm", "auto"):
            self.assertEqual(compact(query, options=["--set", "exec.tier=" + tier]).rows(), [[1755, 60]])

    def test_aggregates_over_no_table(self):
        for tier in ("interpreter", "wasm"):
            result = compact("SELECT count(*), sum(5)", "SELECT count(*) WHERE false", "SELECT 1 HAVING count(*) = 1", options=["--set", "exec.tier=" + tier])
            self.assertEqual([line.get("rows") for line in result.lines()], [[[1, 5]], [[0]], [[1]]], str(result))

    def test_timing(self):
        result = run("-c", "SELECT 1 AS x", "--timing", "--format", "tsv")
        self.assertEqual(result.out, "x\n1\n")
        self.assertRegex(result.err, r"^Time: \d+\.\d{3} ms \((interpreter|wasm|auto)\)\n$")
        result = run("-c", "SELECT 1 AS x", "--timing", "--format", "table")
        self.assertRegex(result.out, r"\(1 row\)\nTime: \d+\.\d{3} ms")

    def test_help_and_version(self):
        self.assertRegex(run("--version").out, r"^(zerodb )?\d+\.\d+\.\d+\n$")
        for arguments in (["--help"], ["demo", "--help"], ["explain", "--help"]):
            result = run(*arguments)
            self.check_code(result, 0)
            self.assertIn("--help", result.out)
        for option in ("--format", "--param", "--set", "--timing", "--keep-going", "--timeout", "demo", "explain"):
            self.assertIn(option, run("--help").out)

    def test_explain_a_code(self):
        for name in ("E0203", "e0203"):
            result = run("explain", name)
            self.check_code(result, 0)
            self.assertIn("E0203", result.out)
            self.assertIn("ambiguous", result.out)
            self.assertIn("42702", result.out)
        for name in ("E9999", "", "nonsense", "E020"):
            self.check_code(run("explain", name), 1)


class Endings(program.Case):
    def test_timeout(self):
        result = compact("SELECT 1", ENDLESS, "SELECT 2", options=["--timeout", "200ms"])
        self.check_code(result, 4)
        self.assertEqual(result.lines()[1]["error"]["code"], "E1107")
        self.assertEqual(len(result.lines()), 2)

    def test_timeout_in_each_tier(self):
        for tier in ("interpreter", "wasm"):
            self.check_error(run("-c", ENDLESS, "--timeout", "200ms", "--set", "exec.tier=" + tier), 4, "E1107")

    def test_timeout_and_keep_going(self):
        result = compact(ENDLESS, "SELECT 2", options=["--timeout", "200ms", "--keep-going"])
        self.check_code(result, 4)
        self.assertEqual(result.rows(), [[2]])

    def test_interrupt(self):
        path = self.path("db")
        process = program.start(path, "-c", TABLE, "-c", "INSERT INTO n (x) VALUES (1)", "-c", "SELECT 'ready' AS x", "-c", ENDLESS,
                                "--format", "jsonl", "--keep-going")
        self.assertEqual(process.stdout.readline(), b'{"x":"ready"}\n')
        program.wait_until_busy(process.pid)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=program.HANGS_AFTER)
        self.assertEqual((process.returncode, out), (130, b""), err)
        self.assertIn(b"E1107", err)
        self.assertEqual(compact("SELECT x FROM n", path=path).rows(), [[1]])

    def test_closed_output(self):
        process = program.start("-f", "-", "--format", "jsonl")
        process.stdout.close()
        process.stdin.write(b"SELECT 1 AS x;" * 5000)
        process.stdin.close()
        process.stdin = None
        process.wait(timeout=program.HANGS_AFTER)
        self.assertIn(process.returncode, (-signal.SIGPIPE, 0, 1, 3), process.stderr.read())
        process.stderr.close()


    def test_output_that_cannot_be_written(self):
        for arguments in (["-c", "SELECT 1"], ["--format", "box", "-c", "SELECT 1"], ["explain", "E0203"]):
            with open("/dev/full", "wb") as full:
                process = program.start(*arguments, stdout=full)
            _, err = process.communicate(timeout=program.HANGS_AFTER)
            self.assertEqual(process.returncode, 1)
            self.assertIn(b"cannot write the output", err)

    def test_closed_standard_streams(self):
        # The database must not be given the number of a closed stream: results would be written into its files.
        for closed in ("0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"):
            path = self.path("db" + closed[:1] + str(len(closed)))
            line = f'"$1" "$2" -c "DEFINE TABLE t" -c "CREATE t:1 SET a = 1" -c "SELECT * FROM t" --timing {closed}'
            subprocess.run(["sh", "-c", line, "sh", program.binary, path], capture_output=True, timeout=program.HANGS_AFTER)
            self.assertEqual(compact("SELECT a FROM t", path=path).rows(), [[1]])


class Errors(program.Case):
    def test_position_in_a_script(self):
        result = compact("SELECT 1;\n-- é\nSELECT 'ü', nope\n FROM (VALUES (1)) AS t (x);")
        self.check_code(result, 3)
        error = result.lines()[-1]["error"]
        self.assertEqual((error["code"], error["line"], error["column"]), ("E0202", 3, 13))
        self.assertIn("nope", error["message"])
        self.assertLessEqual(set(error), {"code", "message", "line", "column", "help"})

    def test_position_of_an_error_at_run_time(self):
        error = compact("SELECT 1;\n  SELECT 1 DIV (x - 1) FROM (VALUES (1)) AS t (x)").lines()[-1]["error"]
        self.assertEqual((error["code"], error["line"]), ("E0902", 2))
        self.assertGreaterEqual(error["column"], 3)

    def test_caret(self):
        file = self.write("q.zql", "SELECT 1 AS a;\nSELECT nope FROM (VALUES (1)) AS t (x);\n")
        result = run("-f", file)
        self.check_code(result, 3)
        self.assertEqual(result.out, "a\n1\n")
        lines = result.err.splitlines()
        self.assertRegex(lines[0], r"^error\[E0202\]: ")
        self.assertTrue(lines[1].endswith(file + ":2:8"), lines)
        source = next(line for line in lines if "SELECT nope" in line)
        caret = lines[lines.index(source) + 1]
        begin = source.index("nope")
        self.assertEqual(caret[begin:begin + 4], "^^^^", result.err)
        self.assertEqual(caret[:begin].strip(" |"), "")
        self.assertNotIn("\x1b", result.err)

    def test_name_of_the_text(self):
        self.assertIn("--> query:1:8", run("-c", "SELECT nope").err)
        self.assertIn("--> standard input:2:8", run(text="SELECT 1;\nSELECT nope").err)

    def test_key_that_differs_is_shown_at_its_assignment(self):
        for text, place in (
            ("DEFINE TABLE t SCHEMALESS;\nCREATE t:9 SET a = 1, id = 8;", "2:23"),
            ("DEFINE TABLE t SCHEMALESS;\nCREATE t SET id = none;", "2:14"),
            ("DEFINE TABLE t SCHEMAFULL (v int?) KEY (a int, b int);\nCREATE t:[1, 2] SET a = 1, b = 3, v = 1;", "2:28"),
        ):
            self.assertIn("--> standard input:" + place, run(text=text).err)

    def test_caret_under_wide_characters(self):
        lines = run("-c", "SELECT '日本', nope FROM (VALUES (1)) AS t (x)").err.splitlines()
        source = next(line for line in lines if "日本" in line)
        # Each of the two characters takes two columns.
        self.assertEqual(lines[lines.index(source) + 1].index("^^^^"), source.index("nope") + 2)

    def test_caret_in_a_very_long_line(self):
        for before in ("x" * 100_000, "日" * 50_000):
            result = run(text=f"SELECT '{before}', nope, '{'y' * 100_000}' FROM (VALUES (1)) AS t (x)")
            self.check_error(result, 3, "E0202")
            self.assertLess(len(result.err), 2000)
            lines = result.err.splitlines()
            source = next(line for line in lines if "nope" in line and "error" not in line)
            width = source.index("nope") + (source[:source.index("nope")].count("日"))
            self.assertEqual(lines[lines.index(source) + 1].index("^^^^"), width)

    def test_help(self):
        result = run("-c", "SELECT lenght('a')")
        self.check_error(result, 3, "E0601")
        self.assertIn("help", result.err)
        self.assertIn("length", result.err)
        self.assertIn("length", compact("SELECT lenght('a')").lines()[0]["error"]["help"])

    def test_codes(self):
        cases = {
            "SELECT 'open": "E0002", "SELECT /* open": "E0003", r"SELECT '\q'": "E0004", "SELECT .75": "E0005",
            "SELECT d'2026-13-01'": "E0006", "SELECT": "E0101", "SELECT 1 SELECT 2": "E0101", "SELECT (1": "E0117",
            "CREATE TABLE t (a int)": "E0111", "SELECT 1 == 1": "E0110", "SELECT * FROM nobody": "E0201",
            "SELECT 1 WHERE 5": "E0302", "SELECT 1 = 'a'": "E0301", "SELECT 9223372036854775808": "E0316",
            "SELECT 9223372036854775807 + 1": "E0901", "SELECT 1 DIV 0": "E0902", "SELECT CAST('x' AS int)": "E0903",
            "COMMIT": "E0803", "DELETE n": "E0410", "INSERT INTO n (x) VALUES ('a')": "E0306",
            "INSERT INTO n (id, x) VALUES (1, 1), (1, 2)": "E1001", "CREATE n:9 SET x = 'a'": "E0306", "CREATE n:9": "E1004",
            TABLE: "E0208", "USE nowhere": "E0206", "CREATE n:0 SET x = 1": "E1001",
        }
        given = {}
        for text in cases:
            result = compact(TABLE, "CREATE n:0 SET x = 0", text)
            self.check_code(result, 3)
            given[text] = result.lines()[-1].get("error", {}).get("code")
        self.assertEqual(given, cases)

    def test_statement_over_the_limit(self):
        long_text = "SELECT '" + "x" * (2 << 20) + "' AS s"
        self.check_error(run(text=long_text), 3, "E1101")
        self.check_code(run("--format", "tsv", text="SELECT '" + "x" * 1_000_000 + "' AS s"), 0)
        # The limit is one of statements, not of scripts.
        many = ("SELECT '" + "x" * 700_000 + "' AS s;") * 3
        self.check_code(run("--format", "tsv", text=many), 0)

    def test_nesting_over_the_limit(self):
        deep = 10_000
        for text in ("(" * deep + "1" + ")" * deep, "[" * deep + "]" * deep, "{a:" * deep + "1" + "}" * deep, "NOT " * deep + "true",
                     "- " * deep + "1", "1" + " + (1" * deep + ")" * deep, "(SELECT " * deep + "1" + ")" * deep,
                     "CASE WHEN true THEN " * deep + "1" + " END" * deep, "abs(" * deep + "1" + ")" * deep):
            result = run(text="SELECT " + text)
            self.check_error(result, 3, "E1102")
        for text in ("(" * deep, "[" * deep, "{" * deep, "((1,"* deep):
            result = run(text="SELECT " + text)
            self.check_code(result, 3)
            self.assertLess(len(result.err), 2000)

    def test_long_chains_are_no_nesting(self):
        self.assertEqual(compact("SELECT " + " + ".join(["1"] * 200)).rows(), [[200]])
        result = run(text="SELECT " + " + ".join(["1"] * 20_000), timeout=120)
        self.assertIn(result.code, (0, 3), str(result))

    def test_error_objects_are_json(self):
        for text in (r"""SELECT '\q"'""", 'SELECT "a\tb" + 1', "SELECT `we\"ird` FROM (VALUES (1)) AS t (x)", "SELECT \u00e9\u00e9 FROM x"):
            result = compact(text)
            self.check_code(result, 3)
            self.assertEqual(len(result.out.splitlines()), 1)
            self.assertIn("code", json.loads(result.out)["error"])

    def test_rows_before_a_failure(self):
        # json-compact holds its line back: a failing statement gives an error and no half of a result.
        result = compact("SELECT 1 DIV (3 - x) AS y FROM (VALUES (1), (2), (3)) AS t (x)")
        self.check_code(result, 3)
        self.assertEqual([list(line) for line in result.lines()], [["error"]])


if __name__ == "__main__":
    program.main()
