"""A cursor over the tokens of one SOQL statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.soql_tokens import Token, refusal, tokenize

_Read = TypeVar("_Read")
# Brackets and subqueries inside each other; deeper ones are garbage.
_DEEPEST = 100
_LARGEST = 2**31 - 1


class Reader:
    """Steps through tokens; the grammar asks it what comes next."""

    def __init__(self, soql: str) -> None:
        self.soql = soql
        self._tokens = tokenize(soql)
        self._at = 0
        self._depth = 0

    def peek(self, ahead: int = 0) -> Token:
        """Look at a token without taking it."""
        return self._tokens[min(self._at + ahead, len(self._tokens) - 1)]

    def next(self) -> Token:
        """Take the next token."""
        token = self.peek()
        self._at += 1
        return token

    def take_word(self, *words: str) -> bool:
        """Take the next token if it is one of these keywords."""
        if self.peek().is_word(*words):
            self._at += 1
            return True
        return False

    def take_symbol(self, symbol: str) -> bool:
        """Take the next token if it is this symbol."""
        if self._is_symbol(self.peek(), symbol):
            self._at += 1
            return True
        return False

    def at_call(self) -> bool:
        """Tell whether a name and an opening bracket come next."""
        return self.peek().kind == "name" and self._is_symbol(self.peek(1), "(")

    def _is_symbol(self, token: Token, symbol: str) -> bool:
        return token.kind == "symbol" and token.text == symbol

    def expect_word(self, word: str) -> None:
        """
        Take this keyword.

        Raises:
            ApiError: 400 MALFORMED_QUERY when something else comes.

        """
        if not self.take_word(word):
            raise self.unexpected(self.peek(), expecting=word.upper())

    def expect_symbol(self, symbol: str) -> None:
        """
        Take this symbol.

        Raises:
            ApiError: 400 MALFORMED_QUERY when something else comes.

        """
        if not self.take_symbol(symbol):
            raise self.unexpected(self.peek(), expecting=f"'{symbol}'")

    def name(self) -> Token:
        """
        Take a name.

        Raises:
            ApiError: 400 MALFORMED_QUERY when something else comes.

        """
        token = self.next()
        if token.kind != "name":
            raise self.unexpected(token)
        return token

    def whole_number(self) -> int:
        """
        Take a number without sign or fraction.

        Raises:
            ApiError: 400 MALFORMED_QUERY when something else comes.

        """
        token = self.next()
        if token.kind != "number" or not token.text.isdigit():
            raise self.unexpected(token)
        if len(token.text) > len(str(_LARGEST)) or int(token.text) > _LARGEST:
            raise refusal(self.soql, token.position, f"numeric value out of range: {token.text}")
        return int(token.text)

    def listed(self, read: Callable[[], _Read]) -> tuple[_Read, ...]:
        """Read one thing or more, with commas between."""
        things = [read()]
        while self.take_symbol(","):
            things.append(read())
        return tuple(things)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """
        Go one level into brackets.

        Raises:
            ApiError: 400 MALFORMED_QUERY when the statement is nested beyond reason.

        """
        self._depth += 1
        if self._depth > _DEEPEST:
            raise refusal(self.soql, self.peek().position, "the statement is nested too deeply")
        yield
        self._depth -= 1

    def expect_end(self) -> None:
        """
        Refuse whatever follows a complete statement.

        Raises:
            ApiError: 400 MALFORMED_QUERY.

        """
        if self.peek().kind != "end":
            raise self.unexpected(self.peek())

    def unexpected(self, token: Token, *, expecting: str = "") -> ApiError:
        """Make the refusal of a token that the grammar does not allow here."""
        if token.kind == "symbol" and token.text == ":":
            return refusal(self.soql, token.position, "Bind variables only allowed in Apex code")
        tail = f" (expecting {expecting})" if expecting else ""
        return refusal(self.soql, token.position, f"unexpected token: '{token.text}'{tail}")
