"""Bodies of a collection's records: a multipart form whose parts the records name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loaders.stand_in_org.call import Call, Part
from loaders.stand_in_org.errors import ApiError, unsupported_sobject
from loaders.stand_in_org.files import broken_form, filled_record, is_json, read_record
from loaders.stand_in_org.model import Field
from loaders.stand_in_org.records import no_such_column

_MEGABYTE = 1024 * 1024
_ATTRIBUTES = frozenset({"binaryPartName", "binaryPartNameAlias"})


def collection_body(call: Call) -> dict[str, object]:
    """
    Give the JSON of a create request: its body, or the first part of its form.

    Raises:
        ApiError: 400 when it is not there or is not JSON.

    """
    if not call.parts:
        return call.json_object()
    if not is_json(call.parts[0]):
        raise broken_form("Multipart message must include a non-binary part")
    return read_record(call.parts[0])


def with_bodies(
    call: Call, records: Sequence[Mapping[str, object]]
) -> Sequence[Mapping[str, object]]:
    """
    Put the part that a record names into the field that it names (contract 4.9).

    The documentation has the attributes, the limit and the code of a broken form. Unsure, and
    chosen strictly: that the JSON comes first, that each part needs a file name and exactly one
    record naming it, all messages but the one about the JSON, and the status of a form too large.

    Raises:
        ApiError: 400 for parts and names that do not answer each other, 413 over the total.

    """
    parts = _parts(call)
    named: set[str] = set()
    filled = [_with_body(call, record, parts, named) for record in records]
    if parts.keys() - named:
        raise broken_form("Multipart message includes a binary part that no record refers to")
    return filled


def _parts(call: Call) -> dict[str, Part]:
    parts: dict[str, Part] = {}
    room = call.site.org.settings.collection_files_mb * _MEGABYTE
    for part in call.parts[1:]:
        if part.filename is None or part.name in parts:
            raise broken_form("Each binary part needs a name of its own and a file name")
        parts[part.name] = part
        room -= part.size()
    if room < 0:
        raise ApiError(413, "REQUEST_ENTITY_TOO_LARGE", "The request's files are too large")
    return parts


def _with_body(
    call: Call, record: Mapping[str, object], parts: Mapping[str, Part], named: set[str]
) -> Mapping[str, object]:
    attributes = record.get("attributes")
    if not isinstance(attributes, dict) or not _ATTRIBUTES & attributes.keys():
        return record
    name, alias = attributes.get("binaryPartName"), attributes.get("binaryPartNameAlias")
    if not isinstance(name, str) or not isinstance(alias, str):
        raise broken_form("binaryPartName and binaryPartNameAlias are needed together")
    if name in named or name not in parts:
        raise broken_form("Each record needs a binary part of its own")
    named.add(name)
    field = _field(call, attributes.get("type"), alias)
    if any(key.lower() == field.name.lower() for key in record):
        raise broken_form("A field comes as a binary part or as text, not as both")
    return filled_record(record, parts[name], field=field.name)


def _field(call: Call, kind: object, alias: str) -> Field:
    sobject = call.site.org.sobject(str(kind))
    if sobject is None:
        raise unsupported_sobject(str(kind))
    field = sobject.fields.get(alias.lower())
    if field is None or field.type != "base64":
        raise no_such_column(alias, sobject)
    return field
