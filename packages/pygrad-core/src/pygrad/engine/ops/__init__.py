"""The functions and their derivative rules, one family a file: the class, then its function."""
