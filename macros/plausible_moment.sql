{#
    A date or a moment, null outside 1850 to 2150: a year of two digits reads as the year 62, which
    is no date of a clinic's record, and whoever reads one as such gets a wrong birth date.
#}
{% macro plausible_moment(moment) -%}
    case
        when {{ moment }} between timestamp '1850-01-01' and timestamp '2150-01-01' then {{ moment }}
    end
{%- endmacro %}
