#!/usr/bin/env python3
"""Plants one violation of each rule of tidy.py into a small tree and expects exactly its message; the clean tree must pass."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
import tidy  # noqa: E402

CLEAN = {
    "src/layers.txt": "# lowest first\nbase: | fmt\nvalue: base | simdjson\nexec: base value | zerodb_native\n",
    "src/base/CMakeLists.txt": "zerodb_library(base SOURCES clock.cc HEADERS clock.h)\n",
    "src/base/clock.h": "#pragma once\n",
    "src/base/clock.cc": '#include "base/clock.h"\n#include <chrono>\nauto now() { return std::chrono::system_clock::now(); }\n',
    "src/value/CMakeLists.txt": "zerodb_library(value SOURCES value.cc HEADERS value.h TESTS value_test.cc)\n",
    "src/value/value.h": '#pragma once\n#include "base/clock.h"\n',
    "src/value/value.cc": '#include "value/value.h"\n#include <fmt/format.h>\n#include <simdjson.h>\n#include <sys/stat.h>\n',
    "src/value/value_test.cc": '#include "value/value.h"\n#include <gtest/gtest.h>\n',
    "src/exec/CMakeLists.txt": "zerodb_library(exec SOURCES run.cc)\n",
    "src/exec/run.cc": '#include "value/value.h"\n#include <wasmtime.h>\nint a = 1\'000;  // time(0), TODO(#7)\n',
}


class TidyTest(unittest.TestCase):
    def check(self, planted, *expected):
        """With these files added or replaced (None removes one), the violations are those whose text contains each of `expected`."""
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name, text in {**CLEAN, **planted}.items():
                if text is not None:
                    (root / name).parent.mkdir(parents=True, exist_ok=True)
                    (root / name).write_text(text, encoding="utf-8")
            found = [f"{name}:{line}: {message}" for name, line, message in tidy.violations_of(root)[0]]
        self.assertEqual(len(found), len(expected), found)
        for part in expected:
            self.assertTrue(any(part in violation for violation in found), f"no `{part}` in {found}")

    def append(self, name, text):
        return {name: CLEAN[name] + text}

    def test_clean_tree(self):
        self.check({})

    def test_layers(self):
        self.check(self.append("src/base/clock.cc", '#include "value/value.h"\n'), 'clock.cc:4: base may not include "value/value.h"', "include cycle: base")
        self.check({"src/layers.txt": "base: value | fmt\nvalue: base | simdjson\nexec: base value | zerodb_native\n"}, "layers.txt:1: base may not depend on value")
        self.check({"src/layers.txt": "base: | fmt\nvalue: base | simdjson\n"}, "exec has no row")
        self.check({"src/layers.txt": CLEAN["src/layers.txt"] + "what is this\n"}, "layers.txt:5: a row is")

    def test_third_party(self):
        self.check(self.append("src/exec/run.cc", "#include <simdjson.h>\n"), "run.cc:4: exec may not include <simdjson.h>")
        self.check(self.append("src/value/value.cc", "#include <rocksdb/db.h>\n"), "src/layers.txt does not list rocksdb")
        self.check(self.append("src/value/value.cc", "#include <boost/asio.hpp>\n"), "belongs to no library")
        self.check(self.append("src/value/value.cc", "#include <gtest/gtest.h>\n"), "is for tests")

    def test_includes(self):
        self.check(self.append("src/value/value.cc", '#include "clock.h"\n'), '"clock.h" is no file below src/')
        self.check(
            {"src/value/value.h": '#pragma once\n#include "value/other.h"\n', "src/value/other.h": '#pragma once\n#include "value/value.h"\n',
             "src/value/CMakeLists.txt": "zerodb_library(value SOURCES value.cc HEADERS other.h value.h TESTS value_test.cc)\n",
             "src/exec/run.cc": '#include "base/clock.h"\n'},
            "include cycle: value/other.h -> value/value.h -> value/other.h")

    def test_banned(self):
        for text, instead in [
            ("auto t = std::chrono::steady_clock::now();", "base/clock.h"),
            ("auto t = std::time(nullptr);", "base/clock.h"),
            ("std::random_device d;", "base/random.h"),
            ("int r = rand();", "base/random.h"),
            ("std::thread t;", "tidy_exceptions.txt"),
            ("std::jthread t;", "tidy_exceptions.txt"),
            ("auto* b = dynamic_cast<B*>(a);", "variant"),
            ("auto& i = typeid(a);", "variant"),
            ("void f() { std::cout << 1; }", "cli/"),
            ("void f() { printf(x); }", "cli/"),
            ("void f() { std::this_thread::sleep_for(x); }", "fake clock"),
            ("void f() { std::abort(); }", "ASSERT"),
            ("auto* h = std::getenv(x);", "cli/"),
            ("int i = atoi(x);", "C++"),
        ]:
            self.check(self.append("src/value/value.cc", text + "\n"), instead)
            self.check(self.append("src/value/value.cc", f"// {text}\nconst char* s = \"{text}\"; /* {text}\n{text} */\n"))

    def test_allowed_words(self):
        self.check(self.append("src/value/value.cc", "int strand(); int run() { return strand(); }\nvoid snprintf(); using X = std::thread::id;\n"))

    def test_tests_may_do_more(self):
        self.check(self.append("src/value/value_test.cc", "std::thread t; void f() { printf(x); _exit(1); getenv(x); }\n"))
        self.check(self.append("src/value/value_test.cc", "int r = rand();\n"), "base/random.h")

    def test_sizes(self):
        self.check(self.append("src/value/value.cc", "\n" * 1000), "1004 lines; at most 1000")
        self.check(self.append("src/value/value.h", "\n" * 400), "402 lines; at most 400")

    def test_text(self):
        self.check({"src/base/clock.h": "\n"}, "#pragma once")
        self.check(self.append("src/value/value.h", "using namespace std;\n"), "using namespace")
        self.check(self.append("src/value/value.cc", "// TODO later\n"), "value.cc:5: TODO needs an issue")
        self.check(self.append("src/value/value.cc", "int a;"), "line end")
        self.check(self.append("src/value/value.cc", "\tint a;\n"), "spaces only")

    def test_listed(self):
        self.check({"src/value/more.cc": "int a;\n"}, "more.cc:1: not listed in src/value/CMakeLists.txt")
        self.check({"src/value/value_test.cc": None}, "value_test.cc does not exist")
        self.check(
            {"src/value/dead.h": "#pragma once\n",
             "src/value/CMakeLists.txt": "zerodb_library(value SOURCES value.cc HEADERS dead.h value.h TESTS value_test.cc)\n"},
            "dead.h:1: nothing includes")
        self.check({"src/value/oracle_test.h": "#pragma once\n", **self.append("src/value/value_test.cc", '#include "value/oracle_test.h"\n')})
        self.check({"src/value/codes.def": "X(1)\n"}, "codes.def:1: nothing includes")

    def test_names(self):
        self.check(
            {"src/value/value_manager.cc": "int a;\n",
             "src/value/CMakeLists.txt": "zerodb_library(value SOURCES value.cc value_manager.cc HEADERS value.h TESTS value_test.cc)\n"},
            "name the file after")

    def test_machine_paths(self):
        for text, found in [("see /" + "root/x", True), ("in /" + "home/me/x", True), ("${HOME}/" + "work/x", False), ("/etc/passwd", False)]:
            self.assertEqual(bool(tidy.MACHINE_PATH.search(text)), found, text)

    def test_exceptions(self):
        thread = self.append("src/value/value.cc", "std::thread t;\n")
        self.check({**thread, "tools/tidy_exceptions.txt": "# why\nthread src/value/value.cc joined by nobody in this test\n"})
        self.check({"tools/tidy_exceptions.txt": "thread src/value/value.cc it has none\n"}, "does not need the exception")
        self.check({**thread, "tools/tidy_exceptions.txt": "thread src/value/value.cc\n"}, "an exception is", "is banned here [thread]")


if __name__ == "__main__":
    unittest.main()
