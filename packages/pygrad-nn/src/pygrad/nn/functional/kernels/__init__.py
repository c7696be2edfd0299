"""Array work of the functions of networks: plain arrays in, plain arrays out."""
