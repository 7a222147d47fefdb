#!/usr/bin/env python3
"""The interactive shell on a pseudoterminal."""

import os
import stat

import program

PROMPT = "main.main> "
DIGITS = "(VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))"
ENDLESS = "SELECT count(*) FROM " + " CROSS JOIN ".join(f"{DIGITS} AS t{i} (x)" for i in range(12)) + ";"
CONTROL_C, CONTROL_D, UP = "\x03", "\x04", "\x1b[A"


class Shell(program.Case):
    def open(self, *arguments, **variables):
        variables.setdefault("NO_COLOR", "1")
        variables.setdefault("PAGER", "")
        variables.setdefault("HOME", self.folder)
        terminal = program.Terminal(*arguments, **variables)
        self.addCleanup(terminal.close)
        return terminal

    def check_quit(self, terminal):
        self.assertEqual(terminal.wait(), 0)

    def test_statement(self):
        shell = self.open()
        self.assertIn("in memory", shell.expect(PROMPT))
        shell.type("SELECT 40 + 2 AS answer;\r")
        shell.expect("answer")
        shell.expect("42")
        shell.expect("(1 row)")
        shell.expect("Time: ")
        shell.expect(PROMPT)
        shell.type("\\q\r")
        self.check_quit(shell)

    def test_statement_over_several_lines(self):
        shell = self.open("-q")
        shell.expect(PROMPT)
        shell.type("SELECT 'one\r")
        shell.expect("... ")
        shell.type("two' AS text,\r")
        shell.expect("... ")
        shell.type("7 * 6 AS answer;\r")
        shell.expect("one")
        shell.expect("two")
        shell.expect("42")
        shell.expect(PROMPT)
        shell.type(CONTROL_D)
        self.check_quit(shell)

    def test_error_and_on(self):
        shell = self.open("-q")
        shell.expect(PROMPT)
        shell.type("SELECT nope;\r")
        shell.expect("error[E0202]")
        shell.expect("^^^^")
        shell.expect(PROMPT)
        shell.type("SELECT 'on' || 'wards' AS x;\r")
        shell.expect("onwards")
        shell.expect(PROMPT)
        shell.type("\\q\r")
        self.check_quit(shell)

    def test_interrupt_at_the_prompt(self):
        shell = self.open("-q")
        shell.expect(PROMPT)
        shell.type("SELECT half")
        shell.expect("half")
        shell.type(CONTROL_C)
        shell.expect(PROMPT)
        shell.type("SELECT 'still' || ' here' AS x;\r")
        shell.expect("still here")
        shell.expect(PROMPT)
        shell.type(CONTROL_D)
        self.check_quit(shell)

    def test_interrupt_of_a_statement(self):
        shell = self.open("-q")
        shell.expect(PROMPT)
        shell.type(ENDLESS + "\r")
        program.wait_until_busy(shell.pid, 30)
        shell.type(CONTROL_C)
        shell.expect("E1107")
        shell.expect(PROMPT)
        shell.type("SELECT 'still' || ' here' AS x;\r")
        shell.expect("still here")
        shell.expect(PROMPT)
        shell.type(CONTROL_D)
        self.check_quit(shell)

    def test_commands(self):
        shell = self.open("-q")
        shell.expect(PROMPT)
        shell.type("DEFINE TABLE bird SCHEMAFULL ( name string );\r")
        shell.expect("Time: ")
        shell.expect(PROMPT)
        shell.type("\\d\r")
        shell.expect("(1 row)")
        shell.expect(PROMPT)
        shell.type("\\d bird\r")
        shell.expect("name")
        shell.expect("(1 row)")
        shell.expect(PROMPT)
        shell.type("\\l\r")
        shell.expect("(1 row)")
        shell.expect(PROMPT)
        shell.type("\\timing\r")
        shell.expect("timing is off")
        shell.expect(PROMPT)
        shell.type("\\timing\r")
        shell.expect("timing is on")
        shell.expect(PROMPT)
        shell.type("\\?\r")
        shell.expect("\\format [NAME]")
        shell.expect(PROMPT)
        shell.type("\\nonsense\r")
        shell.expect("unknown command \\nonsense")
        shell.expect(PROMPT)
        shell.type("\\q\r")
        self.check_quit(shell)

    def test_formats(self):
        shell = self.open("-q")
        shell.expect(PROMPT)
        shell.type("\\format jsonl\r")
        shell.expect(PROMPT)
        shell.type("SELECT 1 + 1 AS x;\r")
        shell.expect('{"x":2}')
        shell.expect(PROMPT)
        shell.type("\\format nonsense\r")
        shell.expect("json-compact")
        shell.expect(PROMPT)
        shell.type("\\format box\r")
        shell.expect(PROMPT)
        shell.type("SELECT 1 + 1 AS x;\r")
        shell.expect("└───┘")
        shell.expect(PROMPT)
        shell.type("\\x\r")
        shell.expect(PROMPT)
        shell.type("SELECT 1 + 1 AS x;\r")
        shell.expect("-- row 1 --")
        shell.expect(PROMPT)
        shell.type("\\q\r")
        self.check_quit(shell)

    def test_file(self):
        file = self.write("three.zql", "SELECT 1 + 2 AS three;")
        shell = self.open("-q")
        shell.expect(PROMPT)
        shell.type(f"\\i {file}\r")
        shell.expect("three\r\n")
        shell.expect("(1 row)")
        shell.expect(PROMPT)
        for name in (self.path("missing"), self.folder):
            shell.type(f"\\i {name}\r")
            shell.expect("cannot read " + name)
            shell.expect(PROMPT)
        shell.type(f"\\i {self.write('empty.zql', '')}\r")
        self.assertNotIn("cannot", shell.expect("\n" + PROMPT))
        shell.type("\\q\r")
        self.check_quit(shell)

    def test_prompt_shows_the_transaction(self):
        shell = self.open("-q")
        shell.expect(PROMPT)
        shell.type("BEGIN;\r")
        shell.expect("main.main*> ")
        shell.type("SELECT nope;\r")
        shell.expect("main.main!> ")
        shell.type("ROLLBACK;\r")
        shell.expect(PROMPT)
        shell.type("DEFINE DATABASE other; USE other;\r")
        shell.expect("main.other> ")
        shell.type("\\q\r")
        self.check_quit(shell)

    def test_history(self):
        shell = self.open("-q")
        shell.expect(PROMPT)
        shell.type("SELECT 'first' || 'ly' AS x;\r")
        shell.expect("firstly")
        shell.expect(PROMPT)
        shell.type("SELECT 'the password' AS x;\r")
        shell.expect("(1 row)")
        shell.expect(PROMPT)
        shell.type("\\q\r")
        self.check_quit(shell)

        file = os.path.join(self.folder, ".local", "state", "zerodb", "history")
        self.assertEqual(stat.S_IMODE(os.stat(file).st_mode), 0o600)
        with open(file) as history:
            kept = history.read()
        self.assertIn("first", kept)
        self.assertNotIn("password", kept)

        shell = self.open("-q")
        shell.expect(PROMPT)
        shell.type("SELECT 2;\r")
        shell.expect("(1 row)")
        shell.expect(PROMPT)
        shell.type(UP + UP + UP)
        shell.expect("|| 'ly' AS x;")
        shell.type("\r")
        shell.expect("firstly")
        shell.expect(PROMPT)
        shell.type("\\q\r")
        self.check_quit(shell)

    def test_colours(self):
        shell = self.open("-q", NO_COLOR="")
        shell.expect(PROMPT)
        shell.type("SELECT nope;\r")
        shell.expect("error[E0202]")
        shell.expect(PROMPT)
        shell.type("\\q\r")
        self.check_quit(shell)

    def test_database_in_a_folder(self):
        path = self.path("db")
        shell = self.open(path)
        self.assertIn(path, shell.expect(PROMPT))
        shell.type("DEFINE TABLE bird; CREATE bird:tit SET size = 5;\r")
        shell.expect("Time: ")
        shell.expect("Time: ")
        shell.expect(PROMPT)
        shell.type(CONTROL_D)
        self.check_quit(shell)
        self.assertEqual(program.compact("SELECT size FROM bird:tit", path=path).rows(), [[5]])


if __name__ == "__main__":
    program.main()
