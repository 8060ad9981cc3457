{#
    The readable, stable key of a record: `<system>:<what it is>:<source id>` (ADR on keys).
    `ids` is one SQL expression or a list of them, which `/` joins. `%`, `:` and `/` inside an id
    are written %25, %3A, %2F, so that two different ids never make one key. No id, no key. A key
    over 255 characters (the length of Clinic_Id__c) holds the sha256 of its id instead.
#}
{% macro clinic_key(system, what, ids) -%}
    {%- set parts = [ids] if ids is string else ids -%}
    {%- set escaped = [] -%}
    {%- for part in parts -%}
        {%- do escaped.append(clinic_key_part(part)) -%}
    {%- endfor -%}
    {%- set id = escaped | join(" || '/' || ") -%}
    {%- set prefix = system ~ " || ':" ~ what ~ ":' || " -%}
    case
        when length({{ prefix }}{{ id }}) <= 255 then {{ prefix }}{{ id }}
        else {{ prefix }}{{ sha256_text(id) }}
    end
{%- endmacro %}
