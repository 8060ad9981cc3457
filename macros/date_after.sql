{# The day that lies a FHIR period (`interval_count` of d, wk, mo or a) after another. #}
{% macro date_after(day, interval_count, interval_unit) -%}
    case {{ interval_unit }}
        when 'd' then cast({{ dbt.dateadd('day', interval_count, day) }} as date)
        when 'wk' then cast({{ dbt.dateadd('day', '7 * ' ~ interval_count, day) }} as date)
        when 'mo' then cast({{ dbt.dateadd('month', interval_count, day) }} as date)
        when 'a' then cast({{ dbt.dateadd('year', interval_count, day) }} as date)
    end
{%- endmacro %}
