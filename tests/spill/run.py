#!/usr/bin/env python3
"""Joins and sorts far larger than their memory: a join of ROWS with ROWS and a sort of twice as many under 256 MiB, then both on a disk that is full.

    run.py ZERODB FOLDER [--rows 5000000]

The rows, the sum of the join and the order of the sort are computed here, too. On the full disk, a file system in memory with little left on it,
both must fail with E1204, leave its use as it was, and the store must open, count right and pass check-store. Mounting takes root or a
user namespace of one's own. Takes five minutes, and a gigabyte of disk and half of one of memory, for 5,000,000 rows. Exit code 1 if anything is not as it must be.
"""

import argparse
import array
import itertools
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

STATEMENT_MIB = 256
# What is free on the full disk, less than either statement writes.
FREE_MIB = 20
JOIN = "SELECT count(*), sum(a.x), sum(b.y), sum(a.x * b.y % 1000) FROM a JOIN b ON a.k = b.k"
SORT = "SELECT v, w FROM c ORDER BY v"


def prime_from(number):
    def is_prime(candidate):
        return all(candidate % divisor for divisor in range(2, int(candidate**0.5) + 1))

    while not is_prime(number):
        number += 1
    return number


class Rows:
    """Three tables without a random number: keys are multiples modulo a prime, so that each occurs once and none stands where it belongs."""

    def __init__(self, count):
        self.count = count
        self.prime, self.sorted_prime = prime_from(count + 1), prime_from(2 * count + 1)

    def a_key(self, number):
        return number * 2654435 % self.prime

    def b_key(self, number):
        return (number * 3141593 + 77) % self.prime

    def c_value(self, number):
        return number * 7654321 % self.sorted_prime

    def join_answer(self):
        place = array.array("q", [-1]) * self.prime
        for number in range(self.count):
            place[self.a_key(number)] = number
        count = x_sum = y_sum = product_sum = 0
        for number in range(self.count):
            other = place[self.b_key(number)]
            if other >= 0:
                x, y = 3 * other, 5 * number
                count, x_sum, y_sum, product_sum = count + 1, x_sum + x, y_sum + y, product_sum + x * y % 1000
        return f"{count},{x_sum},{y_sum},{product_sum}"

    def sorted_lines(self):
        """Each value was made from one number, which the inverse of the factor gives back."""
        inverse = pow(7654321, -1, self.sorted_prime)
        for value in range(self.sorted_prime):
            number = value * inverse % self.sorted_prime
            if number < 2 * self.count:
                yield f"{value},w{number}\n"


class Trial:
    def __init__(self, options):
        self.zerodb, self.folder = options.zerodb, options.folder
        self.store = self.folder / "store"
        self.failures = 0

    def expect(self, holds, text):
        print(f"{'right' if holds else 'WRONG'}: {text}", flush=True)
        if not holds:
            self.failures += 1

    def run(self, store, text, output=subprocess.DEVNULL):
        """The exit code, what it complained of, and the most memory of the process in MiB."""
        start = time.monotonic()
        command = [self.zerodb, store, "--memory", "64MiB", "-X", "-q", "--format", "csv", "-c", text]
        with (self.folder / "errors").open("w+") as errors:
            process = subprocess.Popen(command, stdout=output, stderr=errors)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            errors.seek(0)
            complaint = errors.read().strip()
        print(f"       {time.monotonic() - start:.1f} s, the process took {usage.ru_maxrss // 1024} MiB at most")
        return process.returncode, complaint, usage.ru_maxrss // 1024

    def answer(self, store, text):
        with (self.folder / "answer").open("w+") as file:
            code, complaint, memory = self.run(store, text, file)
            file.seek(0)
            return file.read() if code == 0 else complaint, memory


def limited(query):
    return f"SET statement.memory = {STATEMENT_MIB << 20}; {query};"


def load(trial, rows):
    tables = {
        "a": (rows.count, "n,k,x", lambda n: f"{n},{rows.a_key(n)},{3 * n}\n"),
        "b": (rows.count, "n,k,y", lambda n: f"{n},{rows.b_key(n)},{5 * n}\n"),
        "c": (2 * rows.count, "n,v,w", lambda n: f"{n},{rows.c_value(n)},w{n}\n"),
    }
    for name, (count, header, line) in tables.items():
        file = trial.folder / f"{name}.csv"
        with file.open("w") as out:
            out.write(header + "\n")
            out.writelines(map(line, range(count)))
        _, first, second = header.split(",")
        kind = "string" if name == "c" else "i64"
        text = f"DEFINE TABLE {name} SCHEMAFULL ( {first} i64, {second} {kind} ) KEY (n i64); COPY {name} FROM '{file}' WITH (format = 'csv'); ANALYZE {name};"
        code, complaint, _ = trial.run(trial.store, text)
        file.unlink()
        trial.expect(code == 0, f"{count} rows in {name} {complaint}")


def try_limits(trial, rows):
    answer, memory = trial.answer(trial.store, limited(JOIN))
    trial.expect(answer.splitlines()[-1] == rows.join_answer(), f"join of {rows.count} with {rows.count} rows: {answer.splitlines()[-1]}")
    trial.expect(memory <= STATEMENT_MIB, f"its memory: {memory} MiB")

    path = trial.folder / "sorted"
    with path.open("w") as out:
        code, complaint, memory = trial.run(trial.store, limited(SORT), out)
    trial.expect(code == 0, f"sort of {2 * rows.count} rows {complaint}")
    with path.open() as lines:
        next(lines, None)
        wrong = sum(line != due for line, due in itertools.zip_longest(lines, rows.sorted_lines()))
    trial.expect(wrong == 0, f"{wrong} of the sorted rows are wrong, missing or too many")
    trial.expect(memory <= STATEMENT_MIB, f"its memory: {memory} MiB")
    path.unlink()

    for name, query in (("join", JOIN), ("sort", SORT)):
        plan, _ = trial.answer(trial.store, limited("EXPLAIN ANALYZE " + query))
        spilled = re.search(r"spilled ([\d.]+) KiB, held ([\d.]+) KiB", plan)
        trial.expect(spilled is not None, f"{name}: {spilled.group() if spilled else plan}")


def try_full_disk(trial, rows, mount):
    used = int(subprocess.check_output(["du", "-sm", trial.store], text=True).split()[0])
    for name, query in (("join", JOIN), ("sort", SORT)):
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={used + FREE_MIB}m", "tmpfs", mount], check=True)
        try:
            store = mount / "store"
            shutil.copytree(trial.store, store)
            before = os.statvfs(mount).f_bfree
            code, complaint, _ = trial.run(store, limited(query))
            trial.expect(code == 3 and "E1204" in complaint, f"{name} on a full disk: {complaint}")
            after = os.statvfs(mount).f_bfree
            trial.expect(abs(after - before) <= 16, f"{name}: {before} blocks were free before, {after} are after")
            counts, _ = trial.answer(store, "SELECT count(*) FROM a; SELECT count(*) FROM c;")
            numbers = [line for line in counts.splitlines() if line.isdigit()]
            trial.expect(numbers == [str(rows.count), str(2 * rows.count)], f"{name}: the tables have {' and '.join(numbers)} rows after it")
            proof = subprocess.run([trial.zerodb, "check-store", store], stdout=subprocess.PIPE, text=True, check=False)
            trial.expect(proof.returncode == 0, f"{name}: {proof.stdout.strip()}")
        finally:
            subprocess.run(["umount", mount], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("zerodb", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=5_000_000)
    options = parser.parse_args()
    options.zerodb, options.folder = options.zerodb.resolve(), options.folder.resolve()
    if os.geteuid() != 0:
        # Root in namespaces of its own, in which the mounts stay.
        os.execvp("unshare", ["unshare", "--user", "--mount", "--map-root-user", sys.executable, "-B", *sys.argv])
    shutil.rmtree(options.folder, ignore_errors=True)
    mount = options.folder / "full"
    mount.mkdir(parents=True)
    trial, rows = Trial(options), Rows(options.rows)
    load(trial, rows)
    try_limits(trial, rows)
    try_full_disk(trial, rows, mount)
    shutil.rmtree(options.folder)
    print(f"{trial.failures} failures")
    return 1 if trial.failures else 0


if __name__ == "__main__":
    sys.exit(main())
