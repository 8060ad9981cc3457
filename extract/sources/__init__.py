"""One module for each way in which a clinic's data is read."""
