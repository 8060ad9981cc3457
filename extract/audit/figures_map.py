"""The figures about the way ahead: custom fields, what the models decided, what has to be made."""

from __future__ import annotations

from extract.audit.audit import Audit
from extract.audit.custom_field_forms import form_of
from extract.audit.profile import RARE
from extract.audit.recommended import TargetObject
from extract.audit.workspace import Row, whole
from extract.page.charts import SERIES, SEVERITY_COLOURS, Bar, bars
from extract.page.figure import Figure
from extract.page.wording import counted, entity, number, percent, verb

OF_ONE_SPECIALTY = 0.6
VALUES_SHOWN = 25


def custom_fields(audit: Audit) -> Figure:
    """Show the clinic's own fields, how often they are used and what they are."""
    rows = sorted(audit.facts["custom_fields"], key=lambda row: -whole(row, "records"))
    unmapped = sum(row["is_mapped"] is False for row in rows)
    title = "The clinic has no fields of its own"
    if rows:
        title = f"The clinic has {counted(len(rows), 'field')} of its own"
        if audit.model is not None:
            title += f"; {number(unmapped)} of them {verb(unmapped, 'is', 'are')} mapped to nothing"
    return Figure(
        "custom-fields",
        title,
        "records that have the field",
        bars(
            [
                Bar(
                    f"{entity(str(row['record_type']))}: {row['name']}",
                    (whole(row, "records"),),
                    number(whole(row, "records")),
                )
                for row in rows
            ],
            colours=[SERIES[0]],
        ),
        (
            "field",
            "records",
            "type",
            "longest",
            "distinct values",
            "of another type",
            "picklist values",
            "specialty",
            "mapped",
        ),
        tuple(custom_field(row) for row in rows),
        "A field belongs to a specialty when most of its records are about patients of that"
        " specialty's providers. Values are told of codes only, and only those that several"
        " records share.",
        words=frozenset({0, 2, 6, 7, 8}),
        is_wide=True,
    )


def custom_field(row: Row) -> tuple[str, ...]:
    """Describe one custom field."""
    values = row["picklist_values"]
    is_list = isinstance(values, list)
    is_own = float(str(row["specialty_share"] or 0)) >= OF_ONE_SPECIALTY
    is_own = is_own and whole(row, "records") >= RARE
    return (
        f"{entity(str(row['record_type']))}: {row['name']}",
        number(whole(row, "records")),
        custom_kind(row),
        number(whole(row, "longest")),
        number(whole(row, "distinct_values")),
        number(whole(row, "of_another_type")),
        ", ".join(map(str, values[:VALUES_SHOWN])) if is_list else "held back",  # type: ignore[index]
        str(row["specialty"]) if is_own else "all",
        {None: "no map yet", True: "yes", False: "no"}[row["is_mapped"]],  # type: ignore[index]
    )


def custom_kind(row: Row) -> str:
    """Say what a custom field should become."""
    kind = form_of(row).value
    return f"{kind}, several" if row["has_several"] else kind


def what_loads(audit: Audit) -> Figure | None:
    """Show what the models made of each entity, if they were built from these records."""
    rows = [
        (
            entity(str(row["entity"])),
            tuple(whole(row, name) for name in ("mart_rows", "merged_rows", "excluded_rows")),
            whole(row, "source_rows"),
        )
        for row in audit.build.counts
    ]
    if not rows:
        return None
    loaded, source = sum(parts[0] for _, parts, _ in rows), sum(all_of for _, _, all_of in rows)
    excluded = sum(parts[2] for _, parts, _ in rows)
    return Figure(
        "what-loads",
        f"{percent(loaded, source)} of {counted(source, 'source row')} will load;"
        f" {number(excluded)} {verb(excluded, 'stays', 'stay')} behind, each with a reason",
        "rows; source = loaded + merged + excluded",
        bars(
            [Bar(name, parts, percent(parts[0], all_of)) for name, parts, all_of in rows],
            colours=(SERIES[0], SEVERITY_COLOURS["settled"], SEVERITY_COLOURS["excluded"]),
            legend=("will load", "merged", "excluded"),
        ),
        ("entity", "will load", "merged", "excluded", "source", "closes"),
        tuple(
            (
                name,
                *map(number, (*parts, all_of)),
                "yes" if all_of == sum(parts) else "no",
            )
            for name, parts, all_of in rows
        ),
    )


def objects_to_make(audit: Audit) -> Figure | None:
    """Show the objects of the map, and how many of their fields have to be created."""
    if audit.model is None:
        return None
    rows = [(mart, mart.new_fields, len(mart.fields)) for mart in audit.model]
    new_objects = sum(mart.is_new for mart, _, _ in rows)
    new_fields = sum(new for _, new, _ in rows)
    return Figure(
        "objects",
        f"{counted(new_objects, 'object')} and {counted(new_fields, 'field')}"
        f" {verb(new_objects + new_fields, 'has', 'have')} to be created before anything loads",
        "fields that the map fills",
        bars(
            [
                Bar(mart.name, (new, known - new), f"{number(new)} of {number(known)}")
                for mart, new, known in rows
            ],
            colours=(SERIES[0], "#cfd8d6"),
            legend=("to create", "standard"),
        ),
        ("object", "", "to create", "standard", "patient data"),
        tuple(
            (mart.name, told_new(mart), number(new), number(known - new), number(phi_of(mart)))
            for mart, new, known in rows
        ),
        words=frozenset({0, 1}),
    )


def told_new(mart: TargetObject) -> str:
    """Say whether an object has to be created."""
    return "create" if mart.is_new else "standard"


def phi_of(mart: TargetObject) -> int:
    """Count the fields that hold patient data."""
    return sum(field.is_patient_data for field in mart.fields)
