"""The commands: what they write is the same each time, and refusals say what to try."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
from itertools import islice
from pathlib import Path

import pytest

from extract.demo_clinic.defects import DefectNotInCatalogue, Truth
from extract.demo_clinic.generator import generate
from tests.extract.demo_clinic.reading import search
from tests.extract.demo_clinic.running import COMMAND, Running, run_clinic


def _write(folder: Path, *arguments: str, **environment: str) -> dict[str, str]:
    command = (*COMMAND, "write", "--to", str(folder), *arguments)
    subprocess.run(command, check=True, env={**os.environ, **environment})
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.glob("*.ndjson"))
    }


def test_same_size_and_seed_give_the_same_bytes(tmp_path: Path) -> None:
    size = ("--patients", "160", "--seed", "11")
    first = _write(tmp_path / "a", *size, TZ="Asia/Tokyo", PYTHONHASHSEED="1")
    second = _write(tmp_path / "b", *size, TZ="America/Los_Angeles", PYTHONHASHSEED="2")
    other = _write(tmp_path / "c", "--patients", "160", "--seed", "12")
    assert first == second
    assert len(first) == 27
    assert not set(first.values()) & (set(other.values()))


def test_folder_holds_what_the_server_serves(tmp_path: Path, own_clinic: Running) -> None:
    _write(tmp_path, "--patients", "40", "--seed", "3")
    for kind in ("Patient", "Observation", "Claim"):
        lines = (tmp_path / f"{kind}.ndjson").read_text(encoding="utf-8").splitlines()
        served = search(own_clinic.client, f"/{kind}?_count=11")
        assert [json.loads(line)["id"] for line in lines] == [one["id"] for one in served]


def test_truth_is_the_same_from_every_command(tmp_path: Path) -> None:
    size = ("--patients", "45", "--seed", "5")
    _write(tmp_path / "out", *size, "--truth", str(tmp_path / "written.json"))
    printed = subprocess.run((*COMMAND, "truth", *size), check=True, capture_output=True).stdout
    with run_clinic(*size, "--truth", str(tmp_path / "served.json")) as clinic:
        asked = clinic.get("/_demo/truth")
    assert (tmp_path / "written.json").read_bytes() == printed
    assert (tmp_path / "served.json").read_bytes() == printed
    assert asked == json.loads(printed)
    assert "begin with 9" in asked["comment"]


def test_writing_again_leaves_no_line_of_a_larger_practice(tmp_path: Path) -> None:
    _write(tmp_path, "--patients", "60")
    small = _write(tmp_path, "--patients", "1")
    assert small == _write(tmp_path / "fresh", "--patients", "1")


@pytest.mark.parametrize("patients", [1, 2, 149, 150, 151, 301])
def test_as_many_charts_as_asked_for(patients: int) -> None:
    truth = Truth(patients=patients, seed=1)
    ids = [
        (one["resourceType"], one["id"]) for one in generate(patients=patients, seed=1, truth=truth)
    ]
    assert len(ids) == len(set(ids))
    assert truth.as_json()["counts"]["Patient"] == patients


def test_a_million_patients_come_as_a_stream() -> None:
    truth = Truth(patients=1_000_000, seed=1)
    first = list(islice(generate(patients=1_000_000, seed=1, truth=truth), 40_000))
    assert len(first) == 40_000


def test_unknown_defect_cannot_be_planted() -> None:
    with pytest.raises(DefectNotInCatalogue):
        Truth(patients=1, seed=1).plant("bad_hair", "Patient/1")


def test_no_patients_is_a_usage_error() -> None:
    done = subprocess.run(
        (*COMMAND, "truth", "--patients", "0"), check=False, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "Error: a practice needs at least one patient.",
        "Try: --patients 300",
    ]


def test_taken_port_is_said_in_two_lines() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = (*COMMAND, "serve", "--patients", "1", "--port", port)
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
    assert done.returncode == 5
    assert done.stderr.startswith(f"Error: cannot serve on port {port}")
    assert done.stderr.splitlines()[1] == "Try: --port 0"
