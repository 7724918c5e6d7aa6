"""Files that we write: whole or not at all, with checksums, and never over a file of somebody else."""
