{{ union_of_sources('appointments') }}
