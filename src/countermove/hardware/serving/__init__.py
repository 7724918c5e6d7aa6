"""Serving and training rates: what one deployment of a model on given chips delivers, with an interval.

- `rows` reads requests (a row of a table) and says what is missing; `points` turns them into arrays.
- `steps` counts the work of a step per operator class; `physics` turns work into TTFT and TPOT with fitted efficiencies.
- `trees` corrects what is left inside the measured domain; `predictor` joins all and gives intervals.
- `frontier` searches parallelism and batch under latency limits; `phases` gives rates of prefill, decode and training.
"""
