{# How much of each text of a patient the fields of a Contact hold, for overflowing_text. #}
{% macro contact_text_lengths() -%}
    {{ return({
        'MRN': ['patients.mrn', 255],
        'Name Prefix': ['patients.name_prefix', 255],
        'First Name': ['named.first_name', 40],
        'Middle Name': ['patients.middle_name', 40],
        'Last Name': ['named.last_name', 80],
        'Suffix': ['patients.name_suffix', 40],
        'Preferred Name': ['patients.preferred_name', 255],
        'Gender': ['patients.gender_code', 255],
        'Marital Status': ['patients.marital_status_code', 255],
        'Language': ['patients.language_code', 255],
        'Mailing Street': ['patients.street', 255],
        'Mailing City': ['patients.city', 40],
        'Mailing State': ['patients.state', 80],
        'Mailing Zip': ['patients.postal_code', 20],
        'Mailing Country': ['patients.country', 80],
        'Referral Source': ['patients.referral_source_name', 255],
    }) }}
{%- endmacro %}
