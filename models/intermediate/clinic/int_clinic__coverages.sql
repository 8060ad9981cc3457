{{ union_of_sources('coverages') }}
