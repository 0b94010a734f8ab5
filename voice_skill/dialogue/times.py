"""The times of the conversation, in seconds. Their reasons stand in the safety and voice rules of the content."""

SILENCE_S = 8.0
"""Silence after a question before it is asked again in other words, and again before a polite close."""
CRAMP_LIMIT_S = 600.0
"""Most cramps pass within ten minutes (NHS); one that lasts longer should be seen today."""
STEP_PAUSE_S = 1.0
"""Silence between two steps."""
ITEM_PAUSE_S = 0.5
"""Silence between two things said in one turn."""
COUNT_PAUSE_S = 1.0
"""The last seconds of a hold are counted one by one."""
