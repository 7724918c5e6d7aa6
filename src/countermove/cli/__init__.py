"""The command line: thin commands over `countermove.api`; results on stdout, progress and messages on stderr."""
