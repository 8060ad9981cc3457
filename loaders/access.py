"""Who can see what: the org is asked for one user of each group of readers, and one outside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from loaders.access_records import Reach, reach_of, sample_records
from loaders.access_users import Holder, Person, all_data_holders, fields_of, find_people
from loaders.contract import Column, Mapping, Mart
from loaders.plan_store import Plan
from loaders.schema_readers import column_readers, readers_named
from loaders.session import Session


@dataclass(frozen=True, slots=True)
class Sight:
    """What one user may do with the sampled records of one object, and with our PHI fields."""

    who: str
    sobject: str
    asked: int
    reads: int
    edits: int
    # Of our own fields only: the customer's profiles decide on the standard ones.
    phi_fields: int
    phi_read: int

    @property
    def level(self) -> str:
        """Say it in one word."""
        return "edits" if self.edits else "reads" if self.reads else "none"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as the map says, or that nobody could be asked about."""

    who: str
    user_id: str
    sobject: str
    what: str
    count: int


@dataclass(frozen=True, slots=True)
class Proof:
    """What the org said of everybody who was asked."""

    run: str
    people: tuple[Person, ...]
    sights: tuple[Sight, ...]
    findings: tuple[Finding, ...]
    # Who sees or changes everything, whatever is shared: to be known by name, and to be few.
    holders: tuple[Holder, ...]

    @property
    def is_proven(self) -> bool:
        """Tell whether everybody was asked, and nothing was found."""
        return not self.findings

    def document(self) -> dict[str, Any]:
        """Give it as the JSON that `--json` promises: counts and user ids, no patient's data."""
        sights = [{**asdict(each), "level": each.level} for each in self.sights]
        return {**asdict(self), "sights": sights, "proven": self.is_proven}


def prove_access(
    session: Session, plan: Plan, folder: Path, *, mapping: Mapping, wanted: dict[str, str]
) -> Proof:
    """
    Ask the org what a user of each group, and one outside, may do with records of a run.

    Changes nothing: users are found or named, never made. Of a group without a user nothing is
    proven, which is a finding.

    Raises:
        WrongUsage: a named user is not there, not active, or does not hold the group's set.

    """
    line = session.line
    people = find_people(line, readers_named(mapping), wanted)
    sample = sample_records(session, plan, folder)
    marts = [mart for mart in mapping.marts if mart.sobject in sample]
    sights, findings = (
        [],
        [Finding(who, "", "", f"not proven: {why}", 0) for who, why in people.missing],
    )
    for person in people.found:
        reach, fields = reach_of(line, person.user_id, sample), fields_of(line, person, marts)
        for mart in marts:
            sight = _sight(person, mart, reach[mart.sobject], fields)
            sights.append(sight)
            findings += _judge(person, mart, sight)
            findings += _judge_fields(person, mart, fields)
    findings += [] if sample else [Finding("", "", "", "not proven: the run left no record", 0)]
    proof = Proof(
        session.run.run, people.found, tuple(sights), tuple(findings), all_data_holders(line)
    )
    session.ledger.chain.record("access_asked", {"run": proof.run, "findings": len(findings)})
    return proof


def _sight(person: Person, mart: Mart, reach: Reach, fields: frozenset[str]) -> Sight:
    phi = [f"{mart.sobject}.{column.name}" for column in mart.columns if _is_guarded(column)]
    read = sum(name in fields for name in phi)
    return Sight(person.who, mart.sobject, reach.asked, reach.reads, reach.edits, len(phi), read)


def _is_guarded(column: Column) -> bool:
    return column.custom and (column.phi or column.source_custom_field is not None)


def _judge(person: Person, mart: Mart, sight: Sight) -> Iterator[Finding]:
    """Hold what a user may do with an object's records against whom the map opens it to."""

    def found(what: str, count: int) -> Finding:
        return Finding(person.who, person.user_id, mart.sobject, what, count)

    if sight.reads and person.who not in mart.readers:
        yield found("reads records that the map does not open to them", sight.reads)
    # Standard objects are opened, and may be changed, by the customer's own profiles.
    if sight.edits and mart.is_custom:
        yield found("can change records", sight.edits)
    if mart.is_custom and person.who in mart.readers and sight.reads < sight.asked:
        yield found("does not see records that the map opens to them", sight.asked - sight.reads)


def _judge_fields(person: Person, mart: Mart, fields: frozenset[str]) -> Iterator[Finding]:
    """Find the PHI fields that some set opens, and the map does not."""
    beyond = [
        column.name
        for column in mart.columns
        if _is_guarded(column)
        and f"{mart.sobject}.{column.name}" in fields
        and person.who not in column_readers(mart, column)
    ]
    if beyond:
        what = f"may read PHI fields: {', '.join(sorted(beyond))}"
        yield Finding(person.who, person.user_id, mart.sobject, what, len(beyond))
