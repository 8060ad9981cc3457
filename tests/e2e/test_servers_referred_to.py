"""Whole addresses in references: of the clinic's own server, of another's, and of one undecided."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tests.conftest import BIN, Clinic, DemoRoad, run

pytestmark = pytest.mark.soak
SERVER = "https://ehr.elsewhere.example/fhir"
UNDECIDED = "assert_every_fhir_server_referred_to_is_decided"
# Written as servers write: with or without a space, and with slashes that JSON may escape.
SPELLINGS = (
    ('"reference":"{}"', "/"),
    ('"reference" : "{}"', "/"),
    ('"reference":"{}"', "\\/"),
)


@dataclass(frozen=True, slots=True)
class Referring:
    """A clinic with claims whose patient is named by a whole address."""

    clinic: Clinic
    claims: dict[str, str]

    def is_decided(self, **settings: str) -> bool:
        """Build the claims' staging models and the test of the servers; tell whether it passed."""
        models = ["stg_fhir__claims", "stg_fhir__servers_referred_to", UNDECIDED]
        command = [str(BIN / "dbt"), "build", "--select", *models]
        ran = run(command, env=self.clinic.environment | settings)
        failed = f"Failure in test {UNDECIDED}" in ran.stdout
        assert failed is (ran.code != 0), ran.stdout
        return not failed

    def patients(self) -> dict[str, str]:
        """Give the patient of each of the claims."""
        with duckdb.connect(self.clinic.data / "warehouse.duckdb", read_only=True) as db:
            rows = db.execute(
                "select claim_id, patient_id from staging.stg_fhir__claims"
            ).fetchall()
        return {claim: patient for claim, patient in rows if claim in self.claims}

    def servers(self) -> list[tuple[str, int, bool]]:
        """Give what the model says of the servers."""
        with duckdb.connect(self.clinic.data / "warehouse.duckdb", read_only=True) as db:
            return db.execute(
                "select server_url, records, is_decided from staging.stg_fhir__servers_referred_to"
            ).fetchall()


@pytest.fixture
def referring(demo_road: DemoRoad, tmp_path: Path) -> Referring:
    clinic = demo_road.copy_to(tmp_path / "clinic")
    with duckdb.connect(clinic.data / "raw.duckdb") as db:
        rows = db.execute(
            "select id, json_extract_string(doc, '$.patient.reference'), doc from raw_fhir.claim"
            " order by id limit 3"
        ).fetchall()
        claims = {}
        for (claim, reference, doc), (spelling, slash) in zip(rows, SPELLINGS, strict=True):
            address = f"{SERVER}/{reference}".replace("/", slash)
            plain, dense = f'"reference":"{reference}"', doc.replace('": "', '":"')
            assert plain in dense
            changed = dense.replace(plain, spelling.format(address))
            db.execute("update raw_fhir.claim set doc = $2 where id = $1", [claim, changed])
            claims[claim] = reference.removeprefix("Patient/")
    return Referring(clinic, claims)


def test_a_whole_address_names_nobody_until_its_server_is_decided(referring: Referring) -> None:
    assert not referring.is_decided()
    assert referring.servers() == [(SERVER, 3, False)]
    assert referring.is_decided(CLINIC_FHIR_OWN_SERVERS=f"https://one.example {SERVER}/")
    assert referring.patients() == referring.claims
    assert referring.servers() == [(SERVER, 3, True)]
    assert referring.is_decided(CLINIC_FHIR_OTHER_SERVERS=SERVER)
    whole = {claim: f"{SERVER}/Patient/{id}" for claim, id in referring.claims.items()}
    assert referring.patients() == whole
