{{ union_of_sources('prescriptions') }}
