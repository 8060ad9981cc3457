{#
    An e-mail address that Salesforce takes, else null. Salesforce refuses a row for a malformed
    address; this is at least as strict: ASCII, one @, no dot first, last or twice in the local
    part, labels that neither start nor end with a hyphen, a last label of two letters or more.
    Email fields hold 80 characters.
#}
{% macro email_if_valid(expression) -%}
    case
        when
            length({{ expression }}) <= 80
            and {{ text_matches(
                expression,
                "[A-Za-z0-9!#$%&*+/=?^_{|}~-]+([.][A-Za-z0-9!#$%&*+/=?^_{|}~-]+)*"
                ~ "@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?[.])+[A-Za-z]{2,63}"
            ) }}
            then {{ expression }}
    end
{%- endmacro %}
