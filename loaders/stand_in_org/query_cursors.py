"""Results that a client is still paging through."""

from __future__ import annotations

import secrets
import string
import threading
from collections import OrderedDict
from dataclasses import dataclass

import pyarrow as pa

from loaders.stand_in_org.record_ids import long_id
from loaders.stand_in_org.soql_answer import Compiled

MAX_CURSORS = 50


@dataclass(frozen=True, slots=True)
class Cursor:
    """A whole result as it was when the query ran."""

    compiled: Compiled
    rows: pa.Table
    user_id: str
    page: int


class Cursors:
    """The newest results by their id; older ones are gone, as in the original."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[str, Cursor] = OrderedDict()

    def keep(self, cursor: Cursor) -> str:
        """Keep a result; give the id it is asked for by."""
        letters = string.ascii_letters + string.digits
        name = long_id("01g" + "".join(secrets.choice(letters) for _ in range(12)))
        with self._lock:
            self._held[name] = cursor
            while len(self._held) > MAX_CURSORS:
                self._held.popitem(last=False)
        return name

    def find(self, name: str, *, user_id: str) -> Cursor | None:
        """Find the user's result."""
        with self._lock:
            found = self._held.get(name)
        return found if found is not None and found.user_id == user_id else None
