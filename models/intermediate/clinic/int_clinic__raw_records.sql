{{ union_of_sources('raw_records') }}
