"""The audit as one HTML page that needs nothing but itself."""

from __future__ import annotations

from extract.audit.audit import Audit
from extract.audit.figures_findings import (
    SEVERITIES,
    TOPIC_NAMES,
    contact_details,
    duplicates,
    findings_by_topic,
    open_questions,
)
from extract.audit.figures_map import custom_fields, objects_to_make, what_loads
from extract.audit.figures_records import (
    document_sizes,
    documents,
    fill_rates,
    records_by_location,
    records_per_patient,
    skew,
    tie,
)
from extract.page.rendering import render


def as_page(audit: Audit) -> str:
    """Render the report; equal audits give equal bytes."""
    ahead = (what_loads(audit), objects_to_make(audit))
    return render(
        "page.html.jinja",
        package="extract.audit",
        audit=audit,
        severities=SEVERITIES,
        topics=TOPIC_NAMES,
        open_questions=open_questions(audit),
        by_topic=findings_by_topic(audit),
        people=[contact_details(audit), duplicates(audit)],
        records=[
            records_by_location(audit),
            fill_rates(audit),
            records_per_patient(audit),
            skew(audit),
        ],
        ties=[tie(found) for found in audit.many_to_many],
        papers=[documents(audit), document_sizes(audit)],
        custom=custom_fields(audit),
        ahead=[figure for figure in ahead if figure is not None],
    )
