"""Training: the loop, what happens beside it, and checkpoints."""
