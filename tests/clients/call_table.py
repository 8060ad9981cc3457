"""The table of client calls in docs/stand-in.md: what passed in a run, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from tests.clients.installed import locked_version

PAGE = Path(__file__).resolve().parents[2] / "docs" / "stand-in.md"
RENEW = "CLINIC_WRITE_DOCS=1 .venv/bin/python -m pytest tests/clients"
_FIRST, _LAST = "<!-- client calls -->\n", "<!-- end of client calls -->"
_CLIENTS = {
    "simple-salesforce": lambda: version("simple-salesforce"),
    "sf": lambda: locked_version("@salesforce/cli"),
    "jsforce": lambda: locked_version("@jsforce/jsforce-node"),
}


@dataclass(frozen=True, slots=True)
class CallTable:
    """The calls that passed so far in this run."""

    passed: list[tuple[str, str]] = field(default_factory=list)

    def add(self, client: str, call: str) -> None:
        """Note a call as passed: the last line of its test."""
        assert client in _CLIENTS
        self.passed.append((client, call))

    def text(self) -> str:
        """Render the table: clients in the order of the page, calls by name, one row each."""
        order = list(_CLIENTS)
        rows = sorted(set(self.passed), key=lambda row: (order.index(row[0]), row[1]))
        lines = ["| client | version | call | passed |", "|---|---|---|---|"]
        lines += [f"| {name} | {_CLIENTS[name]()} | {call} | yes |" for name, call in rows]
        return "\n".join(lines) + "\n"


def committed() -> str:
    """Give the table that the page holds."""
    return PAGE.read_text(encoding="utf-8").split(_FIRST)[1].split(_LAST)[0]


def write(text: str) -> None:
    """Put another table into the page."""
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(_FIRST)
    tail = rest.partition(_LAST)[2]
    PAGE.write_text(head + _FIRST + text + _LAST + tail, encoding="utf-8")
