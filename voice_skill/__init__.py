"""An offline voice assistant that leads a person through a hamstring cramp."""

import os

# Sentences are small matrices: on several threads they take eight times the processor time and no less time. Read by
# numpy when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("voice-skill")
except PackageNotFoundError:  # running from a source folder that was never installed
    __version__ = "0+unknown"

__all__ = ["__version__"]
