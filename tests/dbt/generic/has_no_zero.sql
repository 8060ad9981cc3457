{# No row has zero in a column, which Salesforce refuses there. #}
{% test has_no_zero(model, column) %}
with

zeros as (

    select Clinic_Id__c from {{ model }}

    where {{ column }} = 0

)

select * from zeros
{% endtest %}
