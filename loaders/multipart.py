"""The body of a request that sends files beside its JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, BinaryIO


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file of a form: the part's name, the file's, and its bytes."""

    name: str
    file_name: str = field(repr=False)
    file: BinaryIO = field(repr=False)


@dataclass(frozen=True, slots=True)
class Multipart:
    """A JSON part and the files that belong to it, as ContentVersion takes them (contract 4.9)."""

    json_name: str
    json_body: bytes = field(repr=False)
    files: tuple[FilePart, ...] = field(repr=False)

    def fields(self) -> list[tuple[str, tuple[str | None, Any, str]]]:
        """Give the parts as httpx streams them, the JSON first; again from the start if need be."""
        for each in self.files:
            each.file.seek(0)
        return [
            (self.json_name, (None, self.json_body, "application/json")),
            *(
                (each.name, (each.file_name, each.file, "application/octet-stream"))
                for each in self.files
            ),
        ]
