{{ union_of_sources('ledger_entries') }}
