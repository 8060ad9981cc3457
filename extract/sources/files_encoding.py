"""Tells in which encoding a file is written, and how one knows."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

BLOCK_BYTES = 4 * 1024 * 1024
UTF_8 = "utf-8"
WINDOWS_1252 = "windows-1252"
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: UTF_8,
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
# Western names and prices: a letter beside an accented one, a typographic mark, a degree sign.
WESTERN = re.compile(
    rb"[A-Za-z][\xc0-\xd6\xd8-\xf6\xf8-\xfd]|[\xc0-\xd6\xd8-\xf6\xf8-\xfd][A-Za-z]"
    rb"|[\x80\x82\x84\x85\x8c\x91-\x97\x99\x9c\xa0-\xbf\xdf]"
)
UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
# So many lines are evidence enough, and reading on would only cost time.
ENOUGH = 20_000
# Of the lines that are no UTF-8, so many in a hundred have to read well as Windows-1252.
MOST = 50


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding, what speaks for it, and how many bytes of mark stand before the text."""

    name: str
    evidence: str
    mark: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """What a first reading of a whole file told."""

    sha256: str
    size: int
    encoding: Encoding


@dataclass(slots=True)
class Evidence:
    """Lines with letters beyond ASCII, by what they can be."""

    utf_8: int = 0
    western: int = 0
    neither: int = 0

    @property
    def is_enough(self) -> bool:
        """Tell whether to stop counting."""
        return self.utf_8 + self.western + self.neither >= ENOUGH

    def weigh(self, block: bytes) -> None:
        """Count the lines of a block that are not plain ASCII."""
        for line in block.split(b"\n"):
            if line.isascii():
                continue
            if is_utf_8(line):
                self.utf_8 += 1
            elif WESTERN.search(line) and not UNDEFINED.search(line):
                self.western += 1
            else:
                self.neither += 1

    def verdict(self) -> Encoding:
        """Judge: what is mostly no UTF-8 and reads well otherwise is Windows-1252."""
        broken = self.western + self.neither
        if not broken:
            return Encoding(UTF_8, f"{self.utf_8} lines beyond ASCII, each valid UTF-8")
        if broken > self.utf_8 and 100 * self.western >= MOST * broken:
            return Encoding(
                WINDOWS_1252,
                f"{self.western} lines are no UTF-8 and read as Western text;"
                f" {self.utf_8} are UTF-8",
            )
        return Encoding(UTF_8, f"{self.utf_8} lines beyond ASCII are UTF-8, {broken} are not")


def is_utf_8(line: bytes) -> bool:
    """Tell whether bytes are UTF-8."""
    try:
        line.decode(UTF_8)
    except UnicodeDecodeError:
        return False
    return True


def look_at(stream: IO[bytes]) -> Look:
    """Read a file once, from its start to its end: its digest, its size, its encoding."""
    digest = hashlib.sha256()
    size = 0
    evidence = Evidence()
    told: Encoding | None = None
    rest = b""
    while block := stream.read(BLOCK_BYTES):
        if size == 0:
            told = told_by_start(block)
        digest.update(block)
        size += len(block)
        if told is None and not evidence.is_enough:
            lines, newline, rest = (rest + block).rpartition(b"\n")
            if not newline:
                lines, rest = rest, b""
            if not lines.isascii():
                evidence.weigh(lines)
    if told is None:
        evidence.weigh(rest)
    return Look(digest.hexdigest(), size, told or evidence.verdict())


def told_by_start(block: bytes) -> Encoding | None:
    """Return what a byte order mark says, or the zeros that UTF-16 puts between letters."""
    for mark, name in BYTE_ORDER_MARKS.items():
        if block.startswith(mark):
            return Encoding(name, "byte order mark", len(mark))
    start = block[:4096]
    pairs = len(start) // 2
    zeros = (start[0::2].count(0), start[1::2].count(0))
    if pairs and max(zeros) > pairs // 2 and min(zeros) < pairs // 10 + 1:
        name = "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
        return Encoding(name, "no mark; every second byte is zero")
    return None


def text_blocks(
    stream: IO[bytes], encoding: Encoding, *, size: int = BLOCK_BYTES
) -> Iterator[bytes]:
    """
    Yield a file's bytes after its mark; UTF-16 as UTF-8.

    What is no UTF-16 becomes bytes that are no UTF-8, so that its line is found and put aside.
    """
    stream.read(encoding.mark)
    if not encoding.name.startswith("utf-16"):
        while block := stream.read(size):
            yield block
        return
    decoder = codecs.getincrementaldecoder(encoding.name)("surrogatepass")
    while block := stream.read(size):
        yield decoder.decode(block).encode(UTF_8, "surrogatepass")
    pending, _ = decoder.getstate()
    if pending:
        yield b"\xff"


def codec_of(encoding: Encoding) -> str:
    """Return how the bytes of `text_blocks` are read."""
    return WINDOWS_1252 if encoding.name == WINDOWS_1252 else UTF_8
