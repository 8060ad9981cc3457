"""Eight axes of difficulty, each with the points that its measured number earns, and the grade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loaders.contract import KEYED_MATCHES, Mapping, Mart
from loaders.estimate_facts import Facts
from loaders.estimate_fit import fit_of
from loaders.estimate_org import OrgFacts
from loaders.estimate_range import UNKNOWN
from loaders.estimate_source import Reading
from loaders.load_order import load_order
from loaders.preflight_shape import MOST_CHILDREN

MOST = 4
# The most points of each grade, and the best grade where one axis is full.
GRADES = (("A", 5), ("B", 11), ("C", 18), ("D", 25), ("E", 32))
CAP = "C"
# The largest file that an org takes, in bytes.
LARGEST_FILE = 2_000_000_000
_ACCESS = {"bulk": 1, "paged": 2}
_THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: what was measured, and the least and the most points for it."""

    name: str
    low: int
    high: int
    value: str
    # Which number earns how many points.
    formula: str
    inputs: str


@dataclass(frozen=True, slots=True)
class Scale:
    """From which number on there are one, two, three and four points."""

    bounds: tuple[float, float, float, float]
    unit: str = ""

    def points(self, number: float) -> int:
        """Give the points of a number."""
        return sum(number >= bound for bound in self.bounds)

    @property
    def text(self) -> str:
        """Write the scale down, large bounds in thousands and millions."""
        return " / ".join(_short(bound) for bound in self.bounds) + self.unit


def _short(bound: float) -> str:
    if bound < _THOUSAND:
        return f"{bound:.3g}"
    thousands = bound / _THOUSAND
    if thousands < _THOUSAND:
        return f"{thousands:.3g}k"
    return f"{thousands / _THOUSAND:.3g}M"


# The first, second and last bound are those of the promise; the third lies between. A share is
# rounded to a tenth, so that "above 50 %" begins at 50.1.
FIT = Scale((5.1, 5.1, 30.1, 50.1), " %")
CLARITY = Scale((5, 20, 35, 50.1), " %")
QUALITY = Scale((0.5, 3, 6.5, 10.1), " %")
RELATIONS = Scale((1, 3, 6, 9))
VOLUME = Scale((100_000, 1_000_000, 1_500_000, 2_000_001))
FILES = Scale((1, 50_000, 250_000, 500_001))
ORG = Scale((1, 10, 30, 51))


def axes_of(
    mapping: Mapping, facts: Facts, readings: Sequence[Reading], org: OrgFacts | None
) -> tuple[Axis, ...]:
    """Measure the eight axes."""
    return (
        _fit(mapping, facts),
        _clarity(mapping, facts),
        _quality(facts),
        _relations(mapping),
        _access(readings),
        _volume(facts),
        _files(facts),
        _org(org),
    )


def grade(axes: Sequence[Axis]) -> str:
    """Give the grade from the sum and the worst axis; two, where what is unknown decides."""
    best = _grade([axis.low for axis in axes])
    worst = _grade([axis.high for axis in axes])
    return best if best == worst else f"{best} to {worst}"


def _grade(points: Sequence[int]) -> str:
    found = next(name for name, most in GRADES if sum(points) <= most)
    return max(found, CAP) if MOST in points else found


def heaviest(axes: Sequence[Axis], *, count: int = 3) -> tuple[Axis, ...]:
    """Name the axes that weigh most on the grade; what is unknown weighs all that it may."""
    heavy = sorted(axes, key=lambda axis: (-axis.high, -axis.low))
    return tuple(axis for axis in heavy[:count] if axis.high)


def _percent(part: int, whole: int) -> float | None:
    """Give a share to a tenth of a percent; nothing of nothing is not known."""
    return round(100 * part / whole, 1) if whole else None


def _scaled(name: str, number: float | None, scale: Scale, *, value: str, inputs: str) -> Axis:
    """Place a number on its scale; one that is not known may earn any points."""
    if number is None:
        return Axis(name, 0, MOST, UNKNOWN, scale.text, f"{inputs}: nothing was counted")
    points = scale.points(number)
    return Axis(name, points, points, value, scale.text, inputs)


def _fit(mapping: Mapping, facts: Facts) -> Axis:
    share = _percent(facts.records - fit_of(mapping, facts).fitting_records, facts.records)
    return _scaled(
        "object fit",
        share,
        FIT,
        value=f"{share} % not 1:1",
        inputs="records of entities that one mart takes alone: manifest, audit_row_counts",
    )


def _clarity(mapping: Mapping, facts: Facts) -> Axis:
    undecided = len(facts.undecided)
    fields = sum(len(mart.columns) for mart in mapping.marts)
    share = _percent(undecided, undecided + fields)
    return _scaled(
        "field clarity",
        share,
        CLARITY,
        value=f"{share} % undecided",
        inputs=f"{undecided} custom fields that no column takes (audit_excluded_records),"
        f" {fields:,} fields of the manifest",
    )


def _quality(facts: Facts) -> Axis:
    share = _percent(facts.defective, facts.records)
    return _scaled(
        "data quality",
        share,
        QUALITY,
        value=f"{share} % with a defect",
        inputs=f"{facts.defective:,} of {facts.records:,} records: audit_quality_flags,"
        " audit_excluded_records, audit_duplicate_candidates",
    )


def _relations(mapping: Mapping) -> Axis:
    steps = load_order(mapping)
    joins = sum(_is_many_to_many(mapping, mart) for mart in mapping.marts)
    circles = sum(len(step.second_pass) for step in steps)
    mixed = sum(
        len(column.lookup.objects) > 1
        for mart in mapping.marts
        for column in mart.columns
        if column.lookup
    )
    number = joins + circles + mixed
    return _scaled(
        "relations",
        number,
        RELATIONS,
        value=f"{number} that cost",
        inputs=f"manifest: {joins} n:m objects, {circles} second passes, {mixed} lookups to"
        f" several objects; parents stand {_depth(mapping)} deep",
    )


def _is_many_to_many(mapping: Mapping, mart: Mart) -> bool:
    """Tell whether a row ties two parents together of which neither follows from the other."""
    parents = _needed_parents(mart)
    following = {above for parent in parents for above in _ancestors(mapping, parent)}
    return len(parents - following) > 1 or len(mart.natural_key) > 1


def _needed_parents(mart: Mart) -> frozenset[str]:
    return frozenset(
        column.lookup.objects[0]
        for column in mart.columns
        if column.required and column.lookup and column.lookup.match in KEYED_MATCHES
    )


def _ancestors(mapping: Mapping, sobject: str) -> frozenset[str]:
    """Name what a record of this object cannot be without."""
    found: frozenset[str] = frozenset()
    waiting = set(_needed_parents(mapping.mart(sobject)) - {sobject})
    while waiting:
        name = waiting.pop()
        found |= {name}
        waiting |= _needed_parents(mapping.mart(name)) - found - {sobject}
    return found


def _depth(mapping: Mapping) -> int:
    """Count the objects on the longest way from a parent to its last descendants."""
    depth: dict[str, int] = {}
    for step in load_order(mapping):
        parents = {
            parent
            for column in mapping.mart(step.sobject).columns
            if column.lookup and column.name not in step.second_pass
            for parent in column.lookup.objects
        }
        depth[step.sobject] = 1 + max((depth.get(parent, 0) for parent in parents), default=0)
    return max(depth.values(), default=0)


def _access(readings: Sequence[Reading]) -> Axis:
    ways = {reading.way for reading in readings}
    # A folder may be a dump (0) or somebody's export by hand (4): its files do not say.
    known = [_ACCESS[way] for way in ways if way in _ACCESS]
    low = max(known, default=0)
    high = low if known and len(known) == len(ways) else MOST
    return Axis(
        name="source access",
        low=low,
        high=high,
        value=", ".join(sorted(ways)) or UNKNOWN,
        formula="dump 0, bulk 1, paged 2, by hand 4",
        inputs="reports/extract, which clinic-extract run writes",
    )


def _volume(facts: Facts) -> Axis:
    parents = [mart for mart in facts.marts if mart.largest_parent]
    largest = max(parents, key=lambda mart: mart.largest_parent or 0, default=None)
    most = largest.largest_parent or 0 if largest else 0
    points = min(MOST, VOLUME.points(facts.rows) + (most > MOST_CHILDREN))
    return Axis(
        name="volume, skew",
        low=points,
        high=points,
        value=f"{facts.rows:,} rows",
        formula=f"{VOLUME.text}, skew +1",
        inputs=f"marts; the largest parent has {most:,}"
        f" {largest.sobject if largest else 'children'} (skewed: over {MOST_CHILDREN:,})",
    )


def _files(facts: Facts) -> Axis:
    files = facts.files
    points = MOST if files.largest > LARGEST_FILE else FILES.points(files.files)
    return Axis(
        name="files",
        low=points,
        high=points,
        value=f"{files.files:,} files",
        formula=f"{FILES.text}, oversize 4",
        inputs=f"sf_content_version: {files.bytes:,} bytes, the largest {files.largest:,};"
        " types that the org blocks: unknown",
    )


def _org(org: OrgFacts | None) -> Axis:
    if org is None:
        return Axis("org side", 0, MOST, UNKNOWN, ORG.text, "an org: give --org")
    known = sum(count for count in org.active.values() if count is not None)
    unknown = [name for name, count in org.active.items() if count is None]
    told = [f"{count} {name}" for name, count in org.active.items() if count is not None]
    told += [f"{name}: {UNKNOWN}" for name in unknown]
    return Axis(
        name="org side",
        low=ORG.points(known),
        high=MOST if unknown else ORG.points(known),
        value=f"{known} that act" + (" or more" if unknown else ""),
        formula=ORG.text,
        inputs=f"org {org.alias}: {', '.join(told)}",
    )
