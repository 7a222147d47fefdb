#!/usr/bin/env python3
"""Writes what a fuzzer of zeroql starts from: fuzz_seeds.py FOLDER

FOLDER/seeds/NNNN.zql  each statement of the test scripts, alone
FOLDER/zeroql.dict     keywords, operators and names of functions, as a libFuzzer dictionary
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCRIPTS = ("tests/zql", "src/zeroql/tests/corpus")
OPERATORS = ["->", "<-", "<->", "::", "..", "..=", "?.", "??", "||", "**", "<<", ">>", "<=", ">=", "!=", "<>", "!~", "=>", "+=", "-=", ".{", "[*]",
             "--", "/*", "*/", "$x", "1dec", "1u8", "1h", "d'2026-01-01'", "u'", "b'", "re'", "'", "\\\"", "`", "t:1", "person:a", "person", "t", "u"]


def statements(text):
    """Pieces that end with a semicolon at the end of a line: rough, but the parser takes anything."""
    lines = [line for line in text.split("\n") if not line.startswith("--")]
    return [piece.strip() for piece in re.split(r";[ \t]*(?:\n|$)", "\n".join(lines)) if piece.strip()]


def main():
    folder = pathlib.Path(sys.argv[1])
    seeds = folder / "seeds"
    seeds.mkdir(parents=True, exist_ok=True)
    number = 0
    for root in SCRIPTS:
        for path in sorted((ROOT / root).rglob("*.zql")):
            for statement in statements(path.read_text(encoding="utf-8")):
                (seeds / f"{number:04}.zql").write_text(statement, encoding="utf-8")
                number += 1
    words = set(re.findall(r"\b[A-Z][A-Z_]+\b", (ROOT / "src/base/keywords.def").read_text()))
    for path in (ROOT / "src/function").glob("*_functions.cc"):
        words |= set(re.findall(r"\"([a-z_]+(?:::[a-z_]+)?)\(", path.read_text(encoding="utf-8")))
    with open(folder / "zeroql.dict", "w", encoding="utf-8") as out:
        for word in sorted(words) + OPERATORS:
            out.write(f"\" {word} \"\n" if word.isupper() else f"\"{word}\"\n")
    print(f"fuzz_seeds: {number} statements, {len(words)} words")


if __name__ == "__main__":
    main()
