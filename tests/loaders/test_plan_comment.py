"""A pull request is judged by the example's own commands, and told what the plan says."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import yaml

from loaders.demo import main
from loaders.plan_comment import plan_comment
from tests.conftest import BIN, ROOT
from tests.loaders.loading import Loading
from tests.loaders.planning import ALIAS, OWNER

EXAMPLE = ROOT / "docs" / "examples" / "pull-request.yml"
COMMAND = [sys.executable, "-m", "loaders.plan_comment"]


def test_a_plan_becomes_a_table_with_every_object_and_its_findings(desk: Loading) -> None:
    said = desk.load("plan", "--org", ALIAS, "--default-owner", OWNER, "--json")
    made = subprocess.run(COMMAND, input=said.stdout, capture_output=True, text=True, check=True)
    lines = made.stdout.splitlines()
    plan = said.json()
    for each in plan["objects"]:
        assert f"| {each['sobject']} | {each['rows']} | {each['creates']} |" in made.stdout
    assert f"{sum(each['rows'] for each in plan['objects'])} rows" in lines[0]
    codes = [finding["code"] for finding in plan["findings"]]
    assert codes
    assert [line.split(" | ")[1] for line in lines if line.startswith(("| warn", "| note"))]
    assert sum(line.startswith(("| stop", "| warn", "| note")) for line in lines) == len(codes)


def test_what_stops_a_plan_comes_first_and_no_finding_breaks_the_table() -> None:
    found = {"code": "x", "message": "one | two\nthree", "hint": "do"}
    severities = ["note"] * 70 + ["stop"]
    plan = {"objects": [], "findings": [{**found, "severity": each} for each in severities]}
    lines = plan_comment(plan).splitlines()
    assert "1 findings stop it" in lines[0]
    rows = [line for line in lines if line.endswith("| do |")]
    assert rows[0] == "| stop | x | one \\| two three | do |"
    assert len(rows) == 60
    assert "11 more are in `plan.json`." in lines


def test_the_example_needs_no_secret_and_names_commands_that_are_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert "secrets" not in text
    (job,) = yaml.safe_load(text)["jobs"].values()
    said = "\n".join(step.get("run", "") for step in job["steps"])
    targets = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(f"\n{name}:" in targets for name in re.findall(r"make (\w+)", said))
    assert all((BIN / name).exists() for name in re.findall(r"\.venv/bin/(\w+)", said))
    assert all((ROOT / name).exists() for name in re.findall(r"lint (\w+) ([\w/]+)", said)[0])
    (flag,) = re.findall(r"loaders\.demo (\S+)", said)
    monkeypatch.setattr(sys, "argv", ["demo", "--help"])
    with pytest.raises(SystemExit):
        main()
    assert flag in capsys.readouterr().out
