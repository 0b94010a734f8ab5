"""An offline voice assistant that leads a person through a hamstring cramp."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("voice-skill")
except PackageNotFoundError:  # running from a source folder that was never installed
    __version__ = "0+unknown"

__all__ = ["__version__"]
