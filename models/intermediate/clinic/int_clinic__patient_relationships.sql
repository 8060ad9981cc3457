{{ union_of_sources('patient_relationships') }}
