"""Run a Node client the way a person would: a home of its own, and nothing that phones home."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tests.clients.installed import FOLDER
from tests.loaders.stand_in_org.front_org import OrgClient

Scheme = Literal["http", "https"]
ALIAS = "clinic"
_PATIENCE = 120
_QUIET = {
    "SF_USE_GENERIC_UNIX_KEYCHAIN": "true",
    "SF_DISABLE_TELEMETRY": "true",
    "SF_AUTOUPDATE_DISABLE": "true",
    # Installed by npm, the CLI takes the first of the two for an answer and asks for the second.
    "SF_DISABLE_AUTOUPDATE": "true",
    "SF_SKIP_NEW_VERSION_CHECK": "true",
    "SF_DISABLE_DNS_CHECK": "true",
    "SF_DISABLE_LOG_FILE": "true",
    "NO_COLOR": "1",
}


@dataclass(frozen=True, slots=True)
class NodeClient:
    """The clients' programs, pointed at one org over one scheme."""

    search_path: str
    home: Path
    org: OrgClient
    scheme: Scheme

    @property
    def address(self) -> str:
        """Give the org's address over this scheme."""
        running = self.org.running
        return running.https if self.scheme == "https" else running.http

    def run(
        self, *words: str, send: str = "", folder: Path | None = None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end, whatever its end is; nothing of our environment reaches it."""
        environment = {
            "PATH": self.search_path,
            "HOME": str(self.home),
            "NODE_EXTRA_CA_CERTS": str(self.org.running.authority),
            **_QUIET,
            **more,
        }
        return subprocess.run(
            words,
            cwd=folder or self.home,
            env=environment,
            input=send,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )

    def login(self) -> Any:
        """Log the CLI in by the org's token, as `--instance-url` allows."""
        words = ("org", "login", "access-token", "--instance-url", self.address)
        token = self.org.running.token
        return self.sf(*words, "--alias", ALIAS, "--no-prompt", org="", SF_ACCESS_TOKEN=token)

    def sf(self, *words: str, org: str = ALIAS, folder: Path | None = None, **more: str) -> Any:
        """Run a command of the Salesforce CLI that must succeed, and give what it printed."""
        target = ("--target-org", org) if org else ()
        ran = self.run("sf", *words, *target, "--json", folder=folder, **more)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        said = json.loads(ran.stdout)
        assert said["status"] == 0, said
        return said["result"]

    def script(self, name: str, **sent: object) -> Any:
        """Run one of our jsforce scripts, which gets its orders and prints its findings as JSON."""
        orders = {"instanceUrl": self.address, "accessToken": self.org.running.token, **sent}
        ran = self.run("node", str(FOLDER / "jsforce" / name), send=json.dumps(orders))
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return json.loads(ran.stdout)
