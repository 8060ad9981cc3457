"""What `clinic-load schema build` makes, and what an org holds once it is deployed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from tests.loaders.stand_in_org.front_org import OrgClient

_SPACE = {"m": "http://soap.sforce.com/2006/04/metadata"}


@dataclass(frozen=True, slots=True)
class OurPackage:
    """Two packages in one folder: `settings`, then `schema`, each with its zip beside it."""

    folder: Path

    def components(self, name: str) -> set[tuple[str, str]]:
        """List type and full name of what a package.xml names."""
        root = etree.parse(self.folder / name / "package.xml").getroot()
        return {
            (str(kind.findtext("m:name", namespaces=_SPACE)), str(member.text))
            for kind in root.iterfind("m:types", _SPACE)
            for member in kind.iterfind("m:members", _SPACE)
        }

    @property
    def fields(self) -> set[str]:
        """List the custom fields of the schema, `Object.Field`; events and tasks share theirs."""
        named = {name for kind, name in self.components("schema") if kind == "CustomField"}
        shared = {name.partition(".")[2] for name in named if name.startswith("Activity.")}
        return {name for name in named if not name.startswith("Activity.")} | {
            f"{activity}.{name}" for name in shared for activity in ("Event", "Task")
        }


def deployed_fields(org: OrgClient) -> set[str]:
    """Ask the org itself which custom fields its administrator sees."""
    found: set[str] = set()
    for shown in org.data("GET", "sobjects").json()["sobjects"]:
        described = org.data("GET", f"sobjects/{shown['name']}/describe").json()
        found |= {f"{shown['name']}.{one['name']}" for one in described["fields"] if one["custom"]}
    return found
