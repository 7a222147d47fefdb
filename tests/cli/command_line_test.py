#!/usr/bin/env python3
"""What is written from the declarations of the command line: help, manual, completions. They agree, and other programs take them."""

import os
import re
import shutil
import subprocess
import unittest

import program
from program import run

COMMANDS = ("demo", "explain", "check", "fmt", "lint", "lsp", "check-store", "backup", "restore", "completion", "man")
FORMATS = {"table", "box", "vertical", "json", "jsonl", "json-compact", "csv", "tsv", "markdown"}


def options_of(help_text):
    """The long options that a help text lists."""
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", help_text))


def bash(script):
    return subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True, timeout=program.HANGS_AFTER)


class CommandLine(program.Case):
    def test_help_names_every_command(self):
        text = run("--help").out
        for command in COMMANDS:
            self.assertRegex(text, rf"(?m)^  {command}\s")
            self.check_code(run(command, "--help"), 0)

    def test_manual_says_what_help_says(self):
        for command in ((), *((name,) for name in COMMANDS)):
            page = run("man", *command)
            self.check_code(page, 0)
            plain = re.sub(r"\\f.", "", page.out.replace("\\-", "-"))
            self.assertEqual(options_of(run(*command, "--help").out) - options_of(plain), set())
            self.assertIn(f'.TH ZERODB{"-" + command[0].upper() if command else ""} 1', plain)
        self.check_code(run("man", "nothing"), 1)

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_manual_is_sound(self):
        for command in ((), *((name,) for name in COMMANDS)):
            page = run("man", *command).out_bytes
            done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-P-c"], input=page, capture_output=True, timeout=program.HANGS_AFTER)
            self.assertEqual((done.returncode, done.stderr.decode()), (0, ""))
            self.assertIn(b"SYNOPSIS", re.sub(b".\x08", b"", done.stdout))

    def test_guide_lists_the_commands_of_the_shell(self):
        listed = re.findall(r"(?m)^  (\\\S+)", run("-c", "\\?").out)
        self.assertGreater(len(listed), 30)
        with open(os.path.join(os.path.dirname(__file__), "../../docs/guide/shell.md"), encoding="utf-8") as guide:
            words = set(re.findall(r"`(\\[^\s`]+)", guide.read()))
        self.assertEqual(set(listed) - words, set())

    def complete(self, *words):
        """What bash offers at the end of these words."""
        file = self.write("zerodb.bash", run("completion", "bash").out_bytes)
        line = " ".join(f"'{word}'" for word in words)
        # Outside of a completion, compopt has nothing to act on.
        done = bash(f"compopt() {{ :; }}; source {file}; cd {self.folder}; COMP_WORDS=(zerodb {line}); COMP_CWORD={len(words)}; _zerodb; "
                    "printf '%s\\n' \"${COMPREPLY[@]}\"")
        self.assertEqual(done.stderr, "")
        return set(done.stdout.split())

    def test_bash(self):
        self.assertEqual(self.complete("--format", ""), FORMATS)
        self.assertEqual(self.complete("--format", "j"), {"json", "jsonl", "json-compact"})
        self.assertEqual(self.complete("li"), {"lint"})
        self.assertEqual(self.complete("--ti"), {"--timeout", "--timing"})
        self.assertEqual(self.complete("lint", "--fail-on", ""), {"info", "warning", "error"})
        self.assertEqual(self.complete("completion", ""), {"bash", "zsh", "fish"})
        self.assertEqual(self.complete("fmt", "--wi"), {"--width"})
        self.write("script.zql", "")
        self.assertIn("script.zql", self.complete("-f", "scr"))
        self.assertIn("script.zql", self.complete("check", "scr"))

    def test_every_option_is_completed(self):
        for shell in ("bash", "zsh", "fish"):
            script = run("completion", shell)
            self.check_code(script, 0)
            for command in ((), *((name,) for name in COMMANDS)):
                for option in options_of(run(*command, "--help").out.split("Exit codes")[0].split("  zerodb ")[0]):
                    self.assertIn(f" -l {option[2:]} " if shell == "fish" else option, script.out)
        self.check_code(run("completion", "csh"), 1)

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh(self):
        file = self.write("_zerodb", run("completion", "zsh").out_bytes)
        done = subprocess.run(["zsh", "-f", "-c", f"autoload -U compinit; compinit -D -u; source {file}; whence _zerodb"],
                              capture_output=True, text=True, timeout=program.HANGS_AFTER, env=program.environment(HOME=self.folder))
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish(self):
        file = self.write("zerodb.fish", run("completion", "fish").out_bytes)
        done = subprocess.run(["fish", "-N", "-c", f"source {file}; complete -C 'zerodb --format j'; complete -C 'zerodb lin'"],
                              capture_output=True, text=True, timeout=program.HANGS_AFTER, env=program.environment(HOME=self.folder))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual({line.split("\t")[0] for line in done.stdout.splitlines()}, {"json", "jsonl", "json-compact", "lint"})


if __name__ == "__main__":
    program.main()
