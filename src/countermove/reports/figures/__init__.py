"""Charts as inline SVG text, drawn by our own code so that a page needs no library and no request.

Conventions, the same in every figure: the baseline is black and dashed; a scenario keeps one colour and one
marker; the 50% range is dark, the 90% range light, neither has an outline; a line is named at its end; the axis
of an outcome is shared by all scenarios; the vertical line is the day on which the evidence ends.
"""
