"""Reports: figures, tables and one-file HTML pages made from stored results; nothing here runs a model.

- `model` the small frozen input every page is made from; `build` makes it from a result and the evidence
- `figures/` inline SVG drawn by our own code, one kind of chart per file
- `words` sentences generated from numbers; `numbers` how a number is printed; `table` the headline table as text
- `report` writes `report.html`: one file, no request to any other address, readable without JavaScript
"""
