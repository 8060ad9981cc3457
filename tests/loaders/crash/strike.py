"""Count a command's requests and the commits of its ledger, and strike at one of them."""

from __future__ import annotations

import http.client
import json
import os
import signal
import sqlite3
import threading
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx
import requests.adapters

REQUEST, COMMIT, ACT = "request", "commit", "act"
LOADER, ORG = "loader", "org"
BEFORE, AFTER, MIDDLE = "before", "after", "middle"


class Striker:
    """Writes every event down, and strikes at the one that it waits for."""

    def __init__(self, strike: dict[str, Any], trace: str) -> None:
        self.strike = strike
        self.trace = os.open(trace, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.seen = {REQUEST: 0, COMMIT: 0}
        self.last: object = None
        # Files travel side by side.
        self.lock = threading.Lock()

    def note(self, event: str, *body: object) -> None:
        """Write down what happens next."""
        os.write(self.trace, (json.dumps([event, *body]) + "\n").encode())

    def is_due(self, event: str) -> bool:
        self.seen[event] += 1
        return (event, self.seen[event]) == (self.strike.get("event"), self.strike.get("nth"))

    def around_request(self, method: str, url: str, send: Callable[[], Any]) -> Any:
        """Send a request, with the blow before or after it; the org strikes at itself."""
        due = False
        with self.lock:
            # Who polls asks the same again and again, now more often, now less: that is one event.
            if (method, url) != self.last:
                self.last = (method, url)
                self.note(REQUEST, method, urlsplit(url).path)
                due = self.is_due(REQUEST)
            if due and self.strike["whom"] == ORG:
                self.arm()
        return self.around(send, due=due and self.strike["whom"] == LOADER)

    def around_commit(self, commit: Callable[[], Any]) -> Any:
        """Commit, with the blow before or after it."""
        self.note(COMMIT)
        return self.around(commit, due=self.is_due(COMMIT))

    def around(self, do: Callable[[], Any], *, due: bool) -> Any:
        if due and self.strike["moment"] == BEFORE:
            self.hit()
        done = do()
        if due and self.strike["moment"] == AFTER:
            self.hit()
        return done

    def hit(self) -> None:
        """Kill whom it is meant for: this process, or the org's."""
        whom = os.getpid() if self.strike["whom"] == LOADER else self.strike["org"]["process"]
        os.kill(whom, signal.SIGKILL)

    def arm(self) -> None:
        """Let the org kill itself at the request that comes now."""
        org = self.strike["org"]
        fault = {"do": "kill", "when": self.strike["moment"], "path": "^/services/"}
        line = http.client.HTTPConnection(urlsplit(org["http"]).netloc, timeout=30)
        line.request(
            "POST",
            "/_stand_in/fault",
            body=json.dumps({"request": fault}),
            headers={"Authorization": f"Bearer {org['token']}"},
        )
        assert line.getresponse().status == 200
        line.close()


def install(strike: dict[str, Any], *, trace: str) -> None:
    """Put a striker between this process and its org, and between it and its ledger."""
    striker = Striker(strike, trace)

    class Watched(sqlite3.Connection):
        def execute(self, sql: str, *given: Any) -> Any:
            run = partial(super().execute, sql, *given)
            if sql.startswith("insert into acts"):
                striker.note(ACT, given[0][2], json.loads(given[0][3]))
            return striker.around_commit(run) if sql == "commit" else run()

    sqlite3.connect = partial(sqlite3.connect, factory=Watched)
    for client in (httpx.Client, requests.adapters.HTTPAdapter):
        client.send = _watched(client.send, striker)


def _watched(send: Callable[..., Any], striker: Striker) -> Callable[..., Any]:
    def watched(self: Any, request: Any, *given: Any, **named: Any) -> Any:
        return striker.around_request(
            str(request.method), str(request.url), partial(send, self, request, *given, **named)
        )

    return watched
