"""Two systems of one source share tables and ids, and nothing that either has said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.extract.conftest import Extract
from tests.extract.small_clinic import TOKEN, SmallClinic, id_of, resource

ROWS = "select system, id from raw_fhir.patient order by all"
# The process ends between the rows that are staged and their merge.
CUT_OFF = """
import os, sys
from extract.cli import DLT_SETTINGS, main
os.environ.update(DLT_SETTINGS)
from dlt.destinations.job_client_impl import SqlLoadJob
SqlLoadJob.run = lambda job: os._exit(9)
main(sys.argv[1:])
"""


def test_what_one_system_deleted_stays_with_the_other_that_has_the_same_id(
    extract: Extract, clinic: SmallClinic
) -> None:
    clinic.put("Patient", *(resource("Patient", f"p{at}", second=at) for at in range(2)))
    for system in ("north", "south"):
        extract.run(url=clinic.url, system=system)
    clinic.resources["Patient"] = [one for one in clinic.resources["Patient"] if id_of(one) != "p1"]
    tally = extract.run(url=clinic.url, system="north", is_full=True)
    assert tally.deleted == {"Patient": 1}
    assert extract.query(ROWS) == [("north", "p0"), ("south", "p0"), ("south", "p1")]
    assert extract.query("select system, id from raw_fhir.deleted") == [("north", "p1")]


def test_a_landing_that_was_cut_off_is_finished_though_another_system_came_between(
    extract: Extract, clinic: SmallClinic
) -> None:
    names = [f"p{at}" for at in range(5)]
    clinic.put("Patient", *(resource("Patient", name, second=0) for name in names))
    extract.run(url=clinic.url)
    # The last of them alone would be read again: a cursor looks back a little.
    changed = [
        resource("Patient", name, second=500 * at, active=False)
        for at, name in enumerate(names, start=1)
    ]
    clinic.put("Patient", *changed)
    environment = os.environ | {
        "CLINIC_DATA_DIR": str(extract.folder.root),
        "SOURCES__FHIR__TOKEN": TOKEN,
    }
    options = ("run", "fhir", "--system", "north", "--url", clinic.url)
    cut = subprocess.run(
        [sys.executable, "-c", CUT_OFF, *options],
        env=environment,
        cwd=Path(__file__).parents[2],
        check=False,
        capture_output=True,
    )
    assert cut.returncode == 9, cut.stderr
    inactive = "select count(*) from raw_fhir.patient where system = 'north' and doc like '%false%'"
    assert extract.query(inactive) == [(0,)]
    extract.run(url=clinic.url, system="south")
    extract.run(url=clinic.url)
    assert extract.query(inactive) == [(5,)]
