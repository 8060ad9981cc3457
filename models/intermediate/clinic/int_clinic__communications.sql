{{ union_of_sources('communications') }}
