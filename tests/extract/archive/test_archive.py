"""The legacy archive: nothing is left out, each byte is as it was, and the seal proves it."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path

import duckdb
import pytest

from extract.archive.seal import broken_files, seal
from tests.browser import needs_chromium, show
from tests.conftest import Clinic
from tests.extract.archive.conftest import (
    DELETED,
    DELETED_NOTE,
    QUARANTINED,
    Archived,
    archive,
)

# Dear, and left to `make soak` for the time that CI has.
pytestmark = pytest.mark.soak


def landed(clinic: Clinic) -> dict[tuple[str, str, str], bytes]:
    """Every record that the raw tables hold, by its system, table and id."""
    with duckdb.connect(str(clinic.data / "raw.duckdb"), read_only=True) as raw:
        tables = raw.execute(
            "select table_name from duckdb_columns()"
            " where schema_name = 'raw_fhir' and column_name = 'last_updated'"
        ).fetchall()
        return {
            (system, table, ident): doc.encode("utf-8")
            for (table,) in tables
            for system, ident, doc in raw.execute(
                f"select system, id, doc from raw_fhir.{table}"
            ).fetchall()
        }


def test_every_original_is_kept_byte_for_byte(archived: Archived) -> None:
    assert archived.ran.code == 0, archived.ran.stderr
    kept = archived.documents()
    expected = {key: {doc} for key, doc in landed(archived.clinic).items()}
    expected |= {
        ("demo", "deleted.Patient", "Gone"): {DELETED.encode("utf-8")},
        ("demo", "deleted.Communication", "n"): {DELETED_NOTE.encode("utf-8")},
    }
    unread = {key: docs for key, docs in kept.items() if key[1].startswith("quarantined.")}
    assert list(unread.values()) == [{QUARANTINED.encode("utf-8")}]
    assert kept == expected | unread


def test_each_kind_closes_with_and_without_a_target(archived: Archived) -> None:
    told = archived.ran.json()
    assert told["closes"] is True
    kinds = {kind["table"]: kind for kind in told["kinds"]}
    with duckdb.connect(str(archived.clinic.data / "warehouse.duckdb"), read_only=True) as built:
        ((loaded,),) = built.execute(
            "select count(*) from audit.audit_record_targets where entity = 'appointments'"
        ).fetchall()
    assert kinds["appointment"]["with_target"] == loaded
    for table in ("schedule", "slot", "consent", "deleted.Patient", "quarantined.unknown"):
        assert kinds[table]["with_target"] == 0
        assert kinds[table]["archived"] == kinds[table]["source"] > 0
    for kind in kinds.values():
        assert kind["source"] == kind["with_target"] + kind["without_target"] == kind["archived"]


def test_record_is_found_with_its_patient_and_the_reason(archived: Archived) -> None:
    rows = archived.rows("records.csv")
    deleted = {row["table_name"]: row for row in rows if row["state"] == "deleted_in_source"}
    assert deleted["deleted.Patient"]["patient_key"] == "demo:patient:Gone"
    assert deleted["deleted.Communication"]["file"] == deleted["deleted.Patient"]["file"]
    assert {row["file"] for row in rows if row["table_name"] == "schedule"} == {"clinic-wide.zip"}
    binary = [row for row in rows if row["table_name"] == "binary" and row["state"] == "supporting"]
    assert binary
    assert all(row["patient_key"] for row in binary)
    kept_out = [row for row in rows if "special_class_note" in row["reasons"]]
    assert kept_out
    assert {row["state"] for row in kept_out} == {"excluded"}
    assert all(
        "provision" in row["unread_fields"] for row in rows if row["table_name"] == "consent"
    )


def test_folder_is_private_and_names_nobody(archived: Archived) -> None:
    for path in (archived.folder, *archived.folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
        assert "pt-" not in str(path.relative_to(archived.folder))
    families = {row["family_name"] for row in archived.rows("patients.csv")} - {""}
    said = archived.ran.stdout + archived.ran.stderr
    assert not [name for name in families if name in said]


def test_same_records_give_the_same_bytes(archived: Archived, tmp_path: Path) -> None:
    again = archive(archived.clinic, "--into", str(tmp_path / "again"), "--json")
    assert again.json()["seal"] == archived.ran.json()["seal"]


def test_without_target_keeps_only_what_the_map_leaves(archived: Archived, tmp_path: Path) -> None:
    ran = archive(archived.clinic, "--into", str(tmp_path / "some"), "--without-target", "--json")
    assert ran.code == 0
    some = Archived(archived.clinic, ran, tmp_path / "some")
    assert "loaded" not in {row["state"] for row in some.rows("records.csv")}
    all_of = {kind["table"]: kind["without_target"] for kind in archived.ran.json()["kinds"]}
    assert {kind["table"]: kind["archived"] for kind in ran.json()["kinds"]} == all_of


@pytest.mark.parametrize("how", ["changed", "missing", "added", "list", "list and seal"])
def test_check_finds_what_is_not_as_it_was_sealed(
    archived: Archived, tmp_path: Path, how: str
) -> None:
    folder = tmp_path / "archive"
    shutil.copytree(archived.folder, folder)
    noted = archived.ran.json()["seal"]
    assert broken_files(folder, expected=noted) == ()
    bundle = sorted(folder.rglob("patients/*/*.zip"))[3]
    name = bundle.relative_to(folder).as_posix()
    if how == "changed":
        told = bytearray(bundle.read_bytes())
        told[-1] ^= 1
        bundle.write_bytes(told)
    elif how == "missing":
        bundle.unlink()
    elif how == "added":
        name = "patients/note.txt"
        (folder / name).write_text("", encoding="utf-8")
    elif how == "list":
        with (folder / "manifest.csv").open("a", encoding="utf-8") as listed:
            listed.write("\n")
    else:
        bundle.unlink()
        seal(folder)
        assert broken_files(folder) == ()
    found = {one.path: one.how for one in broken_files(folder, expected=noted)}
    assert found == (
        {"manifest.csv": "not the list that was sealed"} if "list" in how else {name: how}
    )
    if how == "list":
        assert broken_files(folder) != ()
    if how == "missing":
        ran = archive(archived.clinic, "--check", str(folder), "--seal", noted, "--json")
        assert ran.code == 4
        assert ran.json() == {"whole": False, "broken": [{"path": name, "how": how}]}


def test_altered_original_is_not_called_whole_and_a_name_is_no_markup(
    archived: Archived, tmp_path: Path
) -> None:
    clinic = archived.clinic.copy_to(tmp_path / "clinic")
    name = "</script><script>nothing.here()</script>"
    with duckdb.connect(str(clinic.data / "raw.duckdb")) as raw:
        raw.execute(
            "update raw_fhir.slot set doc = doc || ' '"
            " where id = (select min(id) from raw_fhir.slot)"
        )
    with duckdb.connect(str(clinic.data / "warehouse.duckdb")) as built:
        built.execute("update intermediate.int_clinic__patients set family_name = ?", [name])
    ran = archive(clinic, "--into", str(tmp_path / "vault"), "--json")
    assert ran.code == 4
    assert [kind["table"] for kind in ran.json()["kinds"] if kind["altered"]] == ["slot"]
    page = (tmp_path / "vault" / "index.html").read_text(encoding="utf-8")
    assert name not in page
    told = page.split('id="charts">')[1].split("</script>")[0]
    assert json.loads(told)[0][1] == name


def test_archive_is_refused_where_it_could_mislead(archived: Archived, tmp_path: Path) -> None:
    there = archive(archived.clinic, "--into", str(archived.folder))
    assert there.code == 2
    assert "Try: give --into" in there.stderr
    assert archive(archived.clinic, "--into", str(archived.clinic.data / "vault")).code == 2
    assert archive(archived.clinic).code == 2
    assert archive(archived.clinic, "--check", str(tmp_path)).code == 5
    clinic = archived.clinic.copy_to(tmp_path / "clinic")
    with duckdb.connect(str(clinic.data / "raw.duckdb")) as raw:
        raw.execute("delete from raw_fhir.slot")
    stale = archive(clinic, "--into", str(tmp_path / "vault"))
    assert stale.code == 3
    assert "Try: dbt build" in stale.stderr
    assert not list(tmp_path.glob("vault*"))


@needs_chromium
def test_page_finds_patients_without_asking_anybody(archived: Archived, tmp_path: Path) -> None:
    seen = show(archived.folder / "index.html", tmp_path)
    assert seen.console == []
    assert seen.asked == []
    # The rows come from the script: a page without them takes a third of that.
    assert seen.picture.stat().st_size > 150_000
