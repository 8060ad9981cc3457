{{ union_of_sources('claims') }}
