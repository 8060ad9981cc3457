"""How a report looks: figures, charts, words and style, the same for every page we write."""
