{{ union_of_sources('referral_sources') }}
