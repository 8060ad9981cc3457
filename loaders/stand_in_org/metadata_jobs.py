"""Deploys under way and done."""

from __future__ import annotations

import secrets
import string
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from loaders.stand_in_org.model import DeployResult
from loaders.stand_in_org.record_ids import long_id


@dataclass(frozen=True, slots=True)
class Deploy:
    """One deploy request: what it brought, and its result once there is one."""

    id: str
    user_id: str
    created: datetime
    options: Mapping[str, object]
    package: bytes = field(repr=False)
    status: str = "Pending"
    canceled_by: str | None = None
    completed: datetime | None = None
    result: DeployResult | None = None


def new_deploy_id() -> str:
    """Make an id of the kind that deploys have: 18 characters, starting 0Af."""
    letters = string.ascii_letters + string.digits
    return long_id("0Af" + "".join(secrets.choice(letters) for _ in range(12)))


class Deploys:
    """All deploys since the server started, by id."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._held: dict[str, Deploy] = {}

    def put(self, deploy: Deploy) -> None:
        """Keep a deploy's newest state."""
        with self._changed:
            self._held[deploy.id] = deploy
            self._changed.notify_all()

    def change(self, deploy_id: str, change: Callable[[Deploy], Deploy]) -> Deploy:
        """Put a deploy into its next state, and give it."""
        name = long_id(deploy_id)
        with self._changed:
            self._held[name] = change(self._held[name])
            self._changed.notify_all()
            return self._held[name]

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
