"""What the archive's tests share: an archive of the demo clinic, some records set aside by hand."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tests.conftest import BIN, Clinic, DemoRoad, Ran, run

# As a source wrote it: its own spacing, its own line ends, and a letter of four bytes.
DELETED = '{"resourceType": "Patient",\r\n "id": "Gone", "name": [{"family": "😀"}], "n": 1.00}'
DELETED_NOTE = '{"resourceType":"Communication","id":"n","subject":{"reference":"Patient/Gone"}}'
QUARANTINED = '{"resourceType": "Patient", "id": '


@dataclass(frozen=True, slots=True)
class Archived:
    """An archive, and what the command said of it."""

    clinic: Clinic
    ran: Ran
    folder: Path

    def rows(self, name: str) -> list[dict[str, str]]:
        """Read one of the lists."""
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def documents(self) -> dict[tuple[str, str, str], set[bytes]]:
        """Every original that some file holds, by its system, kind and id."""
        found: dict[tuple[str, str, str], set[bytes]] = {}
        for path in self.folder.rglob("*.zip"):
            with zipfile.ZipFile(path) as bundle:
                text = bundle.read("contents.csv").decode("utf-8")
                for row in csv.DictReader(io.StringIO(text)):
                    key = (row["system"], row["table_name"], row["id"])
                    found.setdefault(key, set()).add(bundle.read(row["file"]))
        return found


def archive(clinic: Clinic, *options: str) -> Ran:
    """Run the command on a clinic's data."""
    return run([str(BIN / "clinic-extract"), "archive", *options], env=clinic.environment)


def set_aside(clinic: Clinic) -> None:
    """Have a chart and its record deleted in the source, and a payload that could not be read."""
    with duckdb.connect(str(clinic.data / "raw.duckdb")) as raw:
        for kind, ident, doc in (
            ("Patient", "Gone", DELETED),
            ("Communication", "n", DELETED_NOTE),
        ):
            sha256 = hashlib.sha256(doc.encode("utf-8")).hexdigest()
            raw.execute(
                "insert into raw_fhir.deleted (system, resource_type, id, doc, doc_sha256)"
                " values ('demo', ?, ?, ?, ?)",
                [kind, ident, doc, sha256],
            )
        sha256 = hashlib.sha256(QUARANTINED.encode("utf-8")).hexdigest()
        raw.execute(
            "insert into raw_fhir.quarantined (system, origin, position, reason, doc, doc_sha256)"
            " values ('demo', 'page 1', 7, 'not_json', ?, ?)",
            [QUARANTINED, sha256],
        )


@pytest.fixture(scope="module")
def archived(demo_road: DemoRoad, tmp_path_factory: pytest.TempPathFactory) -> Archived:
    """The demo clinic's archive."""
    clinic = demo_road.copy_to(tmp_path_factory.mktemp("archive") / "clinic")
    set_aside(clinic)
    folder = tmp_path_factory.mktemp("vault") / "archive"
    return Archived(clinic, archive(clinic, "--into", str(folder), "--json"), folder)
