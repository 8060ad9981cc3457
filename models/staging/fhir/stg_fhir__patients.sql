{# One row per Patient. Custom-field decimals keep the digits they were sent with. #}
with

source as (

    select * from {{ source('raw_fhir', 'patient') }}

),

extracted as (

    select
        system as source_system,
        id as patient_id,
        last_updated,
        {{ json_texts(json_number_text('doc', ['valueDecimal', 'valueQuantity']), {
            'is_active': '$.active',
            'names': '$.name',
            'telecoms': '$.telecom',
            'gender': '$.gender',
            'birth_date': '$.birthDate',
            'deceased_boolean': '$.deceasedBoolean',
            'deceased_at': '$.deceasedDateTime',
            'addresses': '$.address',
            'marital_status': '$.maritalStatus.coding[0].code',
            'marital_status_text': '$.maritalStatus.text',
            'language': '$.communication[0].language.coding[0].code',
            'language_text': '$.communication[0].language.text',
            'practitioner': '$.generalPractitioner[0].reference',
            'identifiers': '$.identifier',
            'links': '$.link',
            'tags': '$.meta.tag',
            'extensions': '$.extension',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        patient_id,
        texts['gender'] as gender_code,
        coalesce(texts['marital_status'], texts['marital_status_text']) as marital_status_code,
        coalesce(texts['language'], texts['language_text']) as language_code,
        texts['practitioner'] as general_practitioner_reference,
        texts['birth_date'] as birth_date_text,
        texts['deceased_at'] as deceased_at_text,
        texts['names'] as names_json,
        texts['telecoms'] as telecoms_json,
        texts['addresses'] as addresses_json,
        texts['identifiers'] as identifiers_json,
        texts['links'] as links_json,
        texts['tags'] as tags_json,
        texts['extensions'] as extensions_json,
        try_cast(texts['is_active'] as boolean) as is_active,
        try_cast(texts['deceased_boolean'] as boolean) as is_deceased,
        {{ fhir_date("texts['birth_date']") }} as birth_date,
        {{ fhir_date("texts['deceased_at']") }} as deceased_date,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
