"""The page in a real browser: it shows, without an error, and asks nobody for anything."""

from __future__ import annotations

from pathlib import Path

from tests.browser import needs_chromium, show
from tests.extract.audit.conftest import Audited


@needs_chromium
def test_page_shows_without_an_error_and_without_a_request(
    audited: Audited, tmp_path: Path
) -> None:
    seen = show(audited.folder / "audit.html", tmp_path)
    assert seen.console == []
    assert seen.asked == []
    assert seen.size == (1280, 2400)
    # A blank page of this size takes a tenth of that.
    assert seen.picture.stat().st_size > 100_000


@needs_chromium
def test_requests_and_errors_would_be_noticed(audited: Audited, tmp_path: Path) -> None:
    """The test above can fail: a page that asks somebody and throws is seen to do both."""
    page = tmp_path / "leaky.html"
    open_page = audited.page.replace("default-src 'none'; style-src 'unsafe-inline'", "")
    page.write_text(
        open_page.replace(
            "</body>",
            '<img src="http://tracker.example/pixel.png"><script>nothing.here()</script></body>',
        ),
        encoding="utf-8",
    )
    seen = show(page, tmp_path)
    assert any("tracker.example/pixel.png" in line for line in seen.asked)
    assert any("nothing is not defined" in line for line in seen.console)
    # With its policy in place the same page asks nobody.
    page.write_text(
        audited.page.replace("</body>", '<img src="http://tracker.example/pixel.png"></body>'),
        encoding="utf-8",
    )
    (tmp_path / "again").mkdir()
    kept = show(page, tmp_path / "again")
    assert kept.asked == []
    assert any("Content Security Policy" in line for line in kept.console)
