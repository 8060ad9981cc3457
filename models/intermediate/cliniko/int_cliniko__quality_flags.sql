{# Dates of birth that were written in part or that nobody can read. #}
with

flagged as (

    {{ union_of_date_flags([
        [
            'stg_cliniko__patients', 'patients', 'patient', 'patient_id', 'birth_date',
            'birth_date_text', 'birth_date'
        ],
    ]) }}

)

select * from flagged
