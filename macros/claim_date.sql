{#
    The day that stands for a claim (an Opportunity needs one): submitted, else the service's last
    or first day, else the day the record was made or changed.
#}
{% macro claim_date() -%}
    coalesce(
        submitted_date,
        service_end_date,
        service_start_date,
        cast(created_at as date),
        cast(modified_at as date)
    )
{%- endmacro %}
