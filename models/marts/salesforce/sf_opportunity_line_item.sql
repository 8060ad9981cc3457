{#
    A charge on a claim. `Quantity` is 1 where the source has none or 0, which Salesforce refuses;
    `TotalPrice` is the charge, 0 where none is stated. Both facts stand beside them.
#}
with

claim_lines as (

    select * from {{ ref('int_clinic__claim_lines') }}

),

coded as (

    select * from {{ ref('int_claim_lines_coded') }}

),

locations as (

    select * from {{ ref('int_clinic__locations') }}

),

priced as (

    select
        claim_line_key,
        coalesce(net, cast(quantity * unit_price as decimal(18, 2))) as charge

    from claim_lines

),

line_items as (

    select

        ---------- ids
        claim_lines.claim_line_key as Clinic_Id__c,
        claim_lines.claim_key as OpportunityId,
        {{ derived_key('coded.product_key', 'standard_price') }} as PricebookEntryId,
        locations.location_key as Location__c,

        ---------- strings
        {{ text_if_it_fits('claim_lines.code_description', 255) }} as Description,
        {{ text_if_it_fits('claim_lines.code', 255) }} as Source_Code__c,
        {{ text_if_it_fits('claim_lines.modifiers', 255) }} as Modifiers__c,
        {{ overflowing_text({
            'Description': ['claim_lines.code_description', 255],
            'Source Code': ['claim_lines.code', 255],
            'Modifiers': ['claim_lines.modifiers', 255],
        }) }} as Overflow_Text__c,

        ---------- numerics
        claim_lines.line_number as Line_Number__c,
        cast(coalesce(nullif(claim_lines.quantity, 0), 1) as decimal(18, 2)) as Quantity,
        cast(coalesce(priced.charge, 0) as decimal(18, 2)) as TotalPrice,
        claim_lines.quantity as Source_Quantity__c,
        claim_lines.unit_price as Source_Unit_Price__c,

        ---------- booleans
        priced.charge is null as Source_Price_Missing__c,

        ---------- dates
        claim_lines.service_date as ServiceDate,

        ---------- timestamps
        claim_lines.created_at as Source_Created_At__c,
        cast(null as timestamp) as Source_Deleted_At__c,
        claim_lines.modified_at as Source_Modified_At__c

    from claim_lines

    inner join coded on claim_lines.claim_line_key = coded.claim_line_key

    inner join priced on claim_lines.claim_line_key = priced.claim_line_key

    left join locations on claim_lines.location_key = locations.location_key

)

select * from line_items
