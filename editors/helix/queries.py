#!/usr/bin/env python3
"""Writes the queries of editors/tree-sitter-zeroql with the names that Helix gives to captures, into helix/queries/zeroql.

    queries.py [--check]

With --check it changes nothing and exits with 1 if a file is out of date.
"""

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent / "tree-sitter-zeroql" / "queries"
TARGET = HERE / "queries" / "zeroql"

# Captures that Helix calls otherwise.
CAPTURES = {
    "boolean": "constant.builtin.boolean",
    "function.inner": "function.inside",
    "function.outer": "function.around",
    "class.inner": "class.inside",
    "class.outer": "class.around",
    "comment.outer": "comment.around",
    "entry.inner": "entry.inside",
    "indent.begin": "indent",
    "indent.branch": "outdent",
    "module": "namespace",
    "number": "constant.numeric",
    "number.float": "constant.numeric.float",
    "parameter.inner": "parameter.inside",
    "property": "variable.other.member",
    "string.escape": "constant.character.escape",
    "variable.member": "variable.other.member",
}
# Helix finds folds by indentation and has no object for statements.
LEFT_OUT = re.compile(r"^[^\n]*@statement\.[^\n]*\n\n?", re.MULTILINE)


def translated(text):
    text = LEFT_OUT.sub("", text)
    return re.sub(r"@([\w.]+)", lambda match: "@" + CAPTURES.get(match[1], match[1]), text)


def main():
    outdated = []
    for source in sorted(SOURCE.glob("*.scm")):
        if source.name == "folds.scm":
            continue
        target = TARGET / source.name
        text = f"; Made from editors/tree-sitter-zeroql/queries/{source.name} by editors/helix/queries.py.\n" + translated(source.read_text())
        if not target.exists() or target.read_text() != text:
            outdated.append(target.name)
            if "--check" not in sys.argv[1:]:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text)
    if outdated and "--check" in sys.argv[1:]:
        sys.exit("run editors/helix/queries.py: out of date is " + ", ".join(outdated))


main()
