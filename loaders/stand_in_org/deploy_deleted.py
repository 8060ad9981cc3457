"""Deleted fields and objects: for 15 days their names stay taken, unless they were purged."""

from __future__ import annotations

from datetime import timedelta

from loaders.stand_in_org.deploy_problem import Problem
from loaders.stand_in_org.deployment import Deployment

_LISTED = frozenset({"CustomField", "CustomObject"})
_KEPT_FOR = timedelta(days=15)


def note(deployment: Deployment, kind: str, name: str) -> None:
    """Put a component on the list of deleted ones, which `purgeOnDelete` leaves out."""
    if kind in _LISTED and not deployment.purge:
        deployment.world.run(
            'INSERT INTO "_deleted_metadata" VALUES (?, ?, ?)', [kind, name, deployment.world.now]
        )


def check_free(deployment: Deployment, kind: str, name: str) -> None:
    """
    Refuse a name that a deleted component still holds (contract 7.13).

    Raises:
        Problem: in the words the org has for every name that is taken.

    """
    world = deployment.world
    if world.settings.deleted_names_taken and world.one(
        'SELECT count(*) FROM "_deleted_metadata"'
        " WHERE kind = ? AND lower(full_name) = lower(?) AND deleted > ?",
        [kind, name, world.now - _KEPT_FOR],
    ):
        raise Problem(
            "duplicate value found: <unknown> duplicates value on record with id: <unknown>"
        )
