{#
    A telephone number that someone can dial, else null: 7 to 20 digits with the usual punctuation,
    perhaps an extension, 40 characters at most (the length of a Phone field). Kept as written.
#}
{% macro phone_if_valid(expression) -%}
    case
        when
            length({{ expression }}) <= 40
            and length(regexp_replace({{ expression }}, '[^0-9]', '', 'g')) between 7 and 20
            and {{ text_matches(
                expression,
                "[+]?[0-9 ()./-]+( ?(x|X|ext|Ext|ext[.]|Ext[.]) ?[0-9]{1,6})?"
            ) }}
            then {{ expression }}
    end
{%- endmacro %}
