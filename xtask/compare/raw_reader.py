"""A second reader of DBF tables, written from format notes and docs/dbf.md alone: what each cell of the CSV must be.

It is slow and plain on purpose, and shares nothing with the Rust reader. `read` is its entry; it must not be used to
convert anything.
"""

import base64
import datetime
import os
import re
import struct

NUMBER = re.compile(rb"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\Z")

PAGES = {
    "cp437": "01 09 0B 0D 0F 11 15 18 19 1B", "cp850": "02 0A 0E 10 12 14 16 1A 1D 25 37", "cp1252": "03 58 59",
    "cp865": "08 17 66", "cp863": "1C 6C", "cp860": "24", "cp861": "67", "cp852": "1F 22 23 40 64 87",
    "cp866": "26 65", "cp737": "6A 86", "cp857": "6B 88", "cp932": "13 7B", "gbk": "4D 7A", "cp949": "4E 79",
    "cp950": "4F 78", "cp874": "50 7C", "mac_roman": "04", "mac_cyrillic": "96", "mac_latin2": "97",
    "mac_greek": "98", "cp1250": "C8", "cp1251": "C9", "cp1254": "CA", "cp1253": "CB", "cp1255": "7D",
    "cp1256": "7E", "cp1257": "CC", "utf-8": "F0",
}
LANGUAGE = {int(code, 16): page for page, codes in PAGES.items() for code in codes.split()}
MULTI_BYTE = {"cp932", "gbk", "cp949", "cp950", "utf-8"}


class Null:
    """A null of Visual FoxPro, as opposed to an empty text."""


NULL = Null()


class Field:
    def __init__(self, name, kind, length, decimals, flags):
        self.name, self.kind, self.length, self.decimals, self.flags = name, kind, length, decimals, flags
        self.offset = 0


class Table:
    """`columns`: names as in the CSV; `fields`: the visible ones; `rows`: (flag byte, list of cells)."""


def read(path, default_page="cp866"):
    with open(path, "rb") as file:
        data = file.read()
    table = Table()
    table.version = data[0]
    table.visual = data[0] in (0x30, 0x31, 0x32)
    table.seven = data[0] & 7 == 4
    count, header_length, record_length = struct.unpack_from("<LHH", data, 4)
    fields = descriptors(data, header_length, table.seven)
    table.page = code_page(path, data, table.seven, default_page)

    wide = 1 + sum(f.length + 256 * f.decimals if f.kind == "C" else f.length for f in fields)
    if wide <= record_length:
        for field in fields:
            if field.kind == "C":
                field.length += 256 * field.decimals
    total = 1
    for field in fields:
        field.offset = total
        total += field.length
    step = record_length
    if step == 0 or (not ends(data, header_length, count, step) and ends(data, header_length, count, total)):
        step = total

    records = []
    for number in range(count):
        start = header_length + number * step
        if start + step > len(data):
            break
        records.append(data[start : start + step].ljust(total, b" "))
    table.fields = [f for f in fields if f.kind != "0"]
    table.columns = unique([text(f.name, table.page) for f in table.fields])
    memo = Memo(path, table, fields, records)
    null_bits, null_place = null_flags(table, fields)
    table.rows = []
    for record in records:
        flags = record[null_place[0] : sum(null_place)] if null_place else b""
        bits = int.from_bytes(flags, "little")
        cells = [cell(table, f, record, bits, null_bits.get(id(f), (None, None)), memo) for f in table.fields]
        table.rows.append((record[0], cells))
    return table


def ends(data, header_length, count, step):
    end = header_length + count * step
    return end == len(data) or data[end : end + 1] == b"\x1a"


def descriptors(data, header_length, seven):
    place, size, width = (68, 48, 32) if seven else (32, 32, 11)
    fields = []
    while place + size <= min(header_length, len(data)) and data[place] not in (0x0D, 0x00):
        raw = data[place : place + size]
        name = raw[:width].split(b"\0")[0]
        if seven:
            fields.append(Field(name, chr(raw[32]), raw[33], raw[34], 0))
        else:
            fields.append(Field(name, chr(raw[11]), raw[16], raw[17], raw[18]))
        place += size
    return fields


def code_page(path, data, seven, default_page):
    side = beside(path, ".cpg")
    if side:
        with open(side, encoding="ascii") as file:
            return "cp" + re.sub(r"\D", "", file.read())
    if data[29] in LANGUAGE:
        return LANGUAGE[data[29]]
    if seven:
        driver = data[32:64].split(b"\0")[0].decode("ascii", "replace")
        if driver.startswith("DBWIN"):
            return "cp1252"
        if found := re.match(r"DB(\d{3})", driver):
            return "cp" + found[1].replace("867", "895")
    return default_page


def beside(path, ending):
    stem = os.path.splitext(os.path.basename(path))[0].lower()
    folder = os.path.dirname(path)
    for name in sorted(os.listdir(folder)):
        if name.lower() == stem + ending:
            return os.path.join(folder, name)
    return None


def unique(names):
    taken, result = {name.lower() for name in names}, []
    seen = set()
    for name in names:
        made, number = name, 2
        if name.lower() in seen:
            while (made := f"{name}_{number}").lower() in taken:
                number += 1
            taken.add(made.lower())
        seen.add(made.lower())
        result.append(made)
    return result


def null_flags(table, fields):
    """Bits of each column: (size, null); and where the flags stand."""
    place = next(((f.offset, f.length) for f in fields if f.kind == "0"), None)
    bits, next_bit = {}, 0
    for field in fields:
        size = null = None
        if field.kind in "VQ":
            size, next_bit = next_bit, next_bit + 1
        if table.visual and field.flags & 2:
            null, next_bit = next_bit, next_bit + 1
        bits[id(field)] = (size, null) if place else (None, None)
    return bits, place


def cell(table, field, record, bits, places, memo):
    size_bit, null_bit = places
    raw = record[field.offset : field.offset + field.length]
    if null_bit is not None and bits >> null_bit & 1:
        return NULL
    kind, page = field.kind, table.page
    binary = table.visual and field.flags & 4
    if kind == "C":
        return binary_or_text(raw.rstrip(b" \0"), raw, page) if binary else text(raw.rstrip(b" \0"), page)
    if kind in "VQ":
        if size_bit is not None and bits >> size_bit & 1:
            raw = raw[: min(raw[-1], field.length - 1)]
        return encode(raw) if kind == "Q" else binary_or_text(raw, raw, page) if binary else text(raw, page)
    if kind in "NF":
        raw = raw.strip(b" \0")
        return raw.decode() if NUMBER.match(raw) else ""
    if kind == "D":
        return day_of_text(raw)
    if kind == "L":
        return {"t": "true", "y": "true", "f": "false", "n": "false"}.get(raw.decode("latin-1").lower(), "")
    if kind in "I+":
        if not table.seven:
            return str(struct.unpack("<i", raw)[0])
        return "" if raw == b"\0" * 4 else str(struct.unpack(">I", raw)[0] - (1 << 31))
    if kind == "Y":
        number = struct.unpack("<q", raw)[0]
        return f"{'-' if number < 0 else ''}{abs(number) // 10000}.{abs(number) % 10000:04}"
    if kind in "T7":
        day, millis = struct.unpack("<LL", raw)
        return moment(day - 1721425, millis) if (day, millis) != (0, 0) else ""
    if kind == "@":
        return seven_moment(raw)
    if kind == "O":
        return double(seven_double(raw, table.seven)) if raw != b"\0" * 8 else ""
    if kind == "B" and table.visual:
        return double(struct.unpack("<d", raw)[0])
    if kind in "MGPWB":
        found = memo.get(raw)
        if kind == "M" and not binary:
            return text(memo.soft(found).rstrip(b"\0"), page)
        return binary_or_text(found, found, page) if kind == "M" else encode(found)
    return encode(raw)


def text(raw, page):
    return raw.decode(page, "replace").replace("\0", "\ufffd")


def binary_or_text(trimmed, raw, page):
    plain = all(0 < byte < 0x80 for byte in trimmed)
    return text(trimmed, page) if plain else encode(raw)


def encode(raw):
    return base64.b64encode(raw).decode()


def day_of_text(raw):
    try:
        if len(raw) == 8 and raw.isdigit():
            return datetime.date(int(raw[:4]), int(raw[4:6]), int(raw[6:8])).isoformat()
    except ValueError:
        pass
    return ""


def moment(days, millis):
    if not 1 <= days <= datetime.date.max.toordinal() or millis >= 86_400_000:
        return ""
    day = datetime.date.fromordinal(days).isoformat()
    seconds, millis = divmod(millis, 1000)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{day} {clock}" + (f".{millis:03}" if millis else "")


def seven_moment(raw):
    if raw == b"\0" * 8:
        return ""
    days, millis = divmod(int(struct.unpack(">d", raw)[0]), 86_400_000)
    return moment(days, millis)


def seven_double(raw, seven):
    bits = int.from_bytes(raw, "big")
    negative = not bits >> 63
    bits = bits ^ ((1 << 64) - 1) if negative and seven else bits ^ (1 << 63)
    return struct.unpack(">d", bits.to_bytes(8, "big"))[0]


def double(number):
    if number != number or number in (float("inf"), float("-inf")):
        return ""
    shortest = repr(number)
    if shortest.endswith(".0"):
        shortest = shortest[:-2]
    if "e" in shortest and 1e-7 <= abs(number) < 1e21:
        shortest = f"{number:.25f}".rstrip("0").rstrip(".") if abs(number) < 1 else str(int(number))
    return shortest


class Memo:
    """The memo file beside a table."""

    def __init__(self, path, table, fields, records):
        self.visual, self.page, self.data, self.fpt = table.visual, table.page, None, False
        for ending in (".fpt", ".dbt"):
            if side := beside(path, ending):
                with open(side, "rb") as file:
                    self.data = file.read()
                self.fpt = ending == ".fpt"
                break
        kinds = "MGPW" if table.visual else "MGPWB"
        places = [(f.offset, f.length) for f in fields if f.kind in kinds]
        self.blocks = sorted({self.block(r[o : o + n]) for r in records for o, n in places})
        if self.data and self.fpt:
            self.size = struct.unpack_from(">H", self.data, 6)[0] or 512
        elif self.data:
            self.size = struct.unpack_from("<H", self.data, 20)[0] or 512

    @staticmethod
    def block(raw):
        if len(raw) == 4:
            return struct.unpack("<L", raw)[0]
        digits = raw.strip(b" \0")
        return int(digits) if digits.isdigit() else 0

    def get(self, raw):
        block = self.block(raw)
        if block == 0 or self.data is None:
            return b""
        if self.fpt:
            start = block * self.size
            if start + 8 > len(self.data):
                return b""
            length = struct.unpack_from(">L", self.data, start + 4)[0]
            return self.data[start + 8 : start + 8 + length]
        start = block * self.size
        if self.data[start : start + 4] == b"\xff\xff\x08\x00":
            length = struct.unpack_from("<L", self.data, start + 4)[0]
            return self.data[start + 8 : start + length]
        start = block * 512
        later = [b * 512 for b in self.blocks if b > block]
        found = self.data[start : min(later + [len(self.data)])]
        for mark in (b"\x1a\x1a", b"\x1a"):
            if mark in found:
                return found[: found.index(mark)]
        return found

    def soft(self, found):
        bare = re.search(rb"(?<![\x0d\x8d])\x0a", found)
        if self.visual or self.page in MULTI_BYTE or bare:
            return found
        return found.replace(b"\x8d\x0a", b"")
