"""Verify: one changed character, one missing row, one row too many: each is found and named."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.errors import DONE, INCOMPLETE
from loaders.verify import Verdict
from tests.loaders.loading import BULK, Loading, loading
from tests.loaders.mini_clinic import field, to
from tests.loaders.planning import ALIAS
from tests.loaders.wide_clinic import wide_clinic


@pytest.fixture(scope="module")
def desk(wide_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loading]:
    """One loaded org: each test breaks something and mends it."""
    folder = tmp_path_factory.mktemp("verify")
    clinic = wide_clinic(folder / "clinic")
    users = clinic.marts["sf_user"]
    users["columns"].append(field("ManagerId", lookup=to("User", "Manager", match="email")))
    users["rows"] = [(*row, "nobody@clinic.example") for row in users["rows"]]
    with loading(wide_template, folder / "org", clinic.write()) as found:
        plan = found.plan()
        found.approve(plan)
        assert found.push(plan, sending=BULK) == DONE
        yield found


def verify(desk: Loading) -> Verdict:
    return desk.verify(desk.plan_pushed())


def found(verdict: Verdict) -> dict[str, tuple[int, int, int]]:
    return {
        each.sobject: (each.extra, each.missing, each.different)
        for each in verdict.objects
        if (each.extra, each.missing, each.different) != (0, 0, 0)
    }


def sums(verdict: Verdict) -> dict[str, int]:
    """Add up the cells of each rule."""
    found: dict[str, int] = {}
    for each in verdict.normalised:
        found[each.rule] = found.get(each.rule, 0) + each.cells
    return found


def test_an_untouched_org_differs_in_nothing_and_every_row_was_compared(desk: Loading) -> None:
    verdict = verify(desk)
    assert verdict.differences == 0
    assert sum(each.rows for each in verdict.objects) == 20
    assert verdict.file.read_text(encoding="utf-8") == "sobject,kind,key,field\n"
    # A manager and two owners whom the org does not know; numbers in the words of the org.
    assert sums(verdict) == {"number_format": 8, "owner_defaulted": 2, "reference_emptied": 1}


@pytest.mark.parametrize(
    ("where", "wrong", "right"),
    [
        ("Contact demo:patient:1 FirstName", "Anne", "Änne"),
        ("Contact demo:patient:A Deceased__c", False, True),
        ("Insurance_Coverage__c demo:coverage:1 Copay__c", 25.51, 25.5),
        ("Account demo:household:2 Name", "Muster Family", "Muster family"),
        ("Event demo:appointment:1 EndDateTime",
         "2019-03-10T08:00:01.000Z", "2019-03-10T08:00:00.000Z"),
    ],
)  # fmt: skip
def test_one_wrong_value_is_one_difference(
    desk: Loading, where: str, wrong: object, right: object
) -> None:
    sobject, key, field = where.split(" ")
    desk.change(sobject, key, **{field: wrong})
    verdict = verify(desk)
    desk.change(sobject, key, **{field: right})
    assert found(verdict) == {sobject: (0, 0, 1)}
    assert [(each.sobject, each.field) for each in verdict.fields] == [(sobject, field)]
    with verdict.file.open(encoding="utf-8") as rows:
        assert list(csv.DictReader(rows)) == [
            {"sobject": sobject, "kind": "!", "key": key, "field": field}
        ]
    assert verdict.file.stat().st_mode & 0o777 == 0o600
    assert verify(desk).differences == 0


def test_other_text_that_a_rule_explains_is_no_difference_and_is_counted_by_its_name(
    desk: Loading,
) -> None:
    text = 'said "so",{}then left'
    desk.change("Insurance_Coverage__c", "demo:coverage:1", Notes__c=text.format("\r\n"))
    done = desk.load("verify", "latest", "--org", ALIAS, "--json")
    table = desk.load("verify", "latest", "--org", ALIAS).stdout
    desk.change("Insurance_Coverage__c", "demo:coverage:1", Notes__c=text.format("\n"))
    assert (done.code, done.json()["differences"]) == (DONE, 0)
    assert [each for each in done.json()["normalised"] if each["rule"] == "line_ends"] == [
        {"sobject": "Insurance_Coverage__c", "field": "Notes__c", "rule": "line_ends", "cells": 1}
    ]
    (line,) = (line for line in table.splitlines() if line.startswith("line_ends"))
    assert line.split()[1:3] == ["1", "1"]
    report = desk.load("report", "latest", "--json").json()
    assert report["normalised"] == done.json()["normalised"]


def test_a_reference_to_another_parent_is_a_difference_though_both_are_ours(desk: Loading) -> None:
    right, wrong = (desk.record_id("Contact", f"demo:patient:{each}") for each in "12")
    desk.change("Insurance_Coverage__c", "demo:coverage:1", Patient__c=wrong)
    verdict = verify(desk)
    desk.change("Insurance_Coverage__c", "demo:coverage:1", Patient__c=right)
    assert [(each.sobject, each.field) for each in verdict.fields] == [
        ("Insurance_Coverage__c", "Patient__c")
    ]


def test_a_reference_to_a_foreign_record_is_a_difference_where_none_was_planned(
    desk: Loading,
) -> None:
    foreign = desk.create("Account", Name="Somebody else")
    desk.change("Insurance_Coverage__c", "demo:coverage:2", Payer__c=foreign)
    verdict = verify(desk)
    desk.change("Insurance_Coverage__c", "demo:coverage:2", Payer__c=None)
    assert found(verdict) == {"Insurance_Coverage__c": (0, 0, 1)}


def test_a_record_too_many_is_counted_and_the_command_says_so_by_its_exit_code(
    desk: Loading,
) -> None:
    desk.create("Account", Name="Twin", Clinic_Id__c="demo:payer:99")
    done = desk.load("verify", "latest", "--org", ALIAS, "--json")
    desk.delete("Account", "demo:payer:99")
    assert done.code == INCOMPLETE
    assert done.json()["differences"] == 1
    accounts = next(each for each in done.json()["objects"] if each["sobject"] == "Account")
    assert (accounts["extra"], accounts["missing"], accounts["different"]) == (1, 0, 0)
    assert "Twin" not in done.stdout + done.stderr


def test_archived_activities_are_not_missing(desk: Loading) -> None:
    desk.admin("archive")
    assert desk.soql("SELECT Id FROM Event") == []
    assert verify(desk).differences == 0


def test_other_bytes_in_a_file_are_found_by_checksum_and_by_download(desk: Loading) -> None:
    (version,) = desk.soql("SELECT Id, ContentDocumentId FROM ContentVersion")
    desk.create(
        "ContentVersion",
        ContentDocumentId=version["ContentDocumentId"],
        Clinic_Id__c="demo:document:1",
        Title="Letter",
        PathOnClient="letter.txt",
        VersionData="SGVsbG8h",
    )
    verdict = verify(desk)
    assert found(verdict) == {"ContentVersion": (0, 0, 1)}
    assert [each.field for each in verdict.fields] == ["VersionData"]
    done = desk.load("verify", "latest", "--org", ALIAS, "--json", "--download-files")
    assert {each["field"] for each in done.json()["fields"]} == {
        "VersionData", "VersionData (bytes)",
    }  # fmt: skip


def test_a_missing_record_is_counted_last_since_it_cannot_be_mended(desk: Loading) -> None:
    desk.delete("Insurance_Coverage__c", "demo:coverage:2")
    assert found(verify(desk))["Insurance_Coverage__c"] == (0, 1, 0)
