"""Which row points to which, over all marts: what a sample must take along."""

from __future__ import annotations

from loaders.bench import Bench
from loaders.canonical import key_expression, literal, quoted
from loaders.contract import KEYED_MATCHES, Column, Mapping, Mart
from loaders.references import USER, email_symbol


def link_rows(bench: Bench, mapping: Mapping) -> None:
    """List every row, and what it points to."""
    db = bench.db
    db.execute("create temp table nodes (sobject varchar, key varchar)")
    db.execute(
        "create temp table edges (sobject varchar, key varchar, parent_object varchar,"
        " parent_key varchar, is_lock boolean)"
    )
    for mart in mapping.marts:
        key = key_expression(mart)
        db.execute(
            f"insert into nodes select {literal(mart.sobject)}, {key} from {mart.relation}"  # noqa: S608 - of the map
        )
    for mart in mapping.marts:
        for column in mart.columns:
            if column.lookup and _is_to_a_row(mapping, column):
                db.execute(f"insert into edges {_edges(mapping, mart, column)}")
    db.execute(f"insert into edges {_pairs(mapping)}")


def _pairs(mapping: Mapping) -> str:
    """Give who may be the same person twice: one of the two shows nothing without the other."""
    audit = mapping.audit
    targets = f"select * from {audit.record_targets} where entity = 'patients'"  # noqa: S608 - theirs
    pairs = f"""
        select one.sobject, one.clinic_id as key, other.sobject as other_object,
            other.clinic_id as other_key
        from {audit.duplicate_candidates} as found
        inner join ({targets}) as one on one.record_key = found.patient_key
        inner join ({targets}) as other on other.record_key = found.other_patient_key
        where one.clinic_id != other.clinic_id
        """  # noqa: S608 - names of the mapping
    return f"""
        select sobject, key, other_object, other_key, false from ({pairs}) as pairs
        union all select other_object, other_key, sobject, key, false from ({pairs}) as turned
        """  # noqa: S608 - ours


def _is_to_a_row(mapping: Mapping, column: Column) -> bool:
    if column.lookup is None:
        return False
    by_email = column.lookup.match == "email" and USER in mapping.objects()
    return by_email or column.lookup.match in KEYED_MATCHES


def _edges(mapping: Mapping, mart: Mart, column: Column) -> str:
    value = f"normalise({quoted(column.name)})"
    own = f"""
        select {key_expression(mart)} as key, {value} as cell from {mart.relation}
        where {value} is not null
        """  # noqa: S608 - names of the mapping
    objects = ", ".join(literal(name) for name in (column.lookup.objects if column.lookup else ()))
    parents = f"select sobject, key, key as symbol from nodes where sobject in ({objects})"  # noqa: S608 - ours
    cell = "own.cell"
    if column.lookup and column.lookup.match == "email":
        users = mapping.mart(USER)
        cell = email_symbol(cell)
        parents = f"""
            select {literal(USER)} as sobject, {key_expression(users)} as key,
                {email_symbol("Email")} as symbol
            from {users.relation}
            """  # noqa: S608 - names of the mapping
    return f"""
        select {literal(mart.sobject)}, own.key, parents.sobject, parents.key,
            {literal(column.name)} = {literal(mart.lock_parent or "")}
        from ({own}) as own inner join ({parents}) as parents on parents.symbol = {cell}
        """  # noqa: S608 - names of the mapping
