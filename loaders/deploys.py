"""One metadata deploy by REST: sent, waited for, and read component by component."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

from loaders.errors import ComponentFailure, DeployRefused
from loaders.job_wait import wait_until
from loaders.multipart import FilePart, Multipart
from loaders.org_line import OrgLine, Request, ask
from loaders.schema_acts import Component
from loaders.schema_package import Package

_ENDS = frozenset({"Succeeded", "SucceededPartial", "Failed", "Canceled"})


@dataclass(frozen=True, slots=True)
class Deployed:
    """What became of one package."""

    name: str
    deploy_id: str
    # (type, full name) of what was not there before.
    new: tuple[Component, ...]
    changed: int
    unchanged: int

    @property
    def created(self) -> int:
        """Count what was not there before."""
        return len(self.new)


def deploy_package(
    line: OrgLine,
    package: Package,
    *,
    name: str,
    check_only: bool,
) -> Deployed:
    """
    Deploy one package, all or nothing, and wait for its end.

    Raises:
        DeployRefused: the org refused components; each is listed.
        JobStillRunning: it did not end in time.

    """
    deploy_id = _start(line, package, check_only=check_only)
    result = _wait(line, deploy_id)
    if not result["success"]:
        failures = _failures(result)
        told = "".join(f"\n  {each.type} {each.full_name}: {each.problem}" for each in failures)
        raise DeployRefused(
            f"the org refused {name} ({deploy_id}):"
            f"{told or ' ' + str(result.get('errorMessage') or result['status'])}",
            hint="correct what is listed, then clinic-load schema deploy again",
            failures=failures,
        )
    parts = _parts(result)
    return Deployed(
        name=name,
        deploy_id=deploy_id,
        changed=sum(bool(each["changed"]) and not each["created"] for each in parts),
        unchanged=sum(not each["changed"] and not each["created"] for each in parts),
        new=tuple(
            (str(each["componentType"]), str(each["fullName"])) for each in parts if each["created"]
        ),
    )


def _start(line: OrgLine, package: Package, *, check_only: bool) -> str:
    options = {
        "allowMissingFiles": False,
        "autoUpdatePackage": False,
        "checkOnly": check_only,
        "ignoreWarnings": True,
        "performRetrieve": False,
        "purgeOnDelete": False,
        "rollbackOnError": True,
        "singlePackage": True,
        "testLevel": "NoTestRun",
    }
    body = Multipart(
        json_name="json",
        json_body=json.dumps({"deployOptions": options}).encode("utf-8"),
        files=(FilePart("file", "package.zip", io.BytesIO(package.zipped)),),
    )
    # Deploying the same package twice does nothing the second time: this may be sent again.
    answer = ask(line, Request("POST", "metadata/deployRequest", safe=True, multipart=body))
    return str(answer.json()["id"])


def _wait(line: OrgLine, deploy_id: str) -> dict[str, Any]:
    request = Request(
        "GET", f"metadata/deployRequest/{deploy_id}", safe=True, params={"includeDetails": "true"}
    )
    result: dict[str, Any] = wait_until(
        line,
        deploy_id,
        lambda: ask(line, request).json()["deployResult"],
        ended=lambda result: result["status"] in _ENDS,
        state=lambda result: str(result["status"]),
    )
    return result


def _failures(result: dict[str, Any]) -> tuple[ComponentFailure, ...]:
    failures = (result.get("details") or {}).get("componentFailures") or []
    found = (
        ComponentFailure(str(each["componentType"]), str(each["fullName"]), str(each["problem"]))
        for each in failures
    )
    return tuple(sorted(found, key=_component))


def _component(failure: ComponentFailure) -> tuple[str, str]:
    return failure.type, failure.full_name


def _parts(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the components of a result; the package itself is none."""
    details = result.get("details") or {}
    return [
        each
        for each in details.get("componentSuccesses") or ()
        if each["fullName"] not in {"package.xml", "destructiveChangesPost.xml"}
    ]
