"""What a deploy came to, in the shape that REST and SOAP share (contract 5.2)."""

from __future__ import annotations

from collections import Counter

from loaders.stand_in_org.job_json import api_moment
from loaders.stand_in_org.metadata_jobs import Deploy
from loaders.stand_in_org.model import DeployMessage
from loaders.stand_in_org.site import Site

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


def deploy_result(site: Site, deploy: Deploy, *, details: bool) -> dict[str, object]:
    """Show a deploy's state and, when asked, each component's."""
    result = deploy.result
    components = () if result is None else result.components
    # The manifest is reported like a component, and is none.
    counts = Counter(component.success for component in components if component.component_type)
    return {
        "canceledBy": deploy.canceled_by,
        "canceledByName": deploy.canceled_by and user_name(site, deploy.canceled_by),
        "checkOnly": bool(deploy.options.get("checkOnly")),
        "completedDate": None if deploy.completed is None else api_moment(deploy.completed),
        "createdBy": deploy.user_id,
        "createdByName": user_name(site, deploy.user_id),
        "createdDate": api_moment(deploy.created),
        "details": _details(deploy, components) if details else None,
        "done": deploy.completed is not None,
        "errorMessage": None if result is None else result.error_message,
        "errorStatusCode": None if result is None else result.error_code,
        "id": deploy.id,
        "ignoreWarnings": bool(deploy.options.get("ignoreWarnings")),
        "lastModifiedDate": api_moment(deploy.completed or deploy.created),
        "numberComponentErrors": counts[False],
        "numberComponentsDeployed": counts[True],
        "numberComponentsTotal": counts.total(),
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


def _details(deploy: Deploy, components: tuple[DeployMessage, ...]) -> dict[str, object]:
    return {
        "componentFailures": [_message(deploy, c) for c in components if not c.success],
        "componentSuccesses": [_message(deploy, c) for c in components if c.success],
        "retrieveResult": None,
        "runTestResult": _NO_TESTS,
    }


def _message(deploy: Deploy, component: DeployMessage) -> dict[str, object]:
    return {
        "changed": component.changed,
        "columnNumber": component.column,
        "componentType": component.component_type,
        "created": component.created,
        "createdDate": api_moment(deploy.completed or deploy.created),
        "deleted": component.deleted,
        "fileName": component.file_name,
        "fullName": component.full_name,
        "id": component.id,
        "lineNumber": component.line,
        "problem": component.problem,
        "problemType": component.problem_type,
        "success": component.success,
    }


def user_name(site: Site, user_id: str) -> str:
    """Give the name of a user."""
    with site.org.cursor() as reader:
        found = reader.execute('select "Name" from "User" where "Id" = ?', [user_id]).fetchone()
    return "" if found is None else str(found[0])
