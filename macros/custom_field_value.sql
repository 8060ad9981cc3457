{#
    One custom field out of the clinic contract's JSON, typed as its column's YAML says; null where
    the value does not fit the type. A number must survive the cast unchanged (2.5 is no integer),
    and a picklist takes nothing that its value set does not list; several come in the set's order, as the org gives
    them back. While a model with a contract is
    compiled, dbt has already put the adapter's name for a type (TEXT) in place of the YAML's.
#}
{% macro custom_field_value(custom_fields, column) -%}
    {%- set salesforce = column.config.meta.salesforce -%}
    {%- set data_type = column.data_type | lower -%}
    {%- set text -%}
        nullif(trim(json_extract_string({{ custom_fields }}, '$."{{ salesforce.source_custom_field }}"')), '')
    {%- endset -%}
    {%- set allowed -%}
        (
            select list(value order by sort_order) from {{ ref('salesforce_picklists') }}
            where value_set = '{{ salesforce.picklist }}'
        )
    {%- endset -%}
    {%- if salesforce.get('type') == 'MultiselectPicklist' -%}
        {%- set chosen -%}
            case
                when left({{ text }}, 1) = '[' then from_json({{ text }}, '["varchar"]')
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
        {{ text_if_it_fits(text, salesforce.get('length', 255)) }}
    {%- elif data_type == 'bigint' or data_type.startswith('decimal') -%}
        case
            when
                try_cast({{ text }} as {{ data_type }})
                = try_cast({{ text }} as decimal(38, 12))
                then try_cast({{ text }} as {{ data_type }})
        end
    {%- else -%}
        try_cast({{ text }} as {{ data_type }})
    {%- endif -%}
{%- endmacro %}
