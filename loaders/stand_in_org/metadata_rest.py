"""Metadata deploys over REST: ask, poll, cancel, and deploy what was validated (contract 5.1)."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from loaders.stand_in_org import metadata_deploys
from loaders.stand_in_org.call import Call, Part, answer, read_json
from loaders.stand_in_org.errors import ApiError, broken_json, not_found
from loaders.stand_in_org.metadata_deploys import NotDeployable
from loaders.stand_in_org.metadata_jobs import Deploy
from loaders.stand_in_org.metadata_results import deploy_result


def create(call: Call) -> Response:
    """Take a package, or the id of one that was validated; the deploy itself comes after."""
    if call.parts:
        options, package = _sent(call)
        deploy = metadata_deploys.begin(
            call.site, user_id=call.user_id, options=options, package=package
        )
    else:
        deploy = _validated(call)
    return answer({"id": deploy.id, "deployOptions": dict(deploy.options)}, status=201)


def _sent(call: Call) -> tuple[Mapping[str, object], bytes]:
    described = next((part for part in call.parts if _is_json(part)), None)
    package = next((part for part in call.parts if part is not described), None)
    if described is None or package is None:
        raise ApiError(400, "INVALID_MULTIPART_REQUEST", "A JSON part and a zip part are needed")
    body = read_json(described.read())
    options = body.get("deployOptions") if isinstance(body, dict) else None
    if not isinstance(options, dict):
        raise broken_json("deployOptions are missing")
    return metadata_deploys.read_options(options), package.read()


def _is_json(part: Part) -> bool:
    return part.content_type.lower().startswith("application/json") or (
        not part.content_type and part.filename is None
    )


def _validated(call: Call) -> Deploy:
    wanted = str(call.json_object().get("validatedDeployRequestId"))
    try:
        return metadata_deploys.begin_validated(call.site, wanted, user_id=call.user_id)
    except NotDeployable as refused:
        raise ApiError(400, refused.code, refused.message) from refused


def get(call: Call) -> Response:
    """Answer how a deploy stands."""
    deploy = call.site.deploys.find(
        call.params["deploy"], patience=metadata_deploys.patience(call.site, call.params["deploy"])
    )
    if deploy is None:
        raise not_found()
    details = (call.argument("includeDetails") or "").lower() == "true"
    shown = deploy_result(call.site, deploy, details=details)
    return answer({"id": deploy.id, "deployResult": shown, "deployOptions": dict(deploy.options)})


def cancel(call: Call) -> Response:
    """Cancel a deploy that has not ended."""
    if call.site.deploys.find(call.params["deploy"]) is None:
        raise not_found()
    try:
        deploy = metadata_deploys.cancel(call.site, call.params["deploy"], user_id=call.user_id)
    except NotDeployable as refused:
        raise ApiError(400, refused.code, refused.message) from refused
    shown = deploy_result(call.site, deploy, details=False)
    return answer({"id": deploy.id, "deployResult": shown}, status=202)
