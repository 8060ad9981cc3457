"""Which rules of its own each object adds to the general ones, in the order they are applied."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from loaders.stand_in_org.change import Change

Step = Callable[[Change], None]

# Before the general checks: values that the org derives. After them: what only this object knows.
FILLS: Mapping[str, tuple[Step, ...]] = {}
CHECKS: Mapping[str, tuple[Step, ...]] = {}
AFTER: Mapping[str, tuple[Step, ...]] = {}


def fill(change: Change) -> None:
    """Derive what the org derives before it looks whether a record is complete."""
    for step in FILLS.get(change.sobject.name, ()):
        step(change)


def check(change: Change) -> None:
    """Apply the object's own refusals."""
    for step in CHECKS.get(change.sobject.name, ()):
        step(change)


def after(change: Change) -> None:
    """Do what a written record sets in motion on other records."""
    for step in AFTER.get(change.sobject.name, ()):
        step(change)
