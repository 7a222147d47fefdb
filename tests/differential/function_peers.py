#!/usr/bin/env python3
"""function_peers.py BINARY [--seed N] [--cases N] [--only NAME] [--postgres FOLDER_OF_SOCKET]

Functions that DuckDB (package `duckdb` of PyPI, which the caller installs) or PostgreSQL (a server that the caller started, by the folder of its
socket) has with the same meaning, on random arguments. Prints each answer that differs. Expressions that mean the same stand in one row of PAIRS:
zeroql, DuckDB, PostgreSQL; None where the peer has nothing like it, or means something else:

- DuckDB and PostgreSQL round an f64 that lies between two by its binary value or to the even one; zeroql by its shortest decimal, away from zero.
- A text of nothing splits into one part, but in PostgreSQL into none; two of them are alike, but not for DuckDB's Jaro.
- DuckDB's `upper` makes `ẞ` of `ß`, and its Jaro-Winkler gives no bonus for a common start below 0.7, so that is computed from its Jaro.
- `mode` of several that are equally frequent is the first one met in both.
- The correlation with something that is always the same is NaN in DuckDB, none in zeroql and PostgreSQL.
- DuckDB's `least` and `array_position` differ for NULL, its `list_distinct` gives no order, its `lpad` and PostgreSQL's cut longer texts.
- PostgreSQL's `initcap` goes by letters and digits, zeroql's `title` by Unicode's words.
"""

import argparse
import json
import math
import random
import subprocess
import sys
import tempfile

ROWS_ERROR = "error"
ALPHABET = ["a", "b", "A", "Z", "0", "7", " ", "-", ",", "é", "ß", "Ω", "я", "中", "😀", "e\u0301", "Å"]
UNITS = ["year", "quarter", "month", "week", "day", "hour", "minute", "second"]

# name, kinds of the arguments, zeroql, DuckDB, PostgreSQL
WINKLER = ("CASE WHEN {0} = {1} THEN 1 ELSE jaro_similarity({0}, {1}) + 0.1 * (1 - jaro_similarity({0}, {1})) * greatest("
           + ", ".join(f"CASE WHEN left({{0}}, {k}) = left({{1}}, {k}) AND length({{0}}) >= {k} THEN {k} ELSE 0 END" for k in range(1, 5)) + ") END")
PAIRS = [
    ("upper", "w", "upper({0})", "upper({0})", None),
    ("lower", "a", "lower({0})", "lower({0})", "lower({0})"),
    ("length", "s", "length({0})", "length({0})", "length({0})"),
    ("reverse", "a", "reverse({0})", "reverse({0})", "reverse({0})"),
    ("repeat", "sn", "repeat({0}, {1})", "repeat({0}, {1})", "repeat({0}, {1})"),
    ("lpad", "snc", "lpad({0}, length({0}) + {1}, {2})", "lpad({0}, (length({0}) + {1})::INT, {2})", "lpad({0}, length({0}) + {1}, {2})"),
    ("rpad", "snc", "rpad({0}, length({0}) + {1}, {2})", "rpad({0}, (length({0}) + {1})::INT, {2})", "rpad({0}, length({0}) + {1}, {2})"),
    ("trim chars", "sc", "trim({0}, {1})", "trim({0}, {1})", "btrim({0}, {1})"),
    ("ltrim chars", "sc", "ltrim({0}, {1})", "ltrim({0}, {1})", "ltrim({0}, {1})"),
    ("rtrim chars", "sc", "rtrim({0}, {1})", "rtrim({0}, {1})", "rtrim({0}, {1})"),
    ("replace", "scc", "replace({0}, {1}, {2})", "replace({0}, {1}, {2})", "replace({0}, {1}, {2})"),
    ("starts_with", "sc", "starts_with({0}, {1})", "starts_with({0}, {1})", "starts_with({0}, {1})"),
    ("ends_with", "sc", "ends_with({0}, {1})", "ends_with({0}, {1})", "right({0}, length({1})) = {1}"),
    ("position", "sc", "(position({0}, {1}) ?? -1) + 1", "strpos({0}, {1})", "strpos({0}, {1})"),
    ("take", "sn", "take({0}, {1})", "left({0}, {1})", "left({0}, {1})"),
    ("take from the end", "sn", "take({0}, -{1})", None, "right({0}, {1})"),
    ("drop", "sn", "drop({0}, {1})", None, "substr({0}, {1} + 1)"),
    ("split", "sc", "string::split({0}, {1})", "string_split({0}, {1})", "CASE WHEN {0} = '' THEN '[\"\"]' ELSE array_to_json(string_to_array({0}, {1})) END"),
    ("string::before", "ac", "string::before({0}, {1}) ?? {0}", "split_part({0}, {1}, 1)", "split_part({0}, {1}, 1)"),
    ("levenshtein", "ab", "string::levenshtein({0}, {1})", "levenshtein({0}, {1})", None),
    ("jaro_winkler", "ab", "string::jaro_winkler({0}, {1})", WINKLER, None),
    ("normalize NFC", "s", "string::normalize({0})", "nfc_normalize({0})", "normalize({0}, NFC)"),
    ("normalize NFD", "s", "string::normalize({0}, form => 'NFD')", None, "normalize({0}, NFD)"),
    ("normalize NFKC", "s", "string::normalize({0}, form => 'NFKC')", None, "normalize({0}, NFKC)"),
    ("code point", "c", "string::code_points({0})[0]", "unicode({0})", "ascii({0})"),
    ("from_code_points", "k", "string::from_code_points([{0}])", "chr({0})", "chr({0})"),
    ("regex find", "a", r"regex::find({0}, re'[A-Z0-9]+') ?? ''", r"regexp_extract({0}, '[A-Z0-9]+')", r"coalesce(substring({0} from '[A-Z0-9]+'), '')"),
    ("regex replace", "a", r"replace({0}, re'([a-z])([0-9])', '$2$1')", r"regexp_replace({0}, '([a-z])([0-9])', '\2\1', 'g')",
     r"regexp_replace({0}, '([a-z])([0-9])', '\2\1', 'g')"),
    ("regex match", "a", r"{0} ~ re'^[a-b]*[0-9]?'", r"regexp_matches({0}, '^[a-b]*[0-9]?')", r"{0} ~ '^[a-b]*[0-9]?'"),
    ("regex find_all", "a", r"regex::find_all({0}, re'[a-z][0-9]?')", r"regexp_extract_all({0}, '[a-z][0-9]?')", None),
    ("like", "ac", "{0} LIKE '%' || {1} || '_%'", "{0} LIKE '%' || {1} || '_%'", "{0} LIKE '%' || {1} || '_%'"),
    ("md5", "s", "encoding::hex(crypto::md5({0}))", "md5({0})", "md5({0})"),
    ("sha256", "s", "encoding::hex(crypto::sha256({0}))", "sha256({0})", "encode(sha256(convert_to({0}, 'UTF8')), 'hex')"),
    ("sha1", "s", "encoding::hex(crypto::sha1({0}))", "sha1({0})", None),
    ("sha512", "s", "encoding::hex(crypto::sha512({0}))", None, "encode(sha512(convert_to({0}, 'UTF8')), 'hex')"),
    ("hex", "s", "upper(encoding::hex({0}))", "hex({0})", "upper(encode(convert_to({0}, 'UTF8'), 'hex'))"),
    ("base64", "s", "encoding::base64({0})", "to_base64(encode({0}))", "encode(convert_to({0}, 'UTF8'), 'base64')"),
    ("url", "s", "encoding::url({0})", "url_encode({0})", None),
    ("from_url", "s", "encoding::from_url(encoding::url({0}))", "url_decode(url_encode({0}))", None),
    ("abs", "i", "abs({0})", "abs({0})", "abs({0})"),
    ("sign", "f", "sign({0})", "sign({0})", "sign({0}::float8)"),
    ("floor", "f", "floor({0})", "floor({0})", "floor({0}::float8)"),
    ("ceil", "f", "ceil({0})", "ceil({0})", "ceil({0}::float8)"),
    ("trunc", "f", "trunc({0})", "trunc({0})", "trunc({0}::float8)"),
    ("round int", "in", "round({0}, -{1})", None, "round({0}::numeric, -{1})"),
    ("round decimal", "dn", "CAST(round(CAST('{0}' AS decimal), {1}) AS float)", "round({0}::DECIMAL(18,4), {1})::DOUBLE", "round({0}::numeric, {1})::float8"),
    ("round_even", "f", "math::round_even({0})", "round_even({0}, 0)", "round({0}::float8)"),
    ("sqrt", "p", "sqrt({0})", "sqrt({0}::DOUBLE)", "sqrt({0}::float8)"),
    ("exp", "u", "math::exp({0})", "exp({0}::DOUBLE)", "exp({0}::float8)"),
    ("ln", "p", "math::ln({0})", "ln({0}::DOUBLE)", "ln({0}::float8)"),
    ("log", "p", "math::log({0})", "log10({0}::DOUBLE)", "log({0}::float8)"),
    ("log base 2", "p", "math::log({0}, base => 2)", "log2({0}::DOUBLE)", None),
    ("power", "pn", "{0} ** {1}", "pow({0}::DOUBLE, {1})", "power({0}::float8, {1}::float8)"),
    *[(name, "u", f"math::{name}({{0}})", f"{name}({{0}}::DOUBLE)", f"{name}({{0}}::float8)")
      for name in ("sin", "cos", "tan", "asin", "acos", "atan", "degrees", "radians")],
    ("atan2", "ff", "math::atan2({0}, {1})", "atan2({0}::DOUBLE, {1}::DOUBLE)", "atan2({0}::float8, {1}::float8)"),
    ("gcd", "ii", "math::gcd({0}, {1})", "gcd({0}, {1})", "gcd({0}, {1})"),
    ("lcm", "ii", "math::lcm({0}, {1})", "lcm({0}, {1})", "lcm({0}::int8, {1}::int8)"),
    ("bit_count", "i", "math::bit_count({0})", "bit_count({0}::BIGINT)", None),
    ("div", "ij", "{0} DIV {1}", None, "div({0}, {1})"),
    ("modulo", "ij", "{0} % {1}", "{0} % {1}", "{0} % {1}"),
    ("div_floor", "ij", "math::div_floor({0}, {1})", None, "floor({0}::numeric / {1})"),
    ("greatest", "iii", "greatest({0}, {1}, {2})", "greatest({0}, {1}, {2})", "greatest({0}, {1}, {2})"),
    ("least", "iii", "least({0}, {1}, {2})", "least({0}, {1}, {2})", "least({0}, {1}, {2})"),
    ("nullif", "nn", "nullif({0}, {1})", "nullif({0}, {1})", "nullif({0}, {1})"),
    ("bucket", "f", "(math::bucket({0}, -50, 50, 7) ?? -1) + 1", None,
     "CASE WHEN {0} >= -50 AND {0} < 50 THEN width_bucket({0}::float8, -50, 50, 7) ELSE 0 END"),
    *[(f"time::{name}", "t", f"time::{name}({{0}})", f"{duck}({{0}})", f"extract({pg} from {{0}} AT TIME ZONE 'UTC')")
      for name, duck, pg in [("year", "year", "year"), ("quarter", "quarter", "quarter"), ("month", "month", "month"), ("week", "week", "week"),
                             ("iso_year", "isoyear", "isoyear"), ("day", "day", "day"), ("hour", "hour", "hour"), ("minute", "minute", "minute"),
                             ("weekday", "isodow", "isodow"), ("yearday", "dayofyear", "doy")]],
    *[(f"year to hour in {zone}", "t", f"time::format({{0}}, '%Y-%m-%d %H:%M:%S', zone => '{zone}')", None,
       f"to_char({{0}} AT TIME ZONE '{zone}', 'YYYY-MM-DD HH24:MI:SS')") for zone in ("Europe/Oslo", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")],
    *[(f"time::floor to {unit}", "t", f"time::unix(time::floor({{0}}, '{unit}'))", f"epoch(date_trunc('{unit}', {{0}}))::BIGINT",
       f"extract(epoch from date_trunc('{unit}', {{0}}, 'UTC'))::int8") for unit in UNITS],
    *[(f"time::floor to {unit} in Oslo", "t", f"time::unix(time::floor({{0}}, '{unit}', zone => 'Europe/Oslo'))", None,
       f"extract(epoch from date_trunc('{unit}', {{0}}, 'Europe/Oslo'))::int8") for unit in ("year", "month", "week", "day")],
    *[(f"time::add {unit}", "tm", f"time::unix(time::add({{0}}, {{1}}, '{unit}'))", f"epoch({{0}} + to_{unit}s({{1}}))::BIGINT",
       f"extract(epoch from ({{0}} AT TIME ZONE 'UTC' + {{1}} * interval '1 {unit}'))::int8") for unit in ("year", "month", "week", "day", "hour")],
    *[(f"time::diff {unit}", "tt", f"time::diff({{0}}, {{1}}, '{unit}')", f"date_sub('{unit}', {{0}}, {{1}})", None) for unit in ("day", "hour", "week")],
    ("time::last_day", "t", "time::unix(time::last_day({0}))", "epoch(last_day({0}))::BIGINT",
     "extract(epoch from date_trunc('month', {0}, 'UTC') + interval '1 month' - interval '1 day')::int8"),
    ("time::unix", "t", "time::unix({0})", "epoch({0})::BIGINT", "extract(epoch from {0})::int8"),
    ("time::format", "t", "time::format({0}, '%Y-%m-%d %H:%M:%S %j %p %I %a %A %b %B')", "strftime({0}, '%Y-%m-%d %H:%M:%S %j %p %I %a %A %b %B')",
     "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS DDD AM HH12 Dy FMDay Mon FMMonth')"),
    ("time::parse", "t", "time::unix(time::parse(time::format({0}, '%d.%m.%Y %H:%M'), '%d.%m.%Y %H:%M'))",
     "epoch(strptime(strftime({0}, '%d.%m.%Y %H:%M'), '%d.%m.%Y %H:%M'))::BIGINT", None),
    ("array::sort", "A", "array::sort({0})", "list_sort({0})", None),
    ("array::unique", "A", "array::sort(array::unique({0}))", "list_sort(list_distinct({0}))", None),
    ("array reverse", "A", "reverse({0})", "list_reverse({0})", None),
    ("array length", "A", "length({0})", "len({0})", "cardinality({0})"),
    ("array contains", "An", "{0} CONTAINS {1}", "list_contains({0}, {1})", "{1} = ANY ({0})"),
    ("array concat", "AA", "{0} || {1}", "{0} || {1}", "array_to_json({0} || {1})"),
    ("array slice", "Ann", "{0}[{1}..{2}]", "({0})[{1} + 1:{2}]", "array_to_json(({0})[{1} + 1:{2}])"),
    ("array::remove", "An", "array::remove({0}, {1})", "list_filter({0}, lambda x: x != {1})", "array_to_json(array_remove({0}, {1}))"),
    ("array position", "An", "(position({0}, {1}) ?? -1) + 1", None, "coalesce(array_position({0}, {1}), 0)"),
    *[(f"{name} of ints", "A", f"{{0}}.{name}()", f"list_aggregate({{0}}, '{duck}')", f"(SELECT {pg}(x) FROM unnest({{0}}) AS x)")
      for name, duck, pg in [("sum", "sum", "sum"), ("min", "min", "min"), ("max", "max", "max"), ("count", "count", "count"), ("avg", "avg", "avg"),
                             ("bit_and", "bit_and", "bit_and"), ("bit_or", "bit_or", "bit_or"), ("bit_xor", "bit_xor", "bit_xor")]],
    *[(f"{name} of floats", "F", f"{{0}}.{name}()", f"list_aggregate({{0}}, '{name}')", f"(SELECT {name}(x) FROM unnest({{0}}) AS x)")
      for name in ("avg", "stddev_samp", "stddev_pop", "var_samp", "var_pop")],
    ("median", "F", "{0}.median()", "list_aggregate({0}, 'median')", "(SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x) FROM unnest({0}) AS x)"),
    ("percentile", "Fh", "{0}.percentile({1})", "list_aggregate({0}, 'quantile_cont', {1})",
     "(SELECT percentile_cont({1}) WITHIN GROUP (ORDER BY x) FROM unnest({0}) AS x)"),
    *[(name, "V", f"(SELECT {name}(y, x) FROM (VALUES {{0}}) AS t (y, x))", f"(SELECT {name}(y, x) FROM (VALUES {{0}}) AS t (y, x))",
       f"(SELECT {name}(y::float8, x::float8) FROM (VALUES {{0}}) AS t (y, x))")
      for name in ("corr", "covar_samp", "covar_pop", "regr_slope", "regr_intercept")],
    ("min_by", "V", "(SELECT min_by(y, x) FROM (VALUES {0}) AS t (y, x))", "(SELECT min(y) FROM (VALUES {0}) AS t (y, x) WHERE x = (SELECT min(x) FROM (VALUES {0}) AS u (y, x)))",
     "(SELECT min(y) FROM (VALUES {0}) AS t (y, x) WHERE x = (SELECT min(x) FROM (VALUES {0}) AS u (y, x)))"),
    ("string_agg", "V", "(SELECT string_agg(CAST(y AS string), ';' ORDER BY x, y) FROM (VALUES {0}) AS t (y, x))",
     "(SELECT string_agg(y::VARCHAR, ';' ORDER BY x, y) FROM (VALUES {0}) AS t (y, x))", "(SELECT string_agg(y::text, ';' ORDER BY x, y) FROM (VALUES {0}) AS t (y, x))"),
    *[(f"window {call}", "V", f"(SELECT sum(w * y) FROM (SELECT y, CAST({call} OVER (ORDER BY x, y) AS float) AS w FROM (VALUES {{0}}) AS t (y, x)) AS u)",
       f"(SELECT sum(w * y) FROM (SELECT y, CAST({call} OVER (ORDER BY x, y) AS DOUBLE) AS w FROM (VALUES {{0}}) AS t (y, x)) AS u)",
       f"(SELECT sum(w * y) FROM (SELECT y, CAST({call} OVER (ORDER BY x, y) AS float8) AS w FROM (VALUES {{0}}) AS t (y, x)) AS u)")
      for call in ("rank()", "dense_rank()", "percent_rank()", "cume_dist()", "ntile(3)", "lag(y, 2, 0)", "lead(y, 1, 5)", "sum(y)", "avg(y)", "min(y)", "count(y)")],
    ("dot", "GG", "vector::dot({0}, {1})", "list_dot_product({0}, {1})", None),
    ("l2_distance", "GG", "vector::l2_distance({0}, {1})", "list_distance({0}, {1})", None),
    ("cosine_distance", "GG", "vector::cosine_distance({0}, {1})", "1 - list_cosine_similarity({0}, {1})", None),
    ("series of months", "tn", "ARRAY(SELECT AS VALUE time::unix(x) FROM series({0}..time::add({0}, {1} * 20, 'day'), 'month') AS x)", None,
     "(SELECT coalesce(json_agg(extract(epoch from x)::int8 ORDER BY x), '[]') FROM generate_series({0} AT TIME ZONE 'UTC', ({0} AT TIME ZONE 'UTC') + {1} * interval '20 day' - interval '1 microsecond', interval '1 month') AS x)"),
    ("json::pointer", "ss", "json::pointer({{a: [{0}, {1}]}}, '/a/1')", "json_extract_string(json_object('a', json_array({0}, {1})), '$.a[1]')",
     "json_build_object('a', json_build_array({0}::text, {1}::text)) #>> '{{a,1}}'"),
    ("range overlaps", "iiii", "range::overlaps(least({0}, {1})..greatest({0}, {1}), least({2}, {3})..greatest({2}, {3}))", None,
     "int4range(least({0}, {1}), greatest({0}, {1})) && int4range(least({2}, {3}), greatest({2}, {3}))"),
]


class Arguments:
    """A random argument of a kind, as text of each dialect."""

    def __init__(self, chance):
        self.chance = chance

    def text(self, letters, low, high):
        return "".join(self.chance.choice(letters) for _ in range(self.chance.randint(low, high)))

    def of(self, kind):
        chance = self.chance
        if kind in "swabc":
            letters = {"s": ALPHABET, "w": [letter for letter in ALPHABET if letter != "ß"]}.get(kind, "abcZ019 -")
            value = "'" + self.text(letters, 1 if kind == "c" else 0, {"s": 10, "w": 10, "a": 12, "b": 8, "c": 2}[kind]) + "'"
            return value, value, value
        if kind == "i":
            return (str(chance.choice([chance.randint(-20, 20), chance.randint(-100000, 100000)])),) * 3
        if kind == "j":
            return (str(chance.choice([-1, 1]) * chance.randint(1, 50)),) * 3
        if kind == "m":
            return (str(chance.randint(-200, 200)),) * 3
        if kind == "n":
            return (str(chance.randint(0, 6)),) * 3
        if kind == "k":
            return (str(chance.choice([chance.randint(32, 126), chance.randint(0xA0, 0xD7FF), chance.randint(0x10000, 0x10FFFF)])),) * 3
        if kind == "h":
            return (str(chance.choice([0.0, 0.25, 0.5, 0.9, 1.0])),) * 3
        if kind in "fpud":
            value = {"f": chance.uniform(-100, 100), "p": chance.uniform(0.001, 1000), "u": chance.uniform(-1, 1),
                     "d": round(chance.uniform(-100, 100), 4)}[kind]
            return (repr(value) if kind != "d" else f"{value:.4f}",) * 3
        if kind == "t":
            text = f"{chance.randint(1900, 2100)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02} {chance.randint(0, 23):02}:{chance.randint(0, 59):02}:{chance.randint(0, 59):02}"
            return f"d'{text.replace(' ', 'T')}Z'", f"TIMESTAMP '{text}'", f"timestamptz '{text}Z'"
        if kind == "V":
            return (", ".join(f"({chance.randint(-9, 9)}, {chance.randint(-20, 20)})" for _ in range(chance.randint(2, 12))),) * 3
        if kind == "A":
            body = ", ".join(str(chance.randint(0, 9)) for _ in range(chance.randint(1, 8)))
            return f"[{body}]", f"[{body}]::BIGINT[]", f"ARRAY[{body}]::int8[]"
        count = 5 if kind == "G" else chance.randint(2, 9)
        body = ", ".join(repr(chance.uniform(-10, 10)) for _ in range(count))
        return f"[{body}]", f"[{body}]::DOUBLE[]", f"ARRAY[{body}]::float8[]"


def plain(value):
    """Numbers as numbers, JSON texts of arrays as arrays."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str) and value[:1] == "[" and value[-1:] == "]":
        try:
            return plain(json.loads(value))
        except ValueError:
            return value
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, (int, str)):
        return value
    value = float(value)
    return None if math.isnan(value) else value


def same(left, right):
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return left == right or math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return type(left) is type(right) and left == right


def ours(binary, expressions):
    with tempfile.NamedTemporaryFile("w", suffix=".zql") as script:
        for number, expression in enumerate(expressions):
            script.write(f"SELECT {number} AS n, {expression} AS v;\n")
        script.flush()
        done = subprocess.run([binary, "--format", "jsonl", "--keep-going", "-f", script.name], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    answers = [ROWS_ERROR] * len(expressions)
    for line in done.stdout.splitlines():
        row = json.loads(line)
        answers[row["n"]] = plain(row["v"])
    return answers, done.stderr


def of_duckdb(expressions):
    import duckdb
    peer = duckdb.connect()
    peer.execute("SET TimeZone = 'UTC'")
    answers = []
    for expression in expressions:
        try:
            answers.append(plain(peer.execute(f"SELECT {expression}").fetchone()[0]))
        except duckdb.Error as error:
            answers.append(f"{ROWS_ERROR}: {str(error).splitlines()[0]}")
    return answers


def of_postgres(folder, expressions):
    script = "SET TimeZone = 'UTC';\n" + "".join(
        f"SELECT json_build_array({number}, {expression});\n" for number, expression in enumerate(expressions))
    done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-h", folder, "-U", "postgres", "postgres"], input=script, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, env={"PGCLIENTENCODING": "UTF8", "PATH": "/usr/bin:/bin"})
    answers = [ROWS_ERROR] * len(expressions)
    for line in done.stdout.splitlines():
        number, value = json.loads(line)
        answers[number] = plain(value)
    errors = done.stderr.splitlines()
    if errors:
        print("PostgreSQL:", errors[0])
    return answers


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--only")
    parser.add_argument("--postgres")
    options = parser.parse_args()
    peers = {"DuckDB": (1, of_duckdb)}
    if options.postgres:
        peers["PostgreSQL"] = (2, lambda expressions: of_postgres(options.postgres, expressions))
    compared = {name: 0 for name in peers}
    asked = differing = 0
    for name, kinds, *texts in PAIRS:
        if options.only and options.only != name:
            continue
        arguments = Arguments(random.Random(f"{options.seed} {name}"))
        cases = [[arguments.of(kind) for kind in kinds] for _ in range(options.cases)]
        expressions = [[text and text.format(*[argument[dialect] for argument in case]) for dialect, text in enumerate(texts)] for case in cases]
        mine, errors = ours(options.binary, [each[0] for each in expressions])
        asked += len(cases)
        for peer, (dialect, ask) in peers.items():
            if texts[dialect] is None:
                continue
            compared[peer] += 1
            theirs = ask([each[dialect] for each in expressions])
            wrong = [i for i in range(len(cases)) if not same(mine[i], theirs[i]) or mine[i] == ROWS_ERROR]
            differing += len(wrong)
            for i in wrong[:2]:
                print(f"{name}: {len(wrong)} of {len(cases)} differ\n  {expressions[i][0]}\n  {mine[i]!r}\n  {peer}: {expressions[i][dialect]}\n  {theirs[i]!r}")
                if mine[i] == ROWS_ERROR and errors:
                    print(" ", errors.splitlines()[0])
    print(f"seed {options.seed}: {len(PAIRS)} functions, {options.cases} cases each, {asked} statements; "
          + ", ".join(f"{count} with {peer}" for peer, count in compared.items()) + f"; {differing} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
