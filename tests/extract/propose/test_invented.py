"""The invented exports are the same every time, and their maps name what the contract has."""

from __future__ import annotations

import pytest
import yaml

from tests.extract.propose.invented import HOLDOUT, TUNED_ON, hand_made, invent, lines_of
from tests.run import ROOT

CONTRACT = ROOT / "models/intermediate/clinic/_clinic__models.yml"


@pytest.mark.parametrize("export", [*TUNED_ON, HOLDOUT])
def test_a_map_made_by_hand_names_fields_of_the_clinic_contract(export: str) -> None:
    models = yaml.safe_load(CONTRACT.read_text("utf-8"))["models"]
    fields = {
        model["name"].removeprefix("int_clinic__"): {each["name"] for each in model["columns"]}
        for model in models
    }
    targets = [target for columns in hand_made(export).values() for target in columns.values()]
    assert len(targets) == len(lines_of(export)), "a column stands twice"
    unknown = [
        (entity, field)
        for entity, field in targets
        if field and field not in fields.get(entity, set())
    ]
    assert not unknown
    assert sum(not field for _, field in targets) >= len(targets) // 8, "no target is an answer too"


def test_an_invented_export_is_the_same_every_time() -> None:
    first, again = invent("german"), invent("german")
    assert first == again
    assert invent("german", share=0.5)["Patienten"] == first["Patienten"][:90]
