{#
    Whom a chart's invoices go to, in the clinic contract's columns: text of several lines, of which
    the first is the name and the rest the address.
#}
with

patients as (

    select
        *,
        replace(invoice_recipient, chr(13), '') as recipient
    from {{ ref('stg_cliniko__patients') }}
    where invoice_recipient is not null

),

shaped as (

    select
        {{ clinic_key('source_system', 'guarantor', 'patient_id') }} as guarantor_key,
        source_system,
        patient_id as source_id,
        cast(null as varchar) as given_name,
        cast(null as varchar) as family_name,
        trim(split_part(recipient, chr(10), 1)) as name_text,
        cast(null as varchar) as relationship_code,
        {{ clinic_key('source_system', 'patient', 'patient_id') }} as patient_key,
        cast(null as varchar) as phone,
        invoice_email as email,
        nullif(trim(substr(recipient, length(split_part(recipient, chr(10), 1)) + 2)), '')
            as street,
        cast(null as varchar) as city,
        cast(null as varchar) as state,
        cast(null as varchar) as postal_code,
        cast(null as varchar) as country,
        cast(null as date) as birth_date,
        created_at,
        modified_at
    from patients

)

select * from shaped
