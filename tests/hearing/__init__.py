"""Measures hearing: commands, not tests. Each module says what it measures and how to run it."""
