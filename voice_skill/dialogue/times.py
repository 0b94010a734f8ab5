"""The times of the conversation, in seconds. Their reasons stand in the safety and voice rules of the content."""

SILENCE_S = 8.0
"""Silence after a question before it is asked again in other words, and again before a polite close."""
CRAMP_LIMIT_S = 600.0
"""Most cramps pass within ten minutes (NHS); one that lasts longer should be seen today."""
PAUSE_LIMIT_S = 600.0
"""A pause that nobody ends closes the routine: whoever comes back later has another cramp, with its own questions."""
STEP_PAUSE_S = 1.0
"""Silence between two steps."""
ITEM_PAUSE_S = 0.5
"""Silence between two things said in one turn."""
REASSURE_S = 7.0
"""With less of a hold left than this, the count says soon enough by itself that the hold goes on."""
ANSWERED_S = 10.0
"""A step that waits no longer than this needs no "next", so "okay" is no wish to skip it."""
