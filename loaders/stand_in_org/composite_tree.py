"""Create records with their children, all or none (contract 4.6)."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
from starlette.responses import Response

from loaders.stand_in_org.call import Call, answer
from loaders.stand_in_org.records import Write, apply, no_such_column, rows_of
from loaders.stand_in_org.tree_nodes import Node, TreeRefused, read_levels, refused_record


def tree(call: Call) -> Response:
    """
    Create up to 200 records: trees of up to 5 levels and 5 types, whose roots are of one type.

    The answer names the records in the order in which they were written, level by level; when any
    is refused nothing stays, and the answer names the refused ones only.

    Raises:
        ApiError: 404 for an object that the user does not see, 400 for what is no list of records.

    """
    root = call.named_sobject()
    ids: dict[str, str] = {}
    try:
        levels = read_levels(call, root)
        with call.transaction() as connection:
            for level in levels:
                for group in _by_type(level):
                    ids |= _inserted(call, group, ids, connection=connection)
    except TreeRefused as refused:
        return answer({"hasErrors": True, "results": refused.results}, status=400)
    made = [{"referenceId": name, "id": record_id} for name, record_id in ids.items()]
    return answer({"hasErrors": False, "results": made}, status=201)


def _by_type(level: Sequence[Node]) -> list[list[Node]]:
    """Put the records of one object together, whoever their parents are."""
    groups: dict[str, list[Node]] = {}
    for node in level:
        groups.setdefault(node.sobject.name, []).append(node)
    return list(groups.values())


def _inserted(
    call: Call,
    group: Sequence[Node],
    ids: dict[str, str],
    *,
    connection: duckdb.DuckDBPyConnection,
) -> dict[str, str]:
    """
    Insert records of one object; give their ids by reference id.

    Raises:
        TreeRefused: at least one was refused.

    """
    sobject = group[0].sobject
    _check_columns(call, group)
    records = [
        dict(node.values) if node.parent is None else {**node.values, node.lookup: ids[node.parent]}
        for node in group
    ]
    done = apply(
        call, Write(sobject, "insert"), rows_of(call, sobject, records), connection=connection
    )
    refused = [
        refused_record(node.name, outcome.status_code, outcome.message, outcome.fields)
        for node, outcome in zip(group, done, strict=True)
        if not outcome.success
    ]
    if refused:
        raise TreeRefused(refused)
    return {node.name: str(outcome.id) for node, outcome in zip(group, done, strict=True)}


def _check_columns(call: Call, group: Sequence[Node]) -> None:
    """A field that is not there, or that the user does not see, is its record's own refusal."""
    fields = call.site.org.visible_fields(group[0].sobject, call.user_id)
    refused = [
        refused_record(node.name, problem.code, problem.message, [name])
        for node in group
        for name, value in node.values.items()
        if name != "attributes" and not isinstance(value, dict) and name.lower() not in fields
        for problem in (no_such_column(name, node.sobject),)
    ]
    if refused:
        raise TreeRefused(refused)
