#!/usr/bin/env python3
"""read_csv and read_json: files as tables."""

import os

import program
from program import run


class Files(program.Case):
    def rows(self, text):
        result = run("-c", text, "--format", "json-compact")
        self.check_code(result, 0)
        return result.rows()

    def refused(self, text, *parts):
        result = run("-c", text)
        self.check_code(result, 3)
        for part in parts:
            self.assertIn(part, result.err)

    def test_types_of_cells(self):
        path = self.write(
            "a.csv",
            "\ufeffn,f,b,d,s,zip,empty\r\n1,1,true,2026-01-02,x,007,\r\n-2,2.5,false,2026-01-02T03:04:05Z,\"y, \"\"z\"\"\n2\",042,\n,,,,,,\n",
        )
        rows = self.rows(f"SELECT r.n, r.f, r.b, r.d, r.s, r.zip, r.empty, i FROM read_csv('{path}') AS r AT i ORDER BY i")
        self.assertEqual(rows[0], [1, 1.0, True, "2026-01-02T00:00:00Z", "x", "007", None, 0])
        self.assertEqual(rows[1], [-2, 2.5, False, "2026-01-02T03:04:05Z", 'y, "z"\n2', "042", None, 1])
        self.assertEqual(rows[2], [None] * 7 + [2])
        kinds = self.rows(f"SELECT DISTINCT type_of(r.n) AS a, type_of(r.f) AS b, type_of(r.d) AS c FROM read_csv('{path}') AS r WHERE r.n IS NOT none")
        self.assertEqual(kinds, [["int", "float", "datetime"]])

    def test_options(self):
        path = self.write("a.csv", "1;NA;\"\"\n2;x;y\n\n")
        self.assertEqual(
            self.rows(f"SELECT r.column0, r.column1, r.column2 FROM read_csv('{path}', delimiter => ';', header => false, none_text => 'NA') AS r ORDER BY column0"),
            [[1, None, ""], [2, "x", "y"]],
        )
        self.assertEqual(
            self.rows(f"SELECT r FROM read_csv('{path}', delimiter => ';', infer => false) AS r"), [[{"1": "2", "NA": "x", "": "y"}]]
        )
        self.refused(f"SELECT r FROM read_csv('{path}', delimiter => '--') AS r", "E0623")
        self.refused(f"SELECT r FROM read_csv('{path}', delimiter => '\"') AS r", "E0623")

    def test_what_is_broken_is_told_with_its_line(self):
        many = "a,b\n" + "1,2\n" * 10_000
        for name, text, *parts in [
            ("width.csv", "a,b\n1,2\n3\n", ":3:", "1 cells instead of 2"),
            ("late.csv", many + "1,x\n", ":10002:", "`b` is int", "E0624"),
            ("quote.csv", 'a,b\n1,"2\n3,4\n', ":2:", "not closed"),
            ("behind.csv", 'a,b\n1,"2"3\n', ":2:", "closing quote"),
            ("twice.csv", "a,a\n1,2\n", ":1:", "one name"),
        ]:
            path = self.write(name, text)
            self.refused(f"SELECT count(*) FROM read_csv('{path}') AS r", "E0624", name, *parts)
        path = self.write("late.csv", many + "1,x\n")
        self.assertEqual(self.rows(f"SELECT count(*) AS c FROM read_csv('{path}', infer => false) AS r"), [[10_001]])
        path = self.write("bytes.csv", "")
        with open(path, "wb") as file:
            file.write(b"a\n\xff\n")
        self.refused(f"SELECT r FROM read_csv('{path}') AS r", "E0624", ":2:", "UTF-8")

    def test_empty_files(self):
        for text in ("", "\n\n", "a,b\n", "a,b"):
            path = self.write("a.csv", text)
            self.assertEqual(self.rows(f"SELECT count(*) AS c FROM read_csv('{path}') AS r"), [[0]], repr(text))
        for text in ("", " \n", "[]", " [ ] \n"):
            path = self.write("a.json", text)
            self.assertEqual(self.rows(f"SELECT count(*) AS c FROM read_json('{path}') AS r"), [[0]], repr(text))

    def test_json_as_an_array_and_as_lines(self):
        array = self.write("a.json", '[{"a": 1, "s": "],}\\"["},\n [2, [3]], "x" , null]\n')
        self.assertEqual(self.rows(f"SELECT r, i FROM read_json('{array}') AS r AT i ORDER BY i"),
                         [[{"a": 1, "s": '],}"['}, 0], [[2, [3]], 1], ["x", 2], [None, 3]])
        lines = self.write("b.json", '{"a": 1}\n\n{"a": {"b": 2}}\r\n3')
        self.assertEqual(self.rows(f"SELECT r FROM read_json('{lines}') AS r AT i ORDER BY i"), [[{"a": 1}], [{"a": {"b": 2}}], [3]])
        for name, text, *parts in [
            ("open.json", '[1,\n2', ":2:", "not closed"),
            ("two.json", '[1]\n[2]', ":2:", "behind the array"),
            ("bad.json", '{"a": 1}\n{"a": }\n', ":2:"),
            ("comma.json", '[1,]', ":1:"),
            ("brace.json", '[1,\n2}, 3]', ":2:", "a `,` or `]`"),
        ]:
            path = self.write(name, text)
            self.refused(f"SELECT r FROM read_json('{path}') AS r", "E0624", name, *parts)

    def test_patterns_and_joins(self):
        one = self.write("p1.csv", "id,v\n1,a\n2,b\n")
        self.write("p2.csv", "id,v\n3,c\n")
        pattern = os.path.join(os.path.dirname(one), "p*.csv")
        self.assertEqual(self.rows(f"SELECT r.v FROM read_csv('{pattern}') AS r ORDER BY r.id"), [["a"], ["b"], ["c"]])
        self.write("p3.csv", "id,w\n3,c\n")
        self.refused(f"SELECT r.v FROM read_csv('{pattern}') AS r", "p3.csv:1", "not those of the first file")
        text = f"DEFINE TABLE t SCHEMAFULL ( id2 int, v string ); INSERT INTO t (id2, v) SELECT CAST(r.id AS int) AS id2, CAST(r.v AS string) AS v FROM read_csv('{one}') AS r; SELECT id2, v FROM t ORDER BY id2"
        self.assertEqual(self.rows(text), [[1, "a"], [2, "b"]])
        self.refused("SELECT r FROM read_csv('nothing-here.csv') AS r", "E0624", "there is no file")
        self.refused("SELECT r FROM read_csv(none) AS r", "E0602")


if __name__ == "__main__":
    program.main()
