"""An offline voice assistant that leads a person through a hamstring cramp."""

import os

# Sentences are small matrices: on several threads they take eight times the processor time and no less time. Read by
# numpy when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__all__ = ["version"]


def version() -> str:
    """The version that is installed, or one that says it is not known, in a source folder that was never installed."""
    from importlib import metadata  # as slow to import as numpy, and a person on the floor waits for the start

    try:
        return metadata.version("voice-skill")
    except metadata.PackageNotFoundError:
        return "0+unknown"
