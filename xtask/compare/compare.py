"""Compares the CSV files of `data_exporter convert` with two independent readers and what others published.

Usage: compare.py CORPUS CONVERT_JSON. Prints a JSON object: `files`, one object a table with the number of values
compared, and `differences`, one object per table, reader and column with the rows (from 1, in the file's order; 0 is the
heading) and the first two values. It judges nothing: xtask does, by its list of explanations.
"""

import base64
import datetime
import decimal
import json
import os
import sys
import tomllib

import dbfread

import raw_reader

PYTHON_PAGE = {"windows-": "cp", "iso-8859-": "iso8859-", "koi8-": "koi8_"}


def main():
    corpus, report = sys.argv[1:3]
    with open(report, encoding="utf-8") as file:
        converted = json.load(file)["files"]
    files, differences = [], []
    for entry in converted:
        name = os.path.relpath(entry["source"], corpus).replace(os.sep, "/")
        found = Differences(name)
        result = {"file": name, "refused": entry["error"] and entry["error"]["message"], "rows": 0, "values": {}}
        files.append(result)
        if entry["error"]:
            continue
        with open(entry["output"], encoding="utf-8", newline="") as file:
            heading, *rows = parse_csv(file.read())
        result["rows"] = len(rows)
        for reader in (with_raw_reader, with_dbfread, with_published):
            label = reader.__name__.removeprefix("with_")
            try:
                result["values"][label] = reader(entry, heading, rows, found)
            except Exception as error:
                found.add(label, "*", "*", "a converted table", f"{type(error).__name__}: {error}")
        differences += found.grouped()
    json.dump({"files": files, "differences": differences}, sys.stdout, ensure_ascii=False)


class Differences:
    def __init__(self, name):
        self.name, self.groups = name, {}

    def add(self, reader, column, row, ours, theirs):
        group = self.groups.setdefault((reader, column), {"rows": [], "ours": ours, "theirs": theirs})
        group["rows"].append(row)

    def grouped(self):
        return [
            {"file": self.name, "reader": reader, "column": column, "rows": ranges(group["rows"]),
             "ours": repr(group["ours"])[:200], "theirs": repr(group["theirs"])[:200]}
            for (reader, column), group in self.groups.items()
        ]


def ranges(rows):
    if "*" in rows:
        return "*"
    rows, parts, start = sorted(rows), [], None
    for place, row in enumerate(rows):
        start = row if start is None else start
        if place + 1 == len(rows) or rows[place + 1] != row + 1:
            parts.append(str(row) if start == row else f"{start}-{row}")
            start = None
    return ",".join(parts)


def parse_csv(data):
    """Rows of (text, quoted): the standard module forgets the quotes, which tell a null from an empty text."""
    rows, row, place = [], [], 0
    while place < len(data):
        quoted = data[place] == '"'
        if quoted:
            text, place = "", place + 1
            while True:
                end = data.index('"', place)
                text += data[place:end]
                place = end + 1
                if data[place : place + 1] != '"':
                    break
                text, place = text + '"', place + 1
        else:
            end = place
            while data[end] not in ",\n":
                end += 1
            text, place = data[place:end], end
        row.append((text, quoted))
        if data[place] == "\n":
            rows.append(row)
            row = []
        elif place + 1 < len(data) and data[place + 1] == "\n":
            row.append(("", False))
            rows.append(row)
            row, place = [], place + 1
        place += 1
    return rows


def with_raw_reader(entry, heading, rows, found):
    """Every cell as text, as docs/dbf.md wants it."""
    table = raw_reader.read(entry["source"])
    expected = table.columns + ["_deleted"]
    names = [name for name, _ in heading]
    if names != expected:
        found.add("raw_reader", "*", 0, names, expected)
    if len(rows) != len(table.rows):
        found.add("raw_reader", "*", "*", f"{len(rows)} rows", f"{len(table.rows)} rows")
    compared = 0
    for number, (row, (flag, cells)) in enumerate(zip(rows, table.rows), 1):
        cells = cells + ["true" if flag == 0x2A else "false"]
        if len(row) != len(cells):
            found.add("raw_reader", "*", number, f"{len(row)} cells", f"{len(cells)} cells")
        for place, ((ours, quoted), theirs) in enumerate(zip(row, cells)):
            field = table.fields[place] if place < len(table.fields) else None
            null = theirs is raw_reader.NULL
            theirs = "" if null else theirs
            compared += 1
            nullable = field and table.visual and field.flags & 2 and field.kind in "CVM"
            if ours != theirs or (nullable and not ours and quoted == null):
                found.add("raw_reader", expected[place], number, ours, None if null else theirs)
    return compared


class Failed(str):
    """What dbfread says of a value it cannot read."""


class Parser(dbfread.FieldParser):
    def parse(self, field, data):
        try:
            return super().parse(field, data)
        except Exception as error:
            return Failed(f"{type(error).__name__}: {error}")


def with_dbfread(entry, heading, rows, found):
    """Every cell by its meaning."""
    page = entry["encoding"].lower()
    for ours, python in PYTHON_PAGE.items():
        page = page.replace(ours, python)
    table = dbfread.DBF(
        entry["source"], encoding=page, parserclass=Parser, recfactory=list,
        ignore_missing_memofile=True, char_decode_errors="replace",
    )
    shown = [place for place, field in enumerate(table.fields) if field.type != "0"]
    names = [table.field_names[place] for place in shown] + ["_deleted"]
    if names != [name for name, _ in heading]:
        found.add("dbfread", "*", 0, [name for name, _ in heading], names)
    compared = 0
    for flag, records in (("false", list(table)), ("true", list(table.deleted))):
        numbered = [(n, row) for n, row in enumerate(rows, 1) if row[-1][0] == flag]
        if len(records) != len(numbered):
            found.add("dbfread", "*", "*", f"{len(numbered)} rows", f"{len(records)} rows")
        for (number, row), record in zip(numbered, records):
            for (ours, _), place in zip(row, shown):
                compared += 1
                if not same(ours, record[place][1], table.fields[place].type):
                    found.add("dbfread", names[shown.index(place)], number, ours, record[place][1])
    return compared


def with_published(_entry, heading, rows, found):
    """The cells of which another project's tests say what they hold."""
    with open(os.path.join(os.path.dirname(__file__), "published.toml"), "rb") as file:
        tables = [table for table in tomllib.load(file)["table"] if table["file"] == found.name]
    names = [name.lower() for name, _ in heading]
    live = [(number, row) for number, row in enumerate(rows, 1) if row[-1][0] == "false"]
    compared = 0
    for table in tables:
        for column, values in table["values"].items():
            for (number, row), theirs in zip(live, values, strict=False):
                ours = row[names.index(column)][0]
                compared += 1
                if ours != theirs and not same_number(ours, theirs):
                    found.add("published", column, number, ours, theirs)
        for column, lengths in table.get("bytes", {}).items():
            for (number, row), theirs in zip(live, lengths, strict=False):
                ours = len(base64.b64decode(row[names.index(column)][0]))
                compared += 1
                if ours != theirs:
                    found.add("published", column, number, f"{ours} bytes", f"{theirs} bytes")
    return compared


def same_number(ours, theirs):
    try:
        return decimal.Decimal(ours) == decimal.Decimal(theirs)
    except decimal.InvalidOperation:
        return False


def same(ours, theirs, kind):
    try:
        if isinstance(theirs, Failed):
            return False
        if theirs is None:
            return ours == ""
        if isinstance(theirs, bool):
            return ours == str(theirs).lower()
        if isinstance(theirs, (int, float, decimal.Decimal)):
            return decimal.Decimal(ours) == theirs or float(ours) == float(theirs)
        if isinstance(theirs, datetime.datetime):
            return datetime.datetime.fromisoformat(ours) == theirs
        if isinstance(theirs, datetime.date):
            return ours == theirs.isoformat()
        if isinstance(theirs, bytes):
            return base64.b64decode(ours, validate=True) == theirs
        return ours == theirs.rstrip("\0") if kind == "M" else ours == theirs
    except (ValueError, decimal.InvalidOperation):
        return False


if __name__ == "__main__":
    main()
