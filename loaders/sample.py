"""A sample to rehearse with: whole families, every odd case, and all that they point to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from loaders.bench import Bench
from loaders.canonical import key_expression, literal, quoted, system_expression
from loaders.contract import Column, Mapping
from loaders.load_order import load_order
from loaders.paths import DataFolder
from loaders.preflight_extracts import FINDINGS
from loaders.sample_links import link_rows

# Which rows a plan is made of, where it is not made of all: (sobject, key), unmasked.
CHOSEN = "chosen_rows"
# Which rows show what: (class, sobject, key).
CLASSES = "classes"
PATIENT = "Contact"
# So many records show most, and a person can still look through them.
SAMPLE_RECORDS = 750
# So much of a sample is whole units before single rows are added.
_UNITS_SHARE = 0.6
# So many candidates of each class are looked at: a common one need not be looked for everywhere.
_CANDIDATES = 50


@dataclass(frozen=True, slots=True)
class Sample:
    """How many records are wanted, and which of the many samples of that size."""

    records: int
    seed: int

    def __str__(self) -> str:
        return f"{self.records} of {self.seed}"


def choose_sample(bench: Bench, mapping: Mapping, data: DataFolder, sample: Sample) -> None:
    """
    Choose the rows of a sample and put them on the bench.

    A unit is a household with its patients and all that hangs on them. First come the units that
    show most classes, then single rows for the classes that no unit of the sample shows: every
    finding and flag of the audits, every value of every list, every object of every system is there
    once at least, whatever the number of records. Units taken at random fill what is left of it.
    What a chosen row points to comes with it.
    """
    link_rows(bench, mapping)
    _find_units(bench, mapping)
    _find_classes(bench, mapping, data)
    _offer(bench, sample)
    _cover(bench, sample)
    _close(bench)
    _fill(bench, sample)
    _close(bench)


def _find_units(bench: Bench, mapping: Mapping) -> None:
    """Tell of each row which household it hangs on, through its lock parent or its only child."""
    db = bench.db
    db.execute(
        f"""
        create temp table units as
        select distinct parent_object as sobject, parent_key as key, parent_key as unit
        from edges where sobject = {literal(PATIENT)} and is_lock
        """  # noqa: S608 - a constant
    )
    for step in load_order(mapping):
        db.execute(
            """
            insert into units
            select distinct edges.sobject, edges.key, units.unit from edges
            inner join units on units.sobject = edges.parent_object and units.key = edges.parent_key
            where edges.is_lock and edges.sobject = ?
            """,
            [step.sobject],
        )
    db.execute(
        """
        insert into units
        select edges.parent_object, edges.parent_key, min(units.unit) from edges
        inner join units on units.sobject = edges.sobject and units.key = edges.key
        anti join units as known
            on known.sobject = edges.parent_object and known.key = edges.parent_key
        group by edges.parent_object, edges.parent_key having count(distinct units.unit) = 1
        """
    )


def _find_classes(bench: Bench, mapping: Mapping, data: DataFolder) -> None:
    """List which rows show what: (class, sobject, key)."""
    system = system_expression("key")
    selects = [
        "select 'object ' || sobject as class, sobject, key from nodes",
        f"""
        select 'object ' || sobject || ' of ' || {system}, sobject, key from nodes
        where {system} != ''
            and (select count(distinct {system}) from nodes where {system} != '') > 1
        """,  # noqa: S608 - constants
        *(
            f"""
            select {literal(f"{mart.sobject}.{column.name} ")} || {quoted(column.name)},
                {literal(mart.sobject)}, {key_expression(mart)}
            from {mart.relation} where {quoted(column.name)} is not null
            """  # noqa: S608 - names of the mapping
            for mart in mapping.marts
            for column in mart.columns
            if _is_listed(column)
        ),
        *_audited(mapping, data.root / FINDINGS),
    ]
    bench.db.execute(f"create temp view {CLASSES} as {' union all '.join(selects)}")


def _is_listed(column: Column) -> bool:
    by_name = column.lookup is not None and column.lookup.match == "developer_name"
    return by_name or bool(column.picklist or column.standard_value_set)


def _audited(mapping: Mapping, findings: Path) -> list[str]:
    """Turn what dbt's audit and `clinic-extract audit` found into classes of rows."""
    audit = mapping.audit
    found = [
        f"select 'flag ' || flag as class, entity, record_key from {audit.quality_flags}",  # noqa: S608
        f"select 'merged' as class, entity, survivor_key as record_key from {audit.merged_records}",  # noqa: S608
        "select 'duplicate' as class, 'patients' as entity, patient_key as record_key "  # noqa: S608
        f"from {audit.duplicate_candidates}",
    ]
    if mapping.source_records and findings.is_file():
        found.append(
            f"""
            select 'finding ' || findings.finding as class, records.entity, records.record_key
            from read_csv({literal(str(findings))}, header = true, all_varchar = true) as findings
            inner join {mapping.source_records} as records
                on records.source_system = findings.system
                and records.raw_table = findings.record_type and records.raw_id = findings.id
            """  # noqa: S608 - our own path
        )
    return [
        f"""
        select found.class || ' of ' || found.entity, nodes.sobject, nodes.key
        from ({each}) as found
        left join {audit.record_targets} as targets
            on targets.entity = found.entity and targets.record_key = found.record_key
        -- A row that no single record stands behind is named by its own key.
        inner join nodes
            on nodes.key = coalesce(targets.clinic_id, found.record_key)
            and nodes.sobject = coalesce(targets.sobject, nodes.sobject)
        """  # noqa: S608 - names of the mapping
        for each in found
    ]


def _offer(bench: Bench, sample: Sample) -> None:
    """List what can be taken, whole units and single rows, how large it is, and what it shows."""
    bench.db.execute(
        f"""
        create temp table items as
        select sobject, key, unit as item, true as is_unit from units
        union all
        select sobject, key, sobject || ' ' || key, false from nodes;
        create temp table sizes as
        select item, is_unit, count(*) as records,
            sha256({literal(str(sample.seed))} || item) as place
        from items group by item, is_unit;
        create temp table offers as
        select classes.class, sizes.item, any_value(sizes.is_unit) as is_unit,
            any_value(sizes.records) as records, any_value(sizes.place) as place
        from classes
        inner join items on items.sobject = classes.sobject and items.key = classes.key
        inner join sizes on sizes.item = items.item
        group by classes.class, sizes.item
        qualify row_number() over (
            partition by classes.class, any_value(sizes.is_unit) order by any_value(sizes.place)
        ) <= {_CANDIDATES};
        create temp table taken (item varchar, records bigint);
        """  # noqa: S608 - numbers
    )


def _cover(bench: Bench, sample: Sample) -> None:
    """
    Take, again and again, what shows most new classes for its size, until all are shown.

    Units first, as long as they leave room for the single rows of what none of them shows.
    """
    room = f"{int(sample.records * _UNITS_SHARE)} - (select coalesce(sum(records), 0) from taken)"  # noqa: S608
    for condition in (f"is_unit and records <= {room}", "not is_unit"):
        while _take(bench, condition):
            bench.db.execute(
                "delete from offers where class in ("
                "select class from offers where item in (select item from taken))"
            )


def _take(bench: Bench, condition: str) -> bool:
    found = bench.db.execute(
        f"""
        insert into taken
        select item, any_value(records) from offers where {condition} group by item
        order by count(*) / any_value(records) desc, any_value(place) limit 1
        """  # noqa: S608 - ours
    ).fetchone()
    return bool(found and found[0])


def _close(bench: Bench) -> None:
    """Take the rows of what is taken, and whatever they point to, over any number of steps."""
    db = bench.db
    db.execute(
        f"create or replace temp table {CHOSEN} as "  # noqa: S608 - a constant
        "select distinct sobject, key from items where item in (select item from taken)"
    )
    while True:
        found = db.execute(
            f"""
            insert into {CHOSEN}
            select distinct edges.parent_object, edges.parent_key from edges
            semi join {CHOSEN} as own on own.sobject = edges.sobject and own.key = edges.key
            anti join {CHOSEN} as known
                on known.sobject = edges.parent_object and known.key = edges.parent_key
            """  # noqa: S608 - a constant
        ).fetchone()
        if not found or not found[0]:
            return


def _fill(bench: Bench, sample: Sample) -> None:
    """Add units in the order of chance, as long as the sample stays within its size."""
    bench.db.execute(
        f"""
        insert into taken
        select item, records from (
            select item, records, sum(records) over (order by place) as so_far from sizes
            where is_unit and item not in (select item from taken)
        )
        where so_far <= {sample.records} - (select count(*) from {CHOSEN})
        """  # noqa: S608 - numbers
    )
