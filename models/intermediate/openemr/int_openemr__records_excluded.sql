{# Raw rows that a rule of their own keeps out, each with its reason. #}
with

told as (

    select
        source_system,
        'billing' as raw_table,
        billing_line_id as raw_id,
        case line_kind
            when 'struck_out' then 'entered_in_error'
            when 'without_visit' then 'no_patient'
        end as excluded_reason,
        case line_kind
            when 'struck_out' then 'taken off the fee sheet'
            when 'without_visit' then 'no patient or no visit'
        end as excluded_detail
    from {{ ref('int_openemr__billing_lines_told_apart') }}
    where line_kind in ('struck_out', 'without_visit')

    union all

    select
        source_system,
        'insurance_data' as raw_table,
        insurance_policy_id as raw_id,
        'blank_record' as excluded_reason,
        'no company, plan or number' as excluded_detail
    from {{ ref('int_openemr__subscribers_matched') }}
    where not has_content

    union all

    select
        source_system,
        'documents' as raw_table,
        document_id as raw_id,
        'encrypted_in_source' as excluded_reason,
        'OpenEMR keeps the file encrypted' as excluded_detail
    from {{ ref('stg_openemr__documents') }}
    where is_encrypted

    union all

    select
        source_system,
        'pnotes' as raw_table,
        patient_note_id as raw_id,
        'encrypted_in_source' as excluded_reason,
        'OpenEMR keeps the message encrypted' as excluded_detail
    from {{ ref('stg_openemr__patient_notes') }}
    where is_encrypted

    union all

    select
        source_system,
        'drug_sales' as raw_table,
        drug_sale_id as raw_id,
        case when patient_id is null then 'no_clinic_entity' else 'not_prepaid' end
            as excluded_reason,
        case
            when patient_id is null then 'a movement of stock'
            else 'dispensed on a prescription, returned or transferred'
        end as excluded_detail
    from {{ ref('stg_openemr__drug_sales') }}

)

select * from told
