"""Chips, systems and LLM workloads: what an accelerator delivers relative to one H200 (layer 2, no policy, no markets).

- `catalogue` reads the data; `chip` holds the frozen objects with the legal metrics (TPP, performance density).
- `llm` turns an architecture into operations and bytes; `roofline` turns those into rates; `performance` compares.
- `products` is what the market model reads; `describe` is what people read; `gap` turns launches into months of lag.
"""
