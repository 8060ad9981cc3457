{# One row per visit. `encounter` is what the other tables refer to. #}
with

source as (

    select * from {{ source('raw_openemr', 'form_encounter') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'id': '$.id',
            'encounter': '$.encounter',
            'pid': '$.pid',
            'date': '$.date',
            'reason': '$.reason',
            'facility_id': '$.facility_id',
            'provider_id': '$.provider_id',
            'referral_source': '$.referral_source',
            'referring_provider_id': '$.referring_provider_id',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['id'] as encounter_row_id,
        texts['encounter'] as encounter_id,
        nullif(texts['pid'], '0') as patient_id,
        {{ openemr_timestamp("texts['date']") }} as encounter_at_local,
        texts['reason'] as reason,
        nullif(texts['facility_id'], '0') as facility_id,
        nullif(texts['provider_id'], '0') as provider_id,
        texts['referral_source'] as referral_source,
        nullif(texts['referring_provider_id'], '0') as referring_user_id
    from extracted

)

select * from renamed
