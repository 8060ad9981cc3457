{{ union_of_sources('locations') }}
