"""Which rows a plan is made of: all of them, or those of a sample or of an earlier failure."""

from __future__ import annotations

from pathlib import Path

from loaders.bench import Bench
from loaders.canonical import key_expression, literal, quoted
from loaders.contract import Mapping, Mart
from loaders.sample import CHOSEN

WHOLE, SAMPLE, DELTA, FAILED = "whole", "sample", "delta", "failed"
# Plans of these are of some rows, and say nothing of the others.
NARROWED = frozenset({SAMPLE, FAILED})
# Which planned rows a push sends.
GOES = "_op in ('create', 'update')"
# The columns of audit tables that would give a person away, and what masks them.
_MASKS = {
    "record_key": "mask_whole_key",
    "clinic_id": "mask_whole_key",
    "survivor_key": "mask_whole_key",
    "patient_key": "mask_whole_key",
    "person_key": "mask_whole_key",
    "raw_id": "mask_hash",
}


def source_of(mart: Mart, *, scope: str) -> str:
    """Give the query of the rows of a mart that a plan is made of."""
    every = f"select * from {mart.relation}"  # noqa: S608 - names of the mapping
    if scope not in NARROWED:
        return every
    chosen = f"select key from {CHOSEN} where sobject = {literal(mart.sobject)}"  # noqa: S608
    return f"{every} where {key_expression(mart)} in ({chosen})"


def write_audit(bench: Bench, mapping: Mapping, folder: Path, *, scope: str, masked: bool) -> None:
    """
    Keep the audit tables with the plan, for the equation of its run.

    A narrowed plan closes over what it was made of: the records that were chosen, and those that
    a chosen record stands for.
    """
    relations = dict(mapping.audit.named())
    queries = (
        _narrowed(mapping)
        if scope in NARROWED
        else {name: f"select * from {relation}" for name, relation in relations.items()}  # noqa: S608
    )
    for name, query in queries.items():
        columns = bench.db.execute(f"describe {relations[name]}").fetchall()
        masks = ", ".join(
            f"{_MASKS[column[0]]}({quoted(column[0])}) as {quoted(column[0])}"
            for column in columns
            if masked and column[0] in _MASKS
        )
        cells = f"* replace ({masks})" if masks else "*"
        bench.db.execute(
            f"copy (select {cells} from ({query})) "  # noqa: S608 - names of the mapping
            f"to {literal(str(folder / f'{name}.parquet'))} (format parquet)"
        )


def _narrowed(mapping: Mapping) -> dict[str, str]:
    audit = mapping.audit
    targets = f"""
        select targets.* from {audit.record_targets} as targets
        semi join {CHOSEN} as chosen
            on chosen.sobject = targets.sobject and chosen.key = targets.clinic_id
        """  # noqa: S608 - names of the mapping
    merged = f"""
        select merged.* from {audit.merged_records} as merged
        semi join ({targets}) as targets
            on targets.entity = merged.entity and targets.record_key = merged.survivor_key
        """  # noqa: S608 - names of the mapping
    counts = f"""
        select counts.* replace (
            targets.records + coalesce(merged.records, 0) as source_rows,
            coalesce(merged.records, 0) as merged_rows,
            0 as excluded_rows,
            targets.records as mart_rows
        )
        from {audit.row_counts} as counts
        inner join (select entity, count(*) as records from ({targets}) group by entity) as targets
            on targets.entity = counts.entity
        left join (select entity, count(*) as records from ({merged}) group by entity) as merged
            on merged.entity = counts.entity
        """  # noqa: S608 - names of the mapping
    owners = f"""
        select owners.* from {audit.patient_records} as owners
        semi join (
            select entity, record_key from ({targets}) union all
            select entity, record_key from ({merged})
        ) as kept on kept.entity = owners.entity and kept.record_key = owners.record_key
        """  # noqa: S608 - names of the mapping
    return {
        "row_counts": counts,
        "record_targets": targets,
        "excluded_records": f"select * from {audit.excluded_records} limit 0",  # noqa: S608
        "merged_records": merged,
        "patient_records": owners,
    }
