"""The least of the Tooling API: custom fields, one at a time and at once (contract 5.6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from starlette.responses import Response

from loaders.stand_in_org import metadata_crud, metadata_kept
from loaders.stand_in_org.call import Call, answer, no_content
from loaders.stand_in_org.errors import ApiError, broken_json, not_found
from loaders.stand_in_org.metadata_crud import Given
from loaders.stand_in_org.metadata_kept import Kept
from loaders.stand_in_org.metadata_schema import schema
from loaders.stand_in_org.metadata_writing import branch, leaf
from loaders.stand_in_org.record_ids import long_id
from loaders.stand_in_org.xml_reading import local

_KIND = "CustomField"


def create_field(call: Call) -> Response:
    """Create a custom field from its full name and its metadata as JSON."""
    body = call.json_object()
    full_name = str(body.get("FullName") or "")
    _save(call, full_name, body.get("Metadata"), verb="create")
    with call.site.org.cursor() as reader:
        made = metadata_kept.find(reader, _KIND, full_name)
    shown: dict[str, object] = {
        "id": None if made is None else made.id,
        "success": True,
        "errors": [],
        "warnings": [],
        "infos": [],
    }
    return answer(shown, status=201)


def get_field(call: Call) -> Response:
    """Show a custom field with its metadata."""
    kept = _kept(call)
    url = f"{call.data_path}/tooling/sobjects/{_KIND}/{kept.id}"
    return answer(
        {
            "attributes": {"type": _KIND, "url": url},
            "Id": kept.id,
            "DeveloperName": kept.full_name.partition(".")[2].removesuffix("__c"),
            "FullName": kept.full_name,
            "Metadata": _shown(kept.element, _KIND),
        }
    )


def change_field(call: Call) -> Response:
    """Replace a custom field's metadata."""
    kept = _kept(call)
    _save(call, kept.full_name, call.json_object().get("Metadata"), verb="update")
    return no_content()


def delete_field(call: Call) -> Response:
    """Delete a custom field."""
    kept = _kept(call)
    _check(metadata_crud.delete(call.site, _KIND, kept.full_name, user_id=call.user_id))
    return no_content()


def _kept(call: Call) -> Kept:
    wanted = long_id(call.params["id"])
    with call.site.org.cursor() as reader:
        found = next(
            (each for each in metadata_kept.every(reader, _KIND) if each.id == wanted), None
        )
    if found is None:
        raise not_found()
    return found


def _save(call: Call, full_name: str, metadata: object, *, verb: str) -> None:
    if not isinstance(metadata, dict):
        raise broken_json("Metadata is missing")
    element = branch(_KIND, *_elements(metadata))
    given = Given(_KIND, _KIND, full_name, element)
    _check(metadata_crud.save(call.site, given, verb=verb, user_id=call.user_id))


def _check(result: Mapping[str, object]) -> None:
    errors = result.get("errors")
    if isinstance(errors, list) and errors:
        first = errors[0]
        raise ApiError(400, str(first["statusCode"]), str(first["message"]), fields=[])


def _elements(values: Mapping[str, object]) -> Iterator[ElementTree.Element]:
    """Write JSON as elements: a list is an element several times, a null none."""
    for name, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            match one:
                case None:
                    continue
                case bool():
                    yield leaf(name, str(one).lower())
                case dict():
                    yield branch(name, *_elements(one))
                case _:
                    yield leaf(name, str(one))


def _shown(element: ElementTree.Element, kind: str) -> dict[str, object]:
    """Show an element as JSON, each child by its type in the WSDL."""
    known, values = schema().types[kind], dict[str, list[object]]()
    for child in element:
        name = local(child)
        values.setdefault(name, []).append(_value(child, known[name].type))
    if kind == _KIND:
        # Which field it is stands beside the metadata.
        values.pop("fullName", None)
    return {name: each if known[name].many else each[-1] for name, each in values.items()}


def _value(element: ElementTree.Element, kind: str) -> object:
    text = element.text or ""
    if kind in schema().types:
        return _shown(element, kind)
    if kind == "xsd:boolean":
        return text in ("true", "1")
    return int(text) if kind == "xsd:int" else text
