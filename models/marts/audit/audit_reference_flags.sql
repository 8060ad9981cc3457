{# References to something that the source does not have: the field is empty. #}
{{ union_of_orphan_references() }}
