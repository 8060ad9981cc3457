"""What the tests of the extract share: a data folder, a run in this process, and a look inside."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.console import Console

from extract.cli import DLT_SETTINGS
from extract.data_folder import DataFolder
from extract.narration import PlainNarrator
from tests.extract.demo_clinic.signing import Signing, signing
from tests.extract.small_clinic import TOKEN, SmallClinic, served

# dlt reads its settings when it is imported, so they come before.
os.environ.update(DLT_SETTINGS)

from extract.checkpoint import Tally
from extract.request import Request
from extract.run import run
from extract.sources.patience import Clock
from tests.extract.faulty_clinic import FaultyClinic, Reader, faulty_clinic, reader

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Extract:
    """A data folder, and everything that was said and waited for while runs filled it."""

    folder: DataFolder
    said: io.StringIO
    slept: list[float]

    def now(self) -> datetime:
        """Return the time: nothing takes any but waiting."""
        return NOW + timedelta(seconds=sum(self.slept))

    def run(self, **options: object) -> Tally:
        """Run an extract in this process."""
        request: dict[str, Any] = {
            "source": "fhir",
            "system": "north",
            "url": None,
            "files": None,
            "is_full": False,
            "patients": None,
            "seed": None,
            "checkpoint": 100_000,
        } | options
        console = Console(file=self.said, width=200)
        return run(
            Request(**request),
            folder=self.folder,
            narrator=PlainNarrator(console),
            clock=Clock(now=self.now, sleep=self.slept.append),
        )

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Read raw.duckdb."""
        with duckdb.connect(self.folder.raw_database, read_only=True) as database:
            return database.execute(sql).fetchall()

    def write(self, sql: str) -> None:
        """Change raw.duckdb behind the extract's back."""
        with duckdb.connect(self.folder.raw_database) as database:
            database.execute(sql)

    def ids(self, table: str) -> list[str]:
        """Return the ids that a raw table holds."""
        return [row[0] for row in self.query(f"select id from raw_fhir.{table} order by id")]


@pytest.fixture
def extract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Extract:
    """A data folder of one's own, and the token of the small clinic."""
    monkeypatch.setenv("SOURCES__FHIR__TOKEN", TOKEN)
    monkeypatch.delenv("SOURCES__FHIR__URL", raising=False)
    return Extract(DataFolder(tmp_path / "data", memory_limit="1GB"), io.StringIO(), [])


@pytest.fixture
def clinic() -> Iterator[SmallClinic]:
    """An empty clinic, served."""
    with served(SmallClinic()) as running:
        yield running


@pytest.fixture(scope="module")
def faulty() -> Iterator[FaultyClinic]:
    """A clinic of twelve patients that can be told to go wrong."""
    with faulty_clinic() as running:
        yield running


@pytest.fixture
def north(
    faulty: FaultyClinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Reader]:
    """A reader of that clinic; whatever the clinic was told is over with the test."""
    monkeypatch.setenv("SOURCES__FHIR__TOKEN", faulty.running.token)
    faulty.hook("export", rows=20)
    yield reader(faulty, tmp_path / "data")
    faulty.hook("fault", times=0)


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Write files into a folder to read from."""

    def write(**files: bytes) -> Path:
        place = tmp_path / "files"
        for name, body in files.items():
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
        return place

    return write


def real_data() -> Path:
    """Return where real data is found."""
    return Path(os.environ.get("CLINIC_TEST_DATA") or "../shared/data")


@pytest.fixture(scope="session")
def synthea(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked bundles of 24 Synthea patients."""
    archive = real_data() / "fhir" / "synthea-24-patients.tar.gz"
    if not archive.exists():
        pytest.skip(f"{archive} is absent; set CLINIC_TEST_DATA")
    place = tmp_path_factory.mktemp("synthea")
    with tarfile.open(archive) as packed:
        packed.extractall(place, filter="data")
    return place


@pytest.fixture(scope="session")
def hl7_examples() -> Path:
    """HL7's own examples, as a gzipped NDJSON file."""
    path = real_data() / "fhir" / "hl7-r4-examples.ndjson.gz"
    if not path.exists():
        pytest.skip(f"{path} is absent; set CLINIC_TEST_DATA")
    return path


@pytest.fixture(scope="session", params=["RS384", "ES384"])
def signer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Signing:
    """A client's key of either kind."""
    return signing(request.param, tmp_path_factory.mktemp("key"))
