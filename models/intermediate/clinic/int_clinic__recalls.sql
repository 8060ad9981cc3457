{{ union_of_sources('recalls') }}
