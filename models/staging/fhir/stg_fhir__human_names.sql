{# One row per name of a person, in the order in which the source gives them. #}
with

{{ fhir_elements('names_json', [
    ['stg_fhir__patients', 'Patient', 'patient_id'],
    ['stg_fhir__practitioners', 'Practitioner', 'practitioner_id'],
    ['stg_fhir__related_persons', 'RelatedPerson', 'related_person_id'],
]) }},

extracted as (

    select
        source_system,
        resource_type,
        resource_id,
        ordinal,
        {{ json_texts('element', {
            'use': '$.use',
            'text': '$.text',
            'family': '$.family',
            'given_1': '$.given[0]',
            'given_2': '$.given[1]',
            'given_3': '$.given[2]',
            'given_4': '$.given[3]',
            'prefix_1': '$.prefix[0]',
            'prefix_2': '$.prefix[1]',
            'suffix_1': '$.suffix[0]',
            'suffix_2': '$.suffix[1]',
            'period_end': '$.period.end',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        resource_type,
        resource_id,
        ordinal,
        texts['use'] as name_use,
        texts['prefix_1'] || coalesce(' ' || texts['prefix_2'], '') as name_prefix,
        texts['given_1'] as given_name,
        nullif(concat_ws(' ', texts['given_2'], texts['given_3'], texts['given_4']), '')
            as middle_name,
        texts['family'] as family_name,
        texts['suffix_1'] || coalesce(' ' || texts['suffix_2'], '') as name_suffix,
        texts['text'] as name_text,
        texts['period_end'] is not null as has_ended
    from extracted

)

select * from renamed
