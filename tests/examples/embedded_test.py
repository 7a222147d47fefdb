#!/usr/bin/env python3
"""embedded_test.py GUESTBOOK: the example program does what its guide says, and the guide shows its code."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def sign(folder, guest, text):
    run = subprocess.run([program, folder, guest, text], capture_output=True, text=True, timeout=60)
    return run.returncode, run.stdout, run.stderr


class Guestbook(unittest.TestCase):
    def test_entries_stay_and_a_refused_one_leaves_nothing(self):
        with tempfile.TemporaryDirectory() as parent:
            book = parent + "/book"
            self.assertEqual(sign(book, "Ann", "hello"), (0, "Ann (1): hello\n", ""))
            self.assertEqual(sign(book, "Ann", "again"), (0, "Ann (2): again\nAnn (2): hello\n", ""))
            code, out, error = sign(book, "Bob", "")
            self.assertEqual((code, out), (2, ""))
            self.assertIn("error[E1003]", error)
            self.assertEqual(sign(book, "Bob", "漢字")[1], "Bob (1): 漢字\nAnn (2): again\nAnn (2): hello\n")

    def test_a_folder_that_cannot_be_made(self):
        with tempfile.NamedTemporaryFile() as file:
            code, _, error = sign(file.name + "/book", "Ann", "hello")
            self.assertEqual(code, 2)
            self.assertRegex(error, r"error\[E12\d\d\]")

    def test_the_guide_shows_its_code(self):
        code = (ROOT / "examples" / "embedded" / "guestbook.cc").read_text(encoding="utf-8")
        pieces = re.findall(r"```cpp\n(.*?)```", (ROOT / "docs" / "guide" / "embedding.md").read_text(encoding="utf-8"), re.DOTALL)
        self.assertGreater(len(pieces), 3)
        for piece in pieces:
            self.assertIn(piece, code)


if __name__ == "__main__":
    program = sys.argv.pop(1)
    unittest.main()
