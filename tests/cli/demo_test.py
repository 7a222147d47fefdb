#!/usr/bin/env python3
"""The demo on a small universe with every oddity of package lists."""

import os
import re

import program
from program import compact, run

STANZAS = [
    # The hub, with a priority of its own, in the largest section.
    """Package: libc6
Version: 2.36-9
Architecture: amd64
Section: libs
Priority: required
Maintainer: GNU Libc Maintainers <libc@lists.example.org>
Installed-Size: 13000
Size: 2700000
Depends: libgcc-s1
Description: GNU C Library: Shared libraries
 Contains the standard libraries.
 .
 Depends: not-a-field (this line goes on)
Tag: role::shared-lib, implemented-in::c,
 interface::commandline
""",
    # A maintainer with the address of another one, but with another name.
    "Package: libgcc-s1\nVersion: 12\nSection: libs\nPriority: optional\nMaintainer: Someone Else <libc@lists.example.org>\n"
    "Installed-Size: 140\nSize: 49000\nPre-Depends: libc6 (>= 2.35)\nDescription: support library\n",
    "Package: bash\nVersion: 5.2\nSection: shells\nPriority: required\nEssential: yes\nMaintainer: Shell Person <sh@example.org>\n"
    "Installed-Size: 7000\nSize: 1500000\nPre-Depends: libc6 (>= 2.36), libtinfo6\nDepends: base-files, debianutils\n"
    "Recommends: bash-completion\nSuggests: bash-doc\nDescription: shell\nTag: role::program\nHomepage: https://example.org/~bash/?a=1&b='2'\n",
    # No address, no name, nothing at all.
    "Package: libtinfo6\nVersion: 6\nSection: libs\nMaintainer: Nobody In Particular\nInstalled-Size: 500\nSize: 300\nDepends: libc6\n",
    "Package: base-files\nVersion: 12\nSection: admin\nSize: 100\nDescription: no maintainer\n",
    "Package: bare\n",
    # Alternatives, virtual packages that nothing is called, qualifiers of the architecture.
    "Package: debianutils\nVersion: 5\nSection: utils\nMaintainer: <only@example.org>\nDepends: mail-transport-agent | exim4 (>= 4) | libc6,\n"
    " awk, libc6:any (>= 1), libtinfo6 [amd64]\n",
    "Package: exim4\nVersion: 4\nSection: mail\nMaintainer: M < m@example.org >\nProvides: mail-transport-agent\nDepends: libc6 (>= 2), libc6 (<< 3)\n",
    # Depends on itself, and the same package twice.
    "Package: selfish\nVersion: 1\nSection: libs\nMaintainer: S <s@example.org>\nDepends: selfish, libc6, libc6 | bash\nSize: 5\n",
    # Malformed relations and numbers.
    "Package: broken\nVersion: 1\nSection: libs\nMaintainer: B <b@example.org>\nDepends: , | , (>= 2), :any, libc6 (>= , libtinfo6 )(\n"
    "Installed-Size: many\nSize: 99999999999999999999\nTag: ::, role::, untyped, role::program\n",
    "Package: negative\nVersion: 1\nSection: libs\nMaintainer: B <b@example.org\nInstalled-Size: -5\nSize: -1\n",
    # The same name again: the first one counts.
    "Package: bash\nVersion: 9.9\nSection: libs\nMaintainer: Late <late@example.org>\nDepends: selfish\nSize: 1\n",
    # No name.
    "Version: 1\nSection: libs\nDepends: libc6\n",
    "Package: quo'te\nVersion: 1~rc1+b'2'\nSection: it's\nMaintainer: O'Hara \"The\" Fox <o'hara@example.org>\nDescription: \"quoted\" \\ back\n",
    "Package: ünï-日本\nVersion: 1\nSection: libs\nMaintainer: Jürgen Müller <j@example.org>\nDescription: ünïcode\nDepends: libc6\n",
    "Package: huge\nVersion: 1\nSection: games\nMaintainer: Big <big@example.org>\nInstalled-Size: 5000000\nSize: 900000000\nDepends: libc6, bash\n",
    "package: lowercase\nVersion: 1\nNo colon here\n: nothing before\nPackage: lower\nSection: libs\nMaintainer: L <l@example.org>\n",
]
for number in range(15):
    STANZAS.append(f"Package: lib{number:02}\nVersion: 1.{number}\nSection: libs\nPriority: optional\nMaintainer: M{number % 3} <m{number % 3}@example.org>\n"
                   f"Installed-Size: {number * 20_000}\nSize: {number * 1000}\nDepends: libc6, lib{max(number - 1, 0):02}\nTag: role::shared-lib\n")

QUESTIONS = 8


class Demo(program.Case):
    def data(self, text=None, name="packages"):
        return self.write(name, "\n".join(STANZAS) if text is None else text)

    def demo(self, *arguments, data=None, path=None):
        return run("demo", "--data", data or self.data(), "--path", path or self.path("demo"), *arguments)

    def check_right(self, result, packages=30):
        self.check_code(result, 0)
        self.assertEqual(result.err, "", str(result))
        self.assertIn(f"{packages} packages", result.out)
        right = result.out.count("equal to the answer counted from the input")
        self.assertGreaterEqual(right, QUESTIONS)
        self.assertIn(f"All {right} answers are right", result.out)
        self.assertEqual(len(re.findall(r"\d+\.\d{3} ms, (?:interpreter|wasm|auto), ", result.out)), right)

    def test_first_second_and_fresh_run(self):
        first = self.demo()
        self.check_right(first)
        self.assertIn("kept in", first.out)
        second = self.demo()
        self.check_right(second)
        self.assertIn("loaded before", second.out)
        self.assertNotIn("kept in", second.out)
        fresh = self.demo("--fresh")
        self.check_right(fresh)
        self.assertIn("kept in", fresh.out)

    def test_what_was_loaded(self):
        self.check_right(self.demo())
        path = self.path("demo")
        result = compact("SELECT version FROM package:bash", "SELECT count(*) FROM package", "SELECT priority, summary FROM package:libc6",
                         "SELECT p.name FROM MATCH package:selfish <- depends <- package AS p",
                         "SELECT p.name FROM MATCH package:debianutils -> depends -> package AS p ORDER BY p.name",
                         "SELECT installed_kib, size_bytes FROM package:broken", "SELECT maintainer.name AS m, homepage FROM package:bare",
                         "SELECT maintainer.name AS m, maintainer.email AS e FROM package:debianutils",
                         "SELECT control.facets.interface AS f FROM package:libc6", "SELECT section FROM package:'quo''te'", path=path)
        self.check_code(result, 0)
        self.assertEqual([line["rows"] for line in result.lines()],
                         [[["5.2"]], [[30]], [["required", "GNU C Library: Shared libraries"]], [["selfish"]],
                          [["exim4"], ["libc6"], ["libtinfo6"]], [[None, 0]], [["", None]], [["", "only@example.org"]], [[["commandline"]]],
                          [["it's"]]])

    def test_other_data_load_again(self):
        self.check_right(self.demo())
        few = self.data("\n".join(STANZAS[:3]), "few")
        self.check_right(self.demo(data=few), packages=3)
        self.check_right(self.demo())

    def test_without_the_usual_hub(self):
        text = "Package: o'ne\nVersion: 1\nSection: it's\nMaintainer: A <a@example.org>\n\nPackage: two\nSection: it's\nDepends: o'ne\n"
        self.check_right(self.demo(data=self.data(text, "hubless")), packages=2)

    def test_one_package(self):
        self.check_right(self.demo(data=self.data("Package: lonely", "one")), packages=1)

    def test_blank_lines_and_line_ends(self):
        text = "\n\n\n" + "\n\n\n".join(STANZAS) + "\n\n\n"
        self.check_right(self.demo(data=self.data(text, "airy")))

    def test_data_that_hold_nothing(self):
        for name, text in (("empty", ""), ("blank", "\n\n \n"), ("prose", "This is no list of packages.\n\nNor is this.\n")):
            result = self.demo(data=self.data(text, name))
            self.check_code(result, 1)
            self.assertRegex(result.err, r"error\[E1206\]: .*" + name + " holds no package")
            self.assertFalse(os.path.exists(self.path("demo")))

    def test_data_that_cannot_be_read(self):
        for name in (self.path("absent"), self.folder):
            result = self.demo(data=name)
            self.check_code(result, 1)
            self.assertIn("cannot read " + name, result.err)

    def test_data_that_are_not_utf8(self):
        result = self.demo(data=self.write("latin", b"Package: libc6\nVersion: 1\nSection: libs\nMaintainer: J\xfcrgen <j@example.org>\n"
                                                    b"\nPackage: caf\xe9\nDepends: libc6\n"))
        self.check_code(result, 1)
        self.assertIn("UTF-8", result.err)

    def test_a_folder_that_holds_something_else(self):
        data = self.data()
        place = self.path("home")
        os.mkdir(place)
        precious = self.write("home/precious.txt", "precious")
        for options in ([], ["--fresh"]):
            result = self.demo(*options, data=data, path=place)
            self.check_error(result, 2, "E1208")
            with open(precious) as kept:
                self.assertEqual(kept.read(), "precious")
        result = self.demo("--fresh", data=data, path=precious)
        self.check_error(result, 2, "E1208")
        with open(precious) as kept:
            self.assertEqual(kept.read(), "precious")

    def test_a_database_that_holds_something_else(self):
        path = self.path("other")
        self.check_code(compact("DEFINE TABLE mine SCHEMALESS; CREATE mine:1 SET a = 1", path=path), 0)
        self.check_error(self.demo(path=path), 2, "E1208")
        self.assertEqual(compact("SELECT a FROM mine", path=path).rows(), [[1]])
        self.check_right(self.demo("--fresh", path=path))

    def test_a_database_in_use(self):
        self.check_right(self.demo())
        path = self.path("demo")
        holder = program.start(path, "-c", "SELECT 'open' AS x", "-f", "-", "--format", "jsonl")
        try:
            self.assertEqual(holder.stdout.readline(), b'{"x":"open"}\n')
            for options in ([], ["--fresh"]):
                self.check_error(self.demo(*options), 2, "E1207")
        finally:
            holder.communicate(timeout=program.HANGS_AFTER)
        self.check_right(self.demo())

    def test_an_interrupted_load_is_begun_again(self):
        data = self.data()
        cache = self.path("cache")
        self.check_code(compact("DEFINE TABLE package SCHEMALESS", path=self.made(cache, "zerodb/demo")), 0)
        result = run("demo", "--data", data, env=program.environment(XDG_CACHE_HOME=cache))
        self.check_right(result)
        self.assertTrue(os.path.exists(os.path.join(cache, "zerodb", "demo", "CURRENT")))

    def made(self, *parts):
        path = os.path.join(*parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def test_on_a_terminal(self):
        terminal = program.Terminal("demo", "--data", self.data(), "--path", self.path("demo"))
        self.addCleanup(terminal.close)
        terminal.expect("30 packages")
        terminal.expect("100 %")
        terminal.expect("┌")
        terminal.expect("answers are right")
        self.assertEqual(terminal.wait(), 0)


if __name__ == "__main__":
    program.main()
