"""Over two hundred identifiers of the demo clinic's patients, taken from what was landed."""

from __future__ import annotations

from pathlib import Path

import duckdb

from tests.identifiers.forms import Identifier
from tests.identifiers.planted import COUNT

# Shorter ones are found in words that name nobody.
_SHORTEST = 6
# Names that the practice's own people have too are no patient's alone.
_CHOSEN = f"""
with
people as (
    select unnest(json_extract(doc, '$.name[*]')) as name, doc from raw_fhir.patient
),
staff as (
    select unnest(json_extract_string(doc, '$.name[*].family')) as family from raw_fhir.practitioner
),
notes as (
    select unnest(json_extract_string(doc, '$.content[*].attachment.data')) as body
    from raw_fhir.document_reference
    where json_extract_string(doc, '$.content[0].attachment.contentType') = 'text/plain'
),
found (kind, value) as (
    select 'family name', json_extract_string(name, '$.family') from people
    where json_extract_string(name, '$.family') not in (select family from staff)
    union select 'chart id', id from raw_fhir.patient where id like 'chart.%'
    union select 'mrn', unnest(json_extract_string(doc, '$.identifier[*].value'))
    from raw_fhir.patient
    union select json_extract_string(line, '$.system'), json_extract_string(line, '$.value') from (
        select unnest(json_extract(doc, '$.telecom[*]')) as line from raw_fhir.patient
    )
    union select 'address', json_extract_string(doc, '$.address[0].line[0]') from raw_fhir.patient
    union select 'member id', json_extract_string(doc, '$.subscriberId') from raw_fhir.coverage
    union select 'claim number', json_extract_string(doc, '$.identifier[0].value')
    from raw_fhir.claim
    union select 'payment reference', json_extract_string(doc, '$.identifier[0].value')
    from raw_fhir.payment_notice
    union select 'lab result id', id from raw_fhir.observation
    union select 'file name', json_extract_string(doc, '$.content[0].attachment.title')
    from raw_fhir.document_reference
    -- Others are called as what they are: Progress note.txt
    where regexp_matches(json_extract_string(doc, '$.content[0].attachment.title'), '[0-9]')
    union select 'note', left(decode(from_base64(body)), 60) from notes
)
select kind, any_value(value) from found
where length(value) >= {_SHORTEST}
    -- A short one of these letters alone is in some digest now and then: CA33254.
    and not regexp_matches(value, '^[0-9a-fA-F]{{1,9}}$')
group by kind, lower(value)
qualify row_number() over (partition by kind order by sha256(lower(value))) <= {COUNT // 10}
order by kind, any_value(value)
"""


def identifiers_of(raw: Path) -> list[Identifier]:
    """Choose the identifiers, as many of each kind; the same for the same landing."""
    with duckdb.connect(str(raw), read_only=True) as db:
        rows = db.execute(_CHOSEN).fetchall()
    return [Identifier(kind, value) for kind, value in rows]
