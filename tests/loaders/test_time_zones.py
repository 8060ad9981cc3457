"""Dates and moments do not depend on where the loader runs."""

from __future__ import annotations

import pytest

from loaders.errors import DONE
from tests.loaders.loading import Loading
from tests.loaders.planning import ALIAS, OWNER


def planned(desk: Loading, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plan as a person would whose machine is in this zone."""
    monkeypatch.setenv("TZ", zone)
    done = desk.load("plan", "--org", ALIAS, "--default-owner", OWNER, "--no-mask")
    assert done.code == DONE, done.stderr


@pytest.mark.soak
def test_dates_and_moments_are_the_same_wherever_the_loader_runs(
    desk: Loading, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned(desk, "Asia/Tokyo", monkeypatch)
    done = desk.load("approve", "latest", "--by", "Ada Example", "--allow-duplicates")
    assert done.code == DONE, done.stderr
    done = desk.load("push", "latest", "--org", ALIAS)
    assert done.code == DONE, done.stderr
    days = {row["Birthdate"] for row in desk.soql("SELECT Birthdate FROM Contact")}
    assert days == {"1980-02-29", "1900-01-01", None}
    (event,) = desk.soql("SELECT StartDateTime FROM Event", everything=True)
    # The very hour that daylight saving skips in New York.
    assert event["StartDateTime"] == "2019-03-10T07:30:00.000+0000"
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    done = desk.load("verify", "latest", "--org", ALIAS)
    assert done.code == DONE, done.stdout
