{{ union_of_sources('procedure_codes') }}
