"""What a setting brings (contract 11) is nowhere before it, and everywhere at once after it."""

from __future__ import annotations

from pathlib import Path

from tests.loaders.stand_in_org.front_org import OrgClient, metadata, serving

FIELDS = (
    "SELECT QualifiedApiName FROM FieldDefinition"
    " WHERE EntityDefinition.QualifiedApiName = 'AccountContactRelation'"
)
ENTITY = "SELECT Id FROM EntityDefinition WHERE QualifiedApiName = 'AccountContactRelation'"


def switched_on() -> dict[str, str]:
    on = "<enableRelateContactToMultipleAccounts>true</enableRelateContactToMultipleAccounts>"
    named = "<types><members>Account</members><name>Settings</name></types>"
    return {
        "package.xml": metadata("Package", f"{named}<version>67.0</version>"),
        "settings/Account.settings": metadata("AccountSettings", on),
    }


def seen(org: OrgClient) -> tuple[int, bool, bool]:
    described = org.data("GET", "sobjects/AccountContactRelation/describe")
    return described.status_code, bool(org.records(FIELDS)), bool(org.records(ENTITY))


def test_account_contact_relation_is_there_once_its_setting_is_deployed(tmp_path: Path) -> None:
    with serving(tmp_path / "org") as org:
        assert seen(org) == (404, False, False)
        assert org.deploy(switched_on(), checkOnly=True)["status"] == "Succeeded"
        assert seen(org) == (404, False, False)
        assert org.deploy(switched_on())["status"] == "Succeeded"
        assert seen(org) == (200, True, True)
    with serving(tmp_path / "org") as org:
        assert seen(org) == (200, True, True)
