"""
Three invented exports with foreign names, each with its map made by hand.

A line of a CSV is a column: `values` says what it holds (`id|prefix|rows`, `ref|table`, or a kind
of `invented_values.py`; a kind that ends in `?` is empty in seven rows of eight), `entity` and
`field` where a person would put it in the clinic contract. No entity: the table has no target; no
field: the column has none. The maps were written before the proposer was; `vendor_holdout` is
measured and never tuned for.
"""
