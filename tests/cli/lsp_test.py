#!/usr/bin/env python3
"""`zerodb lsp`: a client that talks to the server over its standard input and output, on a workspace of real files."""

import json
import os
import pathlib
import queue
import random
import threading
import unittest

import program
from program import start

SCHEMA = """DEFINE TABLE person SCHEMAFULL ( name string, age u8? );
DEFINE EDGE knows FROM person TO person;
"""


class Client:
    """One run of the server. Answers come through a thread, so that reading never blocks writing."""

    def __init__(self, folder, **options):
        self.process = start("lsp", "--stdio")
        self.messages = queue.Queue()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.next_id = 1
        self.answers = {}
        self.notifications = []
        self.capabilities = self.call("initialize", processId=None, rootUri=pathlib.Path(folder).as_uri(),
                                      capabilities={}, initializationOptions=options)["capabilities"]
        self.tell("initialized")

    def read(self):
        out = self.process.stdout
        while True:
            length = None
            while (line := out.readline()) not in (b"\r\n", b""):
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if length is None:
                self.messages.put(None)
                return
            self.messages.put(json.loads(out.read(length)))

    def post(self, message, newline=b"\r\n"):
        body = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def tell(self, method, **parameters):
        self.post({"jsonrpc": "2.0", "method": method, "params": parameters})
        self.process.stdin.flush()

    def ask(self, method, **parameters):
        number, self.next_id = self.next_id, self.next_id + 1
        self.post({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters})
        return number

    def answer(self, number):
        self.process.stdin.flush()
        while number not in self.answers:
            message = self.messages.get(timeout=program.HANGS_AFTER)
            if message is None:
                raise AssertionError("the server ended")
            if "method" in message:
                self.notifications.append(message)
            else:
                self.answers[message["id"]] = message
        return self.answers.pop(number)

    def call(self, method, **parameters):
        message = self.answer(self.ask(method, **parameters))
        if "error" in message:
            raise AssertionError(f"{method}: {message['error']}")
        return message["result"]

    def open(self, uri, text):
        self.tell("textDocument/didOpen", textDocument={"uri": uri, "languageId": "zeroql", "version": 1, "text": text})

    def change(self, uri, version, *changes):
        self.tell("textDocument/didChange", textDocument={"uri": uri, "version": version}, contentChanges=list(changes))

    def diagnostics(self, uri):
        """As they stay: until a change is checked the server shows what it knew before, so this waits until it shows what it
        answers when it is asked."""
        wanted = self.call("textDocument/diagnostic", textDocument={"uri": uri})["items"]
        while True:
            found = [each["params"] for each in self.notifications if each["params"].get("uri") == uri]
            if found and found[-1]["diagnostics"] == wanted:
                return wanted
            self.notifications.append(self.messages.get(timeout=program.HANGS_AFTER))

    def close(self):
        self.call("shutdown")
        self.tell("exit")
        self.process.stdin.close()
        code = self.process.wait(timeout=program.HANGS_AFTER)
        self.reader.join(timeout=program.HANGS_AFTER)
        self.process.stdout.close()
        self.process.stderr.close()
        return code


def at(line, character):
    return {"line": line, "character": character}


class Lsp(program.Case):
    def start(self, **options):
        self.schema = self.write("schema.zql", SCHEMA)
        client = Client(self.folder, **options)
        self.addCleanup(client.process.kill)
        return client

    def uri(self, name):
        return pathlib.Path(self.path(name)).as_uri()

    def test_a_session(self):
        client = self.start()
        self.assertEqual(client.capabilities["positionEncoding"], "utf-16")
        uri = self.uri("a query é.zql")
        client.open(uri, "SELECT nme FROM person;\n")
        self.assertEqual([each["code"] for each in client.diagnostics(uri)], ["E0202"])
        client.notifications.clear()
        client.change(uri, 2, {"range": {"start": at(0, 7), "end": at(0, 10)}, "text": "'😀', name"})
        self.assertEqual(client.diagnostics(uri), [])
        document = {"uri": uri}
        place = {"textDocument": document, "position": at(0, 14)}
        self.assertIn("person.name string", client.call("textDocument/hover", **place)["contents"]["value"])
        found = client.call("textDocument/definition", **place)
        self.assertEqual([each["uri"] for each in found], [self.uri("schema.zql")])
        edits = client.call("textDocument/rename", newName="title", **place)["changes"]
        self.assertEqual(sorted(edits), sorted([uri, self.uri("schema.zql")]))
        items = client.call("textDocument/completion", **place)["items"]
        self.assertIn("age", [each["label"] for each in items])
        self.assertEqual(client.close(), 0)

    def test_schema_of_the_options(self):
        self.write("tables.zql", "DEFINE TABLE thing SCHEMAFULL ( a int );")
        client = self.start(schema=["tables.zql"])
        uri = self.uri("q.zql")
        client.open(uri, "SELECT a FROM thing; SELECT name FROM person")
        self.assertEqual([each["code"] for each in client.diagnostics(uri)], ["E0201"])
        self.assertEqual(client.close(), 0)

    def test_schema_of_a_stored_database(self):
        made = program.run(self.path("shop"), "-c", "DEFINE TABLE item SCHEMAFULL ( price decimal )")
        self.check_code(made, 0)
        client = self.start(database="shop")
        uri = self.uri("q.zql")
        client.open(uri, "SELECT price FROM item; SELECT cost FROM item")
        self.assertEqual([each["code"] for each in client.diagnostics(uri)], ["E0202"])
        found = client.call("textDocument/definition", textDocument={"uri": uri}, position=at(0, 8))
        text = client.call("workspace/textDocumentContent", uri=found[0]["uri"])["text"]
        self.assertEqual(text, "DEFINE TABLE item SCHEMAFULL (\n  price decimal,\n);\n")
        # The server has let go of it.
        self.check_code(program.run(self.path("shop"), "-c", "ALTER TABLE item ADD FIELD cost decimal DEFAULT 1dec"), 0)
        client.notifications.clear()
        client.call("workspace/executeCommand", command="zerodb.reloadSchema", arguments=[])
        self.assertEqual(client.diagnostics(uri), [])
        self.assertEqual(client.close(), 0)

    def test_statements_that_are_run(self):
        made = program.run(self.path("shop"), "-c", "DEFINE TABLE item SCHEMAFULL ( price int ); CREATE item:1 SET price = 5")
        self.check_code(made, 0)
        client = self.start(database="shop", results="answer")
        uri = self.uri("q.zql")
        client.open(uri, "SELECT price FROM item;\nBEGIN;\nDELETE item:1;\nALTER TABLE item ADD FIELD cost int DEFAULT 1;")
        lenses = client.call("textDocument/codeLens", textDocument={"uri": uri})
        self.assertEqual([(each["range"]["start"]["line"], each["command"]["title"]) for each in lenses],
                         [(0, "Run"), (0, "Explain"), (2, "Run"), (2, "Explain"), (3, "Run")])
        run = [client.call("workspace/executeCommand", **{key: each["command"][key] for key in ("command", "arguments")}) for each in lenses]
        self.assertEqual(run[0], " price\n-------\n     5\n(1 row)\n")
        self.assertIn("scan item", run[1])
        self.assertEqual(run[2], "ok, 1 record\n")
        # What a statement defines is known behind it; a mistake is an answer as well.
        client.open(self.uri("r.zql"), "SELECT cost FROM item")
        self.assertEqual(client.diagnostics(self.uri("r.zql")), [])
        self.assertIn("E0201", client.call("workspace/executeCommand", command="zerodb.run", arguments=["SELECT 1 FROM nothing"]))
        self.assertEqual(client.close(), 0)

    def test_a_database_that_is_not_there(self):
        client = self.start(database="nowhere")
        self.assertFalse(pathlib.Path(self.path("nowhere")).exists())
        said = [each["params"]["message"] for each in client.notifications if each["method"] == "window/showMessage"]
        self.assertEqual(len(said), 1)
        self.assertIn("E1208", said[0])
        self.assertEqual(client.close(), 0)

    def test_files_that_change_on_disk(self):
        client = self.start()
        uri = self.uri("q.zql")
        client.open(uri, "SELECT size FROM person")
        self.assertEqual(len(client.diagnostics(uri)), 1)
        client.notifications.clear()
        self.write("schema.zql", "DEFINE TABLE person SCHEMAFULL ( size int );")
        client.tell("workspace/didChangeWatchedFiles", changes=[{"uri": self.uri("schema.zql"), "type": 2}])
        self.assertEqual(client.diagnostics(uri), [])
        self.assertEqual(client.close(), 0)

    def test_cancelled_requests(self):
        client = self.start()
        uri = self.uri("q.zql")
        client.open(uri, "SELECT 1;\n" * 2000)
        ask = lambda: client.ask("textDocument/formatting", textDocument={"uri": uri}, options={})
        numbers = [ask() for _ in range(20)]
        for number in numbers[1:]:
            client.post({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": number}})
        answers = [client.answer(number) for number in numbers]
        for answer in answers:
            self.assertTrue("result" in answer or answer["error"]["code"] == -32800)
        self.assertEqual(client.close(), 0)

    def test_random_edits(self):
        seed = int(os.environ.get("SEED", "3"))
        chance = random.Random(seed)
        pieces = ["SELECT ", "FROM person ", "(", ")", "'", "p.", "é😀", "\n", ";\n", "-- c\n", "DEFINE TABLE t ( a int );\n", "`", "/*", "*/", ""]
        methods = ["textDocument/completion", "textDocument/hover", "textDocument/definition", "textDocument/semanticTokens/full",
                   "textDocument/formatting", "textDocument/documentSymbol", "textDocument/diagnostic"]
        client = self.start()
        uri = self.uri("q.zql")
        text = "SELECT name FROM person AS p;\n"
        client.open(uri, text)
        asked = []
        for version in range(2, 500):
            begin = chance.randrange(len(text) + 1)
            end = min(len(text), begin + chance.randrange(8))
            piece = chance.choice(pieces)
            client.change(uri, version, {"range": {"start": place_of(text, begin), "end": place_of(text, end)}, "text": piece})
            text = text[:begin] + piece + text[end:]
            number = client.ask(chance.choice(methods), textDocument={"uri": uri}, position=place_of(text, begin), options={})
            asked.append(number)
            if chance.random() < 0.3:
                client.post({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": number}})
        for number in asked:
            client.answer(number)
        # What the server formats is the text that the edits have made.
        edits = client.call("textDocument/formatting", textDocument={"uri": uri}, options={})
        for edit in edits:
            begin, end = (offset_of(text, edit["range"][side]) for side in ("start", "end"))
            text = text[:begin] + edit["newText"] + text[end:]
        again = program.run("fmt", "--check", text=text)
        self.assertIn(again.code, (0, 3), f"seed {seed}\n{again}")
        self.assertEqual(client.close(), 0)

    def test_what_is_no_message(self):
        process = start("lsp")
        self.addCleanup(process.kill)
        out, err = process.communicate(b"Content-Type: x\r\n\r\n{}", timeout=program.HANGS_AFTER)
        self.assertEqual((process.returncode, out), (1, b""))
        self.assertIn(b"without a length", err)
        process = start("lsp")
        self.addCleanup(process.kill)
        out, err = process.communicate(b"content-length: 2\r\n\r\n{}", timeout=program.HANGS_AFTER)
        self.assertIn(b"-32600", out)
        self.assertEqual(process.returncode, 1)


def place_of(text, offset):
    before = text[:offset]
    return at(before.count("\n"), len(before[before.rfind("\n") + 1:].encode("utf-16-le")) // 2)


def offset_of(text, place):
    lines = text.split("\n")
    start = sum(len(line) + 1 for line in lines[:place["line"]])
    units = lines[place["line"]].encode("utf-16-le")[:place["character"] * 2]
    return start + len(units.decode("utf-16-le"))


if __name__ == "__main__":
    program.main()
