#!/usr/bin/env python3
"""peer_differential.py BINARY [--seed N] [--queries N]

Runs sqlite_differential with --print and gives each of its statements to DuckDB (package `duckdb` of PyPI, which the caller installs): a third opinion
on the answers that zerodb and SQLite agree on. Prints each query that differs; what DuckDB refuses or means otherwise is counted apart.
"""

import json
import re
import subprocess
import sys

import duckdb


def translated(text):
    """IS between any two values is SQLite's own word; so are the division of whole numbers by a slash and a length in characters of nothing."""
    text = re.sub(r" IS NOT (?!DISTINCT)", " IS DISTINCT FROM ", text)
    text = re.sub(r" IS (?!DISTINCT|NOT DISTINCT)", " IS NOT DISTINCT FROM ", text)
    return text.replace(" / ", " // ")


def shown(value):
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, str):
        return f"'{value}'"
    return str(value)


def ignores_limit(query, rows):
    """Version 2.0.1 now and then gives all groups of an ordered query in spite of its LIMIT, about once in 400,000 queries."""
    limit = re.search(r" LIMIT (\d+)( OFFSET \d+)?$", query)
    return limit is not None and len(rows) > int(limit.group(1))


def main():
    lines = subprocess.Popen([sys.argv[1], "--print", "1", *sys.argv[2:]], stdout=subprocess.PIPE, text=True)
    peer = duckdb.connect()
    # With several threads, version 2.0.1 miscounts a partition of a window about once in 200,000 queries, and not again for the same query.
    peer.execute("SET threads = 1")
    asked = refused = mistaken = differ = 0
    for line in lines.stdout:
        if not line.startswith("{"):
            print(line, end="")
            continue
        entry = json.loads(line)
        if "change" in entry:
            peer.execute(translated(entry["change"]))
            continue
        asked += 1
        try:
            rows = [[shown(value) for value in row] for row in peer.execute(translated(entry["query"])).fetchall()]
        except duckdb.Error as error:
            refused += 1
            if refused <= 5:
                print(f"refused: {entry['query']}\n  {str(error).splitlines()[0]}")
            continue
        if ignores_limit(entry["query"], rows):
            mistaken += 1
            print(f"more rows than LIMIT allows, {len(rows)}: {entry['query']}")
            continue
        if not entry["is_ordered"]:
            rows.sort()
        if rows != entry["rows"]:
            differ += 1
            if differ <= 10:
                print(f"differs: {entry['query']}\n  DuckDB {rows[:6]}\n  SQLite {entry['rows'][:6]}")
    lines.wait()
    print(f"{asked} queries, {refused} refused, {mistaken} with more rows than their LIMIT, {differ} differ")
    return 1 if differ or lines.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
