"""Our records on the customer's own screens: added to the layouts that are there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from loaders.contract import Mapping
from loaders.deploys import deploy_package
from loaders.errors import DeployRefused, SchemaDiffers
from loaders.layout_edits import (
    RELATED,
    SECTION,
    list_names,
    shown_fields,
    with_parts,
    without_lists,
    without_section,
)
from loaders.ledger import Ledger
from loaders.org_connection import Org
from loaders.org_line import OrgLine
from loaders.retrieves import Listed, list_components, retrieve
from loaders.schema_package import package_of
from loaders.schema_related import SCREENS, SECTION_LABEL, Additions, additions, section_of

ADDING = "related_lists_adding"
TAKEN_BACK = "related_lists_taken_back"
_LAYOUT = "Layout"


@dataclass(frozen=True, slots=True)
class Widened:
    """What was, or would be, added to each layout."""

    # Layout -> the related lists and fields that it lacked.
    added: dict[str, tuple[str, ...]]
    untouched: tuple[str, ...]
    # Of packages of somebody else, who may replace them.
    installed: tuple[str, ...]


def add_related_lists(
    org: Org, line: OrgLine, ledger: Ledger, mapping: Mapping, *, check_only: bool
) -> Widened:
    """
    Add what the mapping shows to the layouts of this org, as they are at this moment.

    A deployed layout replaces the one that is there: so each is retrieved first, widened at its
    end, and sent back otherwise as it was. What is added stands on the ledger before it is sent.

    Raises:
        DeployRefused: the org refused a layout; none is changed.
        SchemaDiffers: somebody changed a layout meanwhile; none is changed.

    """
    listed = _layouts(org, line)
    own = [each.full_name for each in listed if not each.is_installed]
    found = retrieve(org, line, _LAYOUT, own) if own else {}
    wanted = {name: additions(mapping, _owner(name)) for name in found}
    wider = {name: _widened(found[name], wanted[name]) for name in found}
    changed = {name: content for name, content in wider.items() if content != found[name]}
    added = {name: _lacking(found[name], wanted[name]) for name in sorted(changed)}
    if changed:
        _deploy(line, changed, check_only=True)
        if not check_only:
            _require_unchanged(listed, _layouts(org, line), changed)
            _deploy_on_record(org, line, ledger, changed, added)
    return Widened(
        added=added,
        untouched=tuple(sorted(found.keys() - changed.keys())),
        installed=tuple(each.full_name for each in listed if each.is_installed),
    )


def layouts_taken_back(org: Org, line: OrgLine, ledger: Ledger) -> dict[str, bytes]:
    """Give the layouts of this org as they are, without what we once added to them."""
    ours = _added_by_us(ledger, org.org_id)
    there = {each.full_name for each in _layouts(org, line)} if ours else set()
    named = sorted(ours.keys() & there)
    found = retrieve(org, line, _LAYOUT, named) if named else {}
    narrow = {name: _narrowed(content, ours[name]) for name, content in found.items()}
    return {name: content for name, content in narrow.items() if content != found[name]}


def record_taken_back(ledger: Ledger, org_id: str) -> None:
    """Write down that nothing of ours is in the customer's layouts any more."""
    if ours := _added_by_us(ledger, org_id):
        _record(ledger, TAKEN_BACK, org_id, {name: tuple(sorted(ours[name])) for name in ours})


def _record(ledger: Ledger, kind: str, org_id: str, layouts: dict[str, tuple[str, ...]]) -> None:
    ledger.chain.record(kind, {"org_id": org_id, "layouts": layouts})


def _deploy_on_record(
    org: Org,
    line: OrgLine,
    ledger: Ledger,
    changed: dict[str, bytes],
    added: dict[str, tuple[str, ...]],
) -> None:
    """Write down what is about to be added, then send it; what was refused was not added."""
    _record(ledger, ADDING, org.org_id, added)
    try:
        _deploy(line, changed, check_only=False)
    except DeployRefused:
        _record(ledger, TAKEN_BACK, org.org_id, added)
        raise


def _layouts(org: Org, line: OrgLine) -> tuple[Listed, ...]:
    found = list_components(org, line, _LAYOUT)
    return tuple(each for each in found if _owner(each.full_name) in SCREENS)


def _owner(layout: str) -> str:
    return layout.partition("-")[0]


def _widened(layout: bytes, wanted: Additions) -> bytes:
    lacking = _lacking(layout, wanted)
    lists = [pairs for name, pairs in wanted.lists if name in lacking]
    if lists:
        layout = with_parts(layout, RELATED, lists)
    if any(field in lacking for field in wanted.fields):
        # A section of ours that the mapping has outgrown is written anew.
        layout = without_section(layout, SECTION_LABEL, wanted.fields)
        shown = shown_fields(layout)
        fields = [field for field in wanted.fields if field not in shown]
        layout = with_parts(layout, SECTION, [section_of(fields)])
    return layout


def _lacking(layout: bytes, wanted: Additions) -> tuple[str, ...]:
    there, shown = list_names(layout), shown_fields(layout)
    return (
        *(name for name, _ in wanted.lists if name not in there),
        *(field for field in wanted.fields if field not in shown),
    )


def _narrowed(layout: bytes, names: Iterable[str]) -> bytes:
    ours = frozenset(names)
    return without_section(without_lists(layout, ours), SECTION_LABEL, ours)


def _deploy(line: OrgLine, layouts: dict[str, bytes], *, check_only: bool) -> None:
    files = {f"layouts/{name}.layout": content for name, content in layouts.items()}
    package = package_of(files, {_LAYOUT: list(layouts)})
    deploy_package(line, package, name="related lists", check_only=check_only)


def _require_unchanged(
    before: Iterable[Listed], now: Iterable[Listed], names: Iterable[str]
) -> None:
    """Stop where a layout is not the one that was read: what somebody did to it would be lost."""
    as_read, as_is = ({each.full_name: each.changed for each in all_} for all_ in (before, now))
    moved = [name for name in sorted(names) if as_read[name] != as_is.get(name)]
    if moved:
        raise SchemaDiffers(
            [f"somebody changed the layout {name} just now" for name in moved],
            hint="clinic-load schema deploy --related-lists again",
        )


def _added_by_us(ledger: Ledger, org_id: str) -> dict[str, set[str]]:
    """Give what our deploys added to each layout, and nobody took back through us."""
    found: dict[str, set[str]] = {}
    for kind, body in ledger.chain.acts_of((ADDING, TAKEN_BACK)):
        for name, names in body["layouts"].items() if body["org_id"] == org_id else ():
            ours = found.setdefault(name, set())
            if kind == ADDING:
                ours.update(names)
            else:
                ours.difference_update(names)
    return {name: ours for name, ours in found.items() if ours}
