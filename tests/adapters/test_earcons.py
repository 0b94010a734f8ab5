"""The tones that stand for words."""

from __future__ import annotations

import numpy as np
import pytest

from voice_skill.adapters.earcons import earcon_sound
from voice_skill.domain import EarconKind
from voice_skill.sound import Samples


def pitch_hz(samples: Samples, rate_hz: int) -> float:
    """The strongest frequency."""
    spectrum = np.abs(np.fft.rfft(samples, 1 << 16))
    return float(np.argmax(spectrum)) * rate_hz / (1 << 16)


@pytest.mark.parametrize("kind", list(EarconKind))
def test_tones_are_short_soft_and_do_not_click(kind: EarconKind) -> None:
    """Under a quarter of a second, well below full scale, from nothing to nothing."""
    sound = earcon_sound(kind)
    assert 0.05 < sound.duration_s < 0.25
    assert 5_000 < np.abs(sound.samples).max() < 12_000
    assert not sound.samples[[0, -1]].any()


def test_the_tones_can_be_told_apart() -> None:
    """Understood rises, not understood falls, stopped is lower than both."""

    def ends_hz(kind: EarconKind) -> tuple[float, float]:
        sound = earcon_sound(kind)
        half = len(sound.samples) // 3
        return pitch_hz(sound.samples[:half], sound.rate_hz), pitch_hz(sound.samples[-half:], sound.rate_hz)

    rising, falling = ends_hz(EarconKind.UNDERSTOOD), ends_hz(EarconKind.NOT_UNDERSTOOD)
    assert rising[1] > 1.2 * rising[0]
    assert falling[0] > 1.2 * falling[1]
    assert ends_hz(EarconKind.STOPPED)[0] < 0.8 * min(*rising, *falling)


def test_the_volume_is_followed() -> None:
    """As loud as the voice is set."""
    loud, quiet = (np.abs(earcon_sound(EarconKind.STOPPED, volume).samples).max() for volume in (1.0, 0.5))
    assert quiet == pytest.approx(loud / 2, abs=2)
    assert not earcon_sound(EarconKind.STOPPED, 0.0).samples.any()
