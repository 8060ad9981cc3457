"""Layouts, compact layouts, tabs and apps: what they may name, and what comes by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.loaders.stand_in_org.engine_org import Bench, open_bench
from tests.loaders.stand_in_org.engine_package import (
    HEAD,
    NAMESPACE,
    custom_object,
    field,
    package,
    permission_set,
)

NOTE = "Note__c-Note Layout"
NEEDED = field("Contact__c", "Lookup", referenceTo="Contact", relationshipName="Notes",
               required="true", deleteConstraint="Restrict")  # fmt: skip
BODY = field("Body__c", "LongTextArea", length="1000", visibleLines="3")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    found = open_bench(tmp_path_factory.mktemp("org") / "data")
    made = {"objects/Note__c.object": custom_object("Note", NEEDED, BODY)}
    assert found.problems(package(made, {"CustomObject": ["Note__c"]})) == []
    yield found
    found.org.close()


def item(name: str, behavior: str = "Edit") -> str:
    return f"<layoutItems><behavior>{behavior}</behavior><field>{name}</field></layoutItems>"


def layout(*items: str, lists: tuple[str, ...] = ()) -> str:
    related = "".join(f"<relatedLists>{each}</relatedLists>" for each in lists)
    return (
        f"{HEAD}<Layout {NAMESPACE}><layoutSections><customLabel>false</customLabel>"
        f"<layoutColumns>{''.join(items)}</layoutColumns><style>OneColumn</style>"
        f"</layoutSections>{related}</Layout>"
    )


def plain(kind: str, inner: str) -> str:
    return f"{HEAD}<{kind} {NAMESPACE}>{inner}</{kind}>"


def problems(bench: Bench, path: str, kind: str, body: str) -> list[str]:
    name = path.partition("/")[2].rpartition(".")[0]
    return bench.problems(package({path: body}, {kind: [name]}))


def related(name: str, *fields: str) -> str:
    shown = "".join(f"<fields>{each}</fields>" for each in fields)
    return f"{shown}<relatedList>{name}</relatedList>"


def test_a_layout_holds_what_exists_once_and_what_a_record_needs(bench: Bench) -> None:
    path, whole = f"layouts/{NOTE}.layout", (item("Name"), item("Contact__c", "Required"))
    cases = {
        (): ["Layout must contain an item for required layout field: Contact__c"],
        (*whole, item("Nope__c")): ["In field: field - no CustomField named Note__c.Nope__c found"],
        (*whole, item("Body__c"), item("Body__c")): ["Duplicate field: Body__c on layout"],
        (*whole, item("Body__c")): [],
    }
    for items, wanted in cases.items():
        assert problems(bench, path, "Layout", layout(*items)) == wanted


def test_a_related_list_is_named_after_a_lookup_of_its_child(bench: Bench) -> None:
    path = "layouts/Contact-Contact Layout.layout"
    cases = {
        (related("Note__c.Account__c"),): ["Cannot find related list:Note__c.Account__c"],
        (related("Gone__c.Contact__c"),): ["Cannot find related list:Gone__c.Contact__c"],
        (related("Note__c.Contact__c", "NAME", "Body__c"),): [
            "Field Body__c of type long text is not allowed in related list Note__c.Contact__c"
        ],
        (related("Note__c.Contact__c"), related("Note__c.Contact__c")): [
            "Duplicate related list: Note__c.Contact__c"
        ],
        (related("Note__c.Contact__c", "NAME"), related("RelatedFileList")): [],
    }
    for lists, wanted in cases.items():
        assert problems(bench, path, "Layout", layout(item("Name"), lists=lists)) == wanted
    event = layout(item("Subject"), lists=(related("RelatedFileList"),))
    refused = problems(bench, "layouts/Event-Event Layout.layout", "Layout", event)
    assert refused == ["Related lists are not supported on Event"]


def test_a_compact_layout_is_short(bench: Bench) -> None:
    compact = "<compactLayouts><fullName>C</fullName>{}<label>C</label></compactLayouts>"

    def deployed(fields: str, assigned: str = "C") -> list[str]:
        body = custom_object("Note", NEEDED, BODY).replace(
            "<deploymentStatus>",
            f"<compactLayoutAssignment>{assigned}</compactLayoutAssignment>"
            f"{compact.format(fields)}<deploymentStatus>",
        )
        path = {"objects/Note__c.object": body}
        return bench.problems(package(path, {"CustomObject": ["Note__c"]}))

    long = "Field Body__c of type long text is not allowed in compact layouts"
    assert deployed("<fields>Body__c</fields>") == [long]
    unknown = deployed("<fields>Name</fields>", "D")
    assert "In field: compactLayoutAssignment - no CompactLayout named D found" in unknown
    assert deployed("<fields>Name</fields><fields>Contact__c</fields>") == []
    doomed = package({}, {}, doomed={"CompactLayout": ["Note__c.C"]})
    assert bench.problems(doomed) == [
        "This compact layout is assigned to Note__c and cannot be deleted"
    ]


def test_tabs_apps_and_grants_name_what_exists(bench: Bench) -> None:
    tab, app = "tabs/Note__c.tab", "applications/Notes.app"
    motif = "<motif>Custom1: Heart</motif>"
    missing = "In field: tab - no CustomTab named Note__c found"
    tabs = plain("CustomApplication", "<label>Notes</label><tabs>Note__c</tabs>")
    grant = permission_set().replace(
        "</PermissionSet>",
        "<tabSettings><tab>Note__c</tab><visibility>Visible</visibility></tabSettings>"
        "</PermissionSet>",
    )
    assert problems(bench, app, "CustomApplication", tabs) == [missing]
    assert problems(bench, "permissionsets/P.permissionset", "PermissionSet", grant) == [missing]
    both = plain("CustomTab", f"<customObject>true</customObject>{motif}<url>https://a</url>")
    assert problems(bench, tab, "CustomTab", both) == ["A tab must have exactly one destination"]
    named = plain("CustomTab", f"<customObject>true</customObject><label>N</label>{motif}")
    assert problems(bench, tab, "CustomTab", named) == [
        "A custom object tab takes its label from its object"
    ]
    good = plain("CustomTab", f"<customObject>true</customObject>{motif}")
    assert problems(bench, tab, "CustomTab", good) == []
    assert problems(bench, app, "CustomApplication", tabs) == []
    assert problems(bench, "permissionsets/P.permissionset", "PermissionSet", grant) == []


def test_a_system_permission_stands_on_others(bench: Bench) -> None:
    alone = permission_set(system=["ModifyAllData"])
    path = "permissionsets/Q.permissionset"
    assert problems(bench, path, "PermissionSet", alone) == [
        "Permission ModifyAllData depends on permission(s): ViewAllData"
    ]
    both = permission_set(system=["ModifyAllData", "ViewAllData"])
    assert problems(bench, path, "PermissionSet", both) == []


def test_an_object_comes_and_goes_with_its_layout(tmp_path: Path) -> None:
    bench = open_bench(tmp_path / "data")
    made = {"objects/Note__c.object": custom_object("Note", NEEDED)}
    assert bench.problems(package(made, {"CustomObject": ["Note__c"]})) == []
    names = "SELECT full_name FROM \"_metadata\" WHERE kind = 'Layout'"
    assert bench.rows(names) == [(NOTE,)]
    only = package({}, {}, doomed={"Layout": [NOTE]})
    assert bench.problems(only) == ["Cannot delete the only layout of Note__c"]
    ours = {f"layouts/{NOTE}.layout": layout(item("Contact__c", "Required"))}
    result = bench.deploy(package(ours, {"Layout": [NOTE]}))
    assert [(each.created, each.changed) for each in result.components[1:]] == [(False, True)]
    gone = package(
        {}, {}, doomed={"CustomObject": ["Note__c"], "CustomField": ["Note__c.Contact__c"]}
    )
    assert bench.problems(gone) == []
    assert bench.rows(names) == []
    bench.org.close()
