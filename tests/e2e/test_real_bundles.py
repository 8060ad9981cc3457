"""The road with records that nobody here wrote: Synthea's patients and HL7's own examples."""

from __future__ import annotations

import gzip
import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.conftest import BIN, ROOT, Clinic, run, serving
from tests.e2e.conftest import Walk, planned

REAL = Path(os.environ.get("CLINIC_TEST_DATA", ROOT.parent / "shared" / "data")) / "fhir"
SYNTHEA_PATIENTS, SYNTHEA_CLAIMS = 24, 487
# HL7's examples come of many authors, who name records of each other's servers.
SERVERS = {
    "CLINIC_FHIR_OWN_SERVERS": "http://hl7.org/fhir",
    "CLINIC_FHIR_OTHER_SERVERS": "https://fhir.orionhealth.com/blaze/fhir http://pharmacy.org"
    " http://benefitsinc.com/FHIR http://example.org/xds/mhd",
}

pytestmark = [
    # A build and a load of their own.
    pytest.mark.soak,
    pytest.mark.skipif(
        not REAL.is_dir(),
        reason="the FHIR test data is not there; CLINIC_TEST_DATA names its folder",
    ),
]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """Synthea and HL7's examples, landed, built, pushed into a fresh sandbox."""
    folder = tmp_path_factory.mktemp("real")
    with tarfile.open(REAL / "synthea-24-patients.tar.gz") as archive:
        archive.extractall(folder / "in", filter="data")
    with (
        gzip.open(REAL / "hl7-r4-examples.ndjson.gz") as packed,
        (folder / "in" / "examples.ndjson").open("wb") as plain,
    ):
        shutil.copyfileobj(packed, plain)
    clinic = Clinic(data=folder / "data", target=folder / "target")
    landed = run(
        [str(BIN / "clinic-extract"), "run", "fhir", "--from", str(folder / "in")],
        env=clinic.environment,
    )
    assert landed.code == 0, landed.stderr
    built = run([str(BIN / "dbt"), "build", "--quiet"], env=clinic.environment | SERVERS)
    assert built.code == 0, built.stdout
    with serving(folder / "org", "--sandbox") as org:
        walk = planned(clinic, org)
        assert walk.load("approve", "latest", "--by", "Test", "--allow-duplicates").code == 0
        pushed = walk.on_org("push", "latest")
        assert pushed.code == 0, pushed.stdout + pushed.stderr
        yield walk


def ask(walk: Walk, sql: str) -> int:
    with duckdb.connect(str(walk.clinic.data / "warehouse.duckdb"), read_only=True) as db:
        found = db.sql(sql).fetchone()
    assert found
    return int(found[0])


def test_every_synthea_patient_and_claim_is_in_the_org(real: Walk) -> None:
    with real.rest() as rest:

        def keys(sobject: str) -> list[str]:
            query = f"SELECT Clinic_Id__c FROM {sobject} WHERE Clinic_Id__c != null"
            answer = rest.get("/query", params={"q": query}).json()
            assert answer["done"]
            return [record["Clinic_Id__c"] for record in answer["records"]]

        # Synthea's ids are UUIDs, HL7's are words.
        assert sum(key.count("-") == 4 for key in keys("Contact")) == SYNTHEA_PATIENTS
        assert sum(key.count("-") == 4 for key in keys("Opportunity")) == SYNTHEA_CLAIMS


def test_verify_finds_no_difference_and_every_entity_closes(real: Walk) -> None:
    seen = real.on_org("verify", "latest", "--json")
    assert seen.code == 0, seen.stdout + seen.stderr
    assert seen.json()["differences"] == 0
    entities = real.load("status", "latest", "--json").json()["entities"]
    assert all(each["closes"] for each in entities)
    claims = next(each for each in entities if each["entity"] == "claims")
    assert claims["source"] == claims["loaded"] + claims["merged"] + claims["excluded"]


def test_totals_that_differ_from_their_lines_are_reported_not_balanced(real: Walk) -> None:
    lines = "select sum(TotalPrice) from salesforce.sf_opportunity_line_item"
    stated = (
        "select sum(net) from intermediate.int_clinic__claim_lines"
        " where claim_key in (select Clinic_Id__c from salesforce.sf_opportunity)"
    )
    assert ask(real, lines) == ask(real, stated)
    flags = "select count(*) from audit.audit_quality_flags where flag = '{}'"
    assert ask(real, flags.format("claim_total_differs")) == SYNTHEA_CLAIMS
    without = "select count(*) from salesforce.sf_opportunity_line_item where {}"
    assert ask(real, flags.format("price_missing")) == ask(
        real, without.format("Source_Price_Missing__c")
    )
