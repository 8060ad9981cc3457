"""Each way into a FHIR server: a key of our own, a token, a password, or none."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from extract.errors import ClinicAnswersBadly, WrongCredentials, WrongUsage
from tests.extract.conftest import Extract
from tests.extract.demo_clinic.signing import CLIENT_ID, Signing, signing
from tests.extract.faulty_clinic import FaultyClinic, Reader, reader
from tests.extract.small_clinic import SmallClinic, resource


@pytest.fixture
def key(tmp_path: Path) -> Signing:
    return signing("ES384", tmp_path)


def configure(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


def signed_in(
    faulty: FaultyClinic, signer: Signing, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Reader:
    faulty.hook("clients", client_id=CLIENT_ID, jwks=signer.jwks)
    configure(monkeypatch, signer.settings)
    return reader(faulty, folder / "data")


def tokens_asked(faulty: FaultyClinic, since: int) -> list[str]:
    return [one.split()[0] for one in faulty.asked()[since:] if one.endswith("/auth/token")]


def test_signed_with_either_kind_of_key_all_of_it_is_landed_with_one_token(
    faulty: FaultyClinic, signer: Signing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    north = signed_in(faulty, signer, tmp_path, monkeypatch)
    before = len(faulty.asked())
    north.run()
    assert north.landed() == faulty.truth
    assert tokens_asked(faulty, before) == ["200"]


def test_a_token_that_dies_in_the_middle_is_replaced_and_nothing_is_lost(
    faulty: FaultyClinic, key: Signing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    north = signed_in(faulty, key, tmp_path, monkeypatch)
    before = len(faulty.asked())
    faulty.hook("fault", revoke=True, times=1, after=3)
    north.run()
    assert north.landed() == faulty.truth
    assert tokens_asked(faulty, before) == ["200"] * 2


def test_tokens_are_replaced_before_they_end(
    faulty: FaultyClinic, key: Signing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    north = signed_in(faulty, key, tmp_path, monkeypatch)
    faulty.hook("clients", client_id=CLIENT_ID, jwks=key.jwks, expires_in=60)
    faulty.hook("fault", status=429, times=1, path="/Claim", retry_after=40)
    before = len(faulty.asked())
    north.run()
    assert north.landed() == faulty.truth
    assert tokens_asked(faulty, before) == ["200"] * 2
    assert not any(one.startswith("401") for one in faulty.asked()[before:])


def test_a_lost_answer_at_the_token_desk_is_asked_for_with_a_new_assertion(
    faulty: FaultyClinic, key: Signing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    north = signed_in(faulty, key, tmp_path, monkeypatch)
    before = len(faulty.asked())
    faulty.hook("fault", cut=True, times=1, path="/auth/token")
    north.run()
    assert tokens_asked(faulty, before) == ["200", "200"]


def test_a_busy_token_desk_is_given_the_time_that_it_asks_for(
    faulty: FaultyClinic, key: Signing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    north = signed_in(faulty, key, tmp_path, monkeypatch)
    faulty.hook("fault", status=429, times=1, path="/auth/token", retry_after=7)
    north.run()
    assert north.slept == [7.0]


def test_who_is_not_registered_is_told_so_and_not_with_the_key(
    faulty: FaultyClinic, key: Signing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    north = signed_in(faulty, key, tmp_path, monkeypatch)
    monkeypatch.setenv("SOURCES__FHIR__CLIENT_ID", "somebody-else")
    with pytest.raises(WrongCredentials, match="HTTP 400, invalid_client") as failure:
        north.run()
    assert "PRIVATE_KEY_FILE" in failure.value.hint


def test_a_token_that_is_refused_when_it_is_new_is_not_asked_for_forever(
    faulty: FaultyClinic, key: Signing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    north = signed_in(faulty, key, tmp_path, monkeypatch)
    before = len(faulty.asked())
    faulty.hook("fault", status=401, times=50, path="/Claim")
    with pytest.raises(WrongCredentials):
        north.run()
    faulty.hook("fault", times=0)
    assert len(tokens_asked(faulty, before)) == 2


@pytest.mark.parametrize("curve", [None, ec.SECP256R1()], ids=["no key", "another curve"])
def test_a_key_that_the_standard_does_not_know_is_refused(
    faulty: FaultyClinic,
    key: Signing,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    curve: ec.EllipticCurve | None,
) -> None:
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem = ec.generate_private_key(curve).private_bytes(*form) if curve else b"no key"
    key.file.write_bytes(pem)
    north = signed_in(faulty, key, tmp_path, monkeypatch)
    with pytest.raises(WrongUsage, match="PRIVATE_KEY_FILE"):
        north.run()


def test_a_server_without_smart_is_an_error(
    extract: Extract, clinic: SmallClinic, key: Signing, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic.authorization = None
    configure(monkeypatch, key.settings)
    with pytest.raises(ClinicAnswersBadly, match="smart-configuration"):
        extract.run(url=clinic.url)


@pytest.mark.parametrize("name", ["", "anna"])
def test_a_password_or_nothing_opens_the_door_where_that_is_configured(
    extract: Extract, clinic: SmallClinic, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    word = "invented" if name else ""
    pair = b64encode(f"{name}:{word}".encode()).decode()
    clinic.authorization = f"Basic {pair}" if name else None
    user = {"SOURCES__FHIR__USER": name, "SOURCES__FHIR__PASSWORD": word}
    configure(monkeypatch, {"SOURCES__FHIR__TOKEN": "", **user})
    clinic.put("Patient", resource("Patient", "p1"))
    assert extract.run(url=clinic.url).new == {"Patient": 1}


@pytest.mark.parametrize(
    "settings",
    [
        {"SOURCES__FHIR__USER": "anna", "SOURCES__FHIR__PASSWORD": "invented"},
        {"SOURCES__FHIR__TOKEN": "", "SOURCES__FHIR__USER": "anna"},
        {"SOURCES__FHIR__TOKEN": "", "SOURCES__FHIR__CLIENT_ID": "we"},
        {"SOURCES__FHIR__TOKEN": "", "SOURCES__FHIR__PRIVATE_KEY_FILE": "faulty.key"},
    ],
)
def test_two_ways_in_and_half_a_way_are_refused_before_anything_is_sent(
    extract: Extract,
    clinic: SmallClinic,
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, str],
) -> None:
    configure(monkeypatch, settings)
    with pytest.raises(WrongUsage):
        extract.run(url=clinic.url)
    assert clinic.requests == []


def test_the_configuration_names_what_the_desk_understands(faulty: FaultyClinic) -> None:
    said = httpx.get(f"{faulty.url}/.well-known/smart-configuration").json()
    assert said["token_endpoint_auth_signing_alg_values_supported"] == ["RS384", "ES384"]
