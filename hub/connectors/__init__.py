"""The outside world: one package per system. Speaks HTTP and files, knows no database."""

import csv

LONGEST_CELL = 1024 * 1024
"""Characters in one cell of any table."""
csv.field_size_limit(LONGEST_CELL)  # of the whole process, so it is said here only
