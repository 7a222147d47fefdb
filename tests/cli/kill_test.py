#!/usr/bin/env python3
"""Kills the binary twenty times while it loads: what it acknowledged is there when the database is opened again, and nothing by halves."""

import json
import os
import random
import time

import program
from program import compact

SEED = int(os.environ.get("SEED") or random.randrange(1 << 32))
KILLS = 20
ROWS = 10
DEFINITIONS = (
    "DEFINE TABLE load SCHEMAFULL ( batch int, part int, text string )",
    "DEFINE INDEX by_part ON load (part)",
    "DEFINE TABLE total SCHEMAFULL ( batches int )",
    "CREATE total:sum SET batches = 0",
)


def insert(batch):
    rows = ", ".join(f"('{batch}-{i}', {batch}, {i}, 'row {i} of batch {batch}')" for i in range(ROWS))
    return f"INSERT INTO load (id, batch, part, text) VALUES {rows}"


def script(first):
    """A line of the output for each statement. Every batch counts itself in `total`, in one transaction with its rows."""
    while True:
        yield f"BEGIN;\n{insert(first)};\nUPDATE total:sum SET batches += 1;\nCOMMIT;\n"
        first += 1


class Kill(program.Case):
    def load_and_kill(self, path, first, source):
        """Gives the last batch that was acknowledged."""
        process = program.start(path, "-f", "-", "--format", "json-compact", "--set", "transaction.durability=synced")
        batches = script(first)
        text = "".join(next(batches) for _ in range(300)).encode()
        process.stdin.write(text)
        process.stdin.close()
        process.stdin = None
        # At a random moment: anywhere from opening to far into the load, and then between two acknowledgements.
        lines_wanted = source.choice((0, 0, 4, source.randrange(400), source.randrange(1000)))
        output = b""
        end = time.monotonic() + program.HANGS_AFTER
        while output.count(b"\n") < lines_wanted and time.monotonic() < end:
            piece = os.read(process.stdout.fileno(), 4096)
            if not piece:
                break
            output += piece
        time.sleep(source.random() * (0.3 if lines_wanted == 0 else 0.01))
        process.kill()
        rest, err = process.communicate(timeout=program.HANGS_AFTER)
        self.assertEqual(err, b"")
        lines = (output + rest).decode().splitlines()
        # The last line may be cut off.
        whole = [json.loads(line) for line in lines if line.endswith("}")]
        self.assertEqual([line for line in whole if list(line) != ["affected"]], [])
        return first + len(whole) // 4 - 1

    def check(self, path, acknowledged):
        """Checks what is there; gives the last batch."""
        result = compact(f"SELECT batch, count(*) AS n, count(DISTINCT part) AS parts FROM load GROUP BY batch ORDER BY batch",
                         "SELECT batches FROM total:sum", "SELECT part, count(*) FROM load WITH NO INDEX GROUP BY part ORDER BY part",
                         *(f"SELECT count(*) FROM load WHERE part = {part}" for part in range(ROWS)),
                         *(f"SELECT count(*) FROM load WITH NO INDEX WHERE part = {part}" for part in range(ROWS)), path=path)
        self.check_code(result, 0)
        batches = result.rows(0)
        last = len(batches)
        self.assertEqual(batches, [[batch, ROWS, ROWS] for batch in range(1, last + 1)], "a batch is missing or there by halves")
        self.assertGreaterEqual(last, acknowledged, "an acknowledged commit is gone")
        # The transaction that ran when the process died may be there as well, but none after it.
        self.assertLessEqual(last, acknowledged + 1)
        self.assertEqual(result.rows(1), [[last]])
        self.assertEqual(result.rows(2), [[part, last] for part in range(ROWS)] if last else [])
        lines = result.lines()
        self.assertEqual([line["rows"] for line in lines[3:3 + ROWS]], [[[last]]] * ROWS, "through the index")
        self.assertEqual([line["rows"] for line in lines[3 + ROWS:]], [[[last]]] * ROWS, "without the index")
        self.check_code(program.run("check-store", path), 0)
        return last

    def test_kill_while_loading(self):
        source = random.Random(SEED)
        path = self.path("db")
        self.check_code(compact(*DEFINITIONS, path=path), 0)
        plan = compact("EXPLAIN SELECT count(*) FROM load WHERE part = 3", "EXPLAIN SELECT count(*) FROM load WITH NO INDEX WHERE part = 3",
                       path=path).out.splitlines()
        self.assertIn("by_part", plan[0])
        self.assertNotIn("by_part", plan[1])
        last = 0
        killed_at_work = 0
        for kill in range(KILLS):
            with self.subTest(seed=SEED, kill=kill):
                acknowledged = self.load_and_kill(path, last + 1, source)
                killed_at_work += acknowledged > last
                last = self.check(path, acknowledged)
        self.assertGreater(killed_at_work, KILLS // 4, f"seed {SEED}: hardly any run was at work when it was killed")
        print(f"{last} batches survived {KILLS} kills")

    def test_kill_while_defining(self):
        """A table and its rows of one transaction are there together or not at all."""
        source = random.Random(SEED + 1)
        path = self.path("db")
        self.check_code(compact("DEFINE TABLE seen SCHEMALESS", path=path), 0)
        for kill in range(5):
            with self.subTest(seed=SEED, kill=kill):
                text = "".join(f"BEGIN; DEFINE TABLE t{kill}_{i} SCHEMALESS; CREATE t{kill}_{i}:1 SET a = 1; CREATE seen:{kill * 1000 + i}; COMMIT;"
                               for i in range(100))
                process = program.start(path, "-f", "-", "--format", "json-compact")
                process.stdin.write(text.encode())
                process.stdin.close()
                process.stdin = None
                for _ in range(source.randrange(5, 60)):
                    process.stdout.readline()
                time.sleep(source.random() * 0.01)
                process.kill()
                process.communicate(timeout=program.HANGS_AFTER)
                seen = compact("SELECT id FROM seen ORDER BY id", "DESCRIBE TABLES", path=path)
                self.check_code(seen, 0)
                numbers = [int(row[0].split(":")[1]) for row in seen.rows(0)]
                names = {f"t{n // 1000}_{n % 1000}" for n in numbers}
                described = json.dumps(seen.rows(1))
                self.assertEqual(described.count('"t' + str(kill) + "_"), sum(n // 1000 == kill for n in numbers))
                if names:
                    counts = compact(*(f"SELECT count(*) FROM {name}" for name in sorted(names)), path=path)
                    self.assertEqual({str(line.get("rows")) for line in counts.lines()}, {"[[1]]"}, str(counts))


if __name__ == "__main__":
    print(f"seed {SEED}", flush=True)
    program.main()
