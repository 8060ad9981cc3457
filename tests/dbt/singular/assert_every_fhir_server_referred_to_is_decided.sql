{#
    `https://host/fhir/Patient/1` may be the patient 1 of this clinic, or somebody else's, whom nobody here may be
    taken for. Name each server in CLINIC_FHIR_OWN_SERVERS or in CLINIC_FHIR_OTHER_SERVERS (docs/sources-fhir.md).
#}
select
    source_system,
    server_url,
    records
from {{ ref('stg_fhir__servers_referred_to') }}
where not is_decided
