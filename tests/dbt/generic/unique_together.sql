{# No two rows have the same values in all the columns named. #}
{% test unique_together(model, columns) %}
with

counted as (

    select
        {{ columns | join(',\n        ') }},
        count(*) as row_count

    from {{ model }}

    group by {{ columns | join(', ') }}

    having count(*) > 1

)

select * from counted
{% endtest %}
