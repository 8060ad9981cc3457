"""Serve the demo clinic, write it to a folder, or tell what is wrong with it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from extract.demo_clinic.defects import Truth
from extract.demo_clinic.export import write_folder
from extract.demo_clinic.generator import generate
from extract.demo_clinic.serving import serve

DEFAULT_PATIENTS = 300
DEFAULT_SEED = 7


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m extract.demo_clinic", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, told in (
        ("serve", "serve FHIR R4 on loopback"),
        ("write", "write Bulk Data NDJSON, one file a type"),
        ("truth", "print what is wrong with the practice"),
    ):
        command = verbs.add_parser(verb, help=told)
        command.add_argument("--patients", type=int, default=DEFAULT_PATIENTS)
        command.add_argument("--seed", type=int, default=DEFAULT_SEED)
        if verb != "truth":
            command.add_argument("--truth", type=Path, help="write the truth to this file")
        if verb == "serve":
            command.add_argument("--port", type=int, default=0)
        if verb == "write":
            command.add_argument("--to", type=Path, required=True)
    return parser


def _truth_bytes(truth: Truth) -> bytes:
    return msgspec.json.format(msgspec.json.encode(truth.as_json()), indent=2) + b"\n"


def _tell_truth(asked: argparse.Namespace) -> int:
    truth = Truth(patients=asked.patients, seed=asked.seed)
    for _ in generate(patients=asked.patients, seed=asked.seed, truth=truth):
        pass
    sys.stdout.buffer.write(_truth_bytes(truth))
    return 0


def _write(asked: argparse.Namespace) -> int:
    truth = write_folder(asked.to, patients=asked.patients, seed=asked.seed)
    if asked.truth:
        asked.truth.write_bytes(_truth_bytes(truth))
    return 0


def _serve(asked: argparse.Namespace) -> int:
    def keep(truth: Truth) -> None:
        if asked.truth:
            asked.truth.write_bytes(_truth_bytes(truth))

    try:
        serve(patients=asked.patients, seed=asked.seed, port=asked.port, when_filled=keep)
    except OSError as refused:
        sys.stderr.write(f"Error: cannot serve on port {asked.port}: {refused.strerror}.\n")
        sys.stderr.write("Try: --port 0\n")
        return 5
    except KeyboardInterrupt:
        return 0
    return 0


def main(arguments: Sequence[str]) -> int:
    """Run one command; give back its exit code."""
    asked = _parser().parse_args(arguments)
    if asked.patients < 1:
        sys.stderr.write("Error: a practice needs at least one patient.\nTry: --patients 300\n")
        return 2
    return {"serve": _serve, "write": _write, "truth": _tell_truth}[asked.verb](asked)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
