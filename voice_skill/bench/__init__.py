"""Measures the whole skill, alone and beside others, on speech that is made as it is needed: `voice-skill bench`."""
