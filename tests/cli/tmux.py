"""A shell in tmux: a real terminal of a fixed size, whose screen is read as a person sees it.

Nothing sleeps for a result: the screen is read again and again until it shows what is expected, or until a limit that only a
program that hangs reaches.
"""

import os
import shlex
import shutil
import subprocess
import time

import program

LIMIT = 60


def is_available():
    return shutil.which("tmux") is not None


class Screen:
    """One pane of a tmux server of its own, which runs the binary."""

    def __init__(self, case, *arguments, columns=80, rows=24, **variables):
        self.columns = columns
        self.socket = os.path.join(case.folder, f"tmux{time.monotonic_ns()}")
        variables.setdefault("HOME", case.folder)
        variables.setdefault("PAGER", "less -S")
        variables.setdefault("LC_ALL", "C.UTF-8")
        command = ["env", *(f"{name}={value}" for name, value in variables.items()), program.binary, *arguments]
        # The shell's end is told: a pane that ends takes its screen along.
        line = shlex.join(command) + "; echo exit code $?; exec cat"
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows), line)
        case.addCleanup(self.close)

    def tmux(self, *arguments):
        environment = program.environment(LC_ALL="C.UTF-8", TERM="xterm-256color")
        environment.pop("TMUX", None)
        done = subprocess.run(["tmux", "-S", self.socket, *arguments], capture_output=True, timeout=LIMIT, env=environment)
        if done.returncode != 0:
            raise AssertionError(f"tmux {arguments}: {done.stderr.decode()}")
        return done.stdout.decode()

    def close(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], capture_output=True, timeout=LIMIT)

    def lines(self):
        return [line.rstrip() for line in self.tmux("capture-pane", "-p").splitlines()]

    def colours(self):
        """The screen with its colour sequences."""
        return self.tmux("capture-pane", "-p", "-e")

    def pid(self):
        """Of the binary: what `env` became, a child of the pane's shell."""
        pane = self.tmux("display-message", "-p", "#{pane_pid}").strip()
        with open(f"/proc/{pane}/task/{pane}/children") as children:
            return int(children.read().split()[0])

    def type(self, text):
        # A semicolon at the end would be tmux's own.
        self.tmux("send-keys", "-l", "--", text[:-1] + "\\;" if text.endswith(";") else text)

    def press(self, *keys):
        self.tmux("send-keys", *keys)

    def run(self, text):
        self.type(text)
        # Once it is shown, the next empty prompt is that of what comes after.
        # A screen that is being drawn anew may be empty for a moment.
        self.expect(lambda lines: any(lines) and not [line for line in lines if line][-1].endswith(">"), "the text")
        self.press("Enter")

    def expect(self, is_shown, what=None):
        """Waits until the screen holds a text, or until a function of its lines is true; gives the lines."""
        if isinstance(is_shown, str):
            what, text = is_shown, is_shown
            is_shown = lambda lines: any(text in line for line in lines)
        end = time.monotonic() + LIMIT
        while True:
            lines = self.lines()
            if is_shown(lines):
                return lines
            if time.monotonic() > end:
                raise AssertionError(f"no {what or 'such screen'}:\n" + "\n".join(lines))
            time.sleep(0.02)

    def expect_prompt(self, prompt="main.main>"):
        """Waits until the last line is an empty prompt; gives the lines before it."""
        def is_last(lines):
            shown = [line for line in lines if line]
            return bool(shown) and shown[-1] == prompt.rstrip()
        lines = [line for line in self.expect(is_last, "prompt at the end") if line]
        return lines[:-1]
