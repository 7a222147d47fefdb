#!/usr/bin/env python3
"""check-store, backup and restore: what they say, what they refuse, and that what is restored is what was there."""

import os

import program
from program import compact, run

DEFINITIONS = (
    "DEFINE TABLE person SCHEMAFULL ( name string UNIQUE, age int )",
    "DEFINE INDEX by_age ON person (age)",
    "INSERT INTO person (id, name, age) VALUES (1, 'Ann', 40), (2, 'Bo', 7)",
)
READ = "SELECT id, name, age FROM person ORDER BY id"


class Store(program.Case):
    def make(self):
        path = self.path("db")
        self.check_code(compact(*DEFINITIONS, path=path), 0)
        return path

    def check_refused(self, result, exit_code, code):
        self.check_error(result, exit_code, code)
        self.assertEqual(result.out, "")

    def test_a_sound_store(self):
        result = run("check-store", self.make())
        self.check_code(result, 0)
        self.assertIn("1 databases, 1 tables, 2 records, 4 index entries", result.out)
        self.assertIn("no problem", result.out)

    def test_less_memory_than_a_database_needs(self):
        result = run("--memory", "63MiB", self.path("db"), "-c", "SELECT 1")
        self.check_code(result, 1)
        self.assertIn("--memory", result.err)
        self.assertEqual(os.listdir(self.folder), [])
        self.check_code(run("--memory", "64MiB", self.path("db"), "-c", "SELECT 1"), 0)

    def test_no_store(self):
        self.check_refused(run("check-store", self.path("absent")), 2, "E1208")
        self.check_refused(run("backup", self.path("absent"), "TO", self.path("backups")), 2, "E1208")
        self.assertEqual(os.listdir(self.folder), [])

    def test_backup_and_restore(self):
        path, backups, copy = self.make(), self.path("backups"), self.path("copy")
        self.check_code(run("backup", path, "TO", backups), 0)
        self.check_code(compact("CREATE person:3 SET name = 'Cy', age = 1", path=path), 0)
        self.check_code(run("backup", path, backups), 0)
        self.check_code(compact("DELETE FROM person WHERE true", path=path), 0)
        listed = run("restore", backups, "--list")
        self.check_code(listed, 0)
        self.assertEqual([line.split("\t")[0] for line in listed.out.splitlines()], ["1", "2"])
        self.check_code(run("restore", backups, "TO", copy), 0)
        rows = compact(READ, path=copy)
        self.assertEqual(rows.rows(), [["person:1", "Ann", 40], ["person:2", "Bo", 7], ["person:3", "Cy", 1]])
        self.check_code(run("check-store", copy), 0)

    def test_folders_that_hold_something(self):
        path, backups = self.make(), self.path("backups")
        self.check_refused(run("backup", path, "TO", path), 3, "E1208")
        self.check_code(run("backup", path, "TO", backups), 0)
        self.check_refused(run("restore", backups, "TO", path), 3, "E1208")
        self.check_refused(run("restore", path, "TO", self.path("copy")), 3, "E1208")
        self.assertEqual(compact(READ, path=path).rows(), [["person:1", "Ann", 40], ["person:2", "Bo", 7]])

    def test_usage(self):
        self.check_code(run("backup", self.path("db")), 1)
        self.check_code(run("restore", "a", "b", "c", "d"), 1)
        self.check_code(run("check-store"), 1)


if __name__ == "__main__":
    program.main()
