"""A demo clinic that is told to go wrong, and what a reader of it has to have in the end."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extract.checkpoint import Tally
from extract.data_folder import DataFolder
from extract.demo_clinic.defects import Truth
from extract.demo_clinic.export import ENCODER
from extract.demo_clinic.generator import generate
from extract.raw_tables import FHIR
from tests.extract.demo_clinic.running import Running, run_clinic
from tests.extract.timed_reader import TimedReader

PATIENTS, SEED = 12, 3
# A few stand for all, where what goes wrong has nothing to do with types: loading takes its time by
# the table. One of them has no `_lastUpdated`.
FEW = ("Binary", "Claim", "Consent", "Observation", "Patient")
Resources = dict[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class FaultyClinic:
    """A clinic of twelve patients, and what it holds: each resource's digest, not by HTTP."""

    running: Running
    whole_truth: Resources

    @property
    def truth(self) -> Resources:
        """Return what the clinic shows while it shows a few types."""
        return {key: digest for key, digest in self.whole_truth.items() if key[0] in FEW}

    @property
    def url(self) -> str:
        return self.running.url

    def hook(self, name: str, **said: object) -> Any:
        """Tell the clinic something."""
        return self.running.client.post(f"/_demo/{name}", json=said).raise_for_status().json()

    def asked(self) -> list[str]:
        """Return the requests so far, each after its status."""
        told: list[str] = self.running.client.get("/_demo/requests").json()
        return told

    def asked_for(self, since: int = 0) -> Counter[str]:
        """Count the requests by what they are of an export, each after its status."""
        told: Counter[str] = Counter()
        for one in self.asked()[since:]:
            status, _, path = one.partition(" ")
            parts = path.partition("?")[0].split("/")
            kind = (
                "kick-off" if parts[-1] == "$export" else ("", "", "poll", "file")[len(parts) - 1]
            )
            told[f"{status} {kind if parts[1] in ('$export', 'export') else 'other'}"] += 1
        return told


@contextmanager
def faulty_clinic() -> Iterator[FaultyClinic]:
    """Serve the clinic until the block ends."""
    truth = Truth(patients=PATIENTS, seed=SEED)
    held = {
        (one["resourceType"], one["id"]): hashlib.sha256(ENCODER.encode(one)).hexdigest()
        for one in generate(patients=PATIENTS, seed=SEED, truth=truth)
    }
    with run_clinic("--patients", str(PATIENTS), "--seed", str(SEED)) as running:
        told = running.get("/_demo/truth")["counts"]
        assert Counter(kind for kind, _ in held) == told
        clinic = FaultyClinic(running, held)
        clinic.hook("show", types=FEW)
        yield clinic


@dataclass(frozen=True, slots=True)
class Reader(TimedReader):
    """A data folder that is filled from a clinic."""

    clinic: FaultyClinic

    def run(self, **options: object) -> Tally:
        """Read the clinic."""
        url = self.clinic.url
        return self.read_source("fhir", system="north", url=url, options=options)

    def landed(self) -> Resources:
        """Return what is landed, each row of it."""
        rows = " union all ".join(
            f"select '{name}', id, doc_sha256 from {FHIR.qualified(name)}" for name in FHIR.names
        )
        found = self.query(rows)
        landed = {(kind, identity): digest for kind, identity, digest in found}
        assert len(landed) == len(found), "a row is landed twice"
        return landed


def reader(clinic: FaultyClinic, folder: Path) -> Reader:
    """Prepare to read a clinic into a folder."""
    return Reader(DataFolder(folder, memory_limit="1GB"), io.StringIO(), [], clinic)
