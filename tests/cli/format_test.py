#!/usr/bin/env python3
"""The nine forms of results."""

import csv
import io
import json

import program

FORMATS = ("table", "box", "vertical", "json", "jsonl", "json-compact", "csv", "tsv", "markdown")

# A row whose cells try to break out of every form.
HARD = r"""SELECT 'a"b,c|d' AS q, 'x\ty\nz\\' AS w, '日本' AS wide, none AS gone, [1, 'two'] AS list, { k: { deep: true } } AS tree"""
HARD_COLUMNS = ["q", "w", "wide", "gone", "list", "tree"]
HARD_ROW = ['a"b,c|d', "x\ty\nz\\", "日本", None, [1, "two"], {"k": {"deep": True}}]


class Formats(program.Case):
    def form(self, name, *statements):
        arguments = [word for statement in statements for word in ("-c", statement)]
        result = program.run(*arguments, "--format", name)
        self.assertEqual((result.code, result.err), (0, ""), str(result))
        return result.out

    def test_promise(self):
        self.assertEqual(self.form("json-compact", "SELECT 1 + 1 AS x"), '{"columns":["x"],"types":["int"],"rows":[[2]]}\n')

    def test_small_result(self):
        query = "SELECT n, s FROM (VALUES (1, 'a'), (20, 'bc')) AS t (n, s) ORDER BY n"
        self.assertEqual(self.form("table", query), " n  | s\n----+----\n  1 | a\n 20 | bc\n(2 rows)\n")
        self.assertEqual(self.form("box", query),
                         "┌────┬────┐\n│ n  │ s  │\n├────┼────┤\n│  1 │ a  │\n│ 20 │ bc │\n└────┴────┘\n(2 rows)\n")
        self.assertEqual(self.form("vertical", query), "-- row 1 --\nn: 1\ns: a\n-- row 2 --\nn: 20\ns: bc\n(2 rows)\n")
        self.assertEqual(self.form("json", query), '[\n {"n":1,"s":"a"},\n {"n":20,"s":"bc"}\n]\n')
        self.assertEqual(self.form("jsonl", query), '{"n":1,"s":"a"}\n{"n":20,"s":"bc"}\n')
        self.assertEqual(self.form("json-compact", query), '{"columns":["n","s"],"types":["int","string"],"rows":[[1,"a"],[20,"bc"]]}\n')
        self.assertEqual(self.form("csv", query), "n,s\r\n1,a\r\n20,bc\r\n")
        self.assertEqual(self.form("tsv", query), "n\ts\n1\ta\n20\tbc\n")
        self.assertEqual(self.form("markdown", query), "| n   | s   |\n| --: | --- |\n|   1 | a   |\n|  20 | bc  |\n")

    def test_no_rows(self):
        query = "SELECT n FROM (VALUES (1)) AS t (n) WHERE n > 1"
        self.assertEqual(self.form("table", query), " n\n---\n(0 rows)\n")
        self.assertEqual(self.form("vertical", query), "(0 rows)\n")
        self.assertEqual(self.form("json", query), "[]\n")
        self.assertEqual(self.form("jsonl", query), "")
        self.assertEqual(self.form("json-compact", query), '{"columns":["n"],"types":["int"],"rows":[]}\n')
        self.assertEqual(self.form("csv", query), "n\r\n")
        self.assertEqual(self.form("tsv", query), "n\n")

    def test_json_reads_back(self):
        document = json.loads(self.form("json", HARD))
        self.assertEqual([list(row.items()) for row in document], [list(zip(HARD_COLUMNS, HARD_ROW))])
        self.assertEqual([json.loads(line) for line in self.form("jsonl", HARD).splitlines()], document)
        line = json.loads(self.form("json-compact", HARD))
        self.assertEqual((line["columns"], line["rows"]), (HARD_COLUMNS, [HARD_ROW]))
        self.assertEqual(len(line["types"]), len(HARD_COLUMNS))

    def test_csv_reads_back(self):
        head, row = csv.reader(io.StringIO(self.form("csv", HARD), newline=""))
        self.assertEqual(head, HARD_COLUMNS)
        self.assertEqual(row[:4], ['a"b,c|d', "x\ty\nz\\", "日本", ""])
        self.assertEqual([json.loads(cell) for cell in row[4:]], HARD_ROW[4:])

    def test_tsv_reads_back(self):
        head, row = self.form("tsv", HARD).splitlines()
        self.assertEqual(head.split("\t"), HARD_COLUMNS)
        cells = row.split("\t")
        self.assertEqual(cells[:4], ['a"b,c|d', "x\\ty\\nz\\\\", "日本", ""])
        self.assertEqual([json.loads(cell) for cell in cells[4:]], HARD_ROW[4:])

    def test_a_cell_cannot_break_a_table(self):
        for name in ("table", "box", "markdown"):
            lines = self.form(name, HARD).splitlines()
            rows = [line for line in lines if "日本" in line]
            self.assertEqual(len(rows), 1, lines)
            self.assertIn("x\\ty", rows[0])
        self.assertIn("x\\ty\\nz", self.form("markdown", HARD))
        self.assertIn("c\\|d", self.form("markdown", HARD))

    def test_cells_of_several_lines(self):
        query = "SELECT 7 AS n, 'a\\nbcd\\n' AS s, 'e' AS t"
        self.assertEqual(self.form("table", query), " n | s   | t\n---+-----+---\n 7 | a   | e\n   | bcd |\n   |     |\n(1 row)\n")
        self.assertEqual(self.form("box", query), "┌───┬─────┬───┐\n│ n │ s   │ t │\n├───┼─────┼───┤\n│ 7 │ a   │ e │\n│   │ bcd │   │\n│   │     │   │\n"
                                                  "└───┴─────┴───┘\n(1 row)\n")

    def test_wide_characters_are_aligned(self):
        query = "SELECT s, 'e' AS e FROM (VALUES ('日本'), ('ab'), ('e\\u{301}')) AS t (s) ORDER BY s"
        self.assertEqual(self.form("box", query),
                         "┌──────┬───┐\n│ s    │ e │\n├──────┼───┤\n│ ab   │ e │\n│ e\u0301    │ e │\n│ 日本 │ e │\n└──────┴───┘\n(3 rows)\n")

    def test_zero_byte_in_a_string(self):
        for name in ("table", "vertical", "csv", "tsv"):
            self.assertIn("after", self.form(name, "SELECT 'before\\u{0}after' AS s"), name)
        self.assertEqual(json.loads(self.form("jsonl", "SELECT 'before\\u{0}after' AS s")), {"s": "before\0after"})

    def test_values_do_not_speak_to_the_terminal(self):
        for name in ("table", "box", "vertical", "markdown"):
            out = self.form(name, "SELECT '\\u{1b}[31mred\\u{7}' AS `a\\u{1b}b`")
            self.assertIn("\\x1b[31mred\\x07", out, name)
            self.assertNotIn("\x1b", out, name)

    def test_a_failed_statement_leaves_json(self):
        query = "SELECT 1 DIV (x - 3) AS q FROM unnest([1, 2, 3]) AS x; SELECT 2 AS b"
        out = program.run("--format", "json", "--keep-going", "-c", query).out
        decoder, values = json.JSONDecoder(), []
        while out.strip():
            value, end = decoder.raw_decode(out.strip())
            values.append(value)
            out = out.strip()[end:]
        self.assertEqual(values, [[], [{"b": 2}]])

    def test_numbers_are_exact(self):
        query = "SELECT 9223372036854775807 AS i, 340282366920938463463374607431768211455u128 AS u, 19.90dec AS d, 0.1 AS f, 1e300 AS e"
        line = self.form("json-compact", query)
        self.assertIn('"rows":[[9223372036854775807,340282366920938463463374607431768211455,19.90,0.1,1e', line)
        values = json.loads(line)["rows"][0]
        self.assertEqual(values[3:], [0.1, 1e300])

    def test_types(self):
        line = json.loads(self.form("json-compact", "DEFINE TABLE t SCHEMAFULL ( a int, b string?, c array<int>, d record<t>? );"
                                    "SELECT a, b, c, d FROM t").splitlines()[-1])
        self.assertEqual(line["types"], ["int", "string?", "array<int>", "record<t>?"])

    def test_definitions_and_writes(self):
        statements = ("DEFINE TABLE t SCHEMALESS", "INSERT INTO t CONTENT [{ a: 1 }, { a: 2 }]", "UPDATE t SET a = 5 WHERE a = 1",
                      "DELETE t WHERE true", "BEGIN", "COMMIT")
        lines = [json.loads(line) for line in self.form("json-compact", *statements).splitlines()]
        self.assertEqual([line["affected"] for line in lines[1:4]], [2, 1, 2])
        self.assertEqual([list(line) for line in lines], [["affected"]] * 6)
        for name in ("json", "jsonl", "csv", "tsv", "markdown"):
            self.assertEqual(self.form(name, *statements), "", name)
        for name in ("table", "box", "vertical"):
            self.assertEqual(self.form(name, *statements), "ok\nok, 2 records\nok, 1 record\nok, 2 records\nok\nok\n")

    def test_counts_inside_a_transaction(self):
        lines = self.form("json-compact", "DEFINE TABLE t SCHEMALESS", "BEGIN", "INSERT INTO t CONTENT [{ a: 1 }, { a: 2 }]",
                          "UPDATE t SET a = 5 WHERE a = 1", "DELETE t WHERE true", "COMMIT").splitlines()
        self.assertEqual([json.loads(line)["affected"] for line in lines], [0, 0, 2, 1, 2, 0])

    def test_returning_gives_rows(self):
        self.assertEqual(self.form("jsonl", "DEFINE TABLE t SCHEMALESS", "CREATE t:1 SET a = 1 RETURNING id, a"), '{"id":"t:1","a":1}\n')

    def test_each_statement_gives_a_result(self):
        self.assertEqual(self.form("csv", "SELECT 1 AS a; SELECT 2 AS b", "SELECT 3 AS c"), "a\r\n1\r\nb\r\n2\r\nc\r\n3\r\n")

    def test_many_rows(self):
        digits = "(VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))"
        query = (f"SELECT a.x * 1000 + b.x * 100 + c.x * 10 + d.x AS n FROM {digits} AS a (x) CROSS JOIN {digits} AS b (x) "
                 f"CROSS JOIN {digits} AS c (x) CROSS JOIN {digits} AS d (x) ORDER BY n")
        for name in FORMATS:
            out = self.form(name, query)
            self.assertIn("9999", out.splitlines()[-1 if name not in ("table", "box", "vertical", "json") else -3 if name == "box" else -2])
        self.assertEqual([row[0] for row in json.loads(self.form("json-compact", query))["rows"]], list(range(10000)))

    def test_without_a_terminal_the_form_is_tsv(self):
        self.assertEqual(program.run("-c", "SELECT 1 AS a, 2 AS b").out, "a\tb\n1\t2\n")


if __name__ == "__main__":
    program.main()
