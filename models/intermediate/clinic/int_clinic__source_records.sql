{{ union_of_sources('source_records') }}
