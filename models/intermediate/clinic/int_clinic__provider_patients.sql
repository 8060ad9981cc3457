{{ union_of_sources('provider_patients') }}
