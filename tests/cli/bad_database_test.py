#!/usr/bin/env python3
"""Folders that are no database, databases that are in use or damaged, and full disks: a clear error, and never wrong rows."""

import glob
import os
import random
import shutil
import subprocess

import program
from program import compact, run

SEED = int(os.environ.get("SEED") or random.randrange(1 << 32))
DAMAGE = {"E1204", "E1205", "E1206", "E1208"}

DEFINITIONS = ("DEFINE TABLE item SCHEMAFULL ( n int, kind int, name string )", "DEFINE INDEX by_kind ON item (kind)")
READ = "SELECT n, kind, name FROM item ORDER BY n"
READ_INDEX = "SELECT count(*) FROM item WHERE kind = 3"
ROWS = 3000


def insert(first, count):
    rows = ", ".join(f"({n}, {n}, {n % 7}, 'item number {n}')" for n in range(first, first + count))
    return f"INSERT INTO item (id, n, kind, name) VALUES {rows}"


def expected_rows(count):
    return [[n, n % 7, f"item number {n}"] for n in range(count)]


class Refused(program.Case):
    def check_refused(self, path, code, **process):
        result = run(path, "-c", "SELECT 1", **process)
        self.check_error(result, 2, code)
        self.assertEqual(result.out, "")
        self.assertIn(os.path.basename(path), result.err)

    def test_a_file(self):
        file = self.write("notes.txt", "precious")
        self.check_refused(file, "E1208")
        with open(file) as kept:
            self.assertEqual(kept.read(), "precious")

    def test_a_folder_that_holds_something_else(self):
        file = self.write("notes.txt", "precious")
        self.check_refused(self.folder, "E1208")
        self.assertEqual(os.listdir(self.folder), [os.path.basename(file)])

    def test_a_folder_that_cannot_be_made(self):
        self.check_refused(self.path("absent/deeper/db"), "E1206")
        self.check_refused(self.write("file", "") + "/db", "E1206")

    def test_a_folder_without_permission(self):
        path = self.path("locked")
        os.mkdir(path, 0o700)
        process = {}
        if os.geteuid() == 0:
            # Root may do everything, so another user has to try.
            os.chmod(self.folder, 0o755)
            process = {"user": 65534, "group": 65534, "extra_groups": []}
            try:
                allowed = run("--version", **process).code == 0
            except OSError:
                allowed = False
            if not allowed:
                self.skipTest("another user may not run the binary where it lies")
        else:
            os.chmod(path, 0)
            self.addCleanup(os.chmod, path, 0o700)
        result = run(path, "-c", "SELECT 1", **process)
        self.check_code(result, 2)
        self.assertRegex(result.err, r"error\[E120[678]\]")

    def test_an_empty_folder_becomes_a_database(self):
        path = self.path("fresh")
        os.mkdir(path)
        self.check_code(compact("DEFINE TABLE t; CREATE t:1 SET a = 1", path=path), 0)
        self.assertEqual(compact("SELECT a FROM t", path=path).rows(), [[1]])

    def test_held_open_by_another_process(self):
        path = self.path("db")
        holder = program.start(path, "-c", "SELECT 'open' AS x", "-f", "-", "--format", "jsonl")
        try:
            self.assertEqual(holder.stdout.readline(), b'{"x":"open"}\n')
            self.check_refused(path, "E1207")
            out, err = holder.communicate(b"DEFINE TABLE t; CREATE t:1 SET a = 1 RETURNING a", timeout=program.HANGS_AFTER)
            self.assertEqual((holder.returncode, out), (0, b'{"a":1}\n'), err)
        finally:
            if holder.poll() is None:
                holder.kill()
                holder.communicate()
        self.assertEqual(compact("SELECT a FROM t", path=path).rows(), [[1]])

    def test_a_name_that_is_hard_to_print(self):
        path = self.path("d b\n\"ü'")
        self.check_code(compact("DEFINE TABLE t", path=path), 0)
        self.check_code(compact("SELECT * FROM t", path=path), 0)


class Damage(program.Case):
    """Every test damages a copy of one database that was written in two runs."""

    @classmethod
    def setUpClass(cls):
        cls.random = random.Random(SEED)
        cls.place = program.tempfile.mkdtemp(prefix="zerodb_cli_")
        cls.addClassCleanup(shutil.rmtree, cls.place, ignore_errors=True)
        cls.original = os.path.join(cls.place, "db")
        half = ROWS // 2
        for result in (compact(*DEFINITIONS, insert(0, half), path=cls.original), compact(insert(half, half), path=cls.original),
                       compact("SELECT 1", path=cls.original)):
            assert result.code == 0, result

    def copy(self):
        path = self.path("db")
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(self.original, path)
        return path

    def files(self, path, pattern):
        found = sorted(glob.glob(os.path.join(path, "**", pattern), recursive=True))
        return [file for file in found if os.path.getsize(file) > 0]

    def check_rows_or_error(self, path, what):
        """Reading gives all rows or an error with its exit code. Says which."""
        result = compact(READ, READ_INDEX, path=path, options=["--keep-going"])
        if result.code == 2:
            self.assertTrue(any(f"error[{code}]" in result.err for code in DAMAGE), f"{what}\n{result}")
            self.assertEqual(result.out, "", what)
            return "refused"
        self.assertIn(result.code, (0, 3), f"{what}\n{result}")
        lines = result.lines()
        self.assertEqual(len(lines), 2, what)
        for line, rows in zip(lines, (expected_rows(ROWS), [[len(range(3, ROWS, 7))]])):
            if "error" in line:
                self.assertIn(line["error"]["code"], DAMAGE, f"{what}\n{result}")
            else:
                self.assertTrue(line["rows"] == rows, f"{what}: {len(line['rows'])} rows, not the {len(rows)} that were written")
        self.assertEqual(result.code, 3 if any("error" in line for line in lines) else 0, what)
        return "failed" if result.code == 3 else "read"

    def test_reopened_it_gives_the_same_rows(self):
        path = self.copy()
        for _ in range(2):
            self.assertEqual(self.check_rows_or_error(path, "untouched"), "read")

    def test_flipped_bytes(self):
        given = {"read": 0, "failed": 0, "refused": 0}
        for pattern in ("*.sst", "*.sst", "*.sst", "*.log", "MANIFEST-*"):
            path = self.copy()
            files = self.files(path, pattern)
            if not files:
                continue
            file = self.random.choice(files)
            size = os.path.getsize(file)
            # A byte of the first three quarters: the end of a table holds counts that nobody reads back.
            at = self.random.randrange(max(1, size * 3 // 4))
            bit = 1 << self.random.randrange(8)
            with open(file, "r+b") as damaged:
                damaged.seek(at)
                byte = damaged.read(1)[0]
                damaged.seek(at)
                damaged.write(bytes([byte ^ bit]))
            given[self.check_rows_or_error(path, f"seed {SEED}: bit {bit} of byte {at} of {os.path.basename(file)} flipped")] += 1
        self.assertGreater(given["failed"] + given["refused"], 0, f"seed {SEED}: {given}")

    def test_every_block_of_the_rows_damaged(self):
        path = self.copy()
        tables = self.files(path, "*.sst")
        self.assertNotEqual(tables, [], "the second run should have left tables")
        for file in tables:
            with open(file, "r+b") as damaged:
                content = bytearray(damaged.read())
                for at in range(0, len(content) // 2, 100):
                    content[at] ^= 0x55
                damaged.seek(0)
                damaged.write(content)
        self.assertNotEqual(self.check_rows_or_error(path, "every table damaged"), "read")

    def test_a_table_removed(self):
        path = self.copy()
        for file in self.files(path, "*.sst"):
            os.remove(file)
        self.assertEqual(self.check_rows_or_error(path, "tables removed"), "refused")

    def test_manifest_cut_short(self):
        """The storage engine takes a manifest that was cut at its end for an older one, so what is read then may be an older state, but
        always one that was committed; a manifest that is gone is refused."""
        for share in (0, self.random.random(), 0.5, 0.99):
            path = self.copy()
            file = self.files(path, "MANIFEST-*")[-1]
            size = int(os.path.getsize(file) * share)
            os.truncate(file, size)
            what = f"seed {SEED}: {os.path.basename(file)} cut to {size} bytes"
            result = compact(READ, path=path)
            if result.code == 0:
                self.assertGreater(size, 0, what)
                rows = result.rows()
                self.assertIn(len(rows), (ROWS // 2, ROWS), what)
                self.assertTrue(rows == expected_rows(len(rows)), what)
            else:
                self.assertIn(result.code, (2, 3), f"{what}\n{result}")
                self.assertRegex(result.err + result.out, "E0201|E120[568]", what)

    def test_current_removed(self):
        path = self.copy()
        os.remove(os.path.join(path, "CURRENT"))
        result = run(path, "-c", READ)
        self.check_error(result, 2, "E1205")
        # Asking again must not have made a new, empty database meanwhile.
        self.check_error(run(path, "-c", READ), 2, "E1205")

    def test_current_names_nothing(self):
        path = self.copy()
        with open(os.path.join(path, "CURRENT"), "w") as current:
            current.write("MANIFEST-999999\n")
        self.assertEqual(self.check_rows_or_error(path, "CURRENT names nothing"), "refused")

    def test_unreadable_folder_in_place_of_a_file(self):
        path = self.copy()
        file = self.files(path, "*.sst")[0]
        os.remove(file)
        os.mkdir(file)
        self.assertEqual(self.check_rows_or_error(path, "a folder in place of a table"), "refused")


class FullDisk(program.Case):
    def mount(self, megabytes):
        if os.geteuid() != 0:
            self.skipTest("only root may mount a small disk")
        place = self.path("disk")
        os.mkdir(place)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", place], capture_output=True)
        if mounted.returncode != 0:
            self.skipTest("a small disk cannot be mounted here: " + mounted.stderr.decode())
        self.addCleanup(subprocess.run, ["umount", "-l", place], check=True)
        return place

    def test_full_disk(self):
        place = self.mount(40)
        ballast = os.path.join(place, "ballast")
        with open(ballast, "wb") as file:
            file.write(bytes(16 << 20))
        path = os.path.join(place, "db")
        letters = random.Random(SEED)
        text = "".join(f"INSERT INTO item (id, n, kind, name) VALUES ({n}, {n}, {n % 7}, '{letters.randbytes(100_000).hex()}');"
                       for n in range(200))
        script = self.write("fill.zql", ";".join(DEFINITIONS) + ";" + text)
        filled = compact(path=path, options=["-f", script])
        lines = filled.lines()
        self.check_code(filled, 3)
        self.assertEqual(lines[-1]["error"]["code"], "E1204", str(lines[-1]))
        done = len(lines) - 3
        self.assertGreater(done, 10)

        # Still full: either it does not open, or what was acknowledged is there.
        count = "SELECT count(*), min(n), max(n) FROM item"
        full = compact(count, path=path)
        if full.code == 2:
            self.assertRegex(full.err, r"error\[E120[46]\]")
        else:
            self.check_code(full, 0)
            self.assertEqual(full.rows(), [[done, 0, done - 1]])

        os.remove(ballast)
        again = compact(count, f"CREATE item:{done} SET n = {done}, kind = 1, name = 'fits'", count,
                        "SELECT count(*) FROM item WHERE length(name) = 200_000", path=path)
        self.check_code(again, 0)
        self.assertEqual(again.rows(0), [[done, 0, done - 1]])
        self.assertEqual(again.rows(2), [[done + 1, 0, done]])
        self.assertEqual(again.rows(3), [[done]])

    def test_writes_go_on_in_the_run_that_met_the_full_disk(self):
        place = self.mount(40)
        path = os.path.join(place, "db")
        letters = random.Random(SEED + 1)
        inserts = [f"INSERT INTO item (id, n, kind, name) VALUES ({n}, {n}, 1, '{letters.randbytes(400_000).hex()}')" for n in range(80)]
        result = compact(*DEFINITIONS, path=path, options=["-f", self.write("fill.zql", ";".join(inserts)), "-c",
                                                           "SELECT count(*) FROM item", "--keep-going"])
        self.check_code(result, 3)
        lines = result.lines()
        acknowledged = [line for line in lines[2:-1] if "affected" in line]
        refused = {line["error"]["code"] for line in lines[2:-1] if "error" in line}
        # Memory is written out and space can be won back while it goes on, so later writes may succeed again.
        self.assertEqual(refused, {"E1204"})
        self.assertEqual(lines[-1]["rows"], [[len(acknowledged)]])


if __name__ == "__main__":
    print(f"seed {SEED}", flush=True)
    program.main()
