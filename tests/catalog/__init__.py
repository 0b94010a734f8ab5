"""Tests of what reads intents and content."""
