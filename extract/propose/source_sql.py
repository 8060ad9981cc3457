"""Writes the models of a proposed map: staging, the clinic's entities, and what is counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from extract.propose.clinic_targets import Entity, Field, singular
from extract.propose.column_formats import COMMA
from extract.propose.decisions import UNWRITABLE, Decision, Decisions, decided_entities, field_of
from extract.propose.names import words_of

STAGING, INTERMEDIATE = Path("models/staging"), Path("models/intermediate")
# Names that every staging model has of its own.
OWN_NAMES = ("source_system", "raw_id", "record_id")
LONGEST_LINE = 100
# What no column says and a mart relies on: whether another field has anything in it.
PRESENCE = {"documents.has_content": "content_base64"}


@dataclass(frozen=True, slots=True)
class Source:
    """A source as its models see it: whose data it is, what was decided, and what may be chosen."""

    system: str
    decisions: Decisions
    targets: Mapping[str, Entity]
    # Fields whose words the seed of codes translates.
    coded: Collection[str]
    # Words that SQL keeps for itself.
    keywords: Collection[str]

    @property
    def tables(self) -> dict[str, str]:
        """Give each table with its entity; no entity where it has no target."""
        return decided_entities(self.decisions)

    def columns(self, table: str) -> dict[str, Decision]:
        """Give the columns of a table under the names that its staging model gives them."""
        made: dict[str, Decision] = {}
        for each in self.decisions.values():
            if each.table == table and each.column and not UNWRITABLE & set(each.column):
                name = "_".join(words_of(each.column)).lower() or "column"
                name = f"{name}_text" if name in self.keywords or name[0].isdigit() else name
                while name in made or name in OWN_NAMES:
                    name = f"{name}_also"
                made[name] = each
        return made


def models(source: Source) -> dict[Path, str]:
    """Write every model of a source."""
    staging, shaped = STAGING / source.system, INTERMEDIATE / source.system
    texts = {
        staging / f"{staging_model(source, table)}.sql": staging_sql(source, table)
        for table in source.tables
    }
    texts |= {
        shaped / f"int_{source.system}__{entity}.sql": entity_sql(source, table, entity)
        for table, entity in source.tables.items()
        if entity
    }
    counted = {
        "raw_records": raw_records_sql,
        "source_records": source_records_sql,
        "quality_flags": quality_flags_sql,
    }
    return texts | {
        shaped / f"int_{source.system}__{name}.sql": write(source)
        for name, write in counted.items()
    }


def staging_model(source: Source, table: str) -> str:
    """Name the staging model of a table."""
    return f"stg_{source.system}__{table.lower()}"


def staging_sql(source: Source, table: str) -> str:
    """Write a staging model: the texts of each row, under names that SQL can say."""
    columns = source.columns(table)
    paths = [f"            '{name}': '$.\"{each.column}\"'," for name, each in columns.items()]
    names = [f"        texts['{name}'] as {name}" for name in columns]
    # What tells records apart: the column of ids, else what the landing chose.
    ids = [name for name, each in columns.items() if each.field == "source_id"]
    record_id = f"coalesce(texts['{ids[0]}'], raw_id)" if ids else "raw_id"
    own = ["source_system", "raw_id", f"{record_id} as record_id"]
    head = f"{{# One row per row of {table}. #}}"
    raw = f"source('raw_files_{source.system}', '{table}')"
    return _model(
        head,
        source=_import(raw, f"system = '{source.system}'"),
        extracted="\n".join(
            [
                "    select",
                "        system as source_system,",
                "        id as raw_id,",
                "        {{ json_texts('doc', {",
                *paths,
                "        }) }} as texts",
                "    from source",
            ]
        ),
        renamed=_select([*(f"        {each}" for each in own), *names], "extracted"),
    )


def entity_sql(source: Source, table: str, entity: str) -> str:
    """Write a model that shapes a table to an entity of the clinic contract."""
    target = source.targets[entity]
    by_field = {
        each.field: (name, each) for name, each in source.columns(table).items() if each.field
    }
    coded = [name for name in target.columns if f"{entity}.{name}" in source.coded]
    ctes = {"landed": _import(f"ref('{staging_model(source, table)}')")}
    for name in coded:
        ctes[f"{name}_words"] = _import(
            f"ref('{source.system}_codes')", f"field = '{entity}.{name}'"
        )
    fields = {each.name: each for each in target.fields}
    made = [
        _column(name, kind, target, by_field=by_field, field=fields.get(name), coded=coded)
        for name, kind in target.columns.items()
    ]
    joins = [
        line
        for name in coded
        for line in (
            f"    left join {name}_words",
            f"        on landed.{by_field[name][0]} = {name}_words.source_value",
        )
    ]
    shaped = "\n".join([_select(made, "landed"), *joins])
    return _model(f"{{# {table} in the clinic contract's columns. #}}", **ctes, shaped=shaped)


def _column(  # noqa: PLR0913 - what a column is written of
    name: str,
    kind: str,
    target: Entity,
    *,
    by_field: Mapping[str, tuple[str, Decision]],
    field: Field | None,
    coded: Collection[str],
) -> str:
    """Write one column of an entity, empty where nothing fills it."""
    if name == "source_system":
        return "        landed.source_system"
    if name == target.key:
        value = key_of(target)
    elif name == "source_id":
        value = "landed.record_id"
    elif field and name in by_field:
        value = value_of(field, *by_field[name])
        value = f"coalesce({name}_words.code, {value})" if name in coded else value
    elif f"{target.name}.{name}" in PRESENCE:
        shown = PRESENCE[f"{target.name}.{name}"]
        value = f"landed.{by_field[shown][0]} is not null" if shown in by_field else "false"
    else:
        value = f"cast(null as {'varchar' if kind == 'string' else kind})"
    one = f"        {value} as {name}"
    return one if len(one) < LONGEST_LINE else f"        {value}\n            as {name}"


def key_of(target: Entity) -> str:
    """Write the key of an entity's record."""
    return _key(target.key.removesuffix("_key"), "landed.record_id")


def _key(what: str, value: str) -> str:
    return f"{{{{ clinic_key('landed.source_system', '{what}', '{value}') }}}}"


def value_of(field: Field, name: str, decision: Decision) -> str:
    """Write the value of a field, read from a text in the format that was decided."""
    text = f"landed.{name}"
    kind = field.data_type.partition("(")[0]
    if field.refers_to:
        return _key(singular(field.refers_to), text)
    if kind in {"date", "timestamp"}:
        # A `Z` says that it is UTC already; everything else is on the clinic's clock.
        is_utc = kind == "date" or decision.format.endswith("Z")
        macro = "export_moment" if is_utc else "export_utc"
        moment = f"{{{{ {macro}('{text}', '{decision.format or '%Y-%m-%d'}') }}}}"
        return f"cast({moment} as date)" if kind == "date" else moment
    if kind in {"decimal", "bigint"}:
        sign = f", '{COMMA}'" if decision.format == COMMA else ""
        return f"{{{{ export_number('{text}', '{field.data_type}'{sign}) }}}}"
    return f"{{{{ export_flag('{text}') }}}}" if kind == "boolean" else text


def raw_records_sql(source: Source) -> str:
    """Write the model of all raw rows by name, from which the closing starts."""
    branches = [
        "    select\n        system as source_system,\n"
        f"        '{table}' as raw_table,\n        id as raw_id,\n"
        "        {{ has_text_encoded_twice('doc') }} as has_text_encoded_twice\n"
        f"    from {{{{ source('raw_files_{source.system}', '{table}') }}}}\n"
        f"    where system = '{source.system}'"
        for table in source.tables
    ]
    return _model("{# Every raw row of every table, by name only. #}", unioned=_union(branches))


def source_records_sql(source: Source) -> str:
    """Write the model that says of each raw row which record it became, or why none."""
    branches = []
    for table, entity in source.tables.items():
        key = (
            key_of(source.targets[entity])
            if entity
            else f"source_system || ':{table}:' || {{{{ clinic_key_part('raw_id') }}}}"
        )
        reason = "cast(null as varchar)" if entity else "'no_clinic_entity'"
        detail = "cast(null as varchar)" if entity else "'the map gives its table no target'"
        branches.append(
            "\n".join(
                [
                    "    select",
                    f"        '{entity or 'unused'}' as entity,",
                    f"        {key}\n            as record_key,",
                    "        source_system,",
                    f"        '{table}' as raw_table,",
                    "        raw_id,",
                    f"        {reason} as excluded_reason,",
                    f"        {detail} as excluded_detail",
                    f"    from {{{{ ref('{staging_model(source, table)}') }}}}",
                ]
            ).replace("landed.", "")
        )
    return _model("{# Which record each raw row became, or why none. #}", unioned=_union(branches))


def quality_flags_sql(source: Source) -> str:
    """Write the model of texts that stand where a date, a number or a yes was expected."""
    branches = list(_flags(source)) or [
        "    select\n"
        + ",\n".join(
            f"        cast(null as varchar) as {name}"
            for name in ("entity", "record_key", "source_system", "column_name", "flag")
        )
        + "\n    where false"
    ]
    return _model(
        "{# Texts that could not be read as what they should be. #}", unioned=_union(branches)
    )


def _flags(source: Source) -> Iterator[str]:
    for table, entity in source.tables.items():
        columns = source.columns(table)
        key = key_of(source.targets[entity]) if entity else ""
        for name, decision in columns.items():
            field = field_of(decision, source.targets)
            kind = field.data_type.partition("(")[0] if field else "string"
            if field is None or kind == "string":
                continue
            said = "date" if kind in {"date", "timestamp"} else "value"
            yield "\n".join(
                [
                    "    select",
                    f"        '{entity}' as entity,",
                    f"        {key}\n            as record_key,",
                    "        source_system,",
                    f"        '{field.name}' as column_name,",
                    f"        'unreadable_{said}' as flag",
                    f"    from {{{{ ref('{staging_model(source, table)}') }}}}",
                    f"    where\n        {name} is not null",
                    f"        and {value_of(field, name, decision)} is null",
                ]
            ).replace("landed.", "")


def _import(relation: str, where: str = "") -> str:
    """Write an import CTE, with the filter that belongs to it."""
    rows = f"    select * from {{{{ {relation} }}}}"  # noqa: S608 - it is dbt that runs it
    return f"{rows}\n    where {where}" if where else rows


def _union(branches: Iterable[str]) -> str:
    return "\n\n    union all\n\n".join(branches)


def _select(columns: Iterable[str], source: str) -> str:
    return "    select\n" + ",\n".join(columns) + f"\n    from {source}"


def _model(head: str, **ctes: str) -> str:
    """Write a model: its head, its CTEs, and the last of them as the answer."""
    body = ",\n\n".join(f"{name} as (\n\n{sql}\n\n)" for name, sql in ctes.items())
    return f"{head}\nwith\n\n{body}\n\nselect * from {list(ctes)[-1]}\n"
