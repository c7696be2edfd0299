"""How weights are written to files, one format a file."""
