{# Clinic_Id__c is Text(255), and no key may be cut. #}
with

mart_keys as (

    {{ union_of_mart_keys() }}

),

misfits as (

    select record_key from mart_keys

    where {{ utf16_length('record_key') }} > 255 or record_key != trim(record_key)

)

select * from misfits
