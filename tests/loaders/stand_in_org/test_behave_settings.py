"""Settings of the org: from a file at the start, changed while it runs, kept for the next start."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.stand_in_org.settings import SettingRefused, Settings, changed, read_settings
from tests.loaders.stand_in_org.front_org import OrgClient, serving


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        yield client


def value(org: OrgClient, name: str) -> object:
    return org.http.get("/_stand_in/settings").json()[name]["value"]


def test_every_setting_is_shown_with_its_default_and_what_it_is(org: OrgClient) -> None:
    shown = org.http.get("/_stand_in/settings").json()
    assert shown["empty_files"] == {
        "value": False,
        "default": False,
        "meaning": "A file may have no bytes (unsure)",
        "only_at_start": False,
    }


@pytest.mark.parametrize(
    ("wanted", "complaint"),
    [
        ({"no_such_setting": 1}, "unknown settings: no_such_setting"),
        ({"empty_files": 1}, "`bool`"),
        ({"user_licences": "many"}, "`int`"),
        ({"user_licences": True}, "`int`"),
        ({"user_licences": -1}, "user_licences is below zero"),
        ({"sandbox": True}, "only a fresh org reads these settings: sandbox"),
        ({"empty_files": True, "no_such_setting": None}, "unknown settings: no_such_setting"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_and_nothing_changes(
    org: OrgClient, wanted: dict[str, object], complaint: str
) -> None:
    before = org.http.get("/_stand_in/settings").json()
    refused = org.http.post("/_stand_in/settings", json=wanted)
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "INVALID_SETTING")
    assert complaint in refused.json()[0]["message"]
    assert org.http.get("/_stand_in/settings").json() == before


def test_a_changed_setting_outlives_a_restart_until_it_is_taken_back(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"user_licences": 7}))
    given = read_settings(file, sandbox=False)
    with serving(tmp_path / "org", settings=given) as org:
        assert value(org, "user_licences") == 7
        changed = org.http.post("/_stand_in/settings", json={"user_licences": 3})
        assert changed.json() == {"changed": ["user_licences"]}
        assert value(org, "user_licences") == 3
    with serving(tmp_path / "org", settings=given) as org:
        assert value(org, "user_licences") == 3
        org.http.post("/_stand_in/settings", json={"user_licences": None})
        assert value(org, "user_licences") == 7
    with serving(tmp_path / "org", settings=given) as org:
        assert value(org, "user_licences") == 7


def test_a_settings_file_with_a_wrong_value_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"data_storage_mb": "lots"}))
    with pytest.raises(SettingRefused, match="data_storage_mb"):
        read_settings(file, sandbox=False)


def test_a_changed_setting_is_obeyed_by_the_next_write(org: OrgClient) -> None:
    def create() -> int:
        return org.data("POST", "sobjects/Account", json={"Name": "Fits"}).status_code

    assert create() == 201
    org.http.post("/_stand_in/settings", json={"data_storage_mb": 0})
    assert create() == 400
    org.http.post("/_stand_in/settings", json={"data_storage_mb": None})
    assert create() == 201


def test_the_organization_is_what_the_settings_said_at_the_start(tmp_path: Path) -> None:
    settings = Settings(
        organization_name="Rehearsal",
        organization_type="Developer Edition",
        instance_name="CS42",
        time_zone="Europe/Vienna",
    )
    with serving(tmp_path, settings=settings) as org:
        asked = "Name, OrganizationType, InstanceName, TimeZoneSidKey"
        (found,) = org.records(f"SELECT {asked} FROM Organization")
    del found["attributes"]
    assert found == {
        "Name": "Rehearsal",
        "OrganizationType": "Developer Edition",
        "InstanceName": "CS42",
        "TimeZoneSidKey": "Europe/Vienna",
    }


def test_a_time_zone_that_nobody_knows_stops_a_start() -> None:
    with pytest.raises(SettingRefused, match="time_zone"):
        changed(Settings(), {"time_zone": "America/Nowhere"})
