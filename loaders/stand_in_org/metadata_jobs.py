"""Deploys under way and done, kept on disk so that a restart forgets none."""

from __future__ import annotations

import secrets
import string
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from loaders.stand_in_org.model import DeployResult
from loaders.stand_in_org.record_ids import long_id


@dataclass(frozen=True, slots=True)
class Deploy:
    """One deploy request and its result once there is one; the package lies beside it."""

    id: str
    user_id: str
    created: datetime
    options: Mapping[str, Any]
    status: str = "Pending"
    canceled_by: str | None = None
    completed: datetime | None = None
    result: DeployResult | None = None


def new_deploy_id() -> str:
    """Make an id of the kind that deploys have: 18 characters, starting 0Af."""
    letters = string.ascii_letters + string.digits
    return long_id("0Af" + "".join(secrets.choice(letters) for _ in range(12)))


class Deploys:
    """All deploys of the org, by id."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self._folder = folder
        self._changed = threading.Condition()
        read = (
            msgspec.json.decode(path.read_bytes(), type=Deploy)
            for path in sorted(folder.glob("*.json"))
        )
        self._held: dict[str, Deploy] = {deploy.id: deploy for deploy in read}

    def add(self, deploy: Deploy, package: bytes) -> None:
        """Keep a new deploy with what it brought."""
        self._package(deploy.id).write_bytes(package)
        with self._changed:
            self._keep(deploy)

    def package(self, deploy_id: str) -> bytes:
        """Read what a deploy brought."""
        return self._package(deploy_id).read_bytes()

    def unfinished(self) -> list[Deploy]:
        """List the deploys that have not ended, the oldest first."""
        with self._changed:
            found = [deploy for deploy in self._held.values() if deploy.completed is None]
        return sorted(found, key=lambda deploy: deploy.created)

    def change(self, deploy_id: str, change: Callable[[Deploy], Deploy]) -> Deploy:
        """Put a deploy into its next state, and give it."""
        with self._changed:
            deploy = change(self._held[long_id(deploy_id)])
            self._keep(deploy)
            return deploy

    def status(self, deploy_id: str) -> str:
        """Tell how a deploy stands."""
        with self._changed:
            return self._held[deploy_id].status

    def find(self, deploy_id: str, *, patience: float = 0.0) -> Deploy | None:
        """Find a deploy, giving it a moment to end."""
        name = long_id(deploy_id)
        with self._changed:
            self._changed.wait_for(
                lambda: name not in self._held or self._held[name].completed is not None, patience
            )
            return self._held.get(name)

    def _keep(self, deploy: Deploy) -> None:
        draft = self._folder / f"{deploy.id}.draft"
        draft.write_bytes(msgspec.json.encode(deploy))
        draft.replace(self._folder / f"{deploy.id}.json")
        self._held[deploy.id] = deploy
        self._changed.notify_all()

    def _package(self, deploy_id: str) -> Path:
        return self._folder / f"{deploy_id}.zip"
