{#
    Clinical notes and intake forms. The body takes what fits; where that is not all, the File with
    the whole says so in `Has_Full_Text_File__c`.
#}
with

notes as (

    select * from {{ ref('int_notes_united') }}

),

providers as (

    select * from {{ ref('int_providers_matched_to_owners') }}

),

statuses as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'note_status'

),

salesforce_notes as (

    select

        ---------- ids
        notes.note_key as Clinic_Id__c,
        coalesce(providers.owner_email, notes.owner_email) as OwnerId,
        notes.patient_key as Patient__c,
        notes.household_key as Account__c,
        providers.provider_key as Author__c,

        ---------- strings
        {{ text_if_it_fits('notes.note_type', 255) }} as Note_Type__c,
        {{ text_if_it_fits('notes.title', 255) }} as Title__c,
        statuses.salesforce_value as Status__c,
        {{ text_if_it_fits('notes.status_code', 255) }} as Status_Source_Code__c,
        notes.fitting_body as Body__c,
        {{ overflowing_text({
            'Body': ['notes.body', none],
            'Note Type': ['notes.note_type', 255],
            'Title': ['notes.title', 255],
            'Status': ['notes.status_code', 255],
        }) }} as Overflow_Text__c,

        ---------- booleans
        notes.is_overflowing as Has_Full_Text_File__c,

        ---------- timestamps
        notes.authored_at as Authored_Date__c,
        notes.created_at as Source_Created_At__c,
        cast(null as timestamp) as Source_Deleted_At__c,
        notes.modified_at as Source_Modified_At__c

    from notes

    left join providers on notes.author_provider_key = providers.provider_key

    left join statuses
        on
            notes.source_system = statuses.source_system
            and notes.status_code = statuses.source_value

)

select * from salesforce_notes
