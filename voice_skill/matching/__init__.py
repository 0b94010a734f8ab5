"""Finds the intent behind a transcript, or the reason to refuse it."""
