"""Start a demo clinic as its users do: as a process that says where it is."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

COMMAND = (sys.executable, "-m", "extract.demo_clinic")


@dataclass(frozen=True, slots=True)
class Running:
    """A running clinic and a client that has its token."""

    url: str
    token: str
    client: httpx.Client

    def get(self, path: str) -> dict[str, Any]:
        """Read one document that must be there."""
        document: dict[str, Any] = json.loads(self.client.get(path).raise_for_status().content)
        return document


@contextmanager
def run_clinic(*arguments: str) -> Iterator[Running]:
    """Serve on any port until the block ends."""
    process = subprocess.Popen((*COMMAND, "serve", *arguments), stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        headers = {"Authorization": f"Bearer {said['token']}", "Accept": "application/fhir+json"}
        with httpx.Client(base_url=said["url"], headers=headers, timeout=30) as client:
            yield Running(said["url"], said["token"], client)
    finally:
        process.terminate()
        process.communicate(timeout=20)
