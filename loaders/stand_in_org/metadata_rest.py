"""Metadata deploys over REST: ask, poll, cancel, and deploy what was validated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from starlette.responses import Response

from loaders.stand_in_org.call import Call, Part, answer, read_json
from loaders.stand_in_org.errors import ApiError, broken_json, not_found
from loaders.stand_in_org.job_json import api_moment
from loaders.stand_in_org.metadata_jobs import Deploy, new_deploy_id
from loaders.stand_in_org.model import DeployMessage
from loaders.stand_in_org.site import Site
from loaders.stand_in_org.store import quoted

_PATIENCE_SECONDS = 2.0
_NO_TESTS: dict[str, object] = {
    "codeCoverage": [],
    "codeCoverageWarnings": [],
    "failures": [],
    "flowCoverage": [],
    "flowCoverageWarnings": [],
    "numFailures": 0,
    "numTestsRun": 0,
    "successes": [],
    "totalTime": 0.0,
}


def create(call: Call) -> Response:
    """Take a package, or the id of one that was validated; the deploy itself comes after."""
    if call.parts:
        options, package = _sent(call)
    else:
        options, package = _validated(call)
    deploy = Deploy(
        id=new_deploy_id(),
        user_id=call.user_id,
        created=call.site.clock(),
        options=options,
        package=package,
    )
    call.site.deploys.put(deploy)
    call.site.worker.submit(
        partial(_run, call.site, deploy.id), broken=partial(_mark_broken, call.site, deploy.id)
    )
    return answer({"id": deploy.id, "deployOptions": dict(options)}, status=201)


def _sent(call: Call) -> tuple[Mapping[str, object], bytes]:
    described = next((part for part in call.parts if _is_json(part)), None)
    package = next((part for part in call.parts if part is not described), None)
    if described is None or package is None:
        raise ApiError(400, "INVALID_MULTIPART_REQUEST", "A JSON part and a zip part are needed")
    body = read_json(described.read())
    options = body.get("deployOptions") if isinstance(body, dict) else None
    if not isinstance(options, dict):
        raise broken_json("deployOptions are missing")
    return {name: _flag(value) for name, value in options.items()}, package.read()


def _is_json(part: Part) -> bool:
    return part.content_type.lower().startswith("application/json") or (
        not part.content_type and part.filename is None
    )


def _flag(value: object) -> object:
    # One client sends its booleans as text.
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return value


def _validated(call: Call) -> tuple[Mapping[str, object], bytes]:
    wanted = call.json_object().get("validatedDeployRequestId")
    found = None if wanted is None else call.site.deploys.find(str(wanted))
    if found is None or found.result is None or not found.result.success:
        raise ApiError(400, "INVALID_ID_FIELD", "invalid cross reference id")
    return {**found.options, "checkOnly": False}, found.package


def _run(site: Site, deploy_id: str) -> None:
    deploy = site.deploys.find(deploy_id)
    if deploy is None or deploy.completed is not None:
        return
    site.deploys.change(deploy_id, lambda held: replace(held, status="InProgress"))
    result = site.org.deploy(deploy.package, options=deploy.options, user_id=deploy.user_id)
    failures = any(not component.success for component in result.components)
    status = "Failed"
    if result.success:
        status = "SucceededPartial" if failures else "Succeeded"
    site.deploys.change(
        deploy_id,
        lambda held: replace(held, status=status, completed=site.clock(), result=result),
    )


def _mark_broken(site: Site, deploy_id: str) -> None:
    site.deploys.change(
        deploy_id, lambda held: replace(held, status="Failed", completed=site.clock())
    )


def get(call: Call) -> Response:
    """Answer how a deploy stands."""
    deploy = call.site.deploys.find(call.params["deploy"], patience=_PATIENCE_SECONDS)
    if deploy is None:
        raise not_found()
    details = (call.argument("includeDetails") or "").lower() == "true"
    shown = deploy_result(call.site, deploy, details=details)
    return answer({"id": deploy.id, "deployResult": shown, "deployOptions": dict(deploy.options)})


def cancel(call: Call) -> Response:
    """Cancel a deploy that has not begun."""
    deploy = call.site.deploys.find(call.params["deploy"])
    if deploy is None:
        raise not_found()
    if deploy.status != "Pending":
        raise ApiError(400, "INVALID_OPERATION", "The deployment can no longer be canceled")
    call.site.deploys.change(
        deploy.id, lambda held: replace(held, status="Canceled", completed=call.site.clock())
    )
    return answer({"id": deploy.id, "deployResult": {"status": "Canceling"}}, status=202)


def deploy_result(site: Site, deploy: Deploy, *, details: bool) -> dict[str, object]:
    """Show a deploy's state and, when asked, each component's."""
    result = deploy.result
    components = () if result is None else result.components
    counts = Counter(component.success for component in components)
    done = deploy.completed is not None
    name = _user_name(site, deploy.user_id)
    shown: dict[str, object] = {
        "canceledBy": None,
        "canceledByName": None,
        "checkOnly": bool(deploy.options.get("checkOnly")),
        "completedDate": None if deploy.completed is None else api_moment(deploy.completed),
        "createdBy": deploy.user_id,
        "createdByName": name,
        "createdDate": api_moment(deploy.created),
        "details": None,
        "done": done,
        "errorMessage": None if result is None else result.error_message,
        "errorStatusCode": None if result is None else result.error_code,
        "id": deploy.id,
        "ignoreWarnings": bool(deploy.options.get("ignoreWarnings")),
        "lastModifiedDate": api_moment(deploy.completed or deploy.created),
        "numberComponentErrors": counts[False],
        "numberComponentsDeployed": counts[True],
        "numberComponentsTotal": len(components),
        "numberTestErrors": 0,
        "numberTestsCompleted": 0,
        "numberTestsTotal": 0,
        "rollbackOnError": bool(deploy.options.get("rollbackOnError", True)),
        "runTestsEnabled": False,
        "startDate": api_moment(deploy.created),
        "stateDetail": None,
        "status": deploy.status,
        "success": result is not None and result.success,
    }
    if details:
        shown["details"] = {
            "componentFailures": [_message(deploy, c) for c in components if not c.success],
            "componentSuccesses": [_message(deploy, c) for c in components if c.success],
            "retrieveResult": None,
            "runTestResult": _NO_TESTS,
        }
    return shown


def _message(deploy: Deploy, component: DeployMessage) -> dict[str, object]:
    return {
        "changed": component.changed,
        "columnNumber": None,
        "componentType": component.component_type,
        "created": component.created,
        "createdDate": api_moment(deploy.completed or deploy.created),
        "deleted": component.deleted,
        "fileName": component.file_name,
        "fullName": component.full_name,
        "id": component.id,
        "lineNumber": None,
        "problem": component.problem,
        "problemType": component.problem_type,
        "success": component.success,
    }


def _user_name(site: Site, user_id: str) -> str:
    users = site.org.sobject("User")
    if users is None:
        return ""
    found = (
        site.org.cursor()
        .execute(f'select "Name" from {quoted(users.table)} where "Id" = ?', [user_id])  # noqa: S608 catalogue name
        .fetchone()
    )
    return "" if found is None else str(found[0])
