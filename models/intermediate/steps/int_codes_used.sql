{# Every code that a record of the clinic holds, with the concept that it belongs to. #}
{{ union_of_codes() }}
