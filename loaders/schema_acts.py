"""Deploys and removals of metadata on the ledger: which components are ours to take back."""

from __future__ import annotations

from collections.abc import Iterable

from loaders.ledger import Ledger

Component = tuple[str, str]
# Written before a deploy, with what it is about to create; one of the next two says how it ended.
DEPLOYING = "schema_deploying"
DEPLOYED = "schema_deployed"
REFUSED = "schema_refused"
DROPPING = "schema_dropping"
DROPPED = "schema_dropped"


def record_components(
    ledger: Ledger, kind: str, *, org_id: str, package: str, components: Iterable[Component] = ()
) -> None:
    """Write down what a deploy is about to create, how it ended, or what a removal took."""
    body = {
        "org_id": org_id,
        "package": package,
        "components": sorted(list(each) for each in components),
    }
    ledger.chain.record(kind, body)


def created_components(ledger: Ledger, org_id: str) -> frozenset[Component]:
    """
    Give what our deploys created in this org and nobody has removed through us since.

    A field that the org had before us was changed at most, and is not among them. A deploy that was
    cut off may have gone through: what it was about to create counts as created.
    """
    ours: set[Component] = set()
    intended: set[Component] = set()
    for kind, body in ledger.chain.acts_of((DEPLOYING, DEPLOYED, REFUSED, DROPPED)):
        if body["org_id"] != org_id:
            continue
        named = {(each[0], each[1]) for each in body["components"]}
        if kind == DROPPED:
            ours -= named
        elif kind == DEPLOYING:
            ours |= intended
            intended = named
        else:
            ours |= intended if kind == DEPLOYED else set()
            intended = set()
    return frozenset(ours | intended)
