"""Tables of an export that models read are there before the export is; an audit needs no model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from extract.audit.audit import audit
from extract.errors import MapUnreadable
from extract.mapped_tables import mapped_tables
from extract.narration import PlainNarrator
from extract.raw_tables import init
from tests.extract.conftest import Extract

SOURCES = """
version: 2
sources:
  - {name: raw_files_south, database: raw, schema: raw_files, tables: [{name: order}, {name: p}]}
  - {name: raw_fhir, schema: raw_fhir, tables: [{name: patient}]}
"""


def test_what_a_map_reads_is_created_empty(tmp_path: Path) -> None:
    path = tmp_path / "models" / "staging" / "south" / "_south__sources.yml"
    path.parent.mkdir(parents=True)
    path.write_text(SOURCES)
    tables = mapped_tables(tmp_path)
    assert list(tables.names) == ["order", "p"]
    raw = tmp_path / "raw.duckdb"
    init(raw, [tables])
    with duckdb.connect(raw) as database:
        assert database.execute('select count(*) from raw_files."order"').fetchall() == [(0,)]
    path.write_text("sources")
    with pytest.raises(MapUnreadable):
        mapped_tables(tmp_path)


def test_an_export_alone_can_be_audited(
    extract: Extract, folder: Callable[..., Path], tmp_path: Path
) -> None:
    place = folder(**{"patient.csv": b"id,born\n1,1980-01-02\n2,x\n3,y,z\n", "a.pdf": b""})
    extract.run(source="files", system="south", files=place)
    into = tmp_path / "reports"
    into.mkdir()
    found = audit(
        extract.folder,
        manifest=tmp_path / "manifest.json",
        into=into,
        narrator=PlainNarrator(Console(file=extract.said)),
    )
    assert [(table.schema, table.name, table.records) for table in found.landed.tables] == [
        ("raw_files", "patient", 2)
    ]
    assert found.quarantined_records == 1
    assert [row["reason"] for row in found.landed.not_taken] == ["other_kind"]
    assert found.open_counts == []
