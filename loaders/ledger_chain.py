"""The chain of acts: each carries the hash of the one before it, and none is ever changed."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

_BEGINNING = "0" * 64


class Chain:
    """Acts in SQLite; what else is changed in the same transaction stands or falls with its act."""

    def __init__(self, db: sqlite3.Connection, clock: Callable[[], datetime]) -> None:
        self.db = db
        self.clock = clock

    def record(self, kind: str, body: Mapping[str, Any]) -> int:
        """Write an act that changes nothing else."""
        with self.transaction():
            return self.act(kind, body)

    def act(self, kind: str, body: Mapping[str, Any]) -> int:
        """Write an act within a transaction."""
        last = self.db.execute("select seq, sha256 from acts order by seq desc limit 1").fetchone()
        seq, previous = (last["seq"] + 1, last["sha256"]) if last else (1, _BEGINNING)
        at = self.now()
        text = json.dumps(body, sort_keys=True, ensure_ascii=False)
        self.db.execute(
            "insert into acts values (?, ?, ?, ?, ?, ?)",
            (seq, at, kind, text, previous, _chained(seq, at, kind, text, previous)),
        )
        return int(seq)

    def broken_link(self) -> int | None:
        """Give the first act that does not follow from the one before it, if there is one."""
        previous, expected = _BEGINNING, 1
        for row in self.db.execute("select * from acts order by seq"):
            own = _chained(row["seq"], row["at"], row["kind"], row["body"], row["previous"])
            if (row["seq"], row["previous"], row["sha256"]) != (expected, previous, own):
                return expected
            previous, expected = row["sha256"], expected + 1
        return None

    def acts(self, kind: str) -> list[dict[str, Any]]:
        """List the acts of one kind, oldest first."""
        found = self.db.execute("select body from acts where kind = ? order by seq", (kind,))
        return [json.loads(row["body"]) for row in found]

    def acts_of(self, kinds: Sequence[str]) -> list[tuple[str, dict[str, Any]]]:
        """List the acts of several kinds with the kind of each, oldest first."""
        return [(kind, body) for kind, _, body in self.timed(kinds)]

    def timed(self, kinds: Sequence[str]) -> list[tuple[str, str, dict[str, Any]]]:
        """List the acts of several kinds with the kind and moment of each, oldest first."""
        marks = ", ".join("?" for _ in kinds)
        found = self.db.execute(
            f"select kind, at, body from acts where kind in ({marks}) order by seq",  # noqa: S608 - marks
            list(kinds),
        )
        return [(row["kind"], row["at"], json.loads(row["body"])) for row in found]

    def export(self) -> list[dict[str, Any]]:
        """Give every act with its place in the chain, oldest first."""
        found = self.db.execute("select * from acts order by seq")
        return [{**dict(row), "body": json.loads(row["body"])} for row in found]

    def now(self) -> str:
        """Give the present time as acts carry it."""
        return self.clock().isoformat(timespec="milliseconds")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do all of it or nothing."""
        self.db.execute("begin immediate")
        try:
            yield
        except BaseException:
            self.db.execute("rollback")
            raise
        self.db.execute("commit")


def _chained(seq: int, at: str, kind: str, body: str, previous: str) -> str:
    text = "\n".join((previous, str(seq), at, kind, body))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
