{{ union_of_sources('claim_lines') }}
