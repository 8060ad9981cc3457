{{ union_of_sources('referrals') }}
