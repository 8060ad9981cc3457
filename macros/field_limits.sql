{#
    What fits_salesforce_field compares, from the YAML of a mart: `standard` names the columns that
    the snapshot of the org's describe must know, `texts` and `numbers` those with a limit, which is
    a number for a custom field and none for a standard one, where the snapshot says it.
#}
{% macro field_limits(mart) -%}
    {%- set found = {'standard': [], 'texts': [], 'numbers': []} -%}
    {%- set implied = {
        'LongTextArea': 131072, 'Email': 80, 'Phone': 40, 'MultiselectPicklist': 4099
    } -%}
    {%- set nodes = graph.nodes.values() if execute else [] -%}
    {%- for node in nodes if node.resource_type == 'model' and node.name == mart -%}
        {%- for column in node.columns.values() -%}
            {%- set own = column.get('config', {}).get('meta', {}).get('salesforce', {}) -%}
            {%- if not own.get('custom') -%}
                {%- do found.standard.append(column.name) -%}
            {%- endif -%}
            {%- if own.get('lookup') -%}
                {%- do found.texts.append([column.name, 255]) -%}
            {%- elif column.data_type == 'string' and own.get('custom') -%}
                {%- do found.texts.append(
                    [column.name, own.get('length', implied.get(own.get('type'), 255))]
                ) -%}
            {%- elif column.data_type == 'string' and own.get('type') != 'base64' -%}
                {%- do found.texts.append([column.name, none]) -%}
            {%- elif column.data_type.startswith('decimal') and not own.get('custom') -%}
                {%- do found.numbers.append(column.name) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
