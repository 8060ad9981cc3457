"""A model is asked only where somebody says so, sees no value, and decides nothing by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

import duckdb
import pytest

from extract.errors import ModelUnavailable, WrongUsage
from extract.propose.asked_model import Endpoint, ask_model
from extract.propose.clinic_targets import Entity, read_targets
from extract.propose.column_profile import ExportProfile, profile_export
from extract.propose.matcher import match
from tests.extract.propose.accuracy import names_only
from tests.extract.propose.invented import SYSTEM, invent, land
from tests.loopback import loopback
from tests.run import ROOT

TABLES = ("PTMSTR", "APTSCHD")
# Shorter ones stand in numbers and names by chance.
SHORTEST = 5


@dataclass(slots=True)
class Model:
    """A model that says what a test wants, and keeps what it was told."""

    answer: object = None
    status: int = 200
    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)

    def endpoint(self) -> Endpoint:
        return Endpoint(self.url, "small", token="secret")  # noqa: S106 - a test's own


@contextmanager
def answering(model: Model) -> Iterator[Model]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            model.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            model.tokens.append(self.headers["Authorization"])
            said = json.dumps({"choices": [{"message": {"content": json.dumps(model.answer)}}]})
            self.send_response(model.status)
            self.end_headers()
            self.wfile.write(said.encode())

    with loopback(Handler) as address:
        model.url = f"{address}/v1/chat/completions"
        yield model


@pytest.fixture
def model() -> Iterator[Model]:
    with answering(Model(answer={})) as running:
        yield running


@pytest.fixture(scope="module")
def targets() -> dict[str, Entity]:
    return read_targets(ROOT)


def test_no_value_of_an_export_reaches_the_model(model: Model, targets: dict[str, Entity]) -> None:
    export = invent("abbreviated")
    tables = {name: export[name] for name in TABLES}
    with duckdb.connect() as database:
        database.execute("attach ':memory:' as raw")
        profile = profile_export(database, system=SYSTEM, tables=land(database, tables))
    shown = [word for columns in profile.tables.values() for each in columns for word in each.words]
    ask_model(profile, targets, endpoint=model.endpoint())
    told = b"".join(model.bodies).decode()
    assert all(f'\\"{name}\\"' in told for rows in tables.values() for name in rows[0])
    planted = {value for rows in tables.values() for row in rows for value in row.values()}
    long = {value for value in {*planted, *shown} if len(value) >= SHORTEST}
    assert len(long) > len(tables["PTMSTR"])
    assert [value for value in long if value in told] == []
    assert any(word in long for word in shown), "words of codes are values as well"
    assert model.tokens == ["Bearer secret"] * len(TABLES)


def test_what_the_model_names_speaks_for_an_answer_and_what_it_invents_does_not(
    model: Model, targets: dict[str, Entity]
) -> None:
    export = names_only({"PTMSTR": ("id", "zz", "yy", "email"), "known": ("id",)})
    model.answer = {
        "entity": "patients",
        "columns": {"zz": "language_code", "yy": "blood_group", "email": "", "else": "city"},
    }
    decided = {("known", "id")}
    hints = ask_model(export, targets, endpoint=model.endpoint(), decided=decided)
    assert len(model.bodies) == 1
    assert hints == {
        ("PTMSTR", ""): "patients",
        ("PTMSTR", "zz"): "patients.language_code",
        ("PTMSTR", "email"): "",
    }
    without = match(export, targets)["PTMSTR"].columns
    told = match(export, targets, hints=hints)["PTMSTR"].columns
    answer = next(each for each in told["zz"] if each.target == "patients.language_code")
    assert answer.reason == "the model names it"
    assert answer.target not in {each.target for each in without["zz"]}
    # It is evidence and no decision: a name that says something clear outweighs it.
    assert told["email"][0].target == "patients.email"
    assert told["yy"] == without["yy"]


@pytest.mark.parametrize(
    ("answer", "status"), [({}, 503), ("words", 200), ({"columns": ["city"]}, 200)]
)
def test_a_model_that_does_not_answer_as_asked_is_an_error(
    model: Model, targets: dict[str, Entity], answer: object, status: int
) -> None:
    model.answer, model.status = answer, status
    with pytest.raises(ModelUnavailable) as failure:
        ask_model(names_only({"PTMSTR": ("id",)}), targets, endpoint=model.endpoint())
    assert "--ask-model" in failure.value.hint
    assert "words" not in str(failure.value)


@pytest.mark.parametrize("url", ["http://model.example/v1", "ftp://127.0.0.1/", "model"])
def test_names_do_not_travel_in_the_clear(targets: dict[str, Entity], url: str) -> None:
    with pytest.raises(WrongUsage, match="https"):
        ask_model(ExportProfile(), targets, endpoint=Endpoint(url, "small"))
