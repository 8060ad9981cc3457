"""How fast, and in how much memory, a stand-in org works off large Bulk jobs."""
