#!/usr/bin/env python3
"""The tree-sitter grammar of editors/tree-sitter-zeroql beside the parser of zerodb, and in Neovim.

Both parsers are asked about every statement of the tests, about statements made from the published grammar, and about both with a token
left out, doubled, exchanged with the next or without the blanks beside it; they must agree on which are statements.

ZERODB_TREE_SITTER names the command line of tree-sitter; without it, or without Python's module tree_sitter, everything is left out.
Further variables: ZERODB_GENERATED, the program generated_statements; ZERODB_ZQL, more scripts; ZERODB_MUTANTS, how many; ZERODB_SEED.
"""

import ctypes
import os
import random
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

import program

try:
    import tree_sitter
except ImportError:
    tree_sitter = None

ROOT = Path(__file__).resolve().parent.parent.parent
GRAMMAR = ROOT / "editors" / "tree-sitter-zeroql"
CLIENTS = Path(__file__).resolve().parent / "lsp_clients"
TREE_SITTER = os.environ.get("ZERODB_TREE_SITTER", "")
GENERATED = os.path.abspath(os.environ["ZERODB_GENERATED"]) if "ZERODB_GENERATED" in os.environ else ""
MUTANTS = int(os.environ.get("ZERODB_MUTANTS", "10000"))
SEED = int(os.environ.get("ZERODB_SEED", "1"))

# Generating the parser, compiling it, and parsing tens of thousands of files all end within this.
HANGS_AFTER = 600

# Types of other languages, which the parser of zerodb refuses by name (E0115) to say what to write instead; no grammar's matter.
FOREIGN_TYPE = re.compile(
    r"\b(?:big)?serial\b|\b(?:n?varchar|char|character|string|decimal|numeric|int|integer|bigint|smallint|tinyint)\s*\(\s*\d", re.IGNORECASE)

TOKEN = re.compile(
    r"""--[^\n]* | \s+ | (?:b|d|u|re)?'(?:[^'\\]|\\.|'')*' | "(?:[^"\\]|\\.|"")*" | `(?:[^`]|``)*`
      | \$\w+ | \d[\w.]*(?<!\.) | \w+ | -> | <-> | <- | :: | \.\.= | \.\. | \?\? | \*\* | \|\| | [<>!+*/-]= | !~ | => | .""",
    re.VERBOSE | re.DOTALL)


def tokens(text):
    """The lexemes of a text, with the blanks and comments between them; cut up roughly, for mutants need no more."""
    found, at = [], 0
    while at < len(text):
        if text.startswith("/*", at):
            end, depth = at + 2, 1
            while depth and end < len(text):
                two = text[end:end + 2]
                depth += (two == "/*") - (two == "*/")
                end += 2 if two in ("/*", "*/") else 1
        else:
            end = TOKEN.match(text, at).end()
        found.append(text[at:end])
        at = end
    return found


def is_blank(token):
    return token.isspace() or token.startswith("--") or token.startswith("/*")


def statements_of(script):
    """The statements of a script, each with its semicolon."""
    parts, current = [], []
    for token in tokens(script):
        current.append(token)
        if token == ";":
            parts.append("".join(current))
            current = []
    return [*parts, "".join(current)]


def mutant(text, chance):
    """The text with one token left out, doubled, exchanged with the next one, or glued to it."""
    parts = tokens(text)
    places = [i for i, part in enumerate(parts) if not is_blank(part)]
    if len(places) < 2:
        return text
    which = chance.randrange(len(places) - 1)
    i, j = places[which], places[which + 1]
    kind = chance.randrange(4)
    if kind == 0:
        parts[i] = ""
    elif kind == 1:
        parts[i] += " " + parts[i]
    elif kind == 2:
        parts[i], parts[j] = parts[j], parts[i]
    else:
        parts[i + 1:j] = []
    return "".join(parts)


def scripts():
    """All scripts and texts of the tests, without the answers that stand in comments."""
    paths = [*ROOT.glob("tests/**/*.zql"), *ROOT.glob("src/**/*.zql")]
    for folder in os.environ.get("ZERODB_ZQL", "").split():
        paths += sorted(Path(folder).rglob("*.zql")) if os.path.isdir(folder) else [Path(folder)]
    for path in sorted(paths):
        yield path.read_text(encoding="utf-8")
    # The texts in the tests of the parser: accepted ones, refused ones, and pieces that are neither.
    for path in sorted(ROOT.glob("src/zeroql/*_test.cc")):
        code = path.read_text(encoding="utf-8")
        yield from re.findall(r'R"\w*\((.*?)\)\w*"', code, re.DOTALL)
        for literal in re.findall(r'"((?:[^"\\\n]|\\.)*)"', code):
            yield re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match[1], match[1]), literal)


def fuzzed_texts():
    for folder in ("zeroql_parser_fuzz", "zeroql_format_fuzz", "zeroql_lexer_fuzz", "sema_checker_fuzz", "lint_linter_fuzz"):
        for path in sorted((ROOT / "tests" / "corpus" / folder).glob("*")):
            try:
                yield path.read_bytes().decode("utf-8")
            except UnicodeDecodeError:
                continue  # E0007 of the parser; tree-sitter reads what it can


def generated_statements(count):
    if not GENERATED:
        return []
    done = subprocess.run([GENERATED, "--seed", str(SEED), "--statements", str(count), "--print"], cwd=ROOT, capture_output=True, check=True)
    return done.stdout.decode().split("\0")[:-1]


@unittest.skipUnless(TREE_SITTER and tree_sitter, "no ZERODB_TREE_SITTER or no module tree_sitter")
class TreeSitter(program.Case):
    library = Path(os.environ.get("ZERODB_LIBRARY", ROOT / "build" / "tree-sitter" / "zeroql.so"))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "ZERODB_LIBRARY" not in os.environ:
            subprocess.run([sys.executable, str(GRAMMAR / "build.py"), str(cls.library)], check=True, timeout=HANGS_AFTER)
        make = ctypes.CDLL(str(cls.library)).tree_sitter_zeroql
        make.restype = ctypes.c_void_p
        language = ctypes.pythonapi.PyCapsule_New
        language.restype, language.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
        cls.parser = tree_sitter.Parser(tree_sitter.Language(language(make(), b"tree_sitter.Language", None)))

    def tree_sitter(self, *arguments):
        done = subprocess.run([TREE_SITTER, *arguments], cwd=GRAMMAR, capture_output=True, timeout=HANGS_AFTER)
        self.assertEqual(done.returncode, 0, done.stdout.decode("utf-8", "replace") + done.stderr.decode("utf-8", "replace"))
        return done.stdout.decode("utf-8", "replace")

    def parse(self, text):
        return self.parser.parse(text.encode()).root_node

    # ---- verdicts

    def refused(self, texts):
        """Which of the texts each parser refuses, as two sets of numbers."""
        folder = Path(self.folder) / "texts"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for i, text in enumerate(texts):
            (folder / f"{i}.zql").write_bytes(text.encode())
        ours = program.run("fmt", "--check", str(folder), timeout=HANGS_AFTER).err
        ours = {int(number) for number in re.findall(r"/(\d+)\.zql:\d+: \d+ statements? with", ours)}
        return ours, {i for i, text in enumerate(texts) if self.parse(text).has_error}

    def check_agreement(self, what, texts):
        texts = [text for text in dict.fromkeys(texts) if "\0" not in text]
        ours, theirs = self.refused(texts)
        differ = sorted((i for i in ours ^ theirs), key=lambda i: len(texts[i]))
        wrong = [i for i in differ if not FOREIGN_TYPE.search(texts[i])]
        print(f"{what}: {len(texts)} texts, both accept {len(texts) - len(ours | theirs)}, both refuse {len(ours & theirs)},"
              f" {len(differ)} differ, {len(differ) - len(wrong)} of them excused")
        shown = "\n".join(f"--- {'zerodb' if i in ours else 'tree-sitter'} alone refuses:\n{texts[i][:400].strip()}" for i in wrong[:20])
        if wrong:
            print(shown)
        self.assertEqual(len(wrong), 0)

    def test_agreement_on_tests(self):
        all_scripts = list(scripts())
        self.check_agreement("statements", [statement for script in all_scripts for statement in statements_of(script)])
        self.check_agreement("scripts", all_scripts)

    def test_agreement_on_fuzzed_texts(self):
        self.check_agreement("fuzzed texts", fuzzed_texts())

    @unittest.skipUnless(GENERATED, "no ZERODB_GENERATED")
    def test_agreement_on_generated_statements(self):
        self.check_agreement("generated statements", generated_statements(10000))

    def test_agreement_on_mutants(self):
        chance = random.Random(SEED)
        seeds = [statement for script in scripts() for statement in statements_of(script) if len(statement) < 2000]
        seeds += [statement for statement in generated_statements(5000) if len(statement) < 1000]
        self.check_agreement(f"mutants of seed {SEED}", [mutant(chance.choice(seeds), chance) for _ in range(MUTANTS)])

    # ---- trees

    def test_corpus(self):
        """The trees of editors/tree-sitter-zeroql/test/corpus; `tree-sitter test --update` writes them anew."""
        self.tree_sitter("test")

    def test_queries(self):
        """Every query fits the grammar, for Helix too, and no two patterns colour the same node."""
        script = self.write("all.zql", "".join(scripts()))
        for query in [*(GRAMMAR / "queries").glob("*.scm"), *(GRAMMAR.parent / "helix" / "queries" / "zeroql").glob("*.scm")]:
            said = self.tree_sitter("query", "--captures", "--lib-path", str(self.library), "--lang-name", "zeroql", str(query), script)
            self.assertIn("capture:", said, str(query))
            if query.name == "highlights.scm":
                found = re.findall(r"capture: (?:\d+ - )?(\S+), start: (\(\d+, \d+\)), end: (\(\d+, \d+\))", said)
                names = {}
                for name, begin, end in found:
                    self.assertEqual(names.setdefault((begin, end), name), name, f"{query} at {begin}")

    def test_recovery(self):
        """Nearly every mistake stays in its statement: the next one has the tree that it has alone."""
        chance = random.Random(SEED)
        seeds = [text for script in scripts() for text in statements_of(script) if text.strip().endswith(";") and 20 < len(text) < 2000]
        next_one = "SELECT a.b, count(*) FROM t WHERE c = 'd';\n"
        texts = [mutant(chance.choice(seeds)[:-1], chance) + "\n;\n" for _ in range(2000)]
        ours, _ = self.refused(texts)
        # A quote or comment that is left open takes in what follows, in both parsers.
        broken = [texts[i] for i in sorted(ours) if all(len(token) > 1 or token not in "'\"`" for token in tokens(texts[i])) and "/*" not in texts[i]]
        alone = str(self.parse(next_one).named_child(0))
        lost = []
        for text in broken:
            last = self.parse(text + next_one).named_children[-1]
            if last.start_byte != len(text.encode()) or str(last) != alone:
                lost.append(text)
        print(f"recovery: after {len(broken) - len(lost)} of {len(broken)} broken statements the next one is whole")
        self.assertLess(len(lost), 0.05 * len(broken), "\n---\n".join(lost[:20]))

    @unittest.skipUnless(shutil.which("nvim"), "no nvim")
    def test_neovim(self):
        script = "\n".join([
            "-- note", "DEFINE TABLE person SCHEMAFULL (", "  name string ASSERT name ~ re'^a',", "  age u8?", ");", "",
            "SELECT upper(name), t.select, 42, 'a\\n'", "FROM person AS t", "WHERE t.age IS NOT none;", ""])
        self.write("a.zql", script)
        runtime = Path(self.folder) / "runtime" / "parser"
        runtime.mkdir(parents=True)
        shutil.copy(self.library, runtime / "zeroql.so")
        self.write("init.vim", f"set rtp^={GRAMMAR.parent}/neovim,{self.folder}/runtime\nlet g:do_filetype_lua = 1\nfiletype plugin on\nsyntax on\n"
                               "let g:zerodb_no_server = 1\nlet g:zerodb_folds = 1\n")
        done = subprocess.run(["nvim", "--headless", "-u", "init.vim", "-i", "NONE", "a.zql", "-S", str(CLIENTS / "neovim_tree.lua")],
                              cwd=self.folder, capture_output=True, timeout=program.HANGS_AFTER, env=program.environment(HOME=self.folder))
        self.assertEqual(done.stdout.decode().splitlines(), [
            "active true",
            "DEFINE keyword",
            "person type",
            "name variable.member",
            "string type",
            "re' string.regexp",
            "^a string.regexp",
            "42 number",
            "-- note comment",
            "\\n string,string.escape",
            "upper function",
            "select variable.member",
            "IS NOT keyword.operator",
            "folds 0 1 1 1 1 0 1 1 1",
            "folds loads",
            "indents loads",
            "injections loads",
            "locals loads",
            "textobjects loads",
            "mistake true",
            "mended false",
            "folds 1 1 1 0 0 1 1 1 1 0 1 1 1",
        ], done.stdout.decode() + done.stderr.decode())


if __name__ == "__main__":
    program.main()
