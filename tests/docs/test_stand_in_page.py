"""docs/stand-in.md lists every setting, fault and act as the code declares them."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import msgspec

from loaders.stand_in_org.acts_vocabulary import Act
from loaders.stand_in_org.faults import KINDS
from loaders.stand_in_org.settings import Settings, meaning, read_settings
from tests.loaders.stand_in_org.engine_org import open_bench

PAGE = Path(__file__).parents[2] / "docs" / "stand-in.md"


def shown(value: object) -> str:
    return f"`{json.dumps(msgspec.to_builtins(value))}`"


def setting_rows() -> list[str]:
    fresh = Settings()
    return [
        f"| `{one.name}` | {shown(getattr(fresh, one.name))} | {meaning(one.name)} |"
        for one in fields(Settings)
    ]


def fault_rows() -> list[str]:
    rows = []
    for name, kind in sorted(KINDS.items()):
        takes = ", ".join(
            f"`{one.encode_name}`"
            + ("" if one.default is msgspec.NODEFAULT else f" {shown(one.default)}")
            for one in msgspec.structs.fields(kind)
        )
        rows.append(f"| `{name}` | {takes or 'nothing'} | {kind.__doc__} |")
    return rows


def act_rows() -> list[str]:
    rows = []
    for kind in sorted(get_args(Act), key=lambda kind: str(kind.__struct_config__.tag)):
        takes = ", ".join(f"`{one.encode_name}`" for one in msgspec.structs.fields(kind))
        rows.append(f"| `{kind.__struct_config__.tag}` | {takes or 'nothing'} | {kind.__doc__} |")
    return rows


def table_under(heading: str) -> list[str]:
    section = re.split(r"^### ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = next(part for part in section if part.startswith(heading))
    return [line for line in found.splitlines() if line.startswith("| `")]


def test_the_page_lists_the_settings_of_the_code() -> None:
    assert table_under("Settings") == setting_rows()


def test_the_page_lists_the_faults_of_the_code() -> None:
    assert table_under("Faults") == fault_rows()


def test_the_page_lists_the_acts_of_the_code() -> None:
    assert table_under("Acts") == act_rows()


def test_the_page_shows_a_settings_file_that_an_org_starts_with(tmp_path: Path) -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    file = tmp_path / "settings.json"
    file.write_text(example, encoding="utf-8")
    given = read_settings(file, sandbox=True)
    bench = open_bench(tmp_path / "org", settings=given)
    (lock,), (rule,), (flow,) = given.row_locks, given.validation_rules, given.automations
    assert (lock.times, rule.name, flow.by) == (2, "Born", "process")
    born = {"LastName": "Testperson", "Birthdate": "2999-01-01"}
    assert bench.refused("Contact", **born).message == rule.message
    made = bench.insert("Account", Name="Example")
    assert bench.one(f"SELECT Site FROM Account WHERE Id = '{made}'") == "new"
    bench.org.close()
