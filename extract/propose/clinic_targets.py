"""The clinic contract as targets of a proposal: entities and fields, and how they may be called."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from extract.errors import MapUnreadable
from extract.propose.concepts import Concepts, readings, tokens_of
from extract.propose.vocabularies import concepts_of_fields

CONTRACT = Path("models/intermediate/clinic/_clinic__models.yml")
PHRASES = Path(__file__).parent / "target_phrases.csv"
CARRIED = Path(__file__).parent / "carried_entities.csv"
MODEL = "int_clinic__"
# Made of other records, by the models themselves.
DERIVED = frozenset({"source_records", "raw_records", "quality_flags", "provider_patients"})
MADE = frozenset({"source_system", "custom_fields", "is_not_fetched"})


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the clinic contract that a source's column may fill."""

    entity: str
    name: str
    data_type: str
    is_required: bool
    phrases: tuple[Concepts, ...]
    # The entity whose record it names.
    refers_to: str | None
    # In how many entities a field is called so.
    homes: int
    # What its codes are about; nothing where it holds no codes.
    concept: str

    @property
    def label(self) -> str:
        """Name it as people do: `patients.birth_date`."""
        return f"{self.entity}.{self.name}"


@dataclass(frozen=True, slots=True)
class Entity:
    """A model of the clinic contract."""

    name: str
    key: str
    phrases: tuple[Concepts, ...]
    fields: tuple[Field, ...]
    # Every column, in the contract's order, with its type.
    columns: Mapping[str, str]
    # Entities that systems keep in the rows of this one instead of in a table of their own.
    carries: frozenset[str]

    @property
    def concepts(self) -> Concepts:
        """Give what the entity is called: in the names of its own columns that tells little."""
        return frozenset[str]().union(*(each for each in self.phrases if len(each) == 1))


def read_targets(project: Path) -> dict[str, Entity]:
    """
    Read the entities that a proposal may choose.

    Raises:
        MapUnreadable: the contract's YAML is not what it should be.

    """
    try:
        models = yaml.safe_load((project / CONTRACT).read_text("utf-8"))["models"]
        described = {
            str(model["name"]).removeprefix(MODEL): list(model["columns"]) for model in models
        }
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        raise MapUnreadable(
            f"{CONTRACT} does not describe the clinic contract", hint="git status"
        ) from None
    phrases, carried, concepts = _phrases(), _carried(), concepts_of_fields(project)
    homes = Counter(column["name"] for columns in described.values() for column in columns)
    keys = {name: f"{singular(name)}_key" for name in described}
    return {
        name: Entity(
            name=name,
            key=keys[name],
            phrases=phrases[name, ""],
            fields=tuple(
                _field(
                    name,
                    column,
                    phrases=phrases,
                    keys=keys,
                    homes=homes[column["name"]],
                    concept=concepts.get(f"{name}.{column['name']}", ""),
                )
                for column in columns
                if column["name"] not in MADE | {keys[name]}
            ),
            columns={column["name"]: column["data_type"] for column in columns},
            carries=carried.get(name, frozenset()),
        )
        for name, columns in described.items()
        if name not in DERIVED
    }


def _phrases() -> Mapping[tuple[str, str], tuple[Concepts, ...]]:
    found: defaultdict[tuple[str, str], tuple[Concepts, ...]] = defaultdict(tuple)
    with PHRASES.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            found[row["entity"], row["field"]] = tuple(
                frozenset(phrase.split()) for phrase in row["phrases"].split(";")
            )
    return found


def _carried() -> Mapping[str, frozenset[str]]:
    with CARRIED.open(encoding="utf-8", newline="") as opened:
        return {row["entity"]: frozenset(row["carries"].split()) for row in csv.DictReader(opened)}


def _field(  # noqa: PLR0913 - what a field is made of
    entity: str,
    column: Mapping[str, object],
    *,
    phrases: Mapping[tuple[str, str], tuple[Concepts, ...]],
    keys: Mapping[str, str],
    homes: int,
    concept: str,
) -> Field:
    name = str(column["name"])
    refers_to = _refers_to(name, keys)
    said = phrases[entity, name] or phrases["*", name]
    own = readings(tokens_of(name.removesuffix("_key")))[0]
    if refers_to:
        said = (own, own | {"id"}, own | {"number"}, *said)
    return Field(
        entity=entity,
        name=name,
        data_type=str(column["data_type"]),
        is_required=bool(column.get("constraints")),
        phrases=tuple(dict.fromkeys(said or (own,))),
        refers_to=refers_to,
        homes=homes,
        concept=concept,
    )


def _refers_to(name: str, keys: Mapping[str, str]) -> str | None:
    fitting = [entity for entity, key in keys.items() if f"_{name}".endswith(f"_{key}")]
    return max(fitting, key=len, default=None)


def singular(entity: str) -> str:
    """Name one record of an entity: `claim_lines` has `claim_line`."""
    return entity[:-3] + "y" if entity.endswith("ies") else entity.removesuffix("s")
