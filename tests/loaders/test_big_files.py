"""Big files, and files that an org does not take."""

from __future__ import annotations

from pathlib import Path

import duckdb

from loaders.errors import DONE, INCOMPLETE, REFUSED
from loaders.plan_store import bodies_file
from tests.loaders.filing import desk_of
from tests.loaders.planning import ALIAS


def test_what_an_org_cannot_take_is_accounted_for_file_by_file(
    template: Path, tmp_path: Path
) -> None:
    with desk_of(template, tmp_path, largest_file_mb=1, blocked_extensions=["exe"]) as desk:
        desk.clinic.sql(
            "update main_salesforce.sf_content_version set VersionData = case Clinic_Id__c"
            " when 'demo:document:0' then '' when 'demo:document:2' then 'no base64'"
            " else VersionData end, PathOnClient = case Clinic_Id__c"
            " when 'demo:document:3' then 'letter.exe' else PathOnClient end"
        )
        # As good as the fifth, byte by byte, and a file of its own.
        desk.clinic.sql(
            "insert into main_salesforce.sf_content_version"
            " select 'demo:document:5', Title, PathOnClient, VersionData"
            " from main_salesforce.sf_content_version where Clinic_Id__c = 'demo:document:4'"
        )
        plan = desk.plan()
        found = {(each.code, each.field, each.count) for each in plan.findings}
        assert found >= {
            ("file_empty", "VersionData", 1),
            ("file_unreadable", "VersionData", 1),
            ("file_twice", "VersionData", 2),
        }
        assert desk.push(plan) == INCOMPLETE
        reasons = {each.code: (each.rows, each.hint) for each in desk.status(plan).reasons}
        assert {code: rows for code, (rows, _) in reasons.items()} == {
            "file_empty": 1, "file_unreadable": 1,
            "FILE_SIZE_LIMIT_EXCEEDED": 1, "FILE_EXTENSION_NOT_ALLOWED": 1,
        }  # fmt: skip
        assert all(hint for _, hint in reasons.values())
        held = desk.soql("SELECT Clinic_Id__c, ContentDocumentId, Checksum FROM ContentVersion")
        assert {row["Clinic_Id__c"] for row in held} == {"demo:document:4", "demo:document:5"}
        assert len({row["ContentDocumentId"] for row in held}) == 2
        assert len({row["Checksum"] for row in held}) == 1
        assert desk.verify(plan).differences == 0


def resident_megabytes(name: str) -> int:
    """Read what this process holds (VmRSS), or the most that it held (VmHWM)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if name in line)) // 1024


def test_files_of_more_than_the_memory_are_planned_one_by_one(
    template: Path, tmp_path: Path
) -> None:
    with desk_of(template, tmp_path) as desk:
        desk.clinic.sql(
            "insert into main_salesforce.sf_content_version select 'demo:scan:' || n, 'Scan',"
            " 'scan.txt', repeat('AAAB', 325000 + cast(n as integer)) from range(290) as scans(n)"
        )
        plan = desk.plan()
        assert plan.object("ContentVersion").creates == 295
        bodies = bodies_file(desk.folder(plan), plan.object("ContentVersion"))
        with duckdb.connect() as db:
            wrong = db.execute(
                "select count(*), count(*) filter (facts.size != strlen(body) // 4 * 3"
                " or facts.md5 != md5(from_base64(body)))"
                f" from read_parquet('{bodies}') where _key like 'demo:scan:1%'"
            ).fetchall()
        assert wrong == [(111, 0)]


def test_a_warehouse_without_the_index_that_files_are_read_by_is_refused(
    template: Path, tmp_path: Path
) -> None:
    with desk_of(template, tmp_path) as desk:
        desk.clinic.sql("drop index main_salesforce.of_sf_content_version")
        refused = desk.load("plan", "--org", ALIAS)
        assert (refused.code, "no index on Clinic_Id__c" in refused.stderr) == (REFUSED, True)


def test_a_file_of_60_megabytes_is_sent_piece_by_piece(template: Path, tmp_path: Path) -> None:
    with desk_of(template, tmp_path) as desk:
        desk.clinic.sql(
            "update main_salesforce.sf_content_version set VersionData = repeat('AAAB', 20000000)"
            " where Clinic_Id__c = 'demo:document:1'"
        )
        plan = desk.plan()
        # What the system counts as the most is what there is from now on.
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        before = resident_megabytes("VmRSS")
        assert desk.push(plan) == DONE
        grown = resident_megabytes("VmHWM") - before
        print(f"a push with a file of 60 MB: {grown} MB more")  # noqa: T201 - what the test is for
        assert grown < 300
        (held,) = desk.soql("SELECT ContentSize FROM ContentVersion WHERE ContentSize > 2000000")
        assert held["ContentSize"] == 60_000_000
