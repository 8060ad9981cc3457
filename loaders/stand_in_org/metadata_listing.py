"""What `describeMetadata` and `listMetadata` tell, and the properties of retrieved files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from loaders.stand_in_org import metadata_kept
from loaders.stand_in_org.job_json import api_moment
from loaders.stand_in_org.metadata_kept import Kept
from loaders.stand_in_org.metadata_present import Present
from loaders.stand_in_org.metadata_types import TYPES, file_of
from loaders.stand_in_org.site import Site

# What the original gives for what has always been there.
_EPOCH = "1970-01-01T00:00:00.000Z"


@contextmanager
def present(site: Site) -> Iterator[Present]:
    """Give the org's metadata as it is now."""
    catalogue = {sobject.name.lower(): sobject for sobject in site.org.sobjects()}
    with site.org.cursor() as reader:
        yield Present(reader, catalogue)


def describe_metadata(site: Site) -> dict[str, object]:
    """Show every type that this org takes."""
    return {
        "metadataObjects": [
            {
                "childXmlNames": list(each.parts.values()),
                "directoryName": each.folder,
                "inFolder": False,
                "metaFile": False,
                "suffix": each.suffix,
                "xmlName": each.name,
            }
            for each in TYPES.values()
        ],
        "organizationNamespace": "",
        "partialSaveAllowed": True,
        "testRequired": not site.org.settings.sandbox,
    }


def list_metadata(site: Site, kind: str) -> list[dict[str, object]]:
    """List the components of a type; the original cannot list standard value sets."""
    if kind == "StandardValueSet":
        return []
    with present(site) as seen:
        names = seen.names(kind)
        if kind == "CustomObject":
            names = sorted([*names, *seen.standard_objects(), "Activity"])
        return file_properties(site, seen, [(kind, name) for name in names])


def file_properties(
    site: Site, seen: Present, named: list[tuple[str, str]], *, prefix: str = ""
) -> list[dict[str, object]]:
    """Show who made each component and who changed it last."""
    kept = {
        (each.kind, each.full_name): each
        for kind in {kind for kind, _ in named}
        for each in metadata_kept.every(seen.connection, kind)
    }
    users = seen.user_names(site.org.admin_user_id)
    shown = (
        {
            "fileName": prefix + file_of(kind, name),
            "fullName": name,
            "type": kind,
            **_history(kept.get((kind, name)), site.org.admin_user_id, users),
        }
        for kind, name in named
    )
    # In the order of the WSDL.
    return [dict(sorted(each.items())) for each in shown]


def _history(kept: Kept | None, admin: str, users: Mapping[str, str]) -> dict[str, object]:
    """Show a component's past; the standard ones have none."""
    maker, changer = (admin, admin) if kept is None else (kept.created_by, kept.modified_by)
    return {
        "createdById": maker,
        "createdByName": users.get(maker, ""),
        "createdDate": _EPOCH if kept is None else api_moment(kept.created),
        "id": "" if kept is None else kept.id,
        "lastModifiedById": changer,
        "lastModifiedByName": users.get(changer, ""),
        "lastModifiedDate": _EPOCH if kept is None else api_moment(kept.modified),
        "manageableState": None if kept is None else "unmanaged",
    }
