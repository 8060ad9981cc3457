{# One row per person who need not be a patient. #}
with

source as (

    select * from {{ source('raw_openemr', 'person') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'id': '$.id',
            'first_name': '$.first_name',
            'last_name': '$.last_name',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['id'] as person_id,
        texts['first_name'] as given_name,
        texts['last_name'] as family_name
    from extracted

)

select * from renamed
