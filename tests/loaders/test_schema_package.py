"""The metadata package: valid by Salesforce's own WSDL, the same bytes each time."""

from __future__ import annotations

import io
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from lxml import etree

from loaders.contract import Mapping, read_mapping
from loaders.describe import FieldDescribe, ObjectDescribe, PicklistValue
from loaders.schema_fields import child_relationship
from loaders.schema_package import Package, build_package, build_settings, write_package
from loaders.schema_permissions import granted_fields
from loaders.schema_values import StandardValues, standard_value_set
from tests.loaders.mini_clinic import field, to, unbuilt_clinic
from tests.loaders.mini_manifest import write_manifest
from tests.loaders.mini_values import value_sets

NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"
XSD = "{http://www.w3.org/2001/XMLSchema}"
ROOTS = (
    "Package", "CustomObject", "PermissionSet", "GlobalValueSet", "StandardValueSet",
    "AccountSettings", "SecuritySettings", "Layout", "CustomTab", "CustomApplication",
)  # fmt: skip


@pytest.fixture
def mapping(tmp_path: Path) -> Mapping:
    return read_mapping(unbuilt_clinic(tmp_path).manifest)


@pytest.fixture
def package(mapping: Mapping) -> Package:
    return build_package(mapping, value_sets(), standard_value_sets={})


@pytest.fixture(scope="module")
def wsdl() -> etree.XMLSchema:
    """Read the metadata WSDL that ships inside simple-salesforce as a schema of files."""
    found = find_spec("simple_salesforce")
    assert found is not None
    assert found.origin is not None
    document = etree.parse(Path(found.origin).with_name("metadata.wsdl"))
    schema = next(
        each
        for each in document.iter(f"{XSD}schema")
        if each.get("targetNamespace") == NAMESPACE.strip("{}")
    )
    for root in ROOTS:
        etree.SubElement(schema, f"{XSD}element", name=root, type=f"tns:{root}")
    return etree.XMLSchema(etree.fromstring(etree.tostring(schema)))


def file(package: Package, path: str) -> etree._Element:
    return etree.fromstring(dict(package.files)[path])


def texts(element: etree._Element, path: str) -> list[str]:
    steps = "/".join(NAMESPACE + step for step in path.split("/"))
    return [found.text or "" for found in element.iterfind(steps)]


def one_field(element: etree._Element, name: str) -> dict[str, str]:
    for each in element.iterfind(f"{NAMESPACE}fields"):
        if each.findtext(f"{NAMESPACE}fullName") == name:
            return {etree.QName(child).localname: child.text or "" for child in each}
    raise AssertionError(f"no field {name}")


def described(*values: PicklistValue) -> dict[str, ObjectDescribe]:
    """Describe an Account whose Type offers these values."""
    type_field = FieldDescribe(
        name="Type", label="Type", type="picklist", length=255, precision=0, scale=0,
        createable=True, updateable=True, nillable=True, defaulted_on_create=False, unique=False,
        case_sensitive=False, external_id=False, encrypted=False, filterable=True, calculated=False,
        restricted=False, options=values, reference_to=(), relationship_name=None,
    )  # fmt: skip
    account = ObjectDescribe(
        name="Account", key_prefix="001", createable=True, updateable=True, deletable=True,
        queryable=True, fields={"Type": type_field}, record_types=(), children=(),
    )  # fmt: skip
    return {"Account": account}


def test_every_file_is_valid_by_the_wsdl(mapping: Mapping, wsdl: etree.XMLSchema) -> None:
    needed = StandardValues("AccountType", "Account", "Type", value_sets()["Account_Type"])
    account_type = standard_value_set([needed], described())
    whole = build_package(mapping, value_sets(), standard_value_sets={"AccountType": account_type})
    for path, content in (*whole.files, *build_settings().files):
        wsdl.validate(etree.fromstring(content))
        assert not list(wsdl.error_log), f"{path}: {wsdl.error_log}"


def test_the_wsdl_would_catch_a_wrong_element(wsdl: etree.XMLSchema) -> None:
    wrong = f'<CustomObject xmlns="{NAMESPACE.strip("{}")}"><lable>x</lable></CustomObject>'
    assert not wsdl.validate(etree.fromstring(wrong))


def test_the_same_map_gives_the_same_bytes(tmp_path: Path) -> None:
    zips = []
    for name in ("one", "two"):
        mapping = read_mapping(unbuilt_clinic(tmp_path / name).manifest)
        zips.append(build_package(mapping, value_sets(), standard_value_sets={}).zipped)
    assert zips[0] == zips[1]
    with zipfile.ZipFile(io.BytesIO(zips[0])) as archive:
        assert archive.namelist()[0] == "package.xml"
        assert archive.testzip() is None


def test_a_written_package_is_private(package: Package, tmp_path: Path) -> None:
    archive = write_package(package, tmp_path / "out", name="schema")
    assert archive.read_bytes() == package.zipped
    assert archive.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "out" / "schema" / "objects" / "Account.object").is_file()


def test_a_custom_object_is_private_and_numbers_its_records(package: Package) -> None:
    coverage = file(package, "objects/Insurance_Coverage__c.object")
    assert texts(coverage, "sharingModel") == ["Private"]
    assert texts(coverage, "nameField/type") == ["AutoNumber"]
    assert texts(coverage, "nameField/displayFormat") == ["COV-{0000000}"]


def test_no_lookup_is_ever_a_master_detail(package: Package) -> None:
    coverage = file(package, "objects/Insurance_Coverage__c.object")
    assert set(texts(coverage, "fields/deleteConstraint")) == {"Restrict", "SetNull"}
    assert "MasterDetail" not in texts(coverage, "fields/type")


def test_the_key_tells_letter_case_apart(package: Package) -> None:
    key = one_field(file(package, "objects/Contact.object"), "Clinic_Id__c")
    assert key == {
        "fullName": "Clinic_Id__c", "caseSensitive": "true", "externalId": "true",
        "label": "Clinic Id", "length": "255", "required": "false", "type": "Text",
        "unique": "true",
    }  # fmt: skip
    file_key = one_field(file(package, "objects/ContentVersion.object"), "Clinic_Id__c")
    assert file_key["unique"] == "false"
    assert "caseSensitive" not in file_key


def test_fields_of_events_belong_to_activity_and_are_granted_on_both(
    package: Package, mapping: Mapping
) -> None:
    paths = [path for path, _ in package.files]
    assert "objects/Activity.object" in paths
    assert "objects/Event.object" not in paths
    assert "Activity.Appointment_Status__c" in texts(file(package, "package.xml"), "types/members")
    granted = granted_fields(mapping)
    assert "Event.Appointment_Status__c" in granted
    assert "Task.Appointment_Status__c" in granted
    assert not [name for name in granted if name.startswith("Activity.")]


def test_required_fields_are_not_listed_in_the_permission_set(
    package: Package, mapping: Mapping
) -> None:
    coverage = file(package, "objects/Insurance_Coverage__c.object")
    assert one_field(coverage, "Patient__c")["required"] == "true"
    assert "Insurance_Coverage__c.Patient__c" not in granted_fields(mapping)
    assert "Insurance_Coverage__c.Payer__c" in granted_fields(mapping)


def test_custom_picklists_are_restricted_to_global_value_sets(package: Package) -> None:
    contact = file(package, "objects/Contact.object")
    assert texts(contact, "fields/valueSet/valueSetName") == ["Patient_Record_Type"]
    assert texts(contact, "fields/valueSet/restricted") == ["true"]
    values = file(package, "globalValueSets/Patient_Record_Type.globalValueSet")
    assert texts(values, "customValue/fullName") == ["Individual", "Family Head"]
    assert "globalValueSets/Account_Type.globalValueSet" not in dict(package.files)


def test_record_types_offer_our_values(package: Package) -> None:
    account = file(package, "objects/Account.object")
    assert texts(account, "recordTypes/fullName") == ["Patient", "Payer"]
    assert texts(account, "recordTypes/picklistValues/picklist") == ["Type", "Type"]


def test_the_package_names_every_component(package: Package) -> None:
    members = texts(file(package, "package.xml"), "types/members")
    assert "Insurance_Coverage__c" in members
    assert "Account.Clinic_Id__c" in members
    assert "Account.Patient" in members
    assert texts(file(package, "package.xml"), "types/name") == [
        "CompactLayout", "CustomApplication", "CustomField", "CustomObject", "CustomTab",
        "GlobalValueSet", "Layout", "PermissionSet", "RecordType",
    ]  # fmt: skip


def test_a_standard_picklist_keeps_what_the_org_has() -> None:
    there = described(
        PicklistValue("Customer", "Customer", active=True, default=True),
        PicklistValue("Old", "Old", active=False, default=False),
        PicklistValue("Payer", "Zahler", active=False, default=False),
    )
    needed = StandardValues("AccountType", "Account", "Type", value_sets()["Account_Type"])
    element = etree.fromstring(standard_value_set([needed], there))
    values = {
        each.findtext(f"{NAMESPACE}fullName"): each.findtext(f"{NAMESPACE}isActive")
        for each in element.iterfind(f"{NAMESPACE}standardValue")
    }
    assert values == {"Customer": None, "Old": "false", "Payer": None, "Patient": None}
    assert texts(element, "standardValue/default")[0] == "true"


def test_child_relationships_have_names_that_fit_and_differ(tmp_path: Path) -> None:
    clinic = unbuilt_clinic(tmp_path)
    names = [f"Preferred_Pharmacy_Of_The_Household_{each}__c" for each in "AB"]
    for name in names:
        relationship = name.replace("__c", "__r")
        column = field(name, custom=True, lookup=to("Account", relationship))
        clinic.marts["sf_insurance_coverage"]["columns"].append(column)
    write_manifest(clinic.manifest, clinic.marts)
    mart = read_mapping(clinic.manifest).mart("Insurance_Coverage__c")
    found = [child_relationship(mart, mart.column(name)) for name in names]
    assert len(set(found)) == len(names)
    assert all(len(name) <= 40 for name in found)
    assert child_relationship(mart, mart.column("Payer__c")) == "Insurance_Coverage_Payer"
