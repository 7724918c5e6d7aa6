"""Scenarios, random draws, runs, comparisons and the store of results."""
