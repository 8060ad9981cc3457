{{ union_of_sources('prepaid_items') }}
