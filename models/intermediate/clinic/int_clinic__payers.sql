{{ union_of_sources('payers') }}
