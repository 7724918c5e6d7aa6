"""Benchmarks: `python -m benchmarks` measures in paired runs and prints ratios."""
