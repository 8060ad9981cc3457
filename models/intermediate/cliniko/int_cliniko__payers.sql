{# Medicare in the clinic contract's columns, where a chart has a number of it. #}
with

coverages as (

    select
        source_system,
        payer_key,
        min_by(raw_id, try_cast(raw_id as bigint)) as raw_id
    from {{ ref('int_cliniko__coverages') }}
    group by source_system, payer_key

),

shaped as (

    select
        payer_key,
        source_system,
        'medicare' as source_id,
        cast(null as varchar) as payer_id,
        'Medicare' as payer_name,
        cast(null as varchar) as phone,
        cast(null as varchar) as email,
        cast(null as varchar) as street,
        cast(null as varchar) as city,
        cast(null as varchar) as state,
        cast(null as varchar) as postal_code,
        cast(null as varchar) as country,
        true as is_active,
        cast(null as timestamp) as created_at,
        cast(null as timestamp) as modified_at,
        raw_id
    from coverages

)

select * from shaped
