"""What opens a FHIR server's door: a token, a name and a password, a key of our own, or nothing."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Protocol, Self

from extract.errors import WrongUsage

HOW_TO_SET = (
    "set SOURCES__FHIR__TOKEN (or USER and PASSWORD, or CLIENT_ID, PRIVATE_KEY_FILE and KEY_ID),"
    " or the same under [sources.fhir] in .dlt/secrets.toml"
)


class Login(Protocol):
    """Gives what is sent with each request."""

    def header(self) -> str | None:
        """Return the Authorization header, or None where none is needed."""

    def renew(self) -> bool:
        """Get another header, as this one was not accepted; False where there is no other."""


@dataclass(frozen=True, slots=True)
class FixedLogin:
    """One header for good, or none."""

    value: str | None = field(default=None, repr=False)

    def header(self) -> str | None:
        """Return the header."""
        return self.value

    def renew(self) -> bool:
        """Have no other."""
        return False


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is configured under `sources.fhir` to get in."""

    token: str | None = field(default=None, repr=False)
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    client_id: str | None = None
    private_key_file: str | None = None
    key_id: str | None = None
    scope: str | None = None

    @classmethod
    def configured(cls, look_up: Callable[[str], str | None]) -> Self:
        """Look each of them up."""
        return cls(**{one.name: look_up(f"sources.fhir.{one.name}") for one in fields(cls)})

    def refuse_contradictions(self) -> None:
        """
        Refuse two ways in, or half a way: which of them was meant is not ours to guess.

        Raises:
            WrongUsage: that is what is configured.

        """
        ways = [bool(self.token), bool(self.user), bool(self.client_id)]
        if sum(ways) > 1:
            raise WrongUsage(
                "two ways into the clinic's server are configured, and one is needed",
                hint="keep one of SOURCES__FHIR__TOKEN, SOURCES__FHIR__USER, "
                "SOURCES__FHIR__CLIENT_ID",
            )
        whole = (self.client_id, self.private_key_file, self.key_id)
        if bool(self.user) != bool(self.password) or (any(whole) and not all(whole)):
            raise WrongUsage("the way into the clinic's server is half configured", hint=HOW_TO_SET)

    def fixed(self) -> FixedLogin:
        """Return the login that needs no conversation."""
        if self.token:
            return FixedLogin(f"Bearer {self.token}")
        if self.user:
            pair = f"{self.user}:{self.password}".encode()
            return FixedLogin(f"Basic {b64encode(pair).decode('ascii')}")
        return FixedLogin()
