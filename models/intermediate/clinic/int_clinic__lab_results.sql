{{ union_of_sources('lab_results') }}
