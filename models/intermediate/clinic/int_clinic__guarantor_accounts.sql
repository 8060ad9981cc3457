{{ union_of_sources('guarantor_accounts') }}
