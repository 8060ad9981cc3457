"""What of a job's file the engine gets to see, and what becomes of the rows that it does not."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from loaders.stand_in_org.bulk_csv import Upload
from loaders.stand_in_org.bulk_jobs import Job
from loaders.stand_in_org.bulk_quotes import UNESCAPED
from loaders.stand_in_org.dml_delete import only_ids
from loaders.stand_in_org.dml_header import resolve
from loaders.stand_in_org.model import Field, HeaderError
from loaders.stand_in_org.org import Org
from loaders.stand_in_org.settings import Settings

_SPACED_CODE = "INVALID_FIELD"
_DELETES = ("delete", "hardDelete")
# Before this version a refused update or delete did not name its record (contract 2.9).
_FAILED_IDS_SINCE = 53


def rows_to_write(job: Job, upload: Upload, settings: Settings) -> pa.Table:
    """Give the rows as the engine takes them: without an Id column that does not count."""
    rows = upload.cells.rename_columns(upload.header)
    for position, name in enumerate(upload.header):
        if name.lower() == "id" and _is_left_out(job, rows.column(position), settings):
            rows = rows.drop_columns([name])
    if job.assignment_rule is None:
        return rows
    # The rule overrides the owners of the file (contract 2.2).
    owned = rows.drop_columns([name for name in rows.column_names if name.lower() == "ownerid"])
    owner = settings.assignment_rules[job.assignment_rule]
    return owned.append_column("OwnerId", pa.array([owner] * rows.num_rows, pa.string()))


def _is_left_out(job: Job, ids: pa.ChunkedArray, settings: Settings) -> bool:
    """Tell whether the Id column does not count: one client always sends an empty one."""
    keyed_by_id = (job.external_id or "id").lower() == "id"
    if job.operation not in ("insert", "upsert") or (keyed_by_id and job.operation == "upsert"):
        return False
    if ids.null_count == len(ids):
        return True
    return job.operation == "upsert" and settings.id_beside_key == "ignored"


def readable(rows: pa.Table, upload: Upload, *, first_row: int) -> pa.Table:
    """Give the rows of a batch without those that have a space beside a quote."""
    return rows.take(pa.array(_places(rows.num_rows, upload, first_row=first_row), pa.int64()))


def _places(count: int, upload: Upload, *, first_row: int) -> list[int]:
    return [n for n in range(count) if n + first_row not in upload.spaced]


def with_unreadable(result: pa.Table, upload: Upload, *, first_row: int, count: int) -> pa.Table:
    """Give a batch's outcome with the refusals of the rows that `readable` left out."""
    places = _places(count, upload, first_row=first_row)
    taken: list[int | None] = [None] * count
    for at, place in enumerate(places):
        taken[place] = at
    whole = result.take(pa.array(taken, pa.int64())).to_pylist()
    refusal: dict[str, object] = {
        "id": None,
        "success": False,
        "created": False,
        "status_code": _SPACED_CODE,
        "message": UNESCAPED,
        "fields": [],
    }
    return pa.Table.from_pylist(
        [refusal if n is None else row for n, row in zip(taken, whole, strict=True)], result.schema
    )


def shown_columns(
    org: Org, job: Job, header: Sequence[str], fields: dict[str, Field]
) -> tuple[int, ...]:
    """Give the positions of the columns that results show: those that match (contract 2.9)."""

    def fits(name: str) -> bool:
        try:
            (target,) = resolve(
                [name],
                fields,
                find=org.sobject,
                fields_of=lambda parent: org.visible_fields(parent, job.user_id),
                settings=org.settings,
            )
        except HeaderError:
            return False
        dropped = org.settings.miscased_columns == "dropped"
        return not (dropped and target.parent is None and target.field.name != name)

    return tuple(n for n, name in enumerate(header) if fits(name))


def wrong_column(org: Org, job: Job, upload: Upload) -> str | None:
    """Say what is wrong with a column that the engine alone would take."""
    if job.operation in _DELETES and [name.lower() for name in upload.header] != ["id"]:
        return only_ids(job.operation, org.settings)
    sobject = org.sobject(job.object)
    for name in upload.header:
        field = None if sobject is None else sobject.fields.get(name.lower())
        if field is not None and field.type == "base64":
            # Bulk API 2.0 carries no bytes (contract 2.12).
            return f"Field name not found : {name}"
    return None


def with_sent_ids(job: Job, upload: Upload, settled: pa.Table) -> pa.Table:
    """Name the record of a refused update or delete, which old versions did not (contract 2.9)."""
    position = settled.schema.get_field_index("id")
    if float(job.api_version) < _FAILED_IDS_SINCE:
        ids = pc.if_else(settled["success"], settled["id"], None)
        return settled.set_column(position, "id", ids)
    at = next((n for n, name in enumerate(upload.header) if name.lower() == "id"), None)
    if at is None or job.operation == "insert":
        return settled
    sent = upload.cells.column(at).take(settled["row_number"])
    return settled.set_column(position, "id", pc.coalesce(settled["id"], sent))
