"""Bulk API 2.0: queries as jobs, their results as CSV."""
