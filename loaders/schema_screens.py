"""What a person sees of our objects: page layouts, compact layouts, tabs, and the app."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from loaders.contract import EXTERNAL_ID, Column, Mapping, Mart
from loaders.schema_fields import LONG_TEXT_TYPES, is_required_field
from loaders.schema_layouts import layout_item, section
from loaders.schema_related import MOST_COLUMNS, own_lists
from loaders.schema_xml import Pair, render

APPLICATION = "Clinic_Records"
COMPACT_LAYOUT = "Clinic_Summary"
# Where a record came from; of interest to the few who trace it.
_ORIGIN = "Source_"
_STAMPS = ("Created", "LastModified")
# One of the icons that Salesforce ships for tabs.
_MOTIF = "Custom1: Heart"


def screen_files(mapping: Mapping) -> tuple[dict[str, bytes], dict[str, list[str]]]:
    """Give the files of layouts, tabs and app, and the members of package.xml they bring."""
    ours = [mart for mart in mapping.marts if mart.is_custom]
    if not ours:
        return {}, {}
    files: dict[str, bytes] = {}
    for mart in ours:
        files[f"layouts/{layout_name(mart)}.layout"] = _layout(mapping, mart)
        files[f"tabs/{mart.sobject}.tab"] = _tab()
    files[f"applications/{APPLICATION}.app"] = _application(ours)
    members = {
        "CustomApplication": [APPLICATION],
        "CustomTab": [mart.sobject for mart in ours],
        "Layout": [layout_name(mart) for mart in ours],
    }
    return files, members


def layout_name(mart: Mart) -> str:
    """
    Name the layout as the org names the one that it makes with the object.

    Every profile has that one: ours takes its place, and nothing has to be assigned.
    """
    return f"{mart.sobject}-{quote(mart.label, safe=' ')} Layout"


def compact_layout(mart: Mart) -> list[Pair]:
    """Give what a record shows at its head."""
    names = ["Name", *mart.summary][:MOST_COLUMNS]
    return [
        ("fullName", COMPACT_LAYOUT),
        *(("fields", name) for name in names),
        ("label", COMPACT_LAYOUT.replace("_", " ")),
    ]


def summary_problems(mart: Mart) -> list[str]:
    """List what a summary cannot show."""
    long = [name for name in mart.summary if mart.column(name).sf_type in LONG_TEXT_TYPES]
    problems = [f"summary: {name} is long text, which no list shows" for name in long]
    if len(mart.summary) >= MOST_COLUMNS:
        problems.append(f"summary: at most {MOST_COLUMNS - 1} fields, beside the name")
    return problems


def _layout(mapping: Mapping, mart: Mart) -> bytes:
    custom = [column for column in mart.columns if column.custom]
    origin = [each for each in custom if _is_origin(each)]
    long = [each for each in custom if each.sf_type in LONG_TEXT_TYPES and each not in origin]
    short = [each for each in custom if each not in origin and each not in long]
    left, right = _items(mart, short[::2]), _items(mart, short[1::2])
    created, changed = (layout_item(f"{each}ById", "Readonly") for each in _STAMPS)
    sections = [
        section(
            "Information",
            [[layout_item("Name", "Readonly"), *left], [layout_item("OwnerId", "Edit"), *right]],
        ),
        *([section("Details", [_items(mart, long)])] if long else []),
        section("Where it came from", [_items(mart, origin[::2]), _items(mart, origin[1::2])]),
        section("System Information", [[created], [changed]]),
    ]
    shown: list[Pair] = [("layoutSections", pairs) for pairs in sections]
    lists: list[Pair] = [("relatedLists", pairs) for pairs in own_lists(mapping, mart)]
    return render("Layout", [*shown, *lists])


def _is_origin(column: Column) -> bool:
    return column.name == EXTERNAL_ID or column.name.startswith(_ORIGIN)


def _items(mart: Mart, columns: Iterable[Column]) -> list[Pair]:
    """Give fields of ours; one that every record needs must say so."""
    return [
        layout_item(column.name, "Required" if is_required_field(mart, column) else "Edit")
        for column in columns
    ]


def _tab() -> bytes:
    return render("CustomTab", [("customObject", "true"), ("motif", _MOTIF)])


def _application(ours: list[Mart]) -> bytes:
    tabs: list[Pair] = [
        ("tabs", name)
        for name in ("standard-home", "standard-Account", "standard-Contact", "standard-Event")
    ]
    return render(
        "CustomApplication",
        [
            ("description", "The clinic's records, as the migration brought them."),
            ("formFactors", "Large"),
            ("formFactors", "Small"),
            ("label", APPLICATION.replace("_", " ")),
            ("navType", "Standard"),
            *tabs,
            *(("tabs", mart.sobject) for mart in ours),
            ("uiType", "Lightning"),
        ],
    )
