"""The names that the program itself uses, and that intents and content must therefore define."""

from __future__ import annotations

POSITIONS = frozenset({"lying", "sitting", "standing"})
UNSET_REGION = "unset"

CONTROLS = frozenset(
    "next back repeat pause resume stop slower faster louder quieter help goodbye yes no more start_over time_left "
    "go_to_step thanks unsure warm cold eased".split()
)
"""Intents that act on the conversation itself."""

_PROMPT_NAMES = """
    welcome help_open help_step help_hold help_question help_emergency
    miss_1 miss_2 miss_3 off_topic ambiguous_relief_or_prevention silence_1 silence_close
    hold_half count_three count_two count_one hold_done time_left still_holding
    paused resumed stopped_routine restarted goodbye thanks resting_open
    slower faster louder quieter at_limit
    nothing_to_repeat no_more first_step no_such_step answer_first back_to_step routine_done
    stopped_here waiting help_tour help_choice help_offer help_paused steps_left last_step eased
    silence_offer declined offer_relief
    cannot_call not_while_flagged emergency_only
"""
PROMPTS = frozenset(f"prompt.{name}" for name in _PROMPT_NAMES.split())
"""Replies that no intent asks for."""
