"""The conversation: a frozen state, events in, actions out."""

from voice_skill.dialogue.passing_time import wake_at_s
from voice_skill.dialogue.respond import expectation_of, respond, respond_to
from voice_skill.dialogue.state import State
from voice_skill.dialogue.understand import understand

__all__ = ["State", "expectation_of", "respond", "respond_to", "understand", "wake_at_s"]
