"""Command line: `python -m models.builder --out models/en-us-embedded.zip`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import click

from models.builder.archive import pack
from models.builder.model_folder import build, gather
from models.builder.phrases import read_phrases, read_spoken_forms
from models.builder.settings import Settings

_ROOT = Path(__file__).resolve().parents[2]
_PATH = click.Path(path_type=Path)
_DATA = _ROOT / "models" / "en-us"


@click.command()
@click.option("--out", type=_PATH, default=_ROOT / "models" / "en-us-embedded.zip", show_default=True)
@click.option("--intents", type=_PATH, default=_ROOT / "intents" / "en", show_default=True)
@click.option("--folder", type=_PATH, help="Also leave the unpacked model here.")
def main(out: Path, intents: Path, folder: Path | None) -> None:
    """Build the embedded English model and pack it; the same input gives the same bytes."""
    settings = Settings()
    readme = (_DATA / "README").read_text("utf-8")
    phrases = read_phrases(intents, read_spoken_forms(_DATA / "spoken_forms.yaml"))
    ingredients = gather(phrases, _DATA / "extra.dict", readme, settings)
    if ingredients.unspeakable:
        words = " ".join(ingredients.unspeakable)
        click.echo(f"no pronunciation, add to models/en-us/extra.dict: {words}", err=True)
    with tempfile.TemporaryDirectory() as scratch:
        built = Path(scratch) / "model"
        build(ingredients, settings, built)
        digest = pack(built, out)
        if folder is not None:
            shutil.copytree(built, folder, dirs_exist_ok=True)
    click.echo(f"{out}: {out.stat().st_size} bytes, {len(ingredients.lexicon.words)} words, SHA-256 {digest}")


if __name__ == "__main__":
    main()
