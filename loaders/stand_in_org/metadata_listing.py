"""What `describeMetadata` and `listMetadata` tell, and the properties of retrieved files."""

from __future__ import annotations

from collections.abc import Iterator

from loaders.stand_in_org import metadata_kept
from loaders.stand_in_org.job_json import api_moment
from loaders.stand_in_org.metadata_present import Present
from loaders.stand_in_org.metadata_results import user_name
from loaders.stand_in_org.metadata_types import TYPES, file_of
from loaders.stand_in_org.site import Site

# What the original gives for what has always been there.
_EPOCH = "1970-01-01T00:00:00.000Z"


def present(site: Site) -> Present:
    """Give the org's metadata as it is now."""
    catalogue = {sobject.name.lower(): sobject for sobject in site.org.sobjects()}
    return Present(site.org.cursor(), catalogue)


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


def list_metadata(site: Site, kind: str) -> Iterator[dict[str, object]]:
    """List the components of a type; the original cannot list standard value sets."""
    if kind == "StandardValueSet":
        return
    seen = present(site)
    names = seen.names(kind)
    if kind == "CustomObject":
        names = sorted([*names, *seen.standard_objects(), "Activity"])
    for name in names:
        yield file_properties(site, seen, kind, name)


def file_properties(
    site: Site, seen: Present, kind: str, name: str, *, prefix: str = ""
) -> dict[str, object]:
    """Show who made a component and who changed it last."""
    kept = metadata_kept.find(seen.connection, kind, name)
    admin = site.org.admin_user_id
    maker, changer = (admin, admin) if kept is None else (kept.created_by, kept.modified_by)
    return {
        "createdById": maker,
        "createdByName": user_name(site, maker),
        "createdDate": _EPOCH if kept is None else api_moment(kept.created),
        "fileName": prefix + file_of(kind, name),
        "fullName": name,
        "id": "" if kept is None else kept.id,
        "lastModifiedById": changer,
        "lastModifiedByName": user_name(site, changer),
        "lastModifiedDate": _EPOCH if kept is None else api_moment(kept.modified),
        "manageableState": None if kept is None else "unmanaged",
        "type": kind,
    }
