#!/usr/bin/env python3
"""`zerodb fmt`: files, folders, standard input, --check, --diff, and what it refuses."""

import os
import shutil
import stat
import subprocess
import unittest

import program
from program import run

UGLY = "select a from t where b=1;\n"
PRETTY = "SELECT a FROM t WHERE b = 1;\n"


class Fmt(program.Case):
    def read(self, path):
        with open(path, "rb") as file:
            return file.read().decode()

    def test_standard_input_is_printed(self):
        for arguments in (("fmt",), ("fmt", "-")):
            result = run(*arguments, text=UGLY)
            self.check_code(result, 0)
            self.assertEqual(result.out, PRETTY)
            self.assertEqual(result.err, "")
        self.assertEqual(run("fmt", text="").out, "")

    def test_files_are_rewritten_and_named(self):
        ugly = self.write("ugly.zql", UGLY)
        pretty = self.write("pretty.zql", PRETTY)
        os.utime(pretty, (1, 1))
        result = run("fmt", ugly, pretty)
        self.check_code(result, 0)
        self.assertEqual(result.out, ugly + "\n")
        self.assertEqual(self.read(ugly), PRETTY)
        self.assertEqual(os.stat(pretty).st_mtime, 1)
        self.assertEqual(run("fmt", ugly).out, "")

    def test_folders_are_searched(self):
        one = self.write("one.zql", UGLY)
        folder = os.path.dirname(one)
        os.mkdir(os.path.join(folder, "sub"))
        two = self.write("sub/two.zql", UGLY)
        other = self.write("sub/other.txt", UGLY)
        result = run("fmt", folder)
        self.check_code(result, 0)
        self.assertEqual(result.out, f"{one}\n{two}\n")
        self.assertEqual(self.read(two), PRETTY)
        self.assertEqual(self.read(other), UGLY)

    def test_check_writes_nothing(self):
        ugly = self.write("ugly.zql", UGLY)
        pretty = self.write("pretty.zql", PRETTY)
        result = run("fmt", "--check", ugly, pretty)
        self.check_code(result, 1)
        self.assertEqual(result.out, ugly + "\n")
        self.assertEqual(self.read(ugly), UGLY)
        self.check_code(run("fmt", "--check", pretty), 0)
        self.check_code(run("fmt", "--check", text=UGLY), 1)
        self.assertEqual(run("fmt", "--check", text=UGLY).out, "standard input\n")

    def test_diff_is_a_patch(self):
        before = "".join(f"SELECT {i};\n" for i in range(30)) + UGLY + "SELECT 3;\n" * 9 + "select 4 ;\nselect 5;"
        ugly = self.write("ugly.zql", before)
        result = run("fmt", "--diff", ugly)
        self.check_code(result, 0)
        self.assertEqual(self.read(ugly), before)
        self.assertTrue(result.out.startswith(f"--- {ugly}\n+++ {ugly}\n@@ -28,7 +28,7 @@\n SELECT 27;\n"), result.out)
        self.assertIn("-select a from t where b=1;\n+SELECT a FROM t WHERE b = 1;\n", result.out)
        self.assertIn("-select 5;\n\\ No newline at end of file\n", result.out)
        self.assertEqual(run("fmt", "--diff", text=PRETTY).out, "")
        self.check_code(run("fmt", "--diff", "--check", ugly), 1)
        if shutil.which("patch"):
            subprocess.run(["patch", "-s", "-p0", ugly], input=result.out.encode(), check=True)
            self.assertEqual(self.read(ugly), run("fmt", text=before).out)

    def test_width(self):
        text = "SELECT aaaaaaaaaa, bbbbbbbbbb FROM t\n"
        self.assertEqual(run("fmt", "--width", "20", text=text).out, "SELECT\n  aaaaaaaaaa,\n  bbbbbbbbbb\nFROM t\n")
        self.assertEqual(run("fmt", text=text).out, text)
        for width in ("0", "19", "1001", "wide"):
            self.check_code(run("fmt", "--width", width, text=text), 1)

    def test_statements_with_mistakes_stay(self):
        text = "select 1;\nselect  a   b;\nselect 2;\n"
        script = self.write("a.zql", text)
        result = run("fmt", script)
        self.check_code(result, 3)
        self.assertEqual(self.read(script), "SELECT 1;\nselect  a   b;\nSELECT 2;\n")
        self.assertIn("a.zql:2: 1 statement with a mistake is left as it is", result.err)
        result = run("fmt", text=b"select 1; select '\xff")
        self.check_code(result, 3)
        self.assertEqual(result.out_bytes, b"SELECT 1;\nselect '\xff\n")
        self.check_code(run("fmt", text="/* open"), 3)

    def test_mode_and_links_stay(self):
        script = self.write("a.zql", UGLY)
        os.chmod(script, 0o640)
        link = os.path.join(os.path.dirname(script), "link.zql")
        os.symlink("a.zql", link)
        self.check_code(run("fmt", link), 0)
        self.assertTrue(os.path.islink(link))
        self.assertEqual(self.read(script), PRETTY)
        self.assertEqual(stat.S_IMODE(os.stat(script).st_mode), 0o640)
        self.assertEqual(sorted(os.listdir(os.path.dirname(script))), ["a.zql", "link.zql"])

    def test_what_cannot_be_read_or_written(self):
        result = run("fmt", "/no/such/file.zql")
        self.check_code(result, 1)
        self.assertIn("cannot read /no/such/file.zql", result.err)
        good = self.write("good.zql", UGLY)
        result = run("fmt", "/no/such/file.zql", good)
        self.check_code(result, 1)
        self.assertEqual(self.read(good), PRETTY)
        if os.geteuid() != 0:
            locked = self.write("locked.zql", UGLY)
            os.chmod(locked, 0o400)
            self.check_code(run("fmt", locked), 1)
            self.assertEqual(self.read(locked), UGLY)

    def test_help(self):
        result = run("fmt", "--help")
        self.check_code(result, 0)
        for option in ("--check", "--diff", "--width"):
            self.assertIn(option, result.out)


if __name__ == "__main__":
    program.main()
