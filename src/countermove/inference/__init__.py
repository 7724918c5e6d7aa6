"""Inference: how simulated history is held against published values, and what is learnt from them."""
