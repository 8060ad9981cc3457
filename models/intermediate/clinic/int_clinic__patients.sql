{{ union_of_sources('patients') }}
