"""Every number of the model that was tuned or chosen; `models/README.md` says on what recordings."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.builder.acoustic_network import PathCosts


@dataclass(frozen=True, slots=True)
class LanguageSettings:
    """How the words are weighed."""

    vocabulary_size: int = 12_000
    """Most frequent English words to take, before the words of the phrases are added."""
    phrase_weight: float = 0.7
    """Share of the phrases after words that occur in them."""
    phrase_weight_elsewhere: float = 0.1
    """Share of the phrases after all other words."""
    bigram_threshold: float = 2e-7
    """Pruning: the loss in nats below which a bigram is left out."""
    trigram_threshold: float = 2e-7
    """The same for trigrams."""


@dataclass(frozen=True, slots=True)
class DecodingSettings:
    """What Vosk reads from `conf/model.conf`."""

    beam: float = 9.0
    lattice_beam: float = 4.0
    min_active: int = 200
    max_active: int = 1500
    acoustic_scale: float = 0.1
    """Sphinx likelihoods count every frame as independent; the language model needs this to be heard."""
    frames_per_chunk: int = 20

    def text(self, silence_phones: list[int]) -> str:
        """The file; endpoint rules are Kaldi's, with less silence asked for than its defaults."""
        options = {
            "min-active": self.min_active,
            "max-active": self.max_active,
            "beam": self.beam,
            "lattice-beam": self.lattice_beam,
            "acoustic-scale": self.acoustic_scale,
            "frame-subsampling-factor": 1,
            "frames-per-chunk": self.frames_per_chunk,
            "endpoint.silence-phones": ":".join(map(str, silence_phones)),
            "endpoint.rule2.min-trailing-silence": 0.5,
            "endpoint.rule3.min-trailing-silence": 1.0,
            "endpoint.rule4.min-trailing-silence": 2.0,
        }
        return "".join(f"--{name}={value}\n" for name, value in options.items())


@dataclass(frozen=True, slots=True)
class Settings:
    """All of them."""

    language: LanguageSettings = field(default_factory=LanguageSettings)
    decoding: DecodingSettings = field(default_factory=DecodingSettings)
    costs: PathCosts = PathCosts(silence=0.7, noise=3.9, word=0.0, garbage_phone=1.6, garbage=1.0)
    transition_scale: float = 0.1
    mixture_floor: float = 1e-5
