"""The bytes of a plan's files: read one after another, and a big one never whole in memory."""

from __future__ import annotations

import binascii
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import pyarrow.parquet

from loaders.csv_parts import KEY
from loaders.paths import open_private
from loaders.plan_store import BODY

# Base64 text that is decoded at once; four characters make three bytes.
_CHUNK = 4 << 20
_READ_AHEAD = 1 << 20


@dataclass(frozen=True, slots=True)
class Body:
    """What a file holds: in memory where it is small, else on disk until it is discarded."""

    size: int
    sha256: str
    content: bytes = field(repr=False, default=b"")
    path: Path | None = None

    def open(self) -> BinaryIO:
        """Open it for reading."""
        return io.BytesIO(self.content) if self.path is None else self.path.open("rb")

    def discard(self) -> None:
        """Delete what lies on disk."""
        if self.path is not None:
            self.path.unlink()


def texts(bodies: Path) -> Iterator[tuple[str, memoryview]]:
    """Give the key and the base64 text of each file of a plan, one at a time."""
    with pyarrow.parquet.ParquetFile(bodies, buffer_size=_READ_AHEAD, pre_buffer=False) as source:
        for batch in source.iter_batches(batch_size=1, columns=[KEY, BODY]):
            yield batch[KEY][0].as_py(), memoryview(batch[BODY][0].as_buffer() or b"")


def decoded(text: memoryview) -> Iterator[bytes]:
    """Give the bytes that base64 text stands for, a few at a time."""
    for start in range(0, len(text), _CHUNK):
        yield binascii.a2b_base64(text[start : start + _CHUNK], strict_mode=True)


def take_body(text: memoryview, *, most_in_memory: int, to: Path) -> Body:
    """Decode a body into memory, or into a private file where it is too big for that."""
    if len(text) * 3 // 4 <= most_in_memory:
        content = b"".join(decoded(text))
        return Body(len(content), hashlib.sha256(content).hexdigest(), content)
    digest, size = hashlib.sha256(), 0
    with open_private(to) as file:
        for chunk in decoded(text):
            digest.update(chunk)
            size += file.write(chunk)
    return Body(size, digest.hexdigest(), path=to)
