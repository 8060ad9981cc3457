"""Deploy the package by REST, assign its permission set, and prove that every field is visible."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, replace
from typing import Any, cast

from simple_salesforce.api import SFType

from loaders.contract import Mapping
from loaders.describe import ObjectDescribe, describe_all
from loaders.errors import DeployRefused, JobStillRunning, OrgUnavailable, SchemaDiffers
from loaders.org_connection import Org, org_calls
from loaders.org_line import FilePart, Multipart, OrgLine, Request, ask
from loaders.preflight_schema import mart_problems
from loaders.schema_package import Package, build_package, build_settings
from loaders.schema_permissions import PERMISSION_SET
from loaders.schema_values import (
    DECIDED_BY_HAND,
    StandardValues,
    ValueSet,
    missing_values,
    standard_value_set,
    standard_values,
)

_ENDS = frozenset({"Succeeded", "SucceededPartial", "Failed", "Canceled"})


@dataclass(frozen=True, slots=True)
class Deployed:
    """What became of one package."""

    name: str
    deploy_id: str
    created: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class SchemaDeploy:
    """What a deploy is made of, and whether it is only a rehearsal."""

    mapping: Mapping
    value_sets: dict[str, ValueSet]
    check_only: bool


def deploy_schema(org: Org, line: OrgLine, wanted: SchemaDeploy) -> tuple[Deployed, ...]:
    """
    Deploy settings, then everything else; grant it to the load user; look whether it is there.

    A second deploy of the same map finds everything unchanged. A check cannot turn settings on: it
    leaves out what only exists once they are.

    Raises:
        SchemaUnbuildable: Salesforce would not take the mapping.
        DeployRefused: the org refused components; each is listed.
        SchemaDiffers: the deploy went through, and something is still not visible.

    """
    check = wanted.check_only
    done = [deploy_package(line, build_settings(), name="settings", check_only=check)]
    described = describe_all(org, sorted(wanted.mapping.objects()))
    package = build_package(
        _deployable(wanted.mapping, described) if check else wanted.mapping,
        wanted.value_sets,
        standard_value_sets=_standard_sets(wanted, described),
        with_audit=not check,
    )
    done.append(deploy_package(line, package, name="schema", check_only=check))
    if not check:
        assign_permission_set(org)
        prove_visible(org, wanted)
    return tuple(done)


def _deployable(mapping: Mapping, described: dict[str, ObjectDescribe]) -> Mapping:
    """Leave out standard objects that this org does not have yet."""
    there = tuple(mart for mart in mapping.marts if mart.is_custom or mart.sobject in described)
    return replace(mapping, marts=there)


def _standard_sets(wanted: SchemaDeploy, described: dict[str, ObjectDescribe]) -> dict[str, bytes]:
    """Write the standard value sets that lack a value of ours; the others are left alone."""
    lacking: dict[str, list[StandardValues]] = {}
    for standard in standard_values(wanted.mapping, wanted.value_sets):
        if standard.sobject not in described:
            continue
        missing = missing_values(standard, described)
        if missing and standard.value_set in DECIDED_BY_HAND:
            raise SchemaDiffers(
                [f"{standard.sobject}.{standard.field} does not offer {', '.join(missing)}"],
                hint=f"add them to {standard.value_set} in Setup: they carry more than a name",
            )
        if missing:
            lacking.setdefault(standard.value_set, []).append(standard)
    return {name: standard_value_set(each, described) for name, each in sorted(lacking.items())}


def deploy_package(line: OrgLine, package: Package, *, name: str, check_only: bool) -> Deployed:
    """
    Deploy one package, all or nothing, and wait for its end.

    Raises:
        DeployRefused: the org refused components; each is listed.
        JobStillRunning: it did not end in time.

    """
    deploy_id = _start(line, package, check_only=check_only)
    result = _wait(line, deploy_id)
    details = result.get("details") or {}
    if not result["success"]:
        raise DeployRefused(
            f"the org refused {name} ({deploy_id}):{_failures(result, details)}",
            hint="correct what is listed, then clinic-load schema deploy again",
        )
    parts = [each for each in details["componentSuccesses"] if each["fullName"] != "package.xml"]
    return Deployed(
        name=name,
        deploy_id=deploy_id,
        created=sum(bool(each["created"]) for each in parts),
        changed=sum(bool(each["changed"]) and not each["created"] for each in parts),
        unchanged=sum(not each["changed"] and not each["created"] for each in parts),
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
    deadline = line.monotonic() + line.patience
    request = Request(
        "GET", f"metadata/deployRequest/{deploy_id}", safe=True, params={"includeDetails": "true"}
    )
    for pause in line.pauses():
        result: dict[str, Any] = ask(line, request).json()["deployResult"]
        if result["status"] in _ENDS:
            return result
        if line.monotonic() >= deadline:
            raise JobStillRunning(deploy_id, state=str(result["status"]))
        line.sleep(pause)
    raise AssertionError("the pauses never end")


def _failures(result: dict[str, Any], details: dict[str, Any]) -> str:
    failures = details.get("componentFailures") or []
    lines = [
        f"\n  {each['componentType']} {each['fullName']}: {each['problem']}"
        for each in sorted(failures, key=_component)
    ]
    return "".join(lines) or f" {result.get('errorMessage') or result['status']}"


def _component(failure: dict[str, Any]) -> tuple[str, str]:
    return str(failure["componentType"]), str(failure["fullName"])


def assign_permission_set(org: Org) -> bool:
    """
    Give the load user the permission set; tell whether that was still to be done.

    Raises:
        OrgUnavailable: the permission set that was just deployed is not there.

    """
    with org_calls(org.alias):
        sets = org.rest.query(f"SELECT Id FROM PermissionSet WHERE Name = '{PERMISSION_SET}'")  # noqa: S608 - a constant
        if not sets["records"]:
            raise OrgUnavailable(
                f"the permission set {PERMISSION_SET} is not in the org",
                hint=f"clinic-load schema deploy --org {org.alias}",
            )
        permission_set = sets["records"][0]["Id"]
        where = f"AssigneeId = '{org.user_id}' AND PermissionSetId = '{permission_set}'"
        found = org.rest.query(f"SELECT Id FROM PermissionSetAssignment WHERE {where}")  # noqa: S608 - ids of the org
        if found["records"]:
            return False
        assignments = cast("SFType", org.rest.PermissionSetAssignment)
        assignments.create({"AssigneeId": org.user_id, "PermissionSetId": permission_set})
    return True


def prove_visible(org: Org, wanted: SchemaDeploy) -> None:
    """
    Describe everything anew: a deploy that succeeded may still leave fields invisible.

    Raises:
        SchemaDiffers: something is missing, different, or not visible to the load user.

    """
    described = describe_all(org, sorted(wanted.mapping.objects()))
    problems = [
        problem
        for mart in wanted.mapping.marts
        for problem in mart_problems(mart, described.get(mart.sobject), wanted.value_sets)
    ]
    if problems:
        raise SchemaDiffers(problems, hint="check these in Setup; the deploy itself went through")
