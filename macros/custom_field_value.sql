{#
    One custom field out of the clinic contract's JSON, typed as its column's YAML says; null where
    the value does not fit the type. A number must survive the cast unchanged (2.5 is no integer), a
    date has no time and a time has its date, and a picklist takes nothing that its value set does
    not list. Several choices come in the set's order, as the org gives them back, and none has a
    `;` in it, which stands between them; several texts are lines of one. While a model with a
    contract is compiled, dbt has already put the adapter's name for a type (TEXT) in place of the
    YAML's.
#}
{% macro custom_field_value(custom_fields, column) -%}
    {%- set salesforce = column.config.meta.salesforce -%}
    {%- set data_type = column.data_type | lower -%}
    {%- set is_multiple = salesforce.get('type') == 'MultiselectPicklist' -%}
    {%- set place = custom_field_pointer(source_custom_field_text(column)) -%}
    {%- set text -%}
        nullif(trim(json_extract_string({{ custom_fields }}, {{ place }})), '')
    {%- endset -%}
    {%- set is_list -%}
        coalesce(json_type({{ custom_fields }}, {{ place }}) = 'ARRAY', false)
    {%- endset -%}
    {%- set allowed -%}
        (
            select list(value order by sort_order) from {{ ref('salesforce_picklists') }}
            where
                value_set = '{{ salesforce.picklist }}'
                {%- if is_multiple %}
                and not contains(value, ';')
                {%- endif %}
        )
    {%- endset -%}
    {%- if is_multiple -%}
        {%- set chosen -%}
            case
                when {{ is_list }} then from_json({{ text }}, '["varchar"]')
                else [{{ text }}]
            end
        {%- endset -%}
        case
            when list_has_all({{ allowed }}, {{ chosen }})
                then nullif(
                    array_to_string(
                        list_filter({{ allowed }}, lambda picked: list_contains({{ chosen }}, picked)),
                        ';'
                    ),
                    ''
                )
        end
    {%- elif salesforce.get('picklist') -%}
        case when list_contains({{ allowed }}, {{ text }}) then {{ text }} end
    {%- elif data_type in ['string', 'text', 'varchar'] -%}
        {%- set whole_text -%}
            case
                when {{ is_list }} then array_to_string(from_json({{ text }}, '["varchar"]'), chr(10))
                else {{ text }}
            end
        {%- endset -%}
        {{ text_if_it_fits(whole_text, salesforce.get('length', 255)) }}
    {%- elif data_type == 'bigint' or data_type.startswith('decimal') -%}
        case
            when
                try_cast({{ text }} as {{ data_type }})
                = try_cast({{ text }} as decimal(38, 18))
                then try_cast({{ text }} as {{ data_type }})
        end
    {%- elif data_type == 'date' -%}
        case when length({{ text }}) = 10 then try_cast({{ text }} as date) end
    {%- elif data_type == 'timestamp' -%}
        case when length({{ text }}) > 10 then {{ fhir_timestamp(text) }} end
    {%- else -%}
        try_cast({{ text }} as {{ data_type }})
    {%- endif -%}
{%- endmacro %}
