"""Benchmarks of the JAX engine on an accelerator."""
