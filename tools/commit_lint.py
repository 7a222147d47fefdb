#!/usr/bin/env python3
"""Checks the subjects of commits: `area: Imperative sentence`, at most 72 columns, no full stop, then an empty line.

    commit_lint.py            the last 100 commits that are no merges
    commit_lint.py RANGE      those of a git range
    commit_lint.py --message FILE   one message, as a commit-msg hook
"""

import re
import subprocess
import sys
from pathlib import Path

SUBJECT = re.compile(r"(?P<areas>[a-z][a-z0-9_./-]*(?:, [a-z][a-z0-9_./-]*)*): (?P<verb>[A-Z][A-Za-z-]*)(?P<rest> .*)?")
COLUMNS_MAX = 72
# Verbs whose plain form looks like another form.
IMPERATIVES = {"Bring", "Embed", "Feed", "Need", "Seed", "Shed", "Speed", "Bypass", "Pass", "Process", "Address", "Express", "Compress", "Discuss", "Focus", "Cross", "Guess", "Miss", "Press", "Stress", "Suppress"}


def problems(message):
    lines = message.split("\n")
    subject = lines[0]
    match = SUBJECT.fullmatch(subject)
    if not match:
        yield "the subject is `area: Imperative sentence`"
        return
    if len(subject) > COLUMNS_MAX:
        yield f"the subject has {len(subject)} columns, at most {COLUMNS_MAX}"
    if subject.endswith("."):
        yield "the subject ends in a full stop"
    verb = match["verb"]
    if verb not in IMPERATIVES and re.search(r"(?:ed|ing|[^s]s)$", verb):
        yield f"`{verb}` is no imperative"
    if len(lines) > 1 and lines[1]:
        yield "the second line is empty"


def main():
    if sys.argv[1:2] == ["--message"]:
        text = Path(sys.argv[2]).read_text(encoding="utf-8")
        commits = [("message", "\n".join(line for line in text.split("\n") if not line.startswith("#")))]
    else:
        arguments = [sys.argv[1]] if len(sys.argv) > 1 else ["-n", "100", "HEAD"]
        log = subprocess.run(["git", "log", "--no-merges", "--format=%h%x00%B%x01", *arguments], capture_output=True, text=True, check=True,
                             cwd=Path(__file__).resolve().parent)
        commits = [tuple(entry.strip("\n").split("\0", 1)) for entry in log.stdout.split("\x01") if entry.strip("\n")]
    failures = 0
    for commit, message in commits:
        for problem in problems(message):
            failures += 1
            print(f"{commit}: {message.splitlines()[0] if message else ''}: {problem}")
    print(f"commit_lint: {len(commits)} messages, {failures} problems")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
