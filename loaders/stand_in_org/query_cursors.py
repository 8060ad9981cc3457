"""Results that a client is still paging through."""

from __future__ import annotations

import secrets
import string
import threading
from collections import OrderedDict
from dataclasses import dataclass

from loaders.stand_in_org.query_json import Window
from loaders.stand_in_org.record_ids import long_id

MAX_CURSORS = 50


@dataclass(frozen=True, slots=True)
class Cursor:
    """A result as it was when the query ran, and how many of its rows make a page."""

    window: Window
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
