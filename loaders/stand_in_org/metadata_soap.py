"""The operations of the SOAP metadata service."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import chain

from loaders.stand_in_org import (
    metadata_crud,
    metadata_deploys,
    metadata_listing,
    metadata_retrieve,
    metadata_set_up,
)
from loaders.stand_in_org.deploy_elements import children, flag
from loaders.stand_in_org.metadata_deploys import NotDeployable
from loaders.stand_in_org.metadata_jobs import Deploy
from loaders.stand_in_org.metadata_present import Present
from loaders.stand_in_org.metadata_results import deploy_result
from loaders.stand_in_org.metadata_types import NAMES
from loaders.stand_in_org.metadata_writing import leaf, written
from loaders.stand_in_org.site import Site
from loaders.stand_in_org.soap import METADATA, Nil, Xml, refused
from loaders.stand_in_org.soap_service import Asked, Service
from loaders.stand_in_org.xml_reading import child_text, local

# The most that one call may ask for (contract 5.2; the first number is the guide's).
_MOST_QUERIES = 3
_MOST_COMPONENTS = 10


def _deploy(asked: Asked) -> object:
    given = next((child for child in asked.operation if local(child) == "DeployOptions"), ())
    options: dict[str, object] = {
        local(option): (option.text or "").strip() for option in given if option.text
    }
    options["runTests"] = [option.text for option in given if local(option) == "runTests"]
    try:
        package = base64.b64decode(asked.text("ZipFile") or "")
    except binascii.Error as problem:
        raise refused("INVALID_TYPE_ON_FIELD", "ZipFile is not base64") from problem
    return _begun(
        metadata_deploys.begin(
            asked.site,
            user_id=asked.user_id,
            options=metadata_deploys.read_options(options),
            package=package,
        )
    )


def _begun(deploy: Deploy) -> Mapping[str, object]:
    return {"done": False, "id": deploy.id, "state": "Queued"}


def _check_deploy_status(asked: Asked) -> object:
    deploy_id = asked.text("asyncProcessId") or ""
    deploy = asked.site.deploys.find(
        deploy_id, patience=metadata_deploys.patience(asked.site, deploy_id)
    )
    if deploy is None:
        raise refused("INVALID_ID_FIELD", f"Invalid id supplied: {deploy_id}")
    return deploy_result(asked.site, deploy, details=asked.flag("includeDetails"))


def _cancel_deploy(asked: Asked) -> object:
    # The WSDL calls it String; one client calls it id.
    deploy_id = asked.text("String") or asked.text("id") or ""
    try:
        deploy = metadata_deploys.cancel(asked.site, deploy_id, user_id=asked.user_id)
    except NotDeployable as problem:
        raise refused(problem.code, problem.message) from problem
    return {"done": deploy.completed is not None, "id": deploy.id}


def _deploy_recent_validation(asked: Asked) -> object:
    try:
        deploy = metadata_deploys.begin_validated(
            asked.site, asked.text("validationId") or "", user_id=asked.user_id
        )
    except NotDeployable as problem:
        raise refused(problem.code, problem.message) from problem
    return deploy.id


def _describe_metadata(asked: Asked) -> object:
    return metadata_listing.describe_metadata(asked.site)


def _list_metadata(asked: Asked) -> object:
    kinds = [child_text(query, "type") or "" for query in children(asked.operation, "queries")]
    if len(kinds) > _MOST_QUERIES:
        raise refused("EXCEEDED_ID_LIMIT", f"listMetadata takes {_MOST_QUERIES} queries at most")
    for kind in kinds:
        _check_type(kind)
    return [each for kind in kinds for each in metadata_listing.list_metadata(asked.site, kind)]


def _check_type(kind: str) -> None:
    if kind not in NAMES:
        raise refused("INVALID_TYPE", f"Unknown type:{kind}")


def _retrieve(asked: Asked) -> object:
    # The WSDL calls it retrieveRequest; jsforce, and so the CLI, call it request.
    named = (children(asked.operation, name) for name in ("retrieveRequest", "request"))
    request = next(chain.from_iterable(named), None)
    if request is None:
        raise refused("UNKNOWN_EXCEPTION", "retrieveRequest is missing")
    wanted = [
        (child_text(types, "name") or "", (member.text or "").strip())
        for package in children(request, "unpackaged")
        for types in children(package, "types")
        for member in children(types, "members")
    ]
    with metadata_listing.present(asked.site) as seen:
        made = metadata_retrieve.retrieve(
            seen,
            wanted,
            version=child_text(request, "apiVersion") or "",
            single_package=flag(request, "singlePackage"),
        )
    asked.site.retrieves.put(made)
    return {"done": False, "id": made.id, "state": "Queued"}


def _check_retrieve_status(asked: Asked) -> object:
    retrieve_id = asked.text("asyncProcessId") or ""
    made = asked.site.retrieves.find(retrieve_id)
    if made is None:
        raise refused("INVALID_ID_FIELD", f"Invalid id supplied: {retrieve_id}")
    with metadata_listing.present(asked.site) as seen:
        files = metadata_listing.file_properties(
            asked.site, seen, list(made.found), prefix=made.prefix
        )
    zipped = asked.text("includeZip") not in ("false", "0")
    return {
        "done": True,
        "fileProperties": files,
        "id": made.id,
        "messages": [
            {"fileName": f"{made.prefix}package.xml", "problem": words} for words in made.messages
        ],
        "status": "Succeeded",
        "success": True,
        "zipFile": base64.b64encode(made.zipped).decode("ascii") if zipped else None,
    }


def _read_metadata(asked: Asked) -> object:
    kind = asked.text("type") or ""
    if kind not in metadata_set_up.KINDS:
        _check_type(kind)
    names = [(child.text or "").strip() for child in children(asked.operation, "fullNames")]
    _check_number(names)
    with metadata_listing.present(asked.site) as seen:
        return {"records": [_record(asked.site, seen, kind, name) for name in names]}


def _record(site: Site, seen: Present, kind: str, name: str) -> Xml | Nil:
    element = seen.find(kind, name)
    if element is None:
        element = metadata_set_up.find(site.org, kind, name)
    if element is None:
        return Nil()
    kind = element.tag if kind == "Settings" else kind
    named = [leaf("fullName", name), *(each for each in element if each.tag != "fullName")]
    return Xml(kind, "".join(written(each) for each in named))


def _save(asked: Asked, *, verb: str) -> object:
    each = [metadata_crud.given(child) for child in children(asked.operation, "metadata")]
    _check_number(each)
    for one in each:
        _check_type(one.kind)
    return [metadata_crud.save(asked.site, one, verb=verb, user_id=asked.user_id) for one in each]


def _delete_metadata(asked: Asked) -> object:
    kind = asked.text("type") or ""
    _check_type(kind)
    names = [(child.text or "").strip() for child in children(asked.operation, "fullNames")]
    _check_number(names)
    return [metadata_crud.delete(asked.site, kind, name, user_id=asked.user_id) for name in names]


def _check_number(each: Sequence[object]) -> None:
    if len(each) > _MOST_COMPONENTS:
        raise refused("EXCEEDED_ID_LIMIT", f"record limit reached: {_MOST_COMPONENTS}")


_OPERATIONS: Mapping[str, Callable[[Asked], object]] = {
    "cancelDeploy": _cancel_deploy,
    "checkDeployStatus": _check_deploy_status,
    "checkRetrieveStatus": _check_retrieve_status,
    "createMetadata": partial(_save, verb="create"),
    "deleteMetadata": _delete_metadata,
    "deploy": _deploy,
    "deployRecentValidation": _deploy_recent_validation,
    "describeMetadata": _describe_metadata,
    "listMetadata": _list_metadata,
    "readMetadata": _read_metadata,
    "retrieve": _retrieve,
    "updateMetadata": partial(_save, verb="update"),
    "upsertMetadata": partial(_save, verb="upsert"),
}

SERVICE = Service("m", METADATA, _OPERATIONS)
