"""What a plan tells of settings of the org: what is off, currencies, lists of states."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from loaders.deploys import deploy_package
from loaders.errors import DONE, INCOMPLETE
from loaders.plan_store import Plan
from loaders.schema_package import package_of
from loaders.schema_xml import NAMESPACE
from tests.conftest import serving
from tests.loaders.loading import Loading
from tests.loaders.mini_clinic import MiniClinic, field
from tests.loaders.planning import set_up
from tests.loaders.test_plan_preflight import found
from tests.loaders.wide_clinic import wide_clinic

# Dear, and left to `make soak` for the time that CI has.
pytestmark = pytest.mark.soak

ADDRESS = {"MailingState": "New York", "MailingCountry": "United States"}


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> MiniClinic:
    """Give contacts an address; of three, one has none."""
    clinic = wide_clinic(tmp_path_factory.mktemp("with-addresses"))
    contacts = clinic.marts["sf_contact"]
    contacts["columns"] += [field(name) for name in ADDRESS]
    accounts = clinic.marts["sf_account"]
    accounts["columns"].append(field("Kind__c", custom=True, picklist="Patient_Record_Type"))
    kinds = {"demo:payer:1": "Family Head", "demo:household:1": "Family Head"}
    accounts["rows"] = [(*row, kinds.get(row[0])) for row in accounts["rows"]]
    addresses = [("NY", "United States"), ("New York", None), (None, None)]
    contacts["rows"] = [
        (*row, *address) for row, address in zip(contacts["rows"], addresses, strict=True)
    ]
    return clinic.write()


@pytest.fixture(scope="module")
def desk(clinic: MiniClinic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loading]:
    org = tmp_path_factory.mktemp("org")
    with serving(org, "--sandbox") as served, httpx.Client() as api:
        desk = Loading(clinic, served, api)
        desk.deploy()
        yield desk


def told(plan: Plan, code: str) -> list[tuple[str, str, str, int]]:
    return [(each.severity, each.sobject, each.field, each.count) for each in found(plan, code)]


def test_a_setting_that_is_off_is_named_with_its_place_and_stops_where_nothing_loads_without(
    desk: Loading,
) -> None:
    assert found(desk.plan(), "setting_off") == []
    (price_book,) = desk.soql("SELECT Id FROM Pricebook2 WHERE IsStandard = true")
    desk.patch(f"sobjects/Pricebook2/{price_book['Id']}", IsActive=False)
    plan = desk.plan()
    stopped = found(plan, "setting_off")
    desk.patch(f"sobjects/Pricebook2/{price_book['Id']}", IsActive=True)
    assert [(each.severity, each.field) for each in stopped] == [("stop", "Pricebook2.IsActive")]
    assert "Standard Price Book > Active" in stopped[0].hint
    assert plan.stops
    assert not desk.plan().stops


def test_several_currencies_are_told_where_they_are_on(desk: Loading) -> None:
    assert found(desk.plan(), "several_currencies") == []
    with set_up(desk, multiple_currencies=True):
        plan = desk.plan()
    assert told(plan, "several_currencies") == [("warn", "", "CurrencyIsoCode", 0)]


def test_an_org_with_a_list_of_states_is_told_what_it_would_refuse_and_does(
    desk: Loading,
) -> None:
    assert found(desk.plan(), "place_not_listed") == []
    with set_up(desk, place_lists=True):
        plan = desk.plan()
        assert told(plan, "place_not_listed") == [("warn", "Contact", "MailingState", 1)]
        assert told(plan, "state_without_country") == [("warn", "Contact", "MailingState", 1)]
        assert desk.push(plan) == INCOMPLETE
        refused = [each for each in desk.status(plan).reasons if each.sobject == "Contact"]
        assert [(each.code, each.rows) for each in refused] == [("FIELD_INTEGRITY_EXCEPTION", 2)]

        mended = ", ".join(f"{name} = '{value}'" for name, value in ADDRESS.items())
        desk.clinic.sql(
            f"update main_salesforce.sf_contact set {mended} where MailingState is not null"
        )
        plan = desk.plan()
        assert not found(plan, "place_not_listed")
        assert not found(plan, "state_without_country")
        assert desk.push(plan) == DONE
        codes = desk.soql("SELECT MailingStateCode FROM Contact WHERE MailingState != null")
    assert [each["MailingStateCode"] for each in codes] == ["NY", "NY"]


def test_a_value_that_the_record_type_of_a_row_does_not_offer_is_kept_back(desk: Loading) -> None:
    assert found(desk.plan(), "not_in_record_type") == []
    value = "<fullName>Individual</fullName><default>false</default>"
    values = f"<picklist>Kind__c</picklist><values>{value}</values>"
    record_type = (
        "<recordTypes><fullName>Payer</fullName><active>true</active><label>Payer</label>"
        f"<picklistValues>{values}</picklistValues></recordTypes>"
    )
    narrowed = f'<CustomObject xmlns="{NAMESPACE}">{record_type}</CustomObject>'.encode()
    package = package_of({"objects/Account.object": narrowed}, {"RecordType": ["Account.Payer"]})
    with desk.open() as opened:
        deploy_package(opened.line, package, name="narrowed", check_only=False)
    plan = desk.plan()
    assert told(plan, "not_in_record_type") == [("warn", "Account", "Kind__c", 1)]
    # The same value is fine where the record type of the row still offers it.
    assert desk.failures(plan, "Account") == [("demo:payer:1", "not_in_record_type", "Kind__c")]
