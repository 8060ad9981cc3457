"""Our records on the customer's screens: added to what is there, once, and taken back whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from loaders.contract import read_mapping
from loaders.deploys import deploy_package
from loaders.errors import REFUSED, SchemaDiffers
from loaders.layout_edits import (
    RELATED,
    SECTION,
    list_names,
    shown_fields,
    with_parts,
    without_lists,
    without_section,
)
from loaders.ledger import Ledger
from loaders.org_line import OrgLine
from loaders.related_lists import add_related_lists
from loaders.retrieves import list_components, retrieve
from loaders.schema_package import package_of
from loaders.schema_related import plain_list, section_of
from tests.conftest import serving
from tests.loaders.loading import Loading
from tests.loaders.mini_clinic import mini_clinic
from tests.loaders.planning import ALIAS
from tests.loaders.test_approve import confirm

ENCODED = "Account-Account %28Marketing%29 Layout"
CONTACT, EVENT = "Contact-Contact Layout", "Event-Event Layout"
LAYOUTS = (ENCODED, "Account-Account Layout", CONTACT, EVENT)
# What the customer made of the Contact layout: a list of their own first, and a field at the top.
OURS_ALREADY = """<?xml version="1.0" encoding="UTF-8"?>
<Layout xmlns="http://soap.sforce.com/2006/04/metadata">
    <layoutSections>
        <label>Theirs</label>
        <layoutColumns>
            <layoutItems>
                <behavior>Edit</behavior>
                <field>Phone</field>
            </layoutItems>
        </layoutColumns>
        <style>OneColumn</style>
    </layoutSections>
    <miniLayout>
        <relatedLists>
            <relatedList>RelatedNoteList</relatedList>
        </relatedLists>
    </miniLayout>
    <relatedLists>
        <relatedList>RelatedFileList</relatedList>
    </relatedLists>
    <relatedLists>
        <relatedList>RelatedHistoryList</relatedList>
    </relatedLists>
    <showEmailCheckbox>false</showEmailCheckbox>
</Layout>
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Loading]:
    clinic = mini_clinic(tmp_path / "clinic")
    clinic.marts["sf_insurance_coverage"]["salesforce"]["summary"] = ["Member_ID__c", "Rank__c"]
    clinic.marts["sf_event"]["salesforce"]["summary"] = ["Appointment_Status__c"]
    clinic.write()
    with serving(tmp_path / "org", "--sandbox") as org, httpx.Client(timeout=60) as api:
        yield Loading(clinic, org, api)


def deploy_theirs(desk: Loading, layout: str = OURS_ALREADY) -> None:
    files = {f"layouts/{CONTACT}.layout": layout.encode("utf-8")}
    package = package_of(files, {"Layout": [CONTACT]})
    org = desk.connected()
    line = OrgLine(org.http, org.api_version, first_pause=0.01)
    deploy_package(line, package, name="their layout", check_only=False)
    org.close()


def layouts(desk: Loading) -> dict[str, bytes]:
    with desk.open() as opened:
        return retrieve(opened.org, opened.line, "Layout", LAYOUTS)


def approve_related_lists(desk: Loading) -> None:
    ledger = Ledger.open(desk.data.ledger)
    confirm(ledger, read_mapping(desk.clinic.manifest), "related_lists")
    ledger.close()


def test_what_is_added_is_approved_added_once_and_taken_back_with_the_schema(
    desk: Loading,
) -> None:
    deploy_theirs(desk)
    before = layouts(desk)
    desk.deploy()
    command = ("schema", "deploy", "--org", ALIAS, "--related-lists")
    refused = desk.load(*command)
    assert refused.code == REFUSED
    assert "--related-lists" in refused.stderr.splitlines()[-1]
    checked = desk.load(*command, "--check")
    assert checked.code == 0, checked.stderr
    assert layouts(desk) == before

    approve_related_lists(desk)
    done = desk.load(*command)
    assert done.code == 0, done.stderr
    after = layouts(desk)
    assert list_names(after[CONTACT]) == [
        "RelatedFileList", "RelatedHistoryList", "Insurance_Coverage__c.Patient__c",
        "RelatedActivityList",
    ]  # fmt: skip
    assert "Insurance_Coverage__c.Payer__c" in list_names(after[ENCODED])
    assert "Appointment_Status__c" in shown_fields(after[EVENT])
    assert not list_names(after[EVENT])
    shown = shown_fields(after[EVENT])
    for name in LAYOUTS:
        ours = {*list_names(after[name])} - {*list_names(before[name])}
        back = without_section(without_lists(after[name], ours), "Clinic", shown)
        assert back == before[name]

    again = desk.load(*command)
    assert (again.code, again.stdout) == (0, "")
    assert layouts(desk) == after
    assert len(desk.acts("related_lists_adding")) == 1

    dropped = desk.load("schema", "drop", "--org", ALIAS)
    assert dropped.code == 0, dropped.stderr
    assert layouts(desk) == before


def test_a_list_that_the_customer_had_is_never_taken_away(desk: Loading) -> None:
    desk.deploy()
    own = "<relatedList>Insurance_Coverage__c.Patient__c</relatedList>"
    deploy_theirs(desk, OURS_ALREADY.replace("<relatedList>RelatedFileList</relatedList>", own))
    approve_related_lists(desk)
    done = desk.load("schema", "deploy", "--org", ALIAS, "--related-lists")
    assert done.code == 0, done.stderr
    (act,) = desk.acts("related_lists_adding")
    assert act["layouts"][CONTACT] == ["RelatedActivityList"]


def test_a_layout_that_somebody_changes_meanwhile_is_left_to_them(desk: Loading) -> None:
    desk.deploy()
    mapping = read_mapping(desk.clinic.manifest)
    theirs = OURS_ALREADY.replace("Theirs", "Theirs, changed")
    sent: list[str] = []

    def somebody(response: httpx.Response) -> None:
        if not sent and "deployRequest" in response.request.url.path:
            sent.append("changed")
            deploy_theirs(desk, theirs)

    with desk.open() as opened:
        opened.org.http.event_hooks["response"].append(somebody)
        with pytest.raises(SchemaDiffers, match=CONTACT):
            add_related_lists(opened.org, opened.line, opened.ledger, mapping, check_only=False)
        listed = list_components(opened.org, opened.line, "Layout")
    assert sent == ["changed"]
    assert CONTACT in {each.full_name for each in listed}
    assert b"Theirs, changed" in layouts(desk)[CONTACT]
    assert "Insurance_Coverage__c.Payer__c" not in list_names(layouts(desk)[ENCODED])
    assert desk.acts("related_lists_adding") == []


def test_only_the_added_bytes_differ_whatever_else_the_file_holds() -> None:
    layout = OURS_ALREADY.encode("utf-8")
    wider = with_parts(layout, RELATED, [plain_list("RelatedActivityList")])
    assert list_names(wider) == ["RelatedFileList", "RelatedHistoryList", "RelatedActivityList"]
    assert without_lists(wider, {"RelatedActivityList"}) == layout
    # The list of a mini layout is another thing, although it has the same name.
    assert without_lists(layout, {"RelatedNoteList"}) == layout
    none = without_lists(layout, {"RelatedFileList", "RelatedHistoryList"})
    assert list_names(with_parts(none, RELATED, [plain_list("RelatedFileList")])) == [
        "RelatedFileList"
    ]
    shown = with_parts(layout, SECTION, [section_of(["A__c", "B__c"])])
    assert shown_fields(shown) == {"Phone", "A__c", "B__c"}
    assert without_section(shown, "Clinic", {"A__c", "B__c"}) == layout
    assert without_section(shown, "Clinic", {"A__c"}) == shown
