"""The value sets of the small clinic, as its seed gives them."""

from __future__ import annotations

from loaders.describe import PicklistValue
from loaders.schema_values import ValueSet
from tests.loaders.mini_clinic import PICKLISTS


def value_sets() -> dict[str, ValueSet]:
    found: dict[str, list[PicklistValue]] = {}
    for name, value, label, _, default in PICKLISTS:
        found.setdefault(name, []).append(PicklistValue(value, label, True, default))
    return {name: ValueSet(name, tuple(values)) for name, values in found.items()}
