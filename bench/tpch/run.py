#!/usr/bin/env python3
"""TPC-H: all 22 queries over the same rows in zerodb and its peers, answers compared, times side by side.

    python3 bench/tpch/run.py [--scale 0.1] [--runs 3] [--peers sqlite,postgres,duckdb] [--zerodb PATH] [--work FOLDER]
                              [--patience 60]

`make tpch` has all that it needs but PostgreSQL's programs, for the peer postgres. Every engine has
the primary keys, keeps the data in files and has looked at its statistics (ANALYZE). SQLite and PostgreSQL also have
indexes on the foreign keys, without which they take minutes for some of the queries; the other two have none. Each query runs once to warm up and then --runs times in a row in one session; the figure is the
median, in milliseconds, with rows fetched. The answers must be equal to DuckDB's: texts and dates exactly, numbers
within a millionth. Exit code 1 if one differs.

The queries are those of the TPC-H specification with its validation parameters, joins written as JOIN
(queries/q01.zql to q22.zql); the peers get the same texts with the few forms replaced that their SQL spells differently.
"""

import argparse
import contextlib
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
FOREIGN_KEYS = "o_custkey l_partkey,l_suppkey l_suppkey ps_suppkey s_nationkey c_nationkey n_regionkey".split()
TABLES = "region nation part supplier partsupp customer orders lineitem".split()


def queries():
    return [(HERE / "queries" / f"q{n:02}.zql").read_text().strip().rstrip(";") for n in range(1, 23)]


def columns(table):
    """Names and zeroql types of a table's columns and the names of its key, from schema.zql."""
    text = re.sub(r"\s+", " ", (HERE / "schema.zql").read_text())
    found = re.search(rf"DEFINE TABLE {table} SCHEMAFULL \((.*?)\) KEY \(([^)]*)\);", text)
    fields, key = (re.findall(r"(\w+) ([a-z]+(?:<[^>]*>)?)", part) for part in found.groups())
    return dict(key) | dict(fields), [name for name, _ in key]


def sql(query, dialect):
    """The query in the peer's SQL."""
    date, year = {
        "sqlite": (r"'\1'", r"cast(substr(\1, 1, 4) AS integer)"),
        "duckdb": (r"DATE '\1'", r"extract(year FROM \1)"),
        "postgres": (r"DATE '\1'", r"extract(year FROM \1)"),
    }[dialect]
    query = re.sub(r"\bd'([^']*)'", date, query)
    query = re.sub(r"time::year\((\w+)\)", year, query)
    query = re.sub(r"(\w+)\[0\.\.2\]", r"substr(\1, 1, 2)", query)
    return re.sub(r"(\d\.\d+)dec\b", r"\1", query)


def create_tables(dialect, data):
    types = {"string": "text", "datetime": "date", "int": "integer"}
    if dialect == "sqlite":
        types["datetime"] = "text"
    for table in TABLES:
        fields, key = columns(table)
        with open(data / f"{table}.csv") as file:
            order = file.readline().strip().split(",")
        types_of = lambda t: "real" if dialect == "sqlite" and t.startswith("decimal") else types.get(
            t, t.replace("<", "(").replace(">", ")"))
        body = ", ".join(f"{name} {types_of(fields[name])} NOT NULL" for name in order)
        yield f"CREATE TABLE {table} ({body}, PRIMARY KEY ({', '.join(key)}))"


def create_indexes():
    tables = {"o": "orders", "l": "lineitem", "ps": "partsupp", "s": "supplier", "c": "customer", "n": "nation"}
    for i, names in enumerate(FOREIGN_KEYS):
        yield f"CREATE INDEX foreign_key_{i} ON {tables[names.split('_')[0]]} ({names})"


class Peer:
    """An engine with the data loaded. `run` gives the rows of a query and the seconds of each run; one run over the
    patience gives no rows and the patience."""

    title = ""
    patience = 60.0

    def run(self, query, runs):
        times = []
        rows = self.fetch(query)
        if rows is None:
            return None, [self.patience]
        for _ in range(runs):
            begin = time.perf_counter()
            rows = self.fetch(query)
            times.append(time.perf_counter() - begin)
        return rows, times

    def close(self):
        pass


class DuckDB(Peer):
    def __init__(self, data, work):
        import duckdb

        self.title = f"DuckDB {duckdb.__version__}"
        self.connection = duckdb.connect(str(work / "duck.db"))
        for statement in create_tables("duckdb", data):
            self.connection.execute(statement)
        for table in TABLES:
            self.connection.execute(f"COPY {table} FROM '{data / table}.csv' (HEADER)")
        self.connection.execute("ANALYZE")

    def fetch(self, query):
        return self.connection.execute(sql(query, "duckdb")).fetchall()


class SQLite(Peer):
    def __init__(self, data, work):
        import csv

        self.title = f"SQLite {sqlite3.sqlite_version}"
        self.connection = sqlite3.connect(work / "sqlite.db")
        self.connection.execute("PRAGMA cache_size = -1000000")
        for statement in create_tables("sqlite", data):
            self.connection.execute(statement)
        for table in TABLES:
            with open(data / f"{table}.csv", newline="") as file:
                rows = csv.reader(file)
                width = len(next(rows))
                self.connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * width)})", rows)
        for statement in create_indexes():
            self.connection.execute(statement)
        self.connection.commit()
        self.connection.execute("ANALYZE")
        self.connection.execute("PRAGMA case_sensitive_like = ON")

    def fetch(self, query):
        end = time.monotonic() + self.patience
        self.connection.set_progress_handler(lambda: time.monotonic() > end, 1_000_000)
        try:
            return self.connection.execute(sql(query, "sqlite")).fetchall()
        except sqlite3.OperationalError:
            return None


class Postgres(Peer):
    """A server of one's own on a free port of the loopback device; psql's \\timing gives the times."""

    def __init__(self, data, work):
        self.bin = next(iter(sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))), None)
        if self.bin is None:
            raise FileNotFoundError("no PostgreSQL under /usr/lib/postgresql")
        self.folder = work / "postgres"
        self.user = []
        if os.geteuid() == 0:  # the server refuses to run as root
            shutil.chown(work, "postgres")
            work.chmod(0o755)
            self.user = ["runuser", "-u", "postgres", "--"]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = str(probe.getsockname()[1])
        self.call("initdb", "-D", self.folder, "-A", "trust", "-U", "bench", "-E", "UTF8", "--locale=C")
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' " \
                  "-c shared_buffers=2GB -c work_mem=256MB -c max_wal_size=8GB"
        self.call("pg_ctl", "-D", self.folder, "-o", options, "-l", work / "postgres.log", "-w", "start")
        self.title = self.call("postgres", "--version").strip().replace("postgres (PostgreSQL)", "PostgreSQL")
        script = ";\n".join(create_tables("postgres", data)) + ";\n"
        for table in TABLES:
            script += f"\\copy {table} from '{data / table}.csv' csv header\n"
        self.psql(script + ";\n".join(create_indexes()) + ";\nVACUUM ANALYZE;\n")

    def call(self, program, *arguments):
        # Output goes to a file: the server that pg_ctl leaves behind would hold a pipe open.
        with open(self.folder.parent / "output", "w+") as out:
            subprocess.run([*self.user, self.bin / program, *arguments], check=True, stdout=out, cwd="/")
            out.seek(0)
            return out.read()

    def psql(self, script):
        command = ["psql", "-X", "-q", "-h", "127.0.0.1", "-p", self.port, "-U", "bench", "-d", "postgres",
                   "-v", "ON_ERROR_STOP=1", "-A", "-t", "-F", "\x1f"]
        return subprocess.run(command, input=script, text=True, capture_output=True, check=True).stdout

    def run(self, query, runs):
        text = sql(query, "postgres") + ";\n"
        patience = f"SET statement_timeout = {self.patience * 1000:.0f};\n"
        try:
            out = self.psql(patience + text + "\\o /dev/null\n\\timing on\n" + text * runs)
        except subprocess.CalledProcessError as error:
            if "statement timeout" not in error.stderr:
                raise
            return None, [self.patience]
        lines = out.splitlines()
        times = [float(line.split()[1]) / 1000 for line in lines if line.startswith("Time: ")]
        rows = [line.split("\x1f") for line in lines if not line.startswith("Time: ")]
        return rows, times

    def close(self):
        self.call("pg_ctl", "-D", self.folder, "-m", "immediate", "-w", "stop")


class Zerodb(Peer):
    def __init__(self, data, work, program):
        # The peers have 1 GB of cache (SQLite), 2 GB (PostgreSQL), both beside that of the system, and 80 % of the
        # machine (DuckDB). A quarter of ours is for columns.
        self.program = [program, "--memory", "8GiB", str(work / "zerodb")]
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
        self.title = version.stdout.strip()
        schema = (HERE / "schema.zql").read_text()
        copies = [f"COPY {table} FROM '{data / table}.csv'" for table in TABLES]
        for statement in [schema, *copies, "ANALYZE"]:
            subprocess.run([*self.program, "-c", statement], check=True, capture_output=True)

    def run_all(self, texts, runs):
        """All queries in one process, since what a session keeps in memory ends with it."""
        arguments = []
        for query in texts:
            arguments += ["-c", query] * (runs + 1)
        done = subprocess.run([*self.program, "--format", "json-compact", "--timing", *arguments],
                              capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(done.stderr)
        times = [milliseconds(line) / 1000 for line in (done.stdout + done.stderr).splitlines()
                 if line.startswith("Time: ")]
        answers = [json.loads(line) for line in done.stdout.splitlines() if not line.startswith("Time: ")]
        for i in range(len(texts)):
            first = i * (runs + 1)
            yield answers[first]["rows"], times[first + 1:first + runs + 1]


def milliseconds(line):
    return float(line.split()[1])


def normal(cell):
    """A cell of any engine as a number or a text."""
    if hasattr(cell, "isoformat"):
        return cell.isoformat()[:10]
    if isinstance(cell, str):
        date = re.match(r"(\d{4}-\d{2}-\d{2})T", cell)
        if date:
            return date.group(1)
        # Codes of countries are texts of digits; none of the texts compared is a number but these.
        return float(cell) if re.fullmatch(r"-?\d+(\.\d+)?", cell) else cell
    return cell if cell is None else float(cell)


def is_equal(left, right):
    def close(a, b):
        return a == b or (isinstance(a, float) and isinstance(b, float) and abs(a - b) <= 1e-6 * max(1, abs(a)))

    return len(left) == len(right) and all(
        len(a) == len(b) and all(close(normal(x), normal(y)) for x, y in zip(a, b)) for a, b in zip(left, right))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", default="0.1")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peers", default="sqlite,postgres,duckdb")
    parser.add_argument("--zerodb", default=str(HERE.parents[1] / "build/bench/zerodb"))
    parser.add_argument("--work", default=str(HERE.parents[1] / "build/tpch"))
    parser.add_argument("--patience", type=float, default=60, help="seconds a peer may take for a query")
    options = parser.parse_args()

    work = pathlib.Path(options.work).resolve() / f"scale-{options.scale}"
    data = work / "data"
    if not (data / "lineitem.csv").exists():
        data.mkdir(parents=True, exist_ok=True)
        subprocess.run(["tpchgen-cli", "csv", "-s", options.scale, "--output-dir", data], check=True)
    for old in ["duck.db", "sqlite.db", "zerodb", "postgres"]:
        path = work / old
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    texts = queries()
    kinds = {"sqlite": SQLite, "postgres": Postgres, "duckdb": DuckDB}
    table = {}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers are stopped
    Peer.patience = options.patience
    ours = Zerodb(data, work, options.zerodb)
    answers = list(ours.run_all(texts, options.runs))
    table[ours.title] = [statistics.median(times) for _, times in answers]
    wanted = None
    for name in options.peers.split(","):
        with contextlib.closing(kinds[name](data, work)) as peer:
            figures = []
            for query in texts:
                rows, times = peer.run(query, options.runs)
                figures.append(statistics.median(times))
                if name == "duckdb":
                    wanted = (wanted or []) + [rows]
            table[peer.title] = figures
    failed = report(table, answers, wanted)
    sys.exit(1 if failed else 0)


def report(table, answers, wanted):
    titles = list(table)
    print(f"TPC-H, milliseconds; {os.cpu_count()} cores, {platform.machine()}")
    print("query  " + "  ".join(f"{title:>18}" for title in titles) + "  answer")
    failed = 0
    for i in range(22):
        verdict = "-" if wanted is None or wanted[i] is None else "equal" if is_equal(wanted[i], answers[i][0]) else "DIFFERS"
        failed += verdict == "DIFFERS"
        print(f"{i + 1:>5}  " + "  ".join(f"{table[title][i] * 1000:18.1f}" for title in titles) + f"  {verdict}")
    totals = {title: sum(times) for title, times in table.items()}
    print("total  " + "  ".join(f"{totals[title] * 1000:18.1f}" for title in titles))
    for title in titles[1:]:
        print(f"our time is {totals[titles[0]] / totals[title]:.2f} x that of {title}")
    return failed


if __name__ == "__main__":
    main()
