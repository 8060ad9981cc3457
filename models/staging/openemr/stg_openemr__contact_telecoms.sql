{# One row per telephone number or e-mail address of a contact. #}
with

source as (

    select * from {{ source('raw_openemr', 'contact_telecom') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'id': '$.id',
            'contact_id': '$.contact_id',
            'rank': '$.rank',
            'system': '$.system',
            'value': '$.value',
            'status': '$.status',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['id'] as contact_telecom_id,
        nullif(texts['contact_id'], '0') as contact_id,
        try_cast(texts['rank'] as bigint) as priority,
        texts['system'] as telecom_system,
        texts['value'] as telecom_value,
        texts['status'] as status_code
    from extracted

)

select * from renamed
