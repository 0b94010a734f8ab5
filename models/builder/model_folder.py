"""Puts the whole model together: the files of a Vosk model folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.builder.acoustic_network import Pronunciation, build_network
from models.builder.decoding_graph import word_symbols, write_sound_graph, write_word_graph
from models.builder.features import MFCC_CONF, NOISE_REMOVED, cmvn_stats
from models.builder.language_model import graph_lines, make_model
from models.builder.lexicon import Lexicon, frequent_words, make_lexicon, with_possessives
from models.builder.nnet3 import Mixtures, write_model
from models.builder.phones import PhoneTable
from models.builder.phrases import Phrases
from models.builder.settings import Settings
from models.builder.sphinx_files import (
    ModelDefinition,
    package_folder,
    read_dictionary,
    read_gaussians,
    read_mixture_weights,
    read_model_definition,
    read_transition_counts,
)
from models.builder.sphinx_ngrams import SphinxTrigrams, read_trigrams
from models.builder.transitions import TransitionIds

UNKNOWN = "[unk]"
_EPSILON_WORD = "<eps>"
_STREAMS = 3


@dataclass(frozen=True, slots=True)
class Ingredients:
    """What a model is made from."""

    phrases: Phrases
    lexicon: Lexicon
    background: SphinxTrigrams
    readme: str
    unspeakable: tuple[str, ...]
    """Words of the phrases without a pronunciation; sentences with them are left out."""


def gather(phrases: Phrases, extra_dictionary: Path, readme: str, settings: Settings) -> Ingredients:
    """Chooses the words and reads the background model."""
    source = package_folder()
    listed = read_dictionary(source / "cmudict-en-us.dict") | read_dictionary(extra_dictionary)
    dictionary = with_possessives(listed, phrases.words())
    background = read_trigrams(source / "en-us.lm.bin")
    frequent = frequent_words(settings.language.vocabulary_size, dictionary, frozenset(background.words))
    speakable = phrases.of_words(dictionary)
    lexicon = make_lexicon(speakable, frequent, dictionary)
    unspeakable = tuple(sorted(phrases.words() - set(dictionary)))
    return Ingredients(speakable, lexicon, background, readme, unspeakable)


def build(ingredients: Ingredients, settings: Settings, folder: Path) -> None:
    """Writes the model into `folder`, which Vosk can then load."""
    for part in ("am", "conf", "graph/phones"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    definition = read_model_definition(package_folder() / "en-us" / "mdef")
    phones = PhoneTable(definition)
    symbols = _write_sounds(ingredients.lexicon, definition, phones, settings, folder)
    write_words(ingredients, settings, symbols, folder)
    _write(folder / "am/global_cmvn.stats", cmvn_stats())
    _write(folder / "conf/mfcc.conf", MFCC_CONF)
    _write(folder / "conf/noise-removed", NOISE_REMOVED)
    _write(folder / "conf/model.conf", settings.decoding.text(phones.filler_numbers()))
    _write(folder / "graph/phones.txt", phones.symbols())
    _write(folder / "graph/phones/word_boundary.int", phones.word_boundaries())
    _write(folder / "graph/phrases.sha256", ingredients.phrases.digest + "\n")
    _write(folder / "README", ingredients.readme)


def _write_sounds(
    lexicon: Lexicon, definition: ModelDefinition, phones: PhoneTable, settings: Settings, folder: Path
) -> str:
    """The acoustic model, `HCLr.fst` and `words.txt`; returns the text of the last."""
    source = package_folder() / "en-us"
    words = [_EPSILON_WORD, UNKNOWN, *lexicon.words]
    entries = _entries(lexicon, definition, first_number=2)
    network = build_network(definition, phones, entries, settings.costs, words.index(UNKNOWN))
    states = (state for arc in network.arcs for state in arc.states)
    transitions = TransitionIds(states, phones, read_transition_counts(source / "transition_matrices"))
    mixtures = Mixtures(
        means=read_gaussians(source / "means"),
        variances=read_gaussians(source / "variances"),
        log_weights=read_mixture_weights(source / "sendump", _STREAMS),
        codebook_of=definition.codebook_of,
        floor=settings.mixture_floor,
    )
    (folder / "am/final.mdl").write_bytes(write_model(mixtures, transitions, phones))
    renumbered = write_sound_graph(network, transitions, settings.transition_scale, folder / "graph/HCLr.fst")
    symbols = word_symbols(words, renumbered)
    _write(folder / "graph/words.txt", symbols)
    unused_id = 2 * len(transitions.states) + 1
    _write(folder / "graph/disambig_tid.int", f"{unused_id}\n")  # Vosk asks for the file; the graph needs none
    return symbols


def _entries(lexicon: Lexicon, definition: ModelDefinition, first_number: int) -> list[tuple[int, Pronunciation]]:
    base = {name: i for i, name in enumerate(definition.phones)}
    return [
        (number, tuple(base[phone] for phone in phones))
        for number, word in enumerate(lexicon.words, first_number)
        for phones in lexicon.pronunciations[word]
    ]


def write_words(ingredients: Ingredients, settings: Settings, symbols: str, folder: Path) -> None:
    """`Gr.fst`, the language model, in the word numbers of `symbols` (the text of `words.txt`)."""
    labels = {word: int(number) for word, number in map(str.split, symbols.splitlines())}
    lexicon, utterances = ingredients.lexicon, ingredients.phrases.utterances
    words, model = make_model(lexicon.words, utterances, ingredients.background, settings.language)
    write_word_graph(list(graph_lines(words, model, labels)), folder / "graph/Gr.fst")


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8", newline="\n")
