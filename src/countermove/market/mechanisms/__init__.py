"""One mechanism per file: pure relation functions, a step, and the declaration of everything the step touches."""
