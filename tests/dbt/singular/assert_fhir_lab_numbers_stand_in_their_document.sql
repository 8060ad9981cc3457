{#
    The text of a lab value stands in its document, character for character, and means the same
    number there: json_number_text neither changes a value nor takes another quantity's.
#}
with

raw_observations as (

    select * from {{ source('raw_fhir', 'observation') }}

),

observations as (

    select * from {{ ref('stg_fhir__observations') }}

),

compared as (

    select
        observations.source_system,
        observations.observation_id,
        observations.quantity_text,
        {# To its last digit: 1.0 does not stand in a document that says 1.00. #}
        case
            when try_cast(observations.quantity_text as double) is not null
                then regexp_matches(
                    raw_observations.doc,
                    ':\s*"?'
                    || replace(replace(observations.quantity_text, '.', '[.]'), '+', '[+]')
                    || '"?\s*[,}]'
                )
        end as stands_there,
        try_cast(json_extract_string(raw_observations.doc, '$.valueQuantity.value') as double)
            as number_there
    from observations
    inner join raw_observations
        on
            observations.source_system = raw_observations.system
            and observations.observation_id = raw_observations.id

),

differences as (

    select
        source_system,
        observation_id
    from compared
    where
        try_cast(quantity_text as double) is distinct from number_there
        or (number_there is not null and not stands_there)

)

select * from differences
