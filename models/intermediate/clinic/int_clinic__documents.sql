{{ union_of_sources('documents') }}
