"""An account that is served, and a data folder that is filled from it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from extract.checkpoint import Tally, landings
from extract.data_folder import DataFolder, only_writer, private_files
from extract.landing import Target
from extract.raw_tables import CLINIKO, init
from extract.settings import configured
from extract.sources.cliniko import cliniko_api
from extract.sources.cliniko_tables import CLINIKO_TABLES
from extract.sources.rest_reader import read_api
from tests.extract.cliniko.account import willow
from tests.extract.cliniko.vendor import CONTACT, KEY, Vendor, served
from tests.extract.timed_reader import TimedReader

Digests = dict[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Reader(TimedReader):
    """A data folder that is filled from an account."""

    vendor: Vendor

    def run(self, **options: object) -> Tally:
        """Read the account."""
        url = self.vendor.url
        return self.read_source("cliniko", system="willow", url=url, options=options)

    def read(self, *kinds: str) -> Tally:
        """Read a few kinds: loading takes its time by the table, and some stand for all."""
        target = Target(self.folder, "cliniko", "willow")
        api = cliniko_api(
            configured, url=self.vendor.url, clock=self.clock(), narrator=self.narrator()
        )
        tables = {kind: CLINIKO_TABLES[kind] for kind in kinds}
        if "patient_attachments" not in kinds:
            api = replace(api, read_files=None)
        with private_files(self.folder), only_writer(self.folder), api.session:
            init(self.folder.raw_database, [CLINIKO])
            with landings(target, is_full=False, size=None, now=self.now) as opened:
                read_api(replace(api, tables=tables, not_landed=()), opened, at=self.now())
                return opened.finish()

    def landed(self) -> Digests:
        """Return the records that are landed, each row of them; files are told apart."""
        kinds = [name for name in CLINIKO.names if name != "patient_attachment_content"]
        rows = " union all ".join(
            f"select '{name}', id, doc_sha256 from {CLINIKO.qualified(name)}" for name in kinds
        )
        found = self.query(rows)
        assert len({row[:2] for row in found}) == len(found)
        return {(kind, identity): digest for kind, identity, digest in found}

    def truth(self, *kinds: str) -> Digests:
        """Return what the account holds now of some kinds, or of all that are landed."""
        return {
            key: hashlib.sha256(payload).hexdigest()
            for key, payload in self.vendor.present().items()
            if key[0] in (kinds or CLINIKO.names)
        }


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key and the contact, where dlt looks for them."""
    monkeypatch.setenv("SOURCES__CLINIKO__KEY", KEY)
    monkeypatch.setenv("SOURCES__CLINIKO__CONTACT", CONTACT)


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Reader]:
    """The account of Willow Feet, and a reader whose clock it shares."""
    with served(willow()) as vendor:
        folder = DataFolder(tmp_path / "data", memory_limit="1GB")
        reader = Reader(folder, io.StringIO(), [], vendor)
        vendor.now = reader.now
        yield reader
