{#
    One row for each custom field of each record, whether or not a mart has a column for it: what
    row 15 of the audit counts.
#}
{{ union_of_custom_field_values() }}
