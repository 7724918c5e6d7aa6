"""Compiled engines: the same mechanisms as `market.simulate`, traced once and run in chunks."""
