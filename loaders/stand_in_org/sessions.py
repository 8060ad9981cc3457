"""Bearer tokens, and the connected app through which new ones are asked for."""

from __future__ import annotations

import json
import secrets
import string
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from loaders.stand_in_org.settings import Settings

_WORD = string.ascii_letters + string.digits


def _word(length: int) -> str:
    return "".join(secrets.choice(_WORD) for _ in range(length))


@dataclass(frozen=True, slots=True)
class ConnectedApp:
    """What an administrator would hand to the person who sets up a client."""

    client_id: str
    client_secret: str = field(repr=False)
    username: str = ""
    password: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    private_key_file: str = "connected_app.key"


@dataclass(frozen=True, slots=True)
class Owner:
    """The org and the administrator for whom the first token is made."""

    org_id: str
    user_id: str
    username: str


@dataclass(slots=True)
class _Session:
    user_id: str
    issued: datetime
    requests: int = 0


class Sessions:
    """
    Who each token stands for.

    The first token is kept on disk, so that clients stay logged in when the org restarts.
    """

    def __init__(
        self,
        folder: Path,
        *,
        owner: Owner,
        settings: Callable[[], Settings],
        clock: Callable[[], datetime],
    ) -> None:
        self._org_id = owner.org_id
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[str, _Session] = {}
        self.app = _connected_app(folder, username=owner.username)
        self.token = self._kept_token(folder)
        self._held[self.token] = _Session(owner.user_id, clock())

    def _kept_token(self, folder: Path) -> str:
        kept = folder / "session.json"
        if kept.exists():
            return str(json.loads(kept.read_text(encoding="utf-8"))["token"])
        token = self._new_token()
        _write_private(kept, json.dumps({"token": token}))
        return token

    def _new_token(self) -> str:
        # One client accepts nothing but 00D..., an exclamation mark, word characters and dots.
        return f"{self._org_id}!AQ{_word(30)}.{_word(48)}"

    def issue(self, user_id: str) -> str:
        """Give the user a new token."""
        token = self._new_token()
        with self._lock:
            self._held[token] = _Session(user_id, self._clock())
        return token

    def user_of(self, token: str) -> str | None:
        """
        Tell whose token this is, for one request; nobody's when it is unknown or at its end.

        How long a session lasts, in seconds and in requests, is looked up with each request.
        """
        lasts = self._settings()
        with self._lock:
            held = self._held.get(token)
            if held is None:
                return None
            age = (self._clock() - held.issued).total_seconds()
            old = lasts.session_seconds and age >= lasts.session_seconds
            worn = lasts.session_requests and held.requests >= lasts.session_requests
            if old or worn:
                del self._held[token]
                return None
            held.requests += 1
            return held.user_id

    def expire(self) -> None:
        """End every session, as a change of the org's session settings would."""
        with self._lock:
            self._held.clear()

    def revoke(self, token: str) -> bool:
        """End a session; tell whether there was one."""
        with self._lock:
            return self._held.pop(token, None) is not None


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def _connected_app(folder: Path, *, username: str) -> ConnectedApp:
    described = folder / "connected_app.json"
    if described.exists():
        return ConnectedApp(**json.loads(described.read_text(encoding="utf-8")))
    app = ConnectedApp(
        client_id=f"3MVG9{_word(80)}",
        client_secret=_word(64),
        username=username,
        password=_word(16),
        refresh_token=f"5Aep861{_word(60)}",
    )
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    _write_private(folder / app.private_key_file, pem.decode("ascii"))
    _write_private(described, json.dumps(asdict(app), indent=2))
    return app
