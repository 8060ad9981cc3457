{{ union_of_sources('intake_forms') }}
