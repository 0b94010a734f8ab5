"""Builds the embedded English Vosk model from parts of the PyPI package `pocketsphinx`.

Nothing is trained: the acoustic model is rewritten, number by number, as a Kaldi nnet3 network, and a decoding
graph is made from the package's dictionary and language model and from the phrases of `intents/`.
"""
