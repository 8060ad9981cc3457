"""Masks: nothing real in a sandbox, the same for the same, in the shape of what they stand for."""

from __future__ import annotations

import base64
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.bench import open_bench
from loaders.canonical import DATE, NUMBER, TEXT, quoted
from loaders.errors import DONE, REFUSED
from loaders.file_bodies import texts
from loaders.masking import load_masks, masked_cell
from loaders.paths import DataFolder
from loaders.plan_store import PlanColumn, bodies_file
from tests.loaders.loading import Loading, loading
from tests.loaders.mini_clinic import mini_clinic
from tests.loaders.planning import ALIAS, OWNER

Mask = Callable[[list[str], PlanColumn], list[str]]
REAL = (
    "Testfall",
    "O'Muster",
    "Muster family",
    "1980-02-29",
    "SGVsbG8=",
    "patient:1",
    "coverage:2",
)
PDF = base64.b64encode(b"%PDF-1.7 " + b"a real letter " * 700).decode("ascii")


@pytest.fixture(scope="module")
def desk(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loading]:
    folder = tmp_path_factory.mktemp("masking")
    clinic = mini_clinic(folder / "clinic")
    clinic.sql(
        "insert into main_salesforce.sf_content_version values"
        f" ('demo:document:2', 'Scan', 'scan.PDF', '{PDF}')"
    )
    with loading(template, folder / "org", clinic) as found:
        yield found


def column(name: str, kind: str, *, org_type: str = "string", phi: bool = True) -> PlanColumn:
    return PlanColumn(
        name=name, header=name, type=kind, org_type=org_type, org_length=255, scale=2, match=None,
        objects=(), create_only=False, phi=phi,
    )  # fmt: skip


@pytest.fixture(scope="module")
def mask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mask]:
    with open_bench(DataFolder(tmp_path_factory.mktemp("masks"))) as bench:
        load_masks(bench.db, DataFolder(bench.folder))

        def masked(values: list[str], like: PlanColumn) -> list[str]:
            bench.db.execute(f"create or replace temp table cells ({quoted(like.name)} varchar)")
            bench.db.executemany("insert into cells values (?)", [[value] for value in values])
            found = bench.db.execute(f"select {masked_cell(like)} from cells").fetchall()
            return [str(row[0]) for row in found]

        yield masked


def test_a_sandbox_gets_masks_unless_somebody_says_otherwise(desk: Loading) -> None:
    assert desk.plan(masked=None).settings.masked
    assert desk.load("plan", "--org", ALIAS, "--default-owner", OWNER).code == DONE
    planned = desk.plan(masked=None)
    desk.approve(planned)
    assert desk.load("push", planned.plan, "--org", ALIAS).code == DONE
    assert desk.acts("run_scoped")[-1]["masked"] is True
    said = desk.load("verify", "latest", "--org", ALIAS, "--download-files", "--json")
    assert (said.code, said.json()["differences"]) == (DONE, 0)


def test_no_identifier_is_in_the_org_or_in_the_plan(desk: Loading) -> None:
    plan = desk.plan(masked=None)
    told = str([desk.rows(plan, each.sobject) for each in plan.objects]) + str(desk.objects())
    # A mask of a key is hexadecimal: it may go on where the real one would have ended.
    assert [real for real in REAL if re.search(re.escape(real) + r"(?![0-9a-f])", told)] == []


def test_masked_joins_survive_and_a_later_plan_finds_everything_unchanged(desk: Loading) -> None:
    again = desk.plan(masked=None)
    assert sum(each.unchanged for each in again.objects) == sum(each.rows for each in again.objects)
    families = [row["AccountId"] for row in desk.rows(again, "Contact")]
    assert sorted(families.count(family) for family in families) == [1, 2, 2]
    assert {row["OwnerId"] for row in desk.rows(again, "Account")} == {
        "admin@stand-in.invalid", "nobody@clinic.example", None,
    }  # fmt: skip


def test_masked_and_unmasked_rows_never_meet_in_one_org(desk: Loading) -> None:
    plain = desk.plan(masked=False)
    desk.approve(plain)
    refused = desk.load("push", plain.plan, "--org", ALIAS)
    assert (refused.code, "every row would be there twice" in refused.stderr) == (REFUSED, True)


def test_unmasked_rows_may_come_once_the_masked_ones_are_taken_back(desk: Loading) -> None:
    assert desk.rollback(desk.plan_pushed())[0] == DONE
    plain = desk.plan(masked=False)
    desk.approve(plain)
    assert desk.load("push", plain.plan, "--org", ALIAS).code == DONE


def test_masked_files_keep_their_type_and_their_size_class(desk: Loading) -> None:
    plan = desk.plan(masked=None)
    keys = {row["Title"]: row["_key"] for row in desk.rows(plan, "ContentVersion")}
    bodies = dict(texts(bodies_file(desk.folder(plan), plan.object("ContentVersion"))))
    scan = base64.b64decode(bodies[keys["Scan"]], validate=True)
    real = base64.b64decode(PDF)
    assert scan.startswith(b"%PDF-")
    assert b"real letter" not in scan
    assert len(scan).bit_length() == len(real).bit_length()


def test_secret_of_the_masks_is_its_owners_alone(desk: Loading) -> None:
    secret = desk.data.mask_secret
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert re.fullmatch("[0-9a-f]{64}", secret.read_text("ascii"))


@given(st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=5))
def test_a_mask_is_the_same_for_the_same_and_as_long(mask: Mask, values: list[str]) -> None:
    clean = [value.replace("\x00", "-") for value in values]
    first, again = (mask(clean, column("Name", TEXT)) for _ in range(2))
    assert first == again
    assert [len(value) for value in first] == [len(value) for value in clean]


@pytest.mark.parametrize(
    ("like", "value", "shape"),
    [
        (column("Name", TEXT), "O'Muster, Änne 12", r"[A-Z]'[A-Z][a-z]{5}, \w[a-z]{3} \d\d"),
        (column("Email", TEXT, org_type="email"), "ä.b@gmail.com", r"x\.\w+@masked\.invalid"),
        (column("Phone", TEXT, org_type="phone"), "+1 (555) 010-77", r"\+0 \(\d{3}\) \d{3}-\d\d"),
        (column("Birthdate", DATE), "1980-02-29", r"19(79|80)-\d\d-\d\d"),
        (column("Number__c", NUMBER), "-0.50", r"-[1-9]\.\d\d"),
        (column("Clinic_Id__c", TEXT, phi=False), "demo:patient:7", r"demo:patient:[0-9a-f]{24}"),
        (column("PathOnClient", TEXT), "Mustermann.pdf", r"[A-Z][a-z]{9}\.pdf"),
        (column("PathOnClient", TEXT), "Scan.1.PDF", r"[A-Z][a-z]{3}\.\d\.PDF"),
        (column("PathOnClient", TEXT), "letter.Muster", r"[a-z]{6}\.[A-Z][a-z]{5}\.bin"),
        (column("Gender__c", TEXT, org_type="picklist"), "Female", "Female"),
        (column("Unit__c", TEXT, phi=False), "mg/dl", "mg/dl"),
    ],
)
def test_a_mask_has_the_shape_of_its_kind(
    mask: Mask, like: PlanColumn, value: str, shape: str
) -> None:
    (masked,) = mask([value], like)
    assert re.fullmatch(shape, masked)
    assert (masked != value) == (shape != value)
