"""Thinking: which records are the same company. No network, no database."""
