{#
    What a text says that was encoded as UTF-8 twice (`RenÃ©e`: Renée), as MySQL leaves it where a
    connection lies about its encoding; null where it was not. Only where all of a text, written in
    Windows-1252, is valid UTF-8 with a letter beyond ASCII in it: one that was encoded once never is.
#}
{% macro once_encoded(text) -%}
    {{ return(adapter.dispatch('once_encoded')(text)) }}
{%- endmacro %}

{% macro duckdb__once_encoded(text) -%}
    {#- What Windows-1252 has between 0x80 and 0x9F; the five that it leaves out stand for themselves. -#}
    {%- set letters = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ' -%}
    {%- set places = [
        128, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 142, 145, 146, 147, 148, 149, 150,
        151, 152, 153, 154, 155, 156, 158, 159,
    ] -%}
    {%- set bytes = "translate(" ~ text ~ ", '" ~ letters ~ "', chr(" ~ places | join(') || chr(') ~ "))" -%}
    case
        when
            regexp_matches({{ text }}, '[\x{C2}-\x{F4}][\x{80}-\x{BF}{{ letters }}]')
            and regexp_full_match({{ bytes }}, '(?s)[\x{00}-\x{FF}]*')
            then list_filter(
                [
                    try(decode(unhex(array_to_string(
                        list_transform(
                            regexp_extract_all({{ bytes }}, '(?s).'),
                            lambda letter: printf('%02x', unicode(letter))
                        ),
                        ''
                    ))))
                ],
                lambda said: regexp_matches(regexp_replace(said, '[\x00-\x7F]', '', 'g'), '\p{L}')
            )[1]
    end
{%- endmacro %}
