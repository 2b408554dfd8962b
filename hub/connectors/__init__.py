"""The outside world: one package per system. Speaks HTTP and files, knows no database."""
