"""Settings are switched on only where somebody approved that, and never believed unseen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from loaders.contract import read_mapping
from loaders.describe import describe
from loaders.errors import SettingsOff
from loaders.map_parts import map_parts
from loaders.orgs import report_org
from loaders.schema_deploy import SchemaDeploy, SchemaDeployed, deploy_schema
from loaders.schema_settings import AUDIT_FIELDS, MULTIPLE_ACCOUNTS, PRICE_BOOK, SETTINGS
from loaders.schema_values import read_value_sets
from loaders.warehouse import attach_warehouse
from tests.conftest import serving
from tests.loaders.loading import Loading, loading
from tests.loaders.mini_clinic import MiniClinic, mini_clinic
from tests.loaders.wide_clinic import WIDE


def related_clinic(folder: Path) -> MiniClinic:
    """Build a clinic that needs contacts of several accounts, and prices."""
    clinic = mini_clinic(folder, only=("sf_account", "sf_contact"))
    for name in ("sf_account_contact_relation", "sf_product2", "sf_pricebook_entry"):
        clinic.marts[name] = WIDE[name]
    return clinic.write()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("settings") / "template"
    with serving(folder, "--sandbox"):
        return folder


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Iterator[Loading]:
    with loading(template, tmp_path / "org", related_clinic(tmp_path / "clinic")) as found:
        book = found.soql("SELECT Id FROM Pricebook2 WHERE IsStandard = true")[0]["Id"]
        found.patch(f"sobjects/Pricebook2/{book}", IsActive=False)
        yield found


def deploy(desk: Loading, *, check: bool = False) -> SchemaDeployed:
    mapping = read_mapping(desk.clinic.manifest)
    with desk.open() as opened:
        attach_warehouse(opened.bench.db, desk.data, database=mapping.database)
        wanted = SchemaDeploy(mapping, read_value_sets(opened.bench.db, mapping), check)
        return deploy_schema(opened.org, opened.line, opened.ledger, wanted)


@contextmanager
def refused(desk: Loading) -> Iterator[SettingsOff]:
    with pytest.raises(SettingsOff) as error:
        deploy(desk)
    assert error.value.exit_code == 3
    # Nothing of the schema was deployed.
    assert desk.acts("schema_deployed") == [
        each for each in desk.acts("schema_deployed") if each["package"] == "settings"
    ]
    yield error.value


def switched(desk: Loading) -> dict[str, str]:
    org = desk.connected()
    try:
        return {name: state[:3] for name, state in report_org(org).settings.items()}
    finally:
        org.close()


def audit_is_granted(desk: Loading) -> bool:
    org = desk.connected()
    try:
        permissions = describe(org, "PermissionSet")
    finally:
        org.close()
    name = "PermissionsCreateAuditFields"
    if permissions is None or name not in permissions.fields:
        return False
    found = desk.soql(f"SELECT {name} FROM PermissionSet WHERE Name = 'Clinic_Migration'")
    return bool(found[0][name])


def test_settings_that_nobody_approved_stay_off_and_the_way_is_shown(desk: Loading) -> None:
    with refused(desk) as error:
        assert len(error.settings) == 2
        assert all("Setup" in each or "Price Books" in each for each in error.settings)
        assert "--settings" in error.hint
    assert set(switched(desk).values()) == {"off"}
    assert desk.acts("settings_switching") == []


def test_approved_settings_are_switched_on_before_the_schema_and_looked_up_anew(
    desk: Loading,
) -> None:
    desk.approve_settings()
    assert deploy(desk, check=True).settings_off
    assert set(switched(desk).values()) == {"off"}
    done = deploy(desk)
    assert [each.name for each in done.packages] == ["settings", "schema"]
    assert (done.settings_off, set(switched(desk).values())) == ((), {"on"})
    assert audit_is_granted(desk)
    names = [MULTIPLE_ACCOUNTS, AUDIT_FIELDS, PRICE_BOOK]
    acts = [*desk.acts("settings_switching"), *desk.acts("settings_switched")]
    assert [act["settings"] for act in acts] == [names, names]


def test_settings_that_are_on_need_no_approval(desk: Loading) -> None:
    desk.approve_settings()
    deploy(desk)
    other = Loading(related_clinic(desk.clinic.folder / "other"), desk.org, desk.api)
    done = deploy(other)
    assert [each.name for each in done.packages] == ["schema"]
    assert done.settings_off == ()
    assert other.acts("settings_switching") == []


def test_a_setting_that_takes_no_effect_is_refused_and_not_believed(desk: Loading) -> None:
    desk.admin("settings", account_contact_relation_appears=False)
    desk.approve_settings()
    with refused(desk) as error:
        (setting,) = error.settings
        assert "Allow users to relate a contact to multiple accounts" in setting
        assert "switch them on in Setup" in error.hint
    assert desk.acts("settings_switched")[0]["settings"] == [AUDIT_FIELDS, PRICE_BOOK]


def test_a_run_does_without_audit_fields_that_do_not_come(desk: Loading) -> None:
    desk.admin("settings", audit_permissions_appear=False)
    desk.approve_settings()
    done = deploy(desk)
    assert [each.name for each in done.settings_off] == [AUDIT_FIELDS]
    assert "Source_Created_At__c only" in done.settings_off[0].otherwise
    assert not audit_is_granted(desk)


def test_only_what_the_map_needs_is_asked_for(tmp_path: Path) -> None:
    small = mini_clinic(tmp_path / "small", only=("sf_account", "sf_contact"))
    whole = related_clinic(tmp_path / "whole")
    needed = [map_parts(read_mapping(each.manifest))["settings"] for each in (small, whole)]
    assert [sorted(each) for each in needed] == [
        [AUDIT_FIELDS],
        sorted(each.name for each in SETTINGS),
    ]
