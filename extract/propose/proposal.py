"""What is proposed for each of the clinic's own fields, and what a person has to decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from extract.audit.custom_field_forms import Form, form_of, misfits
from extract.audit.evidence import read_csv
from extract.audit.workspace import Row, whole
from extract.propose.field_type import ENCRYPTABLE, FieldType, Undecided, field_type
from extract.propose.map_files import MapColumn, MapFiles, Mart
from extract.propose.names import api_names, label, value_set_name

ENCRYPTION = "ProbabilisticEncryption"
# Where several are chosen, they are written `a;b`.
SEPARATOR = ";"
# A unit that fewer records state may be somebody's own words.
RARE = 5


@dataclass(frozen=True, slots=True)
class Home:
    """Where the fields of one kind of record go."""

    table: str
    entity: str
    mart: str
    is_patient_data: bool


@dataclass(frozen=True, slots=True)
class Proposed:
    """A column that could be added to a mart."""

    source: str
    entity: str
    mart: Mart
    name: str
    label: str
    type: FieldType
    is_phi: bool
    encryption: str | None
    value_set: str | None
    values: tuple[str, ...]
    records: int
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """A field about which a person has to decide."""

    entity: str
    source: str
    records: int
    why: str
    hint: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A mapped field whose values are no longer what the map says."""

    entity: str
    source: str
    field: str
    why: str
    hint: str
    value_set: str | None = None
    new_values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """All fields of the clinic's own, each in one of four lists, or mapped and as it was."""

    proposed: tuple[Proposed, ...]
    undecided: tuple[Open, ...]
    changed: tuple[Changed, ...]
    declined: tuple[tuple[str, str, str], ...]


def propose(inventory: Sequence[Row], files: MapFiles, *, with_shield: bool) -> Proposal:
    """
    Sort the fields: mapped (and as the map says?), declined, undecided, and to be proposed.

    The answer does not depend on the order of the fields, nor on the clock.
    """
    homes = {row["table"]: _home(row) for row in read_csv("custom_field_homes.csv")}
    new: list[tuple[Row, Home, Mart, FieldType]] = []
    undecided: list[Open] = []
    changed: list[Changed] = []
    declined: list[tuple[str, str, str]] = []
    for field in sorted(inventory, key=lambda row: (str(row["record_type"]), str(row["name"]))):
        home = homes.get(str(field["record_type"]))
        entity, source = home.entity if home else resource_type(field), str(field["name"])
        mart = files.marts.get(home.mart) if home else None
        column = next((one for one in mart.columns if one.source == source), None) if mart else None
        if mart and column:
            changed += _changes(field, column, mart, files, entity=entity)
        elif reason := files.declined.get((entity, source)):
            declined.append((entity, source, reason))
        elif home is None or mart is None:
            why = f"custom fields of {entity} records have no mart"
            hint = "decline it, or give the entity custom fields: see CONTRIBUTING.md"
            undecided.append(Open(entity, source, whole(field, "records"), why, hint))
        elif isinstance(kind := field_type(field, on_activity=mart.on_activity), Undecided):
            undecided.append(Open(entity, source, whole(field, "records"), kind.why, kind.hint))
        else:
            new.append((field, home, mart, kind))
    return Proposal(
        tuple(_proposed(new, files, with_shield=with_shield)),
        tuple(undecided),
        tuple(changed),
        tuple(declined),
    )


def _home(row: dict[str, str]) -> Home:
    return Home(row["table"], row["entity"], row["mart"], row["is_patient_data"] == "true")


def resource_type(field: Row) -> str:
    """Name a kind of record that has no mart as the source does: `care_plan` is CarePlan."""
    return "".join(part.capitalize() for part in str(field["record_type"]).split("_"))


def _proposed(
    new: Sequence[tuple[Row, Home, Mart, FieldType]], files: MapFiles, *, with_shield: bool
) -> Iterator[Proposed]:
    names = _names([(mart, str(field["name"])) for field, _, mart, _ in new], files)
    lists = [names[mart.name, str(field["name"])] for field, _, mart, kind in new if kind.is_list]
    sets = api_names(map(value_set_name, lists), taken=files.value_sets)
    for field, home, mart, kind in new:
        source = str(field["name"])
        name = names[mart.name, source]
        is_encrypted = with_shield and home.is_patient_data and kind.sf_type in ENCRYPTABLE
        yield Proposed(
            source=source,
            entity=home.entity,
            mart=mart,
            name=f"{name}__c",
            label=label(source),
            type=kind,
            is_phi=home.is_patient_data,
            encryption=ENCRYPTION if is_encrypted else None,
            value_set=sets[value_set_name(name)] if kind.is_list else None,
            values=_values(field, kind) if kind.is_list else (),
            records=whole(field, "records"),
            remarks=tuple(_remarks(field, kind)),
        )


def _names(wanted: Iterable[tuple[Mart, str]], files: MapFiles) -> dict[tuple[str, str], str]:
    """Name the fields mart by mart: each is unique on its object."""
    by_mart: defaultdict[str, list[str]] = defaultdict(list)
    for mart, source in wanted:
        by_mart[mart.name].append(source)
    return {
        (mart, source): name
        for mart, sources in by_mart.items()
        for source, name in api_names(sources, taken=files.names_taken(files.marts[mart])).items()
    }


def _values(field: Row, kind: FieldType) -> tuple[str, ...]:
    """Give the values that may be told and chosen."""
    shared = field["picklist_values"]
    values = [str(value) for value in shared] if isinstance(shared, list) else []
    unfit = "\n" + SEPARATOR * (kind.sf_type == "MultiselectPicklist")
    return tuple(value for value in values if not set(value) & set(unfit))


def _remarks(field: Row, kind: FieldType) -> Iterator[str]:
    lost = "excluded as custom_field_not_castable"
    if wrong := misfits(field, form_of(field)):
        yield f"{wrong:,} of {field['occurrences']:,} values do not fit and would be {lost}"
    if kind.is_list and (rare := whole(field, "held_back_values")):
        yield (
            f"{rare:,} values that fewer than 5 records have are not told here, and would be"
            f" {lost}: add them to the seed if they are right"
        )
    if kind.is_list and len(_values(field, kind)) < len(field["picklist_values"] or ()):  # type: ignore[arg-type]
        yield f"values with `{SEPARATOR}` or a line end are no choices, and would be {lost}"
    if kind.sf_type == "Checkbox":
        yield "a checkbox says no where nobody said anything"
    if form_of(field) is Form.REFERENCE:
        yield "it refers to another record; the text is that record's id in the source"
    if field["unit"] and whole(field, "records") >= RARE:
        yield f"all its values are in {field['unit']}: say so in the label"


def _changes(
    field: Row, column: MapColumn, mart: Mart, files: MapFiles, *, entity: str
) -> Iterator[Changed]:
    source, where = str(field["name"]), f"{mart.sobject}.{column.name}"
    value_set = column.told.get("picklist")
    if value_set:
        known = files.value_sets.get(value_set, ())
        kind = FieldType("string", str(column.told.get("type") or "Picklist"))
        fresh = tuple(one for one in _values(field, kind) if one not in known)
        if fresh and form_of(field) is Form.PICKLIST:
            why = f"{len(fresh):,} values that {value_set} does not list"
            hint = "accept the rows of the seed, or have the values corrected in the clinic system"
            yield Changed(entity, source, where, why, hint, value_set, fresh)
    if wrong := _no_longer_fit(field, column):
        why = f"{wrong:,} of {field['occurrences']:,} values do not fit {column.data_type}"
        hint = "have them corrected in the clinic system; else they stay custom_field_not_castable"
        yield Changed(entity, source, where, why, hint)


def _no_longer_fit(field: Row, column: MapColumn) -> int:
    forms = {
        "boolean": Form.YES_OR_NO,
        "date": Form.DATE,
        "timestamp": Form.MOMENT,
        "bigint": Form.WHOLE_NUMBER,
    }
    if column.told.get("picklist"):
        return misfits(field, Form.PICKLIST)
    form = Form.NUMBER if column.data_type.startswith("decimal") else forms.get(column.data_type)
    return misfits(field, form) if form else 0
