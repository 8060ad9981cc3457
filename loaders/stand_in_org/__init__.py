"""A loopback Salesforce org: real HTTP in front, a DuckDB database behind, strict in between."""

from __future__ import annotations

import sys

# DuckDB looks for pandas anew at every parameter of every statement, and does not remember that
# there is none: that was a fifth of the org's time. Nothing here needs it.
sys.modules.setdefault("pandas", None)  # type: ignore[arg-type]
