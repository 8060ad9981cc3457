{{ union_of_sources('guarantors') }}
