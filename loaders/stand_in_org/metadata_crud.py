"""Single components created, changed and deleted over SOAP, each a small deploy of its own."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from loaders.stand_in_org import metadata_listing
from loaders.stand_in_org.metadata_types import PART_ELEMENTS, file_of
from loaders.stand_in_org.metadata_writing import branch, file_text, leaf, plain
from loaders.stand_in_org.model import DeployMessage
from loaders.stand_in_org.site import Site
from loaders.stand_in_org.soap import INSTANCE
from loaders.stand_in_org.xml_reading import child_text

_SETTINGS = "Settings"


@dataclass(frozen=True, slots=True)
class Given:
    """A component as the envelope brings it: `root` is the type that its xsi:type names."""

    kind: str
    root: str
    full_name: str
    element: ElementTree.Element


def given(element: ElementTree.Element) -> Given:
    """Read a `metadata` element; the type is whatever its xsi:type says."""
    root = element.get(f"{{{INSTANCE}}}type", "").rpartition(":")[2]
    kind = _SETTINGS if root.endswith(_SETTINGS) else root
    return Given(kind, root, child_text(element, "fullName") or "", element)


def save(site: Site, one: Given, *, verb: str, user_id: str) -> dict[str, object]:
    """Create, update or upsert one component; the others of the call do not depend on it."""
    there = _is_there(site, one.kind, one.full_name)
    if verb == "create" and there:
        code, words = "DUPLICATE_DEVELOPER_NAME", _taken(one)
        return _failed(one.full_name, [(code, words)])
    if verb == "update" and not there:
        return _failed(one.full_name, [_unknown(one.kind, one.full_name)])
    problems = _deploy(site, _package(one), user_id=user_id)
    result = _failed(one.full_name, problems) if problems else _done(one.full_name)
    created = {"created": not (there or problems)} if verb == "upsert" else {}
    return {**created, **result}


def delete(site: Site, kind: str, full_name: str, *, user_id: str) -> dict[str, object]:
    """Delete one component."""
    if not _is_there(site, kind, full_name):
        return _failed(full_name, [_unknown(kind, full_name)])
    manifest = _manifest([])
    files = {"package.xml": manifest, "destructiveChanges.xml": _manifest([(kind, full_name)])}
    problems = _deploy(site, files, user_id=user_id)
    return _failed(full_name, problems) if problems else _done(full_name)


def _is_there(site: Site, kind: str, full_name: str) -> bool:
    with metadata_listing.present(site) as seen:
        return seen.find(kind, full_name) is not None


def _taken(one: Given) -> str:
    if one.kind == "CustomField":
        owner, _, name = one.full_name.partition(".")
        return f"There is already a field named {name.removesuffix('__c')} on {owner}."
    return "duplicate value found: <unknown> duplicates value on record with id: <unknown>"


def _unknown(kind: str, full_name: str) -> tuple[str, str]:
    words = f"In field: fullName - no {kind} named {full_name} found"
    return "INVALID_CROSS_REFERENCE_KEY", words


def _done(full_name: str) -> dict[str, object]:
    return {"fullName": full_name, "success": True}


def _failed(full_name: str, problems: Iterable[tuple[str, str]]) -> dict[str, object]:
    errors = [{"message": words, "statusCode": code} for code, words in problems]
    return {"errors": errors, "fullName": full_name, "success": False}


def _package(one: Given) -> dict[str, bytes]:
    """Write the component as the package that a deploy of it would be."""
    element = plain(one.element)
    if one.kind in PART_ELEMENTS:
        owner, _, name = one.full_name.partition(".")
        part = branch(PART_ELEMENTS[one.kind], leaf("fullName", name))
        part.extend(child for child in element if child.tag != "fullName")
        root = branch("CustomObject", part)
        path = file_of("CustomObject", owner)
    else:
        root = branch(one.root, *(child for child in element if child.tag != "fullName"))
        path = file_of(one.kind, one.full_name)
    return {"package.xml": _manifest([(one.kind, one.full_name)]), path: file_text(root)}


def _manifest(named: list[tuple[str, str]]) -> bytes:
    types = [branch("types", leaf("members", name), leaf("name", kind)) for kind, name in named]
    return file_text(branch("Package", *types, leaf("version", "67.0")))


def _deploy(site: Site, files: Mapping[str, bytes], *, user_id: str) -> list[tuple[str, str]]:
    """Deploy the files, all or nothing; give what is wrong with them."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    options = {"rollbackOnError": True, "purgeOnDelete": False}
    result = site.org.deploy(content.getvalue(), options=options, user_id=user_id)
    return [_error(message) for message in result.components if not message.success]


def _error(message: DeployMessage) -> tuple[str, str]:
    return "FIELD_INTEGRITY_EXCEPTION", message.problem or ""
