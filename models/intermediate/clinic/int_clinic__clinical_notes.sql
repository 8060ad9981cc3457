{{ union_of_sources('clinical_notes') }}
