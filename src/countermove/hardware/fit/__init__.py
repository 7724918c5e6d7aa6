"""How the efficiencies, the correction and the intervals are fitted: ``python -m countermove.hardware.fit``.

Nothing here is needed to predict; `serving` reads the fitted files in ``data/hardware``. SciPy is imported by the fit only.
"""
