"""A cursor over the tokens of one SOQL statement."""

from __future__ import annotations

from datetime import date

from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.soql_tokens import Token, row_and_column, tokenize


class Reader:
    """Steps through tokens; the grammar asks it what comes next."""

    def __init__(self, soql: str, *, today: date) -> None:
        self.soql = soql
        self.today = today
        self._tokens = tokenize(soql)
        self._at = 0

    def peek(self) -> Token:
        """Look at the next token without taking it."""
        return self._tokens[min(self._at, len(self._tokens) - 1)]

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
        token = self.peek()
        if token.kind == "symbol" and token.text == symbol:
            self._at += 1
            return True
        return False

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
        return int(token.text)

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
        tail = f" (expecting {expecting})" if expecting else ""
        return ApiError(
            400,
            "MALFORMED_QUERY",
            pointed_at(self.soql, token.position) + f"unexpected token: '{token.text}'{tail}",
        )


def pointed_at(soql: str, position: int) -> str:
    """Quote the line of the statement with a mark under the position, as the original does."""
    line, column = row_and_column(soql, position)
    row = soql.split("\n")[line - 1]
    return f"\n{row}\n{' ' * column}^\nERROR at Row:{line}:Column:{column + 1}\n"
