{#
    One product per billed code. Lines that name no code need one too: they share `Uncoded service`
    of their system, which is there only when such lines are.
#}
with

procedure_codes as (

    select * from {{ ref('int_clinic__procedure_codes') }}

),

coded as (

    select * from {{ ref('int_claim_lines_coded') }}

),

uncoded as (

    select
        product_key,
        source_system

    from coded

    where is_uncoded

    group by product_key, source_system

),

united as (

    select
        procedure_code_key as product_key,
        coalesce(description, code, source_id) as product_name,
        code,
        description,
        code_system,
        created_at,
        modified_at

    from procedure_codes

    union all

    select
        product_key,
        'Uncoded service' as product_name,
        cast(null as string) as code,
        'A line of a claim that names no code.' as description,
        cast(null as string) as code_system,
        cast(null as timestamp) as created_at,
        cast(null as timestamp) as modified_at

    from uncoded

),

products as (

    select

        ---------- ids
        product_key as Clinic_Id__c,

        ---------- strings
        {{ text_that_fits('product_name', 255) }} as Name,
        {{ text_if_it_fits('code', 255) }} as ProductCode,
        {{ text_if_it_fits('description', 4000) }} as Description,
        {{ text_if_it_fits('code_system', 255) }} as Code_System__c,
        {{ overflowing_text({
            'Product Name': ['product_name', 255],
            'Product Code': ['code', 255],
            'Product Description': ['description', 4000],
            'Code System': ['code_system', 255],
        }) }} as Overflow_Text__c,

        ---------- booleans
        true as IsActive,

        ---------- timestamps
        created_at as Source_Created_At__c,
        cast(null as timestamp) as Source_Deleted_At__c,
        modified_at as Source_Modified_At__c

    from united

)

select * from products
