{{ union_of_sources('quality_flags') }}
