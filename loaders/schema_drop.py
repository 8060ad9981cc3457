"""Take the schema back: only what our deploys created, and only once nothing stands in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from loaders.bench import Bench
from loaders.deploys import deploy_package
from loaders.describe import describe_all
from loaders.errors import DropRefused
from loaders.ledger import Ledger
from loaders.org_connection import Org
from loaders.org_line import OrgLine
from loaders.related_lists import layouts_taken_back, record_taken_back
from loaders.schema_acts import (
    DROPPED,
    DROPPING,
    Component,
    created_components,
    record_components,
)
from loaders.schema_grants import unassign
from loaders.schema_left import objects_touched, unseen, what_is_left
from loaders.schema_package import removal_package, retired_record_types

# Settings were switched on, not created; a standard value set is a list that the org shares; the
# last two no API deletes: they stay, switched off, for an administrator to remove.
_STAYING = frozenset({"Settings", "StandardValueSet", "BusinessProcess", "RecordType"})
_PARTS_OF_OBJECTS = frozenset({"CompactLayout", "Layout"})
_NAME = "the removal"


@dataclass(frozen=True, slots=True)
class Dropped:
    """What went, and what stays."""

    removed: tuple[Component, ...]
    staying: tuple[Component, ...]


def drop_schema(
    org: Org, line: OrgLine, ledger: Ledger, bench: Bench, *, check_only: bool
) -> Dropped:
    """
    Remove the components that this ledger's deploys created in this org.

    What we added to the customer's layouts goes with it; the rest of them stays as it is. A check
    validates the removal and changes nothing.

    Raises:
        DropRefused: nothing was deployed from here, or records would lose something.
        DeployRefused: the org refused to remove a component; all of them are still there.

    """
    ours = created_components(ledger, org.org_id)
    doomed = frozenset(each for each in ours if each[0] not in _STAYING)
    if not doomed:
        raise DropRefused(
            f"no deploy of this ledger created anything in org {org.alias} that is still there",
            hint=f"clinic-load schema diff --org {org.alias}",
        )
    _require_empty(org, line, bench, ours)
    record = partial(record_components, ledger, org_id=org.org_id, package=_NAME, components=doomed)
    if not check_only:
        record(DROPPING)
        for name in sorted(name for kind, name in doomed if kind == "PermissionSet"):
            unassign(org, name)
    retired = sorted(name for kind, name in ours if kind == "RecordType")
    if retired:
        deploy_package(line, retired_record_types(retired), name=_NAME, check_only=check_only)
    named = [each for each in doomed if not _goes_with_its_object(each, doomed)]
    layouts = layouts_taken_back(org, line, ledger)
    removal = removal_package(named, layouts=layouts)
    deploy_package(line, removal, name=_NAME, check_only=check_only)
    if not check_only:
        record(DROPPED)
        record_taken_back(ledger, org.org_id)
    return Dropped(tuple(sorted(doomed)), tuple(sorted(ours - doomed)))


def _goes_with_its_object(component: Component, doomed: frozenset[Component]) -> bool:
    """Tell whether no org removes this by itself: an object keeps one layout of each kind."""
    kind, name = component
    owner = re.split(r"[.-]", name, maxsplit=1)[0]
    return kind in _PARTS_OF_OBJECTS and ("CustomObject", owner) in doomed


def _require_empty(org: Org, line: OrgLine, bench: Bench, ours: frozenset[Component]) -> None:
    described = describe_all(org, objects_touched(ours))
    if hidden := unseen(org, ours, described):
        raise DropRefused(
            f"this user cannot see whether data stands in {', '.join(hidden)}",
            hint=f"clinic-load schema deploy --org {org.alias}, which grants them; then again",
        )
    left = what_is_left(line, bench, ours, described)
    if left:
        lines = "".join(f"\n  {each.component}: {each.records:,} records" for each in left)
        raise DropRefused(
            f"{len(left)} components still hold data in org {org.alias}:{lines}",
            hint="clinic-load rollback RUN for each push, or empty these fields; then again",
        )
