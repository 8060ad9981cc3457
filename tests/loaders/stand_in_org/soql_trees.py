"""Random SOQL trees, every kind of node among them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from hypothesis import strategies as st

from loaders.stand_in_org.soql_dates import COUNTED, NAMED
from loaders.stand_in_org.soql_expressions import DATE_FUNCTIONS
from loaders.stand_in_org.soql_tree import (
    Aggregate,
    Branch,
    Comparison,
    Condition,
    DateFunction,
    FieldsOf,
    Junction,
    Literal,
    Membership,
    Negation,
    Order,
    Path,
    Query,
    SelectItem,
    Shown,
    Source,
    TypeOf,
    Value,
)

TEXTS = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("'\\\n\t%_\""), max_size=8
)
# What LIKE keeps of its escapes: a backslash stands before a wildcard or another backslash.
PATTERNS = st.lists(
    st.sampled_from(["a", "é", "%", "_", "\\%", "\\_", "\\\\", "'", "\n"]), max_size=6
).map("".join)
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001 - UTC without zone, as the tree has it
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
LITERALS = st.one_of(
    TEXTS.map(lambda text: Literal("string", text)),
    st.decimals(-(10**9), 10**9, places=3).map(lambda number: Literal("number", number)),
    st.integers(-(10**12), 10**12).map(lambda number: Literal("number", Decimal(number))),
    st.booleans().map(lambda flag: Literal("boolean", flag)),
    st.just(Literal("null", None)),
    st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(lambda day: Literal("date", day)),
    MOMENTS.map(lambda moment: Literal("datetime", moment)),
    st.sampled_from(sorted(NAMED)).map(lambda word: Literal("range", word)),
    st.builds(
        lambda word, count: Literal("range", word, count=count),
        st.sampled_from(sorted(COUNTED)),
        st.integers(0, 999),
    ),
)
ALIASES = st.none() | st.sampled_from(["a", "n_1", "Alias"])
COMPARISONS = st.sampled_from(["=", "!=", "<", ">", "<=", ">="])
FUNCTIONS = st.sampled_from(["count", "count_distinct", "sum", "avg", "min", "max", "grouping"])


@dataclass(frozen=True, slots=True)
class Trees:
    """Statements over some paths and some objects."""

    paths: st.SearchStrategy[Path]
    sources: st.SearchStrategy[Source]
    objects: st.SearchStrategy[str]

    def statements(self) -> st.SearchStrategy[Query]:
        """Give statements, with statements inside."""
        count = SelectItem(Aggregate("count", None))
        counts = self.sources.map(lambda source: Query((count,), source, count_only=True))
        return counts | self._queries(self._queries(None))

    def _aggregates(self) -> st.SearchStrategy[Aggregate]:
        return st.builds(Aggregate, FUNCTIONS, self.paths)

    def _dates(self) -> st.SearchStrategy[DateFunction]:
        return st.builds(DateFunction, st.sampled_from(DATE_FUNCTIONS), self.paths, st.booleans())

    def _shown(self) -> st.SearchStrategy[Shown]:
        formatted = self.paths | self._aggregates()
        return st.builds(Shown, st.just("tolabel"), self.paths) | st.builds(
            Shown, st.just("format"), formatted
        )

    def _type_ofs(self) -> st.SearchStrategy[TypeOf]:
        listed = st.lists(self.paths, min_size=1, max_size=2).map(tuple)
        branches = st.lists(st.builds(Branch, self.objects, listed), min_size=1, max_size=2)
        return st.builds(TypeOf, self.paths, branches.map(tuple), st.just(()) | listed)

    def _queries(self, inner: st.SearchStrategy[Query] | None) -> st.SearchStrategy[Query]:
        values = self.paths | self._dates() | self._shown()
        tests = _tests(values)
        items = st.builds(SelectItem, values | self._aggregates(), ALIASES)
        groups = st.sampled_from(["all", "standard", "custom"]).map(FieldsOf)
        items |= (groups | self._type_ofs()).map(SelectItem)
        if inner is not None:
            items |= inner.map(SelectItem)
            operators = st.sampled_from(["in", "not in"])
            tests |= st.builds(Membership, values, operators, st.just(()), inner)
        ordered = self.paths | self._aggregates() | self._dates()
        orders = st.builds(Order, ordered, st.booleans(), st.booleans())
        return st.builds(
            _query,
            items=st.lists(items, min_size=1, max_size=4).map(tuple),
            source=self.sources,
            relations=st.just(()) | st.tuples(self.sources),
            scope=st.none() | st.sampled_from(["everything", "mine"]),
            where=st.none() | joined(tests),
            group_by=st.lists(self.paths | self._dates(), max_size=3).map(tuple),
            grouping=st.sampled_from(["", "rollup", "cube"]),
            having=st.none() | joined(_tests(self.paths | self._aggregates())),
            order_by=st.lists(orders, max_size=2).map(tuple),
            limit=st.none() | st.integers(0, 10**6),
            offset=st.none() | st.integers(0, 2000),
            locking=st.booleans(),
        )


def _query(**parts: object) -> Query:
    """Build a statement; what hangs on an absent clause is absent too."""
    if not parts["group_by"]:
        parts |= {"having": None, "grouping": ""}
    if parts["order_by"]:
        parts["locking"] = False
    return Query(**parts)  # type: ignore[arg-type]


def _tests(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Condition]:
    likes = PATTERNS.map(lambda text: Literal("string", text))
    operators = st.sampled_from(["in", "not in", "includes", "excludes"])
    members = st.lists(LITERALS, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Comparison, values, COMPARISONS, LITERALS),
        st.builds(Comparison, values, st.just("like"), likes),
        st.builds(Membership, values, operators, members),
    )


def joined(tests: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    """Join tests by AND, OR and NOT, two levels deep."""
    for _ in range(2):
        parts = st.lists(tests, min_size=2, max_size=3).map(tuple)
        joints = st.builds(Junction, st.sampled_from(["and", "or"]), parts)
        tests = tests | tests.map(Negation) | joints
    return tests


def tamed(query: Query, *, inside: bool = False) -> Query:
    """Give the statement without what most often has it refused before it is compiled."""
    grouped = tuple(SelectItem(group) for group in query.group_by)
    totals = tuple(i for i in query.items if isinstance(i.expression, Aggregate | Shown))
    plain = [i for i in query.items if isinstance(i.expression, Path | TypeOf)]
    plain += [
        SelectItem(tamed(i.expression, inside=True))
        for i in query.items
        if isinstance(i.expression, Query) and not inside
    ]
    items = grouped + totals if query.group_by and not inside else tuple(dict.fromkeys(plain))
    return replace(
        query,
        items=items or (SelectItem(Path(("Id",))),),
        group_by=() if inside else query.group_by,
        having=None if inside else query.having,
        relations=(),
        where=None if query.where is None else _without_queries(query.where),
        scope=None,
        offset=None,
        locking=False,
        count_only=False,
    )


def _without_queries(condition: Condition) -> Condition:
    if isinstance(condition, Negation):
        return Negation(_without_queries(condition.condition))
    if isinstance(condition, Junction):
        return replace(condition, conditions=tuple(map(_without_queries, condition.conditions)))
    if isinstance(condition, Membership) and condition.query is not None:
        return Comparison(condition.left, "!=", Literal("null", None))
    return condition
