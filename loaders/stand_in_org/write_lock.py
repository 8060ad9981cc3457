"""The lock that writers hold one after another, and what may be remembered between two of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from types import TracebackType
from typing import TypeVar, cast

Told = TypeVar("Told")


class WriteLock:
    """
    A lock that its holder may take again, and that counts its holders.

    What was read while nobody held it stays true until somebody does.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        # Odd while somebody holds the lock.
        self._turn = 0
        # What was told in one turn, each with what it was asked with: that must live as long.
        self._told: tuple[int, dict[Hashable, tuple[object, object]]] = (0, {})

    def __enter__(self) -> None:
        self._lock.acquire()
        self._turn += self._depth == 0
        self._depth += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._depth -= 1
        self._turn += self._depth == 0
        self._lock.release()

    def remembered(self, question: Hashable, ask: Callable[[], Told]) -> Told:
        """Give what is known since the last writer, or else ask; nobody may change the answer."""
        turn = self._turn
        at, told = self._told
        if at == turn and question in told:
            return cast("Told", told[question][0])
        answer = ask()
        # A writer may be at work. One who came while we asked has ended the turn that this goes to.
        if turn % 2 == 0:
            if at != turn:
                told = {}
                self._told = turn, told
            told[question] = answer, ask
        return answer
