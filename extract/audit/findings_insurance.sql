-- Payers and coverages.
with

payers as (

    select
        system,
        id,
        is_active,
        name,
        json_extract_string(identifiers, '$[0].value') as payer_id
    from organization
    where list_has_any(json_extract_string(types, '$[*].coding[*].code'), ['ins', 'pay'])

),

insured as (

    select
        coverage.*,
        count(*) over (partition by coverage.system, reference.target_id) as coverages
    from coverage
    left join reference
        on coverage.system = reference.system
        and coverage.id = reference.id
        and reference.table_name = 'coverage'
        and reference.path = 'beneficiary.reference'

),

judged_payers as (

    select
        system,
        'organization' as table_name,
        id,
        unnest([
            case when is_active = 'false' then 'payer_inactive' end,
            case
                when count(*) over (partition by system, name) > 1
                    and name is not null then 'payers_of_the_same_name'
            end,
            case
                when count(*) over (partition by system, payer_id) > 1
                    and payer_id is not null then 'payers_of_the_same_payer_id'
            end
        ]) as finding
    from payers

),

judged_coverages as (

    select
        system,
        'coverage' as table_name,
        id,
        unnest([
            case when ends < starts then 'coverage_ends_before_start' end,
            case when pays_in_order is null then 'coverage_without_order' end,
            case when payers is null or payers = '[]' then 'coverage_without_payer' end,
            case when coverages = 2 then 'two_insurances' end,
            case when coverages = 3 then 'three_insurances' end,
            case when coverages > 3 then 'more_than_three_insurances' end,
            case
                when not list_contains(
                    (select codes from known where element = 'subscriber_relationship'),
                    relationship_code
                )
                    then 'coverage_relationship_unknown_code'
            end
        ]) as finding
    from insured

)

select * from judged_payers where finding is not null
union all
select * from judged_coverages where finding is not null
