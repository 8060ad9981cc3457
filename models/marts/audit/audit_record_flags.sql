{#
    Oddities that a rule settled: a name of one word, a loop of merges, times that no calendar
    takes, a claim whose lines do not add up.
#}
with

patients as (

    select * from {{ ref('int_clinic__patients') }}

),

resolved as (

    select * from {{ ref('int_patients_resolved') }}

),

coverages as (

    select * from {{ ref('int_clinic__coverages') }}

),

timed as (

    select * from {{ ref('int_appointments_timed') }}

),

zones as (

    select * from {{ ref('int_locations_zoned') }}

),

locations as (

    select * from {{ ref('int_clinic__locations') }}

),

opportunities as (

    select * from {{ ref('sf_opportunity') }}

),

lines as (

    select * from {{ ref('sf_opportunity_line_item') }}

),

line_totals as (

    select
        OpportunityId as opportunity_id,
        sum(TotalPrice) as line_total

    from lines

    group by OpportunityId

),

flags as (

    select
        'patients' as entity,
        patient_key as record_key,
        'mononym' as flag,
        'LastName' as field,
        cast(null as string) as detail

    from patients

    where family_name is null and coalesce(given_name, name_text) is not null

    union all

    select
        'patients' as entity,
        patient_key as record_key,
        merge_defect as flag,
        'merged_into_patient_key' as field,
        cast(null as string) as detail

    from resolved

    where merge_defect is not null

    union all

    select
        'appointments' as entity,
        appointment_key as record_key,
        time_defect as flag,
        'EndDateTime' as field,
        cast(null as string) as detail

    from timed

    where time_defect is not null

    union all

    select
        'coverages' as entity,
        coverage_key as record_key,
        'coverage_ends_before_start' as flag,
        'Termination_Date__c' as field,
        cast(null as string) as detail

    from coverages

    where termination_date < effective_date

    union all

    select
        'locations' as entity,
        locations.location_key as record_key,
        'unknown_time_zone' as flag,
        'Time_Zone__c' as field,
        locations.time_zone as detail

    from locations

    inner join zones on locations.location_key = zones.location_key

    where locations.time_zone is not null and zones.time_zone is null

    union all

    select
        'claims' as entity,
        opportunities.Clinic_Id__c as record_key,
        'claim_total_differs' as flag,
        'Amount' as field,
        cast(
            opportunities.Total_Charge__c - coalesce(line_totals.line_total, 0) as string
        ) as detail

    from opportunities

    left join line_totals on opportunities.Clinic_Id__c = line_totals.opportunity_id

    where opportunities.Total_Charge__c != coalesce(line_totals.line_total, 0)

    union all

    select
        'claim_lines' as entity,
        Clinic_Id__c as record_key,
        'price_missing' as flag,
        'TotalPrice' as field,
        cast(null as string) as detail

    from lines

    where Source_Price_Missing__c

)

select * from flags
