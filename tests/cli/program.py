"""Runs the zerodb binary for the tests of this folder: whole runs, runs that stay open, and the shell on a pseudoterminal.

A test file ends in `program.main()`; its first argument is the path of the binary.
"""

import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

# Longer than any run takes on a slow machine; a run that takes longer hangs.
HANGS_AFTER = 60

binary = ""


class Result:
    """What one run gave."""

    def __init__(self, arguments, code, out, err):
        self.arguments, self.code, self.out_bytes, self.err_bytes = arguments, code, out, err
        self.out = out.decode("utf-8", "replace")
        self.err = err.decode("utf-8", "replace")

    def lines(self):
        """The json-compact lines as Python values."""
        return [json.loads(line) for line in self.out.splitlines()]

    def rows(self, index=-1):
        return self.lines()[index]["rows"]

    def __str__(self):
        return f"zerodb {self.arguments}\nexit code {self.code}\n--- output\n{self.out[:4000]}\n--- errors\n{self.err[:4000]}"


def environment(**changes):
    """The environment of this process without what would change what the binary prints, in a home of its own."""
    result = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "XDG_STATE_HOME", "XDG_CACHE_HOME")}
    result.update(changes)
    return result


def run(*arguments, text=b"", cwd=None, timeout=HANGS_AFTER, **process):
    """Runs the binary with `text` as its standard input."""
    arguments = [os.fsencode(argument) for argument in arguments]
    if isinstance(text, str):
        text = text.encode()
    process.setdefault("env", environment())
    done = subprocess.run([os.fsencode(binary), *arguments], input=text, capture_output=True, cwd=cwd, timeout=timeout, **process)
    shown = b" ".join(argument[:200] for argument in arguments).decode("utf-8", "replace")
    return Result(shown, done.returncode, done.stdout, done.stderr)


def compact(*statements, path=None, options=(), **process):
    """Runs statements and prints json-compact."""
    arguments = [path] if path else []
    for statement in statements:
        arguments += ["-c", statement]
    return run(*arguments, "--format", "json-compact", *options, **process)


def start(*arguments, **process):
    """A run that goes on; its standard input and output are pipes."""
    for name, value in (("env", environment()), ("stdin", subprocess.PIPE), ("stdout", subprocess.PIPE), ("stderr", subprocess.PIPE)):
        process.setdefault(name, value)
    return subprocess.Popen([binary, *arguments], **process)


def wait_until_busy(pid, ticks=10):
    """Returns once the process has used so many more ticks of processor time: it is at work, wherever it is scheduled."""
    def used():
        with open(f"/proc/{pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])
    first, end = used(), time.monotonic() + HANGS_AFTER
    while used() < first + ticks:
        if time.monotonic() > end:
            raise AssertionError("the process does no work")
        time.sleep(0.01)


class Terminal:
    """The shell on a pseudoterminal: keys in, text out with its control sequences taken away."""

    CONTROL = re.compile(r"\x1b(?:\[[0-9;?>]*[A-Za-z]|\][^\x07]*\x07|[()][A-Z0-9]|[=>78])")

    def __init__(self, *arguments, **variables):
        variables.setdefault("TERM", "xterm-256color")
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            try:
                os.execve(binary, [binary, *arguments], environment(**variables))
            finally:
                os._exit(127)
        self.raw = ""
        self.code = None

    def read_more(self, seconds):
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return False
        try:
            piece = os.read(self.master, 65536)
        except OSError:
            return False
        # A terminal answers where its cursor is.
        for _ in range(piece.count(b"\x1b[6n")):
            os.write(self.master, b"\x1b[1;1R")
        self.raw += piece.decode("utf-8", "replace")
        return bool(piece)

    def expect(self, text, seconds=20):
        """Reads until the text has appeared since the last call; gives what stood before it."""
        end = time.monotonic() + seconds
        while True:
            shown = self.CONTROL.sub("", self.raw)
            found = shown.find(text)
            if found >= 0:
                self.raw = shown[found + len(text):]
                return shown[:found]
            if time.monotonic() > end or not self.read_more(end - time.monotonic()):
                raise AssertionError(f"no {text!r} in what the shell shows: {shown!r}")

    def type(self, keys):
        os.write(self.master, keys.encode())

    def wait(self):
        """Reads to the end; gives the exit code."""
        while self.read_more(HANGS_AFTER):
            pass
        _, status = os.waitpid(self.pid, 0)
        os.close(self.master)
        self.code = os.waitstatus_to_exitcode(status)
        return self.code

    def close(self):
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)
            self.wait()


class Case(unittest.TestCase):
    """A test with a folder of its own."""

    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="zerodb_cli_")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        return self.path(name)

    def check_code(self, result, code):
        self.assertEqual(result.code, code, str(result))

    def check_out(self, result, out, code=0):
        self.assertEqual((result.code, result.out), (code, out), str(result))

    def check_error(self, result, code, name):
        """The run ended with this exit code and said this error code on standard error."""
        self.check_code(result, code)
        self.assertIn(f"error[{name}]", result.err, str(result))


def main():
    global binary
    if len(sys.argv) < 2:
        sys.exit(f"usage: {sys.argv[0]} ZERODB [TEST ...]")
    binary = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=1)
