#!/usr/bin/env python3
"""COPY: files into tables and out of them."""

import json
import os
import threading

import program
from program import run

PERSON = """DEFINE TABLE person SCHEMAFULL ( name string ASSERT length($value) > 0, age int? ASSERT $value < 200, since datetime DEFAULT d'2026-01-01',
  price decimal<8, 2>?, tags array<string>?, raw bytes?, boss record<person>? REFERENCE, twice int? COMPUTED age * 2 );
DEFINE INDEX by_name ON person (name) UNIQUE;
"""


class Copy(program.Case):
    def setUp(self):
        super().setUp()
        self.database = os.path.join(self.folder, "db")

    def path(self, name):
        return os.path.join(self.folder, name)

    def rows(self, text):
        result = run("-c", text, "--format", "json-compact", self.database)
        self.check_code(result, 0)
        return result.rows()

    def do(self, text):
        result = run("-c", text, self.database)
        self.check_code(result, 0)
        return result

    def refused(self, text, *parts):
        result = run("-c", text, self.database)
        self.check_code(result, 3)
        for part in parts:
            self.assertIn(part, result.err)

    def test_types_of_columns_are_those_of_the_table(self):
        path = self.write(
            "a.csv",
            '\ufeffid,name,age,since,price,tags,raw,boss\r\n1,Ann,30,2025-05-06T07:08:09Z,1.50,"[""x"",""y""]",aGk=,\r\nperson:2,"Bob ""B"", Jr",,,,,,person:1\n',
        )
        self.do(PERSON + f"COPY person FROM '{path}'")
        self.assertEqual(
            self.rows("SELECT id, name, age, since, price, tags, raw, boss, twice FROM person ORDER BY name"),
            [
                ["person:1", "Ann", 30, "2025-05-06T07:08:09Z", 1.50, ["x", "y"], "aGk=", None, 60],
                ["person:2", 'Bob "B", Jr', None, "2026-01-01T00:00:00Z", None, None, None, "person:1", None],
            ],
        )

    def test_wide_letters_are_no_byte_order_mark(self):
        path = self.write("wide.csv", "\uff41\uff42,x\n")
        self.do(f"DEFINE TABLE doc SCHEMALESS (a string, b string); COPY doc (a, b) FROM '{path}' WITH (header = false)")
        self.assertEqual(self.rows("SELECT a, b FROM doc"), [["\uff41\uff42", "x"]])
        self.assertEqual(self.rows(f"SELECT r.* FROM read_csv('{path}', header => false) AS r"), [[{"column0": "\uff41\uff42", "column1": "x"}]])

    def test_wide_letters_from_a_pipe(self):
        self.do("DEFINE TABLE doc SCHEMALESS (a string)")
        path = self.path("pipe.csv")
        os.mkfifo(path)
        for text in ("\uff41\uff42\n", "\ufeff\uff41\uff42\n"):
            writer = threading.Thread(target=lambda text=text: self.write("pipe.csv", text))
            writer.start()
            self.do(f"DELETE doc WHERE true; COPY doc (a) FROM '{path}' WITH (header = false)")
            writer.join()
            self.assertEqual(self.rows("SELECT a FROM doc"), [["\uff41\uff42"]])

    def test_out_and_in_again(self):
        self.do(
            PERSON
            + """INSERT INTO person CONTENT [{id: person:1, name: 'a,b', age: 1, price: 1.25dec, tags: ['x'], raw: b'\\x00\\xff'},
            {id: person:'two words', name: 'née\n"q"', boss: person:1}, {id: person:'5', name: ' '}];
            DEFINE TABLE doc; INSERT INTO doc CONTENT [{id: 'a', x: [1, {y: 2}]}, {id: 7, z: 'text'}]"""
        )
        columns = "id, name, age, since, price, tags, raw, boss, twice"
        before = self.rows(f"SELECT {columns} FROM person ORDER BY name")
        for form in ["csv", "ndjson", "json"]:
            path = self.path("out." + form)
            self.do(f"COPY person TO '{path}'")
            self.do(f"DELETE person WHERE true; COPY person FROM '{path}'")
            self.assertEqual(self.rows(f"SELECT {columns} FROM person ORDER BY name"), before, form)
        documents = self.rows("SELECT * FROM doc ORDER BY id")
        for form in ["ndjson", "json"]:
            path = self.path("doc." + form)
            self.do(f"COPY doc TO '{path}'; DELETE doc WHERE true; COPY doc FROM '{path}'")
            self.assertEqual(self.rows("SELECT * FROM doc ORDER BY id"), documents, form)
        self.refused(f"COPY doc TO '{self.path('doc.csv')}'", "E0413")

    def test_every_type_out_and_in_again(self):
        fields = {
            "a": ("decimal", "12345678901234567890.123456789dec"),
            "b": ("decimal<38, 20>?", "-0.00000000000000000001dec"),
            "c": ("array<decimal>", "[0.1dec, 12345678901234567890.5dec]"),
            "d": ("{ price: decimal, at: datetime }", "{ price: 12345678901234567890.5dec, at: d'2026-01-02' }"),
            "e": ("decimal | bool", "12345678901234567890.5dec"),
            "f": ("range<int>", "-5..=7"),
            "g": ("range<decimal>", "0.1dec..12345678901234567890.5dec"),
            "h": ("range<datetime>", "d'2026-01-01'..d'2026-02-01'"),
            "i": ("range<duration>?", "-1h30m..90s"),
            "j": ("range<string>", "'a, \"b'..'it''s'"),
            "k": ("hashmap<string, int>", "hashmap{'k' => 1, 'l' => 2}"),
            "l": ("hashmap<datetime, decimal>", "hashmap{d'2026-01-02' => 12345678901234567890.5dec}"),
            "m": ("result<decimal, string>", "ok(12345678901234567890.5dec)"),
            "n": ("result<int, datetime>", "err(d'2026-01-02')"),
            "o": ("hashset<uuid>", "hashset{u'6ba7b810-9dad-11d1-80b4-00c04fd430c8'}"),
            "p": ("(datetime, int, decimal)", "(d'2026-01-02', 1, 12345678901234567890.5dec)"),
            "q": ("array<float>", "[1.5, CAST('NaN' AS float), CAST('-inf' AS float)]"),
            "r": ("vector<f32, 2>", "vector([1.5, 2.5])"),
            "s": ("record<pair>", "pair:['x', 1]"),
            "t": ("array<record<pair>>", "[pair:['[y', -2]]"),
            "u": ("record<pair> | range<int> | datetime", "pair:['x', 1]"),
            "v": ("color", "color::green"),
            "w": ("array<duration> | int", "[1h30m, 2d]"),
            "x": ("i128", "-170141183460469231731687303715884105728i128"),
        }
        declared = ", ".join(f"{name} {kind}" for name, (kind, _) in fields.items())
        values = ", ".join(f"{name}: {value}" for name, (_, value) in fields.items())
        self.do(
            f"""DEFINE ENUM color AS (red, green);
            DEFINE TABLE pair SCHEMAFULL ( n int ) KEY (name string, no int);
            DEFINE TABLE moment SCHEMAFULL ( n int ) KEY (at datetime, of color, part record<pair>);
            DEFINE TABLE free SCHEMALESS;
            DEFINE TABLE every SCHEMAFULL ( {declared} );
            INSERT INTO pair (name, no, n) VALUES ('x', 1, 1), ('[y', -2, 2);
            INSERT INTO moment CONTENT [{{ at: d'2026-01-02', of: color::red, part: pair:['x', 1], n: 1 }}];
            INSERT INTO free CONTENT [{{ id: ['a', 1.5, none, [true], u'6ba7b810-9dad-11d1-80b4-00c04fd430c8', pair:['x', 1], 7u8] }}];
            INSERT INTO every CONTENT {{ id: 1, {values} }}"""
        )
        columns = ", ".join(f"{name}, {name}.type_of()" for name in ["id", *fields])
        questions = {
            "every": f"SELECT {columns} FROM every",
            "pair": "SELECT id, name, no, n FROM pair ORDER BY id",
            "moment": "SELECT id, at, of, part, n FROM moment",
            "free": "SELECT id, record::key(id) FROM free",
        }
        before = {table: self.do(question).out for table, question in questions.items()}
        for form in ["csv", "ndjson", "json"]:
            for table, question in questions.items():
                path = self.path(f"{table}.{form}")
                what = "free (id)" if table == "free" else table
                self.do(f"COPY {what} TO '{path}'; DELETE {table} WHERE true; COPY {what} FROM '{path}'")
                self.assertEqual(self.do(question).out, before[table], (table, form))

    def test_keys_may_be_given_without_their_table(self):
        pair = "DEFINE TABLE IF NOT EXISTS pair SCHEMAFULL ( n int ) KEY (at datetime, no int); DELETE pair WHERE true; "
        want = [["pair:[d'2026-01-02T00:00:00Z', 3]", 7]]
        for name, text in {
            "key.csv": 'id,n\n"[""2026-01-02"", 3]",7\n',
            "key.ndjson": '{"id": ["2026-01-02", 3], "n": 7}\n',
            "parts.ndjson": '{"at": "2026-01-02", "no": 3, "n": 7}\n',
        }.items():
            path = self.write(name, text)
            self.do(pair + f"COPY pair FROM '{path}'")
            self.assertEqual(self.rows("SELECT id, n FROM pair"), want, name)
        path = self.write("bad.csv", "id,n\n\"pair:[d'2026-01-02', 3\",7\n")
        self.refused(f"COPY pair FROM '{path}'", "E0903", "bad.csv:2:1: `id`")

    def test_options(self):
        path = self.write("a.csv", "Ann;NA\n\"NA\";7\n")
        self.do(PERSON + f"COPY person (name, age) FROM '{path}' WITH (header = false, delimiter = ';', none_text = 'NA')")
        self.assertEqual(self.rows("SELECT name, age FROM person ORDER BY name"), [["Ann", None], ["NA", 7]])
        out = self.path("out.txt")
        self.do(f"COPY person (name, age) TO '{out}' WITH (header = false, delimiter = ';', none_text = 'NA')")
        with open(out, encoding="utf-8") as file:
            self.assertEqual(sorted(file.read().split("\n")), ["", '"NA";7', "Ann;NA"])
        self.do(f"COPY (SELECT name AS n, age + 1 AS next FROM person WHERE age > 0) TO '{out}' WITH (format = 'ndjson')")
        with open(out, encoding="utf-8") as file:
            self.assertEqual([json.loads(line) for line in file], [{"n": "NA", "next": 8}])
        only = self.write("only.csv", "name,other\nCid,x\n")
        self.do(f"COPY person (name) FROM '{only}'")
        self.refused(f"COPY person FROM '{only}'", "E0202", ":1:", "`other`")
        self.refused(f"COPY person (name, age) FROM '{only}'", "E0624", "no column `age`")

    def test_a_broken_row_is_told_and_nothing_or_its_batch_left_out(self):
        many = "id,name,age\n" + "".join(f"{i},n{i},{i % 100}\n" for i in range(20_000))
        # What is wrong with the file is found before anything is kept, what breaks a rule when it is written.
        for text, kept, *parts in [
            ("20001,x,old\n", 0, "E0903", ":20002:9:", "`age`"),
            ("20001,x\n", 0, "E0624", ":20002:", "2 cells instead of 3"),
            ("20001,x,500\n", 16_384, "E1003", ":20002:"),
            ("20001,n5,1\n", 16_384, "E1002", ":20002:"),
            ("5,x,1\n", 16_384, "E1001", ":20002:"),
            ('20001,"x,1\n', 0, "E0624", ":20002:7:", "not closed"),
            ("20001,x,1.5\n", 0, "E0903", ":20002:9:", "`age`"),
        ]:
            path = self.write("broken.csv", many + text + "30000,last,1\n")
            self.do("REMOVE TABLE IF EXISTS person;" + PERSON)
            self.refused(f"COPY person FROM '{path}'", "broken.csv", *parts, "broken.csv:16386 on is kept" if kept else "; nothing is kept")
            self.assertEqual(self.rows("SELECT count(*) AS c FROM person"), [[kept]], text)
            self.do("DELETE person WHERE true")
            self.refused(f"BEGIN; COPY person FROM '{path}'; COMMIT", "broken.csv", *parts)
            self.assertEqual(self.rows("SELECT count(*) AS c FROM person"), [[0]], text)

    def test_a_link_that_leads_nowhere_is_placed(self):
        self.do("DEFINE TABLE city; CREATE city:1; DEFINE EDGE road FROM city TO city (km int); DEFINE TABLE man SCHEMAFULL ( home record<city>? REFERENCE )")
        for name, text, table in [
            ("man.csv", "id,home\n2,city:1\n3,city:9\n4,\n", "man"),
            ("road.csv", "src,dst,km\ncity:1,city:1,2\ncity:1,city:9,3\n", "road"),
        ]:
            path = self.write(name, text)
            self.refused(f"COPY {table} FROM '{path}'", "E1008", f"{name}:3: ", f"; nothing from {path}:2 on is kept")
            bad = self.path("bad.ndjson")
            self.do(f"COPY {table} FROM '{path}' WITH (rejects = '{bad}')")
            with open(bad, encoding="utf-8") as file:
                self.assertEqual([json.loads(line)["place"] for line in file], [f"{path}:3"])

    def test_a_broken_document_leaves_nothing_behind(self):
        many = "".join(f'{{"id": {i}, "name": "n{i}"}}\n' for i in range(20_000))
        self.do(PERSON)
        for text, *parts in [
            ('{"name": 1}\n', "E0306", ":20001:1: `name`"),
            ('{"name": "x", "age": 1.5}\n', "E0307", ":20001:1: `age`"),
            ('{"name": "x", "tags": ["y", 1]}\n', "E0306", ":20001:1: `tags`"),
            ('{"name": "x", "other": 1}\n', "E0202", ":20001:1: `other`"),
        ]:
            path = self.write("broken.ndjson", many + text)
            self.refused(f"COPY person FROM '{path}'", "broken.ndjson", *parts, "; nothing is kept")
            self.assertEqual(self.rows("SELECT count(*) AS c FROM person"), [[0]], text)

    def test_rejected_rows(self):
        many = "".join(f"{i},n{i},{'x' if i % 1000 == 7 else i % 250}\n" for i in range(10_000))
        path = self.write("a.csv", "id,name,age\n" + many)
        bad = self.path("bad.ndjson")
        self.do(PERSON + f"COPY person FROM '{path}' WITH (rejects = '{bad}')")
        with open(bad, encoding="utf-8") as file:
            rejects = [json.loads(line) for line in file]
        wrong = [i for i in range(10_000) if i % 1000 == 7 or i % 250 >= 200]
        self.assertEqual([int(r["row"].split(",")[0]) for r in rejects], wrong)
        self.assertEqual([int(r["place"].rsplit(":", 1)[1]) for r in rejects], [i + 2 for i in wrong])
        self.assertEqual({r["code"] for r in rejects}, {"E0903", "E1003"})
        self.assertEqual(self.rows("SELECT count(*) AS c FROM person"), [[10_000 - len(wrong)]])
        # What was rejected can be mended and copied again.
        mended = self.write("mended.csv", "id,name,age\n" + "".join(",".join(r["row"].split(",")[:2]) + ",1\n" for r in rejects))
        self.do(f"COPY person FROM '{mended}'")
        self.assertEqual(self.rows("SELECT count(*) AS c FROM person"), [[10_000]])
        json_path = self.write("a.ndjson", '{"name": "p"}\n{"name": \n[1]\n{"name": "q", "age": 1}\n')
        self.do(f"COPY person FROM '{json_path}' WITH (rejects = '{bad}')")
        with open(bad, encoding="utf-8") as file:
            self.assertEqual([json.loads(line)["row"] for line in file], ['{"name": ', "[1]"])

    def test_rejected_rows_that_are_not_text(self):
        bad = self.path("bad.ndjson")
        for name, text, row in [
            ("a.csv", b"name,age\na,1\nb\xff,2\nc,3\n", "b\ufffd,2"),
            ("a.ndjson", b'{"name": "a"}\n{"name": "b\xff"}\n{"name": "c"}\n', '{"name": "b\ufffd"}'),
        ]:
            path = self.path(name)
            with open(path, "wb") as file:
                file.write(text)
            self.do("REMOVE TABLE IF EXISTS person;" + PERSON)
            self.refused(f"COPY person FROM '{path}'", "E0624", f"{name}:", "; nothing is kept")
            self.do(f"COPY person FROM '{path}' WITH (rejects = '{bad}')")
            with open(bad, encoding="utf-8") as file:
                rejects = [json.loads(line) for line in file]
            self.assertEqual([(r["code"], r["row"]) for r in rejects], [("E0624", row)])
            self.assertEqual(self.rows("SELECT name FROM person ORDER BY name"), [["a"], ["c"]])

    def test_where_files_may_be(self):
        self.do(PERSON)
        self.refused("COPY person FROM STDIN", "E0610")
        self.refused("COPY person TO STDOUT", "E0610")
        self.refused(f"COPY person FROM '{self.path('none.csv')}'", "E0624")
        self.refused(f"COPY person TO '{self.path('no/such/folder.csv')}'", "E0624")
        self.refused(f"COPY person TO '{self.folder}/..'", "E0624")
        self.refused("COPY person FROM 'a.csv' WITH (rejects = 1)", "E0317")
        self.refused("COPY person TO 'a.csv' WITH (rejects = 'b')", "E0210")
        self.refused("COPY (SELECT 1 AS a, 2 AS a) TO 'a.json'", "E0411")
        self.refused("BEGIN READ ONLY; COPY person FROM 'a.csv'", "E0805")
        path = self.write("empty.csv", "")
        self.do(f"COPY person FROM '{path}'")
        # A query that fails leaves the file as it was.
        self.do("INSERT INTO person (name, age) VALUES ('a', 0)")
        self.refused(f"COPY (SELECT 1 DIV age AS x FROM person) TO '{path}'", "E0902")
        self.assertEqual(os.path.getsize(path), 0)
        self.assertEqual([name for name in os.listdir(self.folder) if name.startswith("empty.csv.")], [])

    def test_the_name_may_be_a_parameter_and_many_files(self):
        self.write("p1.csv", "name,age\na,1\n")
        self.write("p2.csv", "age,name\n2,b\n")
        self.do(PERSON + f"LET $files = '{self.path('p*.csv')}'; COPY person FROM $files")
        self.assertEqual(self.rows("SELECT name, age FROM person ORDER BY name"), [["a", 1], ["b", 2]])
        self.refused("LET $files = 1; COPY person FROM $files", "E0306")

    def test_schemaless(self):
        path = self.write("a.csv", "id,x,y\n1,2,\nk,text,z\n")
        self.do(f"DEFINE TABLE doc SCHEMALESS (x int | string?); COPY doc FROM '{path}'")
        self.assertEqual(self.rows("SELECT id, x, y FROM doc ORDER BY id"), [["doc:1", "2", None], ["doc:k", "text", "z"]])


if __name__ == "__main__":
    program.main()
