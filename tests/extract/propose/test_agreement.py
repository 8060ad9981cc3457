"""What the audit, the proposal and the models each know of custom fields is the same."""

from __future__ import annotations

import re

from extract.audit.evidence import read_csv
from extract.propose.field_type import ENCRYPTABLE
from loaders.schema_fields import ENCRYPTABLE_TYPES
from tests.conftest import ROOT


def macro(name: str) -> str:
    return (ROOT / "macros" / f"{name}.sql").read_text(encoding="utf-8")


def test_models_and_audit_send_fields_to_the_same_marts() -> None:
    told = re.findall(r"\['(\w+)', '\w+', '(\w+)', '\w+'\]", macro("custom_field_marts"))
    homes = read_csv("custom_field_homes.csv")
    assert sorted((home["entity"], home["mart"]) for home in homes) == sorted(told)


def test_models_and_audit_understand_the_same_extensions() -> None:
    told = re.findall(r"^ +'([a-z-]+)',?$", macro("is_understood_extension"), flags=re.M)
    (known,) = [
        row["codes"]
        for row in read_csv("known_codes.csv")
        if row["element"] == "understood_extension"
    ]
    assert sorted(known.split()) == sorted(told)


def test_loader_encrypts_every_type_that_is_proposed_encrypted() -> None:
    assert ENCRYPTABLE <= ENCRYPTABLE_TYPES
