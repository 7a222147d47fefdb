#!/usr/bin/env python3
"""rewritten_queries.py ZERODB CONFORMANCE [PART_OF_A_PATH]

Queries written another way give what they gave: the language server is asked for its refactorings all over the scripts of tests/zql,
and each script with what they make of it must still give what it says. A name for a column is left out: it changes what is given.
"""

import collections
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SCRIPTS = ROOT / "tests" / "zql"
# Columns between two places that are asked about: a name of one letter is met in front or behind.
STEP = 2
HANGS_AFTER = 300
# The statement asks for its own text.
EXCUSED = {("session/system_tables.zql", "Write FROM first")}


class Server:
    def __init__(self, binary):
        self.process = subprocess.Popen([binary, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.id = 0
        self.call("initialize", capabilities={"general": {"positionEncodings": ["utf-8"]}}, rootUri=None)
        self.tell("initialized")

    def send(self, **message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def tell(self, method, **params):
        self.send(method=method, params=params)

    def receive(self):
        length = 0
        while line := self.process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return json.loads(self.process.stdout.read(length))

    def call(self, method, **params):
        self.id += 1
        self.send(id=self.id, method=method, params=params)
        while True:
            message = self.receive()
            if message.get("id") == self.id and "method" not in message:
                return message["result"]

    def close(self):
        self.call("shutdown")
        self.tell("exit")
        return self.process.wait(timeout=HANGS_AFTER)


class Script:
    def __init__(self, path):
        self.path = path
        self.name = str(path.relative_to(SCRIPTS))
        self.text = path.read_bytes()
        self.lines = self.text.split(b"\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)

    def place(self, position):
        return self.starts[position["line"]] + position["character"]

    def rewritings(self, server):
        """Lists of edits by what they do."""
        uri = "file:///w/" + self.path.name
        server.tell("textDocument/didOpen", textDocument={"uri": uri, "languageId": "zeroql", "version": 1, "text": self.text.decode()})
        found = collections.defaultdict(set)
        for number, line in enumerate(self.lines):
            for character in range(0, 0 if line.startswith(b"--") else len(line) + 1, STEP):
                at = {"line": number, "character": character}
                actions = server.call("textDocument/codeAction", textDocument={"uri": uri}, range={"start": at, "end": at}, context={"diagnostics": []})
                for action in actions:
                    what = action["title"].split(" `")[0]
                    if action["kind"].startswith("refactor") and what != "Name the column" and (self.name, what) not in EXCUSED:
                        found[what].add(tuple(sorted((self.place(edit["range"]["start"]), self.place(edit["range"]["end"]), edit["newText"])
                                                     for edit in action["edit"]["changes"][uri])))
        server.tell("textDocument/didClose", textDocument={"uri": uri})
        return found

    def edited(self, rewritings):
        text = bytearray(self.text)
        for begin, end, new in sorted((edit for edits in rewritings for edit in edits), reverse=True):
            text[begin:end] = new.encode()
        return bytes(text)

    def batches(self, rewritings):
        """Those of different statements together."""
        todo = sorted(rewritings)
        while todo:
            batch, rest, end = [], [], -1
            for edits in todo:
                if not batch or (edits[0][0] > end and b";" in self.text[end:edits[0][0]]):
                    batch.append(edits)
                    end = max(edit[1] for edit in edits)
                else:
                    rest.append(edits)
            yield batch
            todo = rest


def run(conformance, folder, script, batch):
    path = pathlib.Path(folder) / script.path.name
    path.write_bytes(script.edited(batch))
    return subprocess.run([conformance, "--engine", "memory", "--tier", "interpreter", str(path)], cwd=ROOT, capture_output=True, text=True,
                          timeout=HANGS_AFTER)


def main(binary, conformance, part=""):
    server = Server(binary)
    counts, failures = collections.Counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(path for path in SCRIPTS.rglob("*.zql") if part in str(path)):
            script = Script(path)
            for what, rewritings in script.rewritings(server).items():
                counts[what] += len(rewritings)
                for batch in script.batches(rewritings):
                    if run(conformance, folder, script, batch).returncode == 0:
                        continue
                    for edits in batch:
                        done = run(conformance, folder, script, [edits])
                        if done.returncode != 0:
                            failures += 1
                            print(f"{script.name}: {what}: {edits}\n{done.stdout}")
    print(", ".join(f"{what} {count}" for what, count in sorted(counts.items())) + f"; {failures} failures")
    return 0 if failures == 0 and server.close() == 0 and sum(counts.values()) > 0 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
