"""Array work of more than a few lines: plain arrays in, plain arrays out, no Variable anywhere."""
