#!/usr/bin/env python3
"""The shell as a person sees it: driven through tmux, the screen compared."""

import os
import unicodedata
import unittest

import program
import tmux

DIGITS = "(VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))"
ENDLESS = "SELECT count(*) FROM " + " CROSS JOIN ".join(f"{DIGITS} AS t{i} (x)" for i in range(12)) + ";"
SCHEMA = """DEFINE TABLE person SCHEMAFULL ( name string UNIQUE, nickname option<string>, age option<int> ) COMMENT 'who is known';
DEFINE TABLE planet;
DEFINE ENUM colour AS (red, green);
"""


@unittest.skipUnless(tmux.is_available(), "tmux is not installed")
class Screen(program.Case):
    def open(self, *arguments, schema=SCHEMA, size=(100, 30), **variables):
        path = self.path("db")
        self.check_code(program.run(path, text=schema), 0)
        screen = tmux.Screen(self, path, "-q", *arguments, columns=size[0], rows=size[1], **variables)
        screen.expect_prompt()
        return screen

    def fresh(self, screen, text):
        """Runs a text on an empty screen; gives what it showed without the times."""
        screen.press("C-l")
        screen.expect(lambda lines: [line for line in lines if line] == ["main.main>"], "an empty screen")
        screen.run(text)
        shown = screen.expect_prompt()
        # The text itself takes as many lines as it needs.
        width = len("main.main> ") + sum(2 if unicodedata.east_asian_width(each) == "W" else 1 for each in text if not unicodedata.combining(each))
        return [line for line in shown[-(-width // screen.columns):] if not line.startswith("Time: ")]

    def test_completion_of_tables_fields_and_functions(self):
        screen = self.open()
        screen.type("SELECT * FROM p")
        screen.press("Tab")
        lines = screen.expect(lambda lines: sum("person" in line or "planet" in line for line in lines) >= 2, "two tables")
        self.assertTrue(any("who is known" in line for line in lines) or any("table" in line for line in lines), lines)
        screen.type("e")
        screen.press("Tab")
        screen.expect("FROM person")
        screen.press("C-c")
        screen.expect_prompt()
        # The field of the table that stands behind it; only one begins so.
        screen.type("SELECT  FROM person")
        screen.press(*["Left"] * len(" FROM person"))
        screen.type("nick")
        screen.press("Tab")
        screen.expect("SELECT nickname FROM person")
        screen.press("C-c")
        screen.expect_prompt()
        screen.type("SELECT uppe")
        screen.press("Tab")
        screen.expect("SELECT upper(")

    def test_completion_follows_definitions(self):
        screen = self.open()
        screen.run("BEGIN; DEFINE TABLE zebra;")
        screen.expect_prompt("main.main*>")
        screen.type("SELECT * FROM zeb")
        screen.press("Tab")
        screen.expect("FROM zebra")
        screen.press("C-c")
        screen.expect_prompt("main.main*>")
        screen.run("ROLLBACK;")
        screen.expect_prompt()
        screen.type("SELECT * FROM zeb")
        screen.press("Tab")
        screen.type("x;")
        screen.expect("FROM zebx;")

    def test_completion_of_commands(self):
        screen = self.open()
        screen.type("\\tim")
        screen.press("Tab")
        screen.expect("\\timing")
        screen.press("C-c")
        screen.expect_prompt()
        screen.type("\\d pla")
        screen.press("Tab")
        screen.press("Enter")
        screen.expect("table planet")
        screen.expect_prompt()
        screen.type("SET exec.")
        screen.press("Tab")
        screen.expect("SET exec.tier")

    def test_error_with_caret(self):
        screen = self.open()
        shown = self.fresh(screen, "SELECT nam FROM person;")
        self.assertEqual(shown[:5], ["error[E0202]: unknown field or column `nam`", " --> query:1:8", "  |", "1 | SELECT nam FROM person;",
                                     "  |        ^^^"])
        self.assertIn("name", shown[5])

    def test_wide_and_combining_characters(self):
        screen = self.open()
        shown = self.fresh(screen, "SELECT * FROM (VALUES ('漢字', 1), ('ne\u0301e', 22), ('ab', 333)) AS t (word, n);")
        self.assertEqual(shown, [" word | n", "------+-----", " 漢字 |   1", " ne\u0301e  |  22", " ab   | 333", "(3 rows)"])
        shown = self.fresh(screen, "\\format box")
        shown = self.fresh(screen, "SELECT * FROM (VALUES ('漢字', none), ('é', 22)) AS t (word, n);")
        self.assertEqual(shown, ["┌──────┬──────┐", "│ word │ n    │", "├──────┼──────┤", "│ 漢字 │ none │", "│ é    │   22 │",
                                 "└──────┴──────┘", "(2 rows)"])

    def test_describe(self):
        screen = self.open()
        shown = self.fresh(screen, "\\d person")
        self.assertEqual(shown[0], "table person: who is known")
        self.assertEqual(shown[1].split("|")[1].strip(), "name")
        self.assertIn("indexes", shown)
        self.assertTrue(any("unique_name" in line for line in shown), shown)
        shown = self.fresh(screen, "\\d colour")
        self.assertTrue(any("DEFINE ENUM colour" in line for line in shown), shown)
        shown = self.fresh(screen, "\\d")
        self.assertTrue(any("planet" in line for line in shown), shown)

    def test_interrupt(self):
        screen = self.open()
        screen.run("BEGIN;")
        screen.expect_prompt("main.main*>")
        screen.run("CREATE planet:1;")
        screen.expect_prompt("main.main*>")
        screen.run(ENDLESS)
        program.wait_until_busy(screen.pid(), 20)
        screen.press("C-c")
        screen.expect("E1107")
        # The transaction is one that failed: it can only be rolled back, and what it wrote is not kept.
        screen.expect_prompt("main.main!>")
        screen.run("ROLLBACK;")
        screen.expect_prompt()
        shown = self.fresh(screen, "SELECT count(*) AS n FROM planet;")
        self.assertEqual(shown, [" n", "---", " 0", "(1 row)"])

    def test_interrupt_of_watch(self):
        screen = self.open()
        screen.run("SELECT 7 * 6 AS answer \\watch 0.01")
        screen.expect(lambda lines: sum("42" in line for line in lines) > 3, "the answer four times")
        screen.press("C-c")
        screen.expect_prompt()
        self.assertEqual(self.fresh(screen, "SELECT 'still' || ' here' AS x;")[2], " still here")

    def test_pager(self):
        screen = self.open()
        screen.run(f"SELECT a.x * 10 + b.x AS n FROM {DIGITS} AS a (x) CROSS JOIN {DIGITS} AS b (x) ORDER BY n;")
        screen.expect(lambda lines: lines[-1].startswith(":"), "less")
        self.assertTrue(any(line.strip() == "25" for line in screen.lines()))
        screen.press("G")
        screen.expect("(100 rows)")
        screen.press("q")
        screen.expect_prompt()
        # One that is left early costs nothing but the rest.
        screen.run(f"SELECT a.x FROM {' CROSS JOIN '.join(DIGITS + f' AS {name} (x)' for name in 'abcdefgh')};")
        screen.expect(lambda lines: lines[-1].startswith(":"), "less")
        screen.press("q")
        screen.expect_prompt()
        self.assertEqual(self.fresh(screen, "SELECT 'still' || ' here' AS x;")[2], " still here")

    def test_tables_fit_the_screen(self):
        screen = self.open(size=(60, 30))
        shown = self.fresh(screen, "SELECT 1 AS id, repeat('x', 200) AS a, repeat('漢', 90) AS b;")
        self.assertLessEqual(max(len(line) + line.count("漢") for line in shown), 60)
        self.assertTrue(all("…" in shown[2].split("|")[i] for i in (1, 2)), shown)
        self.assertIn("\\gx", shown[-1])
        # More columns than fit: a line a column.
        shown = self.fresh(screen, "SELECT " + ", ".join(f"'{i}' || 'abcdefghijklm' AS column_{i}" for i in range(9)) + ";")
        self.assertEqual(shown[:2], ["-- row 1 --", "column_0: 0abcdefghijklm"])

    def test_statement_that_goes_on(self):
        screen = self.open()
        screen.run("SELECT 'a;")
        screen.expect("  ...")
        screen.run("b' AS x")
        screen.run(";")
        screen.expect("(1 row)")
        screen.expect_prompt()
        screen.run("SELECT 6 * 7 AS answer")
        screen.run("\\gx")
        screen.expect("answer: 42")

    def test_hint_and_colours(self):
        screen = self.open(NO_COLOR="")
        screen.type("SELECT length(")
        screen.expect("length(x: string | bytes")
        colours = screen.colours()
        self.assertIn("\x1b[", colours.split("SELECT")[0][-12:])
        # A signature is shown, never typed.
        screen.press("Right")
        screen.type("'abcd') AS n;")
        screen.press("Enter")
        screen.expect("(1 row)")
        self.assertTrue(any(line.strip() == "4" for line in screen.lines()), screen.lines())

    def test_editor(self):
        editor = self.write("editor.sh", "#!/bin/sh\nsed -i 's/41/40 + 2/' \"$1\"\n")
        os.chmod(editor, 0o755)
        screen = self.open(EDITOR=editor)
        screen.run("SELECT 41 AS answer;")
        screen.expect("41")
        screen.expect_prompt()
        screen.run("\\e")
        screen.expect("SELECT 40 + 2 AS answer")
        # Without a semicolon it is put up to be edited further.
        screen.run(";")
        screen.expect(lambda lines: any(line.strip() == "42" for line in lines), "42")

    def start_with(self, text):
        folder = os.path.join(self.folder, ".config", "zerodb")
        os.makedirs(folder)
        with open(os.path.join(folder, "shell.zql"), "w", encoding="utf-8") as file:
            file.write(text)

    def test_startup_file(self):
        self.start_with("\\format box\n\\timing off\n\\keys vi\nSELECT nothing;\nSET statement.timeout = 30s;\n")
        screen = self.open()
        # What is wrong in it is told with its place; what follows is obeyed all the same.
        self.assertTrue(any("shell.zql:4:8" in line for line in screen.lines()), screen.lines())
        self.assertEqual(self.fresh(screen, "SHOW statement.timeout;")[1:4], ["│ statement.timeout │", "├───────────────────┤", "│ 30s               │"])
        # Escape leaves the typing of vi; 0 and x take the first letter away.
        screen.type("XSELECT 6 * 7 AS n;")
        screen.press("Escape")
        screen.type("0x")
        screen.press("Enter")
        screen.expect("│ 42 │")

    def test_startup_file_is_left_out(self):
        self.start_with("\\format box\n")
        self.assertEqual(self.fresh(self.open("--no-startup"), "SELECT 42 AS n;"), [" n", "----", " 42", "(1 row)"])

    def test_startup_file_comes_behind_options(self):
        self.start_with("\\format box\n")
        self.assertEqual(self.fresh(self.open("--format", "table"), "SELECT 42 AS n;"), [" n", "----", " 42", "(1 row)"])

    def test_startup_file_may_end_the_shell(self):
        self.start_with("\\echo so long\n\\q\n\\echo never\n")
        screen = tmux.Screen(self, "-q")
        screen.expect("exit code 0")
        self.assertEqual(screen.lines()[:2], ["so long", "exit code 0"])

    def test_copy(self):
        os.makedirs(self.path("data"))
        self.write("data/people.csv", "name,age\nann,41\nbob,\n")
        screen = self.open()
        self.fresh(screen, f"\\cd {self.path('data')}")
        screen.type("\\copy per")
        screen.press("Tab")
        screen.type(" FROM peo")
        screen.press("Tab")
        screen.expect("person FROM people.csv")
        screen.press("Enter")
        screen.expect_prompt()
        self.assertEqual(self.fresh(screen, "SELECT name FROM person ORDER BY name;")[2:], [" ann", " bob", "(2 rows)"])
        self.fresh(screen, "\\copy (SELECT name FROM person ORDER BY name) TO names.csv")
        with open(self.path("data/names.csv"), encoding="utf-8") as file:
            self.assertEqual(file.read().split(), ["name", "ann", "bob"])

    def test_output(self):
        screen = self.open()
        file = self.path("out.csv")
        screen.run("\\format csv")
        screen.expect_prompt()
        screen.run(f"\\o {file}")
        screen.expect_prompt()
        screen.run("SELECT 1 AS a, 'x,y' AS b;")
        screen.expect_prompt()
        screen.run("\\o")
        screen.expect_prompt()
        with open(file, "rb") as written:
            self.assertEqual(written.read(), b'a,b\r\n1,"x,y"\r\n')


if __name__ == "__main__":
    program.main()
