{{ union_of_sources('providers') }}
