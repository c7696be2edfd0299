"""The machine: functions, the graph they make, and the walk that differentiates it."""
