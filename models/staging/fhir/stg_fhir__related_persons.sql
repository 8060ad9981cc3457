{# One row per RelatedPerson. #}
with

source as (

    select * from {{ source('raw_fhir', 'related_person') }}

),

extracted as (

    select
        system as source_system,
        id as related_person_id,
        last_updated,
        {{ json_texts('doc', {
            'is_active': '$.active',
            'patient': '$.patient.reference',
            'relationship_1': '$.relationship[0].coding[0].code',
            'relationship_text': '$.relationship[0].text',
            'names': '$.name',
            'telecoms': '$.telecom',
            'addresses': '$.address',
            'birth_date': '$.birthDate',
            'extensions': '$.extension',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        related_person_id,
        {{ fhir_reference_id("texts['patient']", 'Patient') }} as patient_id,
        coalesce(texts['relationship_1'], texts['relationship_text']) as relationship_code,
        texts['birth_date'] as birth_date_text,
        texts['names'] as names_json,
        texts['telecoms'] as telecoms_json,
        texts['addresses'] as addresses_json,
        texts['extensions'] as extensions_json,
        try_cast(texts['is_active'] as boolean) as is_active,
        {{ fhir_date("texts['birth_date']") }} as birth_date,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
