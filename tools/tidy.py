#!/usr/bin/env python3
"""The rules of docs/STYLE.md that no compiler checks. Prints file:line: message for each violation and exits with 1 if there are any.

    tidy.py [ROOT]

ROOT/src/layers.txt names the libraries, what each may include and, after `|`, its third-party headers. A line of
ROOT/tools/tidy_exceptions.txt, `rule path reason`, excuses one file from one rule; an exception that excuses nothing is a violation.
"""

import re
import subprocess
import sys
from pathlib import Path

# Which name in the third-party column of layers.txt allows a header, by the start of its path.
THIRD_PARTY = {
    "fmt/": "fmt",
    "simdjson": "simdjson",
    "utf8proc": "utf8proc",
    "xxhash": "xxhash",
    "unicode/": "icu",
    "re2/": "re2",
    "openssl/": "openssl",
    "argon2": "argon2",
    "rocksdb/": "rocksdb",
    "CLI/": "CLI11",
    "toml++/": "toml++",
    "spdlog/": "spdlog",
    "wasm.h": "zerodb_native",
    "wasmtime": "zerodb_native",
    "zerodb_line_editor": "zerodb_native",
    "zerodb_wasm_text": "zerodb_native",
}
TEST_HEADERS = ("gtest/", "gmock/", "rapidcheck", "benchmark/", "boost/multiprecision/")
SYSTEM_HEADERS = re.compile(
    r"[a-z_]+|sys/[a-z_]+\.h|linux/[a-z_]+\.h|(unistd|fcntl|glob|poll|signal|termios|dirent|errno|stdlib|string|cxxabi|pwd|immintrin|execinfo)\.h"
)

# Pattern, what to use instead, and the files that may use it (they wrap it for everyone else).
BANNED = [
    (r"\b(?:system_clock|steady_clock|high_resolution_clock)\b|\b(?:gettimeofday|clock_gettime|localtime|gmtime)\w*\s*\(|\bstd::time\s*\(",
     "clock", "the Clock of base/clock.h", {"base/clock.cc"}),
    (r"\brandom_device\b|\bstd::mt19937|\b(?:s?rand|rand_r|drand48|getrandom|getentropy)\s*\(",
     "random", "the Random of base/random.h", {"base/random.cc"}),
    (r"\bstd::(?:j?thread|async)\b(?!::id|::hardware_concurrency)|\bpthread_create\b",
     "thread", "one of the threads that exist, or an entry in tools/tidy_exceptions.txt that says who joins it", set()),
    (r"\bdynamic_cast\s*<|\btypeid\s*\(", "rtti", "a virtual function, a variant or an enumerator", set()),
    (r"\bstd::(?:cout|cerr|clog)\b|(?<!\w)(?:std::)?(?:printf|puts|putchar)\s*\(", "print", "a Result, or output through cli/", {"base/assert.cc", "cli/"}),
    (r"\b(?:sleep_for|sleep_until|usleep|nanosleep)\b|(?<![\w.>])sleep\s*\(", "sleep", "a condition variable or the fake clock", set()),
    (r"(?<![\w.>])(?:std::)?(?:exit|_exit|quick_exit|abort|terminate)\s*\(", "exit", "a Result, ASSERT or UNREACHABLE", {"base/assert.cc", "cli/"}),
    (r"\bgetenv\s*\(", "getenv", "a parameter; only cli/ reads the environment", {"cli/"}),
    (r"\b(?:longjmp|setjmp|alloca|strcpy|strcat|sprintf|strtok|atoi|atof|atol)\s*\(", "c_call", "the C++ facility", set()),
]

# What tests may do all the same: start threads and processes, print, read the environment.
ALLOWED_IN_TESTS = {"thread", "print", "exit", "getenv"}

# Lines at which a file fails.
LINES_MAX = {".cc": 1000, ".h": 400}
BAD_FILE_NAME = re.compile(r"(?:^|_)(?:manager|helpers?|handler|utils?|impl)$|^(?:common|misc|types)$")
# A path of one person's machine; written in parts so that this file does not match.
MACHINE_PATH = re.compile(r"(?<![\w.~$}])/(?:" + "root" + r"|home/\w+|" + "work" + r")/")

NOT_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def code_of(text):
    """The text with comments and literals blanked, line numbers unchanged."""
    return NOT_CODE.sub(lambda match: "\n" * match.group().count("\n") or " ", text)


class SourceFile:
    def __init__(self, source_folder, path):
        self.path = path
        self.name = path.relative_to(source_folder).as_posix()
        self.library = self.name.split("/")[0] if "/" in self.name else None
        self.text = path.read_text(encoding="utf-8")
        self.code = code_of(self.text)
        self.is_test = path.stem.endswith(("_test", "_fuzz", "_bench")) or "/tests/" in self.name or "/testdata/" in self.name
        self.includes = [(match[1], match[2], line_of(self.text, match.start())) for match in INCLUDE.finditer(self.text)]


class Tree:
    def __init__(self, root):
        self.root = root
        self.source_folder = root / "src"
        self.violations = []
        self.exceptions = {}
        self.exceptions_used = set()
        self.files = {}
        for path in sorted(self.source_folder.rglob("*")):
            if path.suffix in (".cc", ".h", ".def"):
                file = SourceFile(self.source_folder, path)
                self.files[file.name] = file
        self.read_layers()
        self.read_exceptions()

    def report(self, path, line, message, rule=None):
        name = path.relative_to(self.root).as_posix()
        if rule and (rule, name) in self.exceptions:
            self.exceptions_used.add((rule, name))
            return
        self.violations.append((name, line, message))

    def read_layers(self):
        self.layers = {}
        path = self.source_folder / "layers.txt"
        for number, row in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            row = row.split("#")[0].strip()
            if not row:
                continue
            match = re.fullmatch(r"([a-z]+):([^|]*)(?:\|(.*))?", row)
            if not match:
                self.report(path, number, "a row is `library: library... | third-party...`")
                continue
            dependencies = match[2].split()
            for dependency in dependencies:
                if dependency not in self.layers:
                    self.report(path, number, f"{match[1]} may not depend on {dependency}, which does not stand above it")
            self.layers[match[1]] = (set(dependencies), set((match[3] or "").split()))

    def read_exceptions(self):
        self.exceptions_path = self.root / "tools" / "tidy_exceptions.txt"
        if not self.exceptions_path.exists():
            return
        for number, row in enumerate(self.exceptions_path.read_text(encoding="utf-8").splitlines(), 1):
            if not row.strip() or row.startswith("#"):
                continue
            fields = row.split(None, 2)
            if len(fields) < 3:
                self.report(self.exceptions_path, number, "an exception is `rule path reason`")
                continue
            self.exceptions[(fields[0], fields[1])] = number


def check_includes(tree):
    """Layers, the third-party column and paths that start at src/."""
    # What base may use, everyone may: its headers are part of every library's interface.
    base_third_party = tree.layers.get("base", (set(), set()))[1]
    for file in tree.files.values():
        if file.library is None:
            continue
        if file.library not in tree.layers:
            tree.report(file.path, 1, f"the library {file.library} has no row in src/layers.txt")
            continue
        dependencies, third_party = tree.layers[file.library]
        for mark, target, line in file.includes:
            if mark == '"':
                if target not in tree.files:
                    tree.report(file.path, line, f'"{target}" is no file below src/; a path names its library first')
                elif target.split("/")[0] not in dependencies | {file.library}:
                    tree.report(file.path, line, f'{file.library} may not include "{target}": src/layers.txt does not list {target.split("/")[0]}')
                continue
            owner = next((name for start, name in THIRD_PARTY.items() if target.startswith(start)), None)
            if owner:
                if owner not in third_party | base_third_party:
                    tree.report(file.path, line, f"{file.library} may not include <{target}>: src/layers.txt does not list {owner}")
            elif target.startswith(TEST_HEADERS):
                if not file.is_test:
                    tree.report(file.path, line, f"<{target}> is for tests and benchmarks")
            elif not SYSTEM_HEADERS.fullmatch(target):
                tree.report(file.path, line, f"<{target}> belongs to no library that tools/tidy.py knows")


def find_cycle(graph):
    """A cycle of the graph as a list of nodes, or None."""
    done, path, on_path = set(), [], set()

    def visit(node):
        path.append(node)
        on_path.add(node)
        for target in sorted(graph.get(node, ())):
            if target in on_path:
                return path[path.index(target):] + [target]
            if target not in done:
                cycle = visit(target)
                if cycle:
                    return cycle
        done.add(node)
        on_path.discard(path.pop())
        return None

    for node in sorted(graph):
        if node not in done:
            cycle = visit(node)
            if cycle:
                return cycle
    return None


def check_cycles(tree):
    files, folders = {}, {}
    for file in tree.files.values():
        targets = {target for mark, target, _ in file.includes if mark == '"' and target in tree.files}
        files[file.name] = targets
        for target in targets:
            folder = tree.files[target].library
            if folder != file.library:
                folders.setdefault(file.library, set()).add(folder)
    for graph in (files, folders):
        cycle = find_cycle(graph)
        if cycle:
            path = tree.source_folder / cycle[0]
            tree.report(path, 1, "include cycle: " + " -> ".join(cycle))


def check_banned(tree):
    for file in tree.files.values():
        for pattern, rule, instead, allowed in BANNED:
            if file.is_test and rule in ALLOWED_IN_TESTS:
                continue
            if any(file.name == name or (name.endswith("/") and file.name.startswith(name)) for name in allowed):
                continue
            for match in re.finditer(pattern, file.code):
                tree.report(file.path, line_of(file.code, match.start()), f"`{match.group().strip()}` is banned here [{rule}]: use {instead}", rule)


def check_text(tree):
    for file in tree.files.values():
        lines_max = LINES_MAX.get(file.path.suffix)
        lines = file.text.count("\n")
        if lines_max and lines > lines_max:
            tree.report(file.path, lines, f"{lines} lines; at most {lines_max} [size]: split it", "size")
        if file.path.suffix == ".h" and "#pragma once" not in file.text:
            tree.report(file.path, 1, "a header starts with #pragma once")
        if file.path.suffix == ".h" and re.search(r"^using namespace", file.code, re.MULTILINE):
            tree.report(file.path, 1, "a header may not say `using namespace`")
        if BAD_FILE_NAME.search(file.path.stem):
            tree.report(file.path, 1, "name the file after the thing it holds [name]", "name")
        if not file.text.endswith("\n") or "\r" in file.text or "\t" in file.text:
            tree.report(file.path, 1, "spaces only, Unix line ends, a line end at the end")
        for match in re.finditer(r"\b(?:TODO|FIXME|XXX)\b(?!\(#\d+\))", file.text):
            tree.report(file.path, line_of(file.text, match.start()), "TODO needs an issue: TODO(#12)")


def check_listed(tree):
    """Every file is in its library's CMakeLists.txt and every header is included by someone."""
    included = {target for file in tree.files.values() for mark, target, _ in file.includes if mark == '"'}
    for folder in (tree.root / "tests", tree.root / "bench"):
        for path in list(folder.rglob("*.cc")) + list(folder.rglob("*.h")):
            included |= {match[2] for match in INCLUDE.finditer(path.read_text(encoding="utf-8"))}
    listed = {}
    for library in {file.library for file in tree.files.values() if file.library}:
        path = tree.source_folder / library / "CMakeLists.txt"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        listed[library] = set(re.findall(r"[\w./+-]+\.(?:cc|h)\b", re.sub(r"#[^\n]*", "", text)))
        for name in sorted(listed[library]):
            if f"{library}/{name}" not in tree.files:
                tree.report(path, 1, f"{name} does not exist")
    for file in tree.files.values():
        if file.library is None:
            continue
        is_listed_kind = file.path.suffix == ".cc" or (file.path.suffix == ".h" and not file.is_test)
        if is_listed_kind and file.name.split("/", 1)[1] not in listed[file.library]:
            tree.report(file.path, 1, f"not listed in src/{file.library}/CMakeLists.txt")
        if file.path.suffix in (".h", ".def") and file.name not in included:
            tree.report(file.path, 1, "nothing includes this file [dead]", "dead")


def check_machine_paths(tree):
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=tree.root, capture_output=True, check=False)
    for name in listing.stdout.decode().split("\0") if listing.returncode == 0 else []:
        path = tree.root / name
        if path.suffix not in (".cc", ".h", ".md", ".py", ".sh", ".cmake", ".txt", ".json", ".rs", ".toml", ".zql") or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        match = MACHINE_PATH.search(text)
        if match:
            tree.report(path, line_of(text, match.start()), f"`{match.group()}` is a path of one machine [path]", "path")


def check_exceptions(tree):
    for key, line in tree.exceptions.items():
        if key not in tree.exceptions_used:
            tree.report(tree.exceptions_path, line, f"{key[1]} does not need the exception `{key[0]}`")


def violations_of(root):
    tree = Tree(root)
    for check in (check_includes, check_cycles, check_banned, check_text, check_listed, check_machine_paths, check_exceptions):
        check(tree)
    return sorted(set(tree.violations)), len(tree.files)


def main():
    root = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    violations, files = violations_of(root)
    for name, line, message in violations:
        print(f"{name}:{line}: {message}")
    print(f"tidy: {files} files, {len(violations)} violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
