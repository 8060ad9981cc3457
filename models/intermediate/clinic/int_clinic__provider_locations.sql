{{ union_of_sources('provider_locations') }}
