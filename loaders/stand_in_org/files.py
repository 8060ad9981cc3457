"""Files over REST: multipart upload and raw download."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from starlette.responses import FileResponse, Response

from loaders.stand_in_org.call import Call, Part, read_json
from loaders.stand_in_org.errors import ApiError, broken_json, not_found
from loaders.stand_in_org.record_ids import long_id
from loaders.stand_in_org.store import quoted

_BINARY = "VersionData"


def multipart_record(call: Call) -> dict[str, object]:
    """
    Give the record of a multipart body, its file as the base64 field's value.

    Clients name the JSON part as they like, so it is known by what it holds (contract 4.9).

    Raises:
        ApiError: 400 when the JSON part or the file is missing.

    """
    described = next((part for part in call.parts if is_json(part)), None)
    if described is None:
        raise broken_form("Multipart message must include a non-binary part")
    for part in call.parts:
        if part is not described and part.name.lower() == _BINARY.lower():
            return filled_record(read_record(described), part, field=_BINARY)
    raise broken_form(f"The multipart request has no part named {_BINARY}")


def filled_record(record: Mapping[str, object], part: Part, *, field: str) -> dict[str, object]:
    """Put a part's bytes into a record's field; its file name is the path that was not given."""
    body = base64.b64encode(part.read()).decode("ascii")
    path = {"PathOnClient": part.filename} if field == _BINARY and part.filename else {}
    given = {name: value for name, value in record.items() if value or name not in path}
    return {**path, **given, field: body}


def read_record(part: Part) -> dict[str, object]:
    """
    Read the JSON part of a form.

    Raises:
        ApiError: 400 JSON_PARSER_ERROR.

    """
    record = read_json(part.read())
    if not isinstance(record, dict):
        raise broken_json("Expected a JSON object")
    return record


def is_json(part: Part) -> bool:
    """Tell whether a part is the form's JSON."""
    if part.content_type:
        return part.content_type.lower().startswith("application/json")
    return part.filename is None


def broken_form(message: str) -> ApiError:
    """Say what is wrong with a multipart form, under the code that real orgs use for it."""
    return ApiError(400, "INVALID_MULTIPART_REQUEST", message)


def download_version(call: Call) -> Response:
    """Answer a file's bytes, whatever they are."""
    sobject, fields = call.sobject()
    field = fields.get(_BINARY.lower())
    if field is None or field.type != "base64":
        raise not_found()
    record_id = long_id(call.params["id"])
    found = (
        call.site.org.cursor()
        .execute(
            f'select 1 from {quoted(sobject.table)} where "Id" = ? and "IsDeleted" = false',  # noqa: S608 catalogue name
            [record_id],
        )
        .fetchone()
    )
    if found is None:
        raise not_found()
    return FileResponse(call.site.org.file_path(record_id), media_type="application/octet-stream")
