"""The source audit: what was landed, how it looks, what is wrong with it."""
