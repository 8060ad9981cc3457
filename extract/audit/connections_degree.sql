-- How many of the one there are for each of the other, and how many of each.
with

ends as (

    select
        one.system,
        one.target_id as of_id,
        (other.target_type, other.target_id) as to_id
    from reference as one
    inner join reference as other
        on one.system = other.system
        and one.table_name = other.table_name
        and one.id = other.id
        and one.position != other.position
    where
        one.table_name = $table_name
        and one.target_type = $of_type
        and not one.is_orphan
        and not other.is_orphan
        and case $table_name
            when 'account'
                then one.path = 'subject[].reference'
                    and other.path = 'guarantor[].party.reference'
            when 'coverage'
                then one.path = 'beneficiary.reference' and other.path = 'payor[].reference'
            else other.target_type = $to_type
        end

),

degrees as (

    select system, of_id, count(distinct to_id) as degree
    from ends
    group by system, of_id

)

select degree, count(*) as members
from degrees
group by degree
order by degree
