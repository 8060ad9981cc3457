"""The page: each figure says its finding, its unit, and has its numbers in a table beside it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from extract.page.wording import bytes_in_words, counted, percent, share
from tests.extract.audit.conftest import Audited


class Figures(HTMLParser):
    """Reads the figures of a page: what stands in each, by the kind of element."""

    def __init__(self) -> None:
        super().__init__()
        self.figures: list[dict[str, list[str]]] = []
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = dict(attributes)
        if told.get("id"):
            self.ids.append(str(told["id"]))
        if tag == "figure":
            self.figures.append({})
        name = "unit" if told.get("class") == "unit" else tag
        self.open.append(name)
        if self.figures and "figure" in self.open:
            self.figures[-1].setdefault(name, [])

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open[-1] not in (tag, "unit" if tag == "p" else tag):
            self.open.pop()
        if self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.figures and "figure" in self.open and data.strip():
            self.figures[-1].setdefault(self.open[-1], []).append(data.strip())


@pytest.fixture(scope="module")
def read(audited: Audited) -> Figures:
    figures = Figures()
    figures.feed(audited.page)
    return figures


def test_every_figure_has_a_title_a_unit_a_picture_and_a_table(read: Figures) -> None:
    assert len(read.figures) >= 15
    for figure in read.figures:
        (title,) = figure["h3"]
        assert len(title.split()) >= 4, title
        assert figure["unit"]
        assert "svg" in figure
        assert len(figure["th"]) >= 3
        assert figure["td"]


def test_every_number_of_a_picture_is_in_its_table(read: Figures) -> None:
    for figure in read.figures:
        numbers = {said for said in figure["text"] if re.fullmatch(r"[\d,]+", said)}
        assert numbers <= set(figure["td"]), figure["h3"]


def test_titles_say_what_the_data_say(audited: Audited, read: Figures) -> None:
    titles = [figure["h3"][0] for figure in read.figures]
    open_ones = [
        one for one in audited.json()["findings"] if one["severity"] == "repair" and one["records"]
    ]
    assert any(title.startswith(f"{len(open_ones)} kinds of defect") for title in titles)
    assert "4 pairs of charts look like one person; 3 of them agree in everything" in titles
    assert "1 in 60 e-mail addresses cannot be delivered to" in titles
    plans = next(
        tie for tie in audited.json()["many_to_many"] if tie["name"] == "patients and payers"
    )
    several = sum(n for degree, n in plans["degrees"].items() if int(degree) > 1)
    rate = round(100 * several / sum(plans["degrees"].values()))
    assert f"{rate} % of the patients have several insurance plans, up to 3" in titles


def test_every_finding_is_named_with_its_counts(audited: Audited) -> None:
    rows = re.findall(r"<tr><td>.*?</tr>", audited.page)
    for one in audited.json()["findings"]:
        if one["records"]:
            (row,) = (row for row in rows if f"<code>{one['name']}</code>" in row)
            cells = re.findall(r'<td class="n">([^<]*)</td>', row)
            assert (cells[0], cells[2]) == (f"{one['records']:,}", f"{one['people']:,}")


def test_page_refers_to_nothing_outside(audited: Audited, read: Figures) -> None:
    links = re.findall(r'(?:href|src|action|data|poster)="([^"]*)"', audited.page)
    assert [link for link in links if not link.startswith("#")] == []
    assert {link[1:] for link in links if link.startswith("#")} <= set(read.ids)
    assert not re.search(r"url\(|@import|<script|<iframe|<object|<img", audited.page)
    assert len(read.ids) == len(set(read.ids))


def test_page_of_a_landing_without_a_build_says_so(audited_alone: Audited) -> None:
    assert "dbt build was not run yet" in audited_alone.page
    assert "dbt has written no manifest yet" in audited_alone.page


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 9, "none"),
        (9, 9, "all"),
        (1, 9, "1 in 9"),
        (4, 245, "1 in 61"),
        (58, 100, "58 %"),
        (9999, 10000, "99 %"),
        (1, 100_000, "1 in 100,000"),
    ],
)
def test_share_is_said_in_words(part: int, whole: int, said: str) -> None:
    assert share(part, whole) == said


def test_numbers_in_tables_never_round_to_none_or_all() -> None:
    assert percent(1, 1000) == "<1 %"
    assert percent(999, 1000) == "99 %"
    assert percent(1000, 1000) == "100 %"
    assert percent(0, 0) == ""
    assert counted(1, "person", "people") == "1 person"
    assert counted(1200, "person", "people") == "1,200 people"
    assert bytes_in_words(218) == "218 bytes"
    assert bytes_in_words(2_088) == "2.1 kB"
    assert bytes_in_words(851_979_000) == "852 MB"
