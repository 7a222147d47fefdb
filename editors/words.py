#!/usr/bin/env python3
"""Writes the words of the language (src/base/keywords.def) into the files of the editors, between `words begin` and `words end`.

    words.py [--check]

With --check it changes nothing and exits with 1 if a file is out of date.
"""

import re
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS = (ROOT / "src/base/keywords.def").read_text()
WORDS = re.findall(r'^ZEROQL_\w+\(\w+, "(\w+)"\)', KEYWORDS, re.MULTILINE)
LOWER = [word.lower() for word in WORDS]
RESERVED_COUNT = KEYWORDS.count("ZEROQL_RESERVED(")


def wrapped(text, indent):
    return textwrap.fill(text, 120, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


def vim_lines():
    # `contains` is an argument of :syn-keyword.
    plain = [word for word in LOWER if word != "contains"]
    lines = ["syn keyword zeroqlKeyword " + line for line in textwrap.wrap(" ".join(plain), 100)]
    return "\n".join([*lines, r"syn match zeroqlKeyword /\<contains\>/"])


def tree_sitter_lines():
    def constant(name, words):
        return f"const {name} = `\n{wrapped(' '.join(words), '  ')}\n`.trim().split(/\\s+/);"

    return constant("RESERVED", WORDS[:RESERVED_COUNT]) + "\n" + constant("CONTEXTUAL", WORDS[RESERVED_COUNT:])


# Words that the queries of tree-sitter show as something else than keywords.
OPERATORS_AND_VALUES = "AND BETWEEN CONTAINS DIV ILIKE IN IS LIKE MATCHES NOT OR TRUE FALSE NONE NULL".split()


def query_lines():
    return wrapped(" ".join(f'"{word}"' for word in WORDS if word not in OPERATORS_AND_VALUES), "  ")


# The lines between the marks, for each file.
PLACES = {
    "editors/emacs/zeroql-mode.el": wrapped(" ".join(f'"{word}"' for word in LOWER), "    "),
    "editors/neovim/syntax/zeroql.vim": vim_lines(),
    "editors/tree-sitter-zeroql/grammar.js": tree_sitter_lines(),
    "editors/tree-sitter-zeroql/src/scanner.c": wrapped(" ".join(f'"{word}",' for word in WORDS[:RESERVED_COUNT]), "    "),
    "editors/tree-sitter-zeroql/queries/highlights.scm": query_lines(),
    "editors/vscode/syntaxes/zeroql.tmLanguage.json": '      "match": "(?i)(?<![$`\\\\w.])(?:' + "|".join(LOWER) + ')(?![\\\\w:])",',
}


def main():
    outdated = []
    for name, lines in PLACES.items():
        path = ROOT / name
        text = path.read_text()
        new, count = re.subn(r"(words begin[^\n]*\n).*?(\n[^\n]*words end)", lambda m: m[1] + lines + m[2], text, flags=re.DOTALL)
        if count != 1:
            sys.exit(f"{name}: no place for the words")
        if new != text:
            outdated.append(name)
            if "--check" not in sys.argv[1:]:
                path.write_text(new)
    if outdated and "--check" in sys.argv[1:]:
        sys.exit("run editors/words.py: out of date is " + ", ".join(outdated))


main()
