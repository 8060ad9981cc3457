"""Small real files, made by hand so that their bytes are the same everywhere."""

from __future__ import annotations

from struct import pack
from zlib import adler32, crc32

from extract.demo_clinic import words
from extract.demo_clinic.dice import Dice


def text_file(dice: Dice, *, lines: int) -> bytes:
    """Make a plain text."""
    written = [f"{n}: {dice.pick(words.FINDINGS)} {dice.pick(words.PLANS)}" for n in range(lines)]
    return ("\n".join(["INVENTED SCAN", *written]) + "\n").encode()


def pdf_file(dice: Dice, *, lines: int) -> bytes:
    """Make a one-page PDF with a correct cross-reference table."""
    shown = ["BT /F1 9 Tf 40 800 Td 11 TL"]
    for number in range(lines):
        text = f"{number}: {dice.pick(words.FINDINGS)} {dice.pick(words.PLANS)}"
        shown.append(f"({text.encode('ascii', 'replace').decode()}) Tj T*")
    stream = "\n".join([*shown, "ET"]).encode()
    bodies = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    made = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(bodies, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(bodies) + 1,
        start,
    )
    return bytes(made)


def _chunk(name: bytes, *, data: bytes) -> bytes:
    return pack(">I", len(data)) + name + data + pack(">I", crc32(name + data))


def png_file(dice: Dice, *, side: int) -> bytes:
    """Make a grey picture; stored, not deflated, since compressors differ in their bytes."""
    shade = dice.whole(0, 255)
    rows = b"".join(b"\0" + bytes((shade + x * y) & 0xFF for x in range(side)) for y in range(side))
    packed = b"\x78\x01\x01" + pack("<HH", len(rows), len(rows) ^ 0xFFFF) + rows
    packed += pack(">I", adler32(rows))
    header = pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", data=header)
        + _chunk(b"IDAT", data=packed)
        + _chunk(b"IEND", data=b"")
    )
