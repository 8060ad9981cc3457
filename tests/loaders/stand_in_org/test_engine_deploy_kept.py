"""Metadata that an org keeps without acting by it: tabs, apps, flows, roles, layouts."""

from __future__ import annotations

import pytest

from tests.loaders.stand_in_org.engine_org import Bench, open_bench
from tests.loaders.stand_in_org.engine_package import HEAD, NAMESPACE, package

KEPT = {
    "tabs/Note__c.tab": ("CustomTab", "<customObject>true</customObject><motif>Custom1</motif>"),
    "applications/Clinic.app": ("CustomApplication", "<label>Clinic</label><tabs>Note__c</tabs>"),
    "flows/Greet.flow": ("Flow", "<label>Greet</label><status>Active</status>"),
    "permissionsetgroups/All.permissionsetgroup": (
        "PermissionSetGroup",
        "<label>All</label><permissionSets>Load</permissionSets>",
    ),
    "roles/Desk.role": (
        "Role",
        "<contactAccessLevel>Edit</contactAccessLevel><mayForecastManagerShare>false"
        "</mayForecastManagerShare><name>Desk</name>"
        "<opportunityAccessLevel>Edit</opportunityAccessLevel>",
    ),
}


def test_types_without_behaviour_are_kept_over_a_restart(clinic: Bench) -> None:
    files = {name: f"{HEAD}<{kind} {NAMESPACE}>{inner}</{kind}>"
             for name, (kind, inner) in KEPT.items()}  # fmt: skip
    named = {kind: [name.partition("/")[2].partition(".")[0]] for name, (kind, _) in KEPT.items()}
    assert clinic.problems(package(files, named)) == []
    data = clinic.org.data
    clinic.org.close()
    opened = open_bench(data)
    kept = {kind for (kind,) in opened.rows('SELECT DISTINCT kind FROM "_metadata"')}
    assert {kind for kind, _ in KEPT.values()} <= kept
    opened.org.close()
    clinic.org = open_bench(data).org


@pytest.mark.parametrize(
    ("file", "kind", "inner", "problem"),
    [
        ("layouts/Nope__c-L.layout", "Layout", "",
         "In field: sobjectType - no CustomObject named Nope__c found"),
        ("roles/Desk.role", "Role",
         KEPT["roles/Desk.role"][1].replace("<name>", "<parentRole>Boss</parentRole><name>"),
         "In field: parentRole - no Role named Boss found"),
        ("permissionsetgroups/G.permissionsetgroup", "PermissionSetGroup",
         "<label>G</label><permissionSets>Nope</permissionSets>",
         "In field: permissionSets - no PermissionSet named Nope found"),
        ("flows/F.flow", "Flow", "<status>Active</status>", "Required field is missing: label"),
    ],
)  # fmt: skip
def test_kept_types_must_name_what_exists(
    fresh: Bench, file: str, kind: str, inner: str, problem: str
) -> None:
    name = file.partition("/")[2].rpartition(".")[0]
    body = f"{HEAD}<{kind} {NAMESPACE}>{inner}</{kind}>"
    assert fresh.problems(package({file: body}, {kind: [name]})) == [problem]
