{#
    Whether this project understands an extension, by the last segment of its address: every other
    one that HL7 does not define is a custom field.
#}
{% macro is_understood_extension(name) -%}
    {{ name }} in (
        'account-balance',
        'created-at',
        'crm-user',
        'home-location',
        'license-state',
        'opt-out-email',
        'opt-out-mail',
        'opt-out-phone',
        'opt-out-sms',
        'patient',
        'payment-method',
        'prepaid',
        'referral-source-name',
        'referral-volume',
        'relationship-type',
        'series-key',
        'timezone'
    )
{%- endmacro %}
