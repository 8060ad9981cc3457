{# Texts that no field takes as they are: they stand in a companion field, or whole in a File. #}
{{ union_of_text_flags() }}
