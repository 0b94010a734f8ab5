"""Makes `models/understanding.npz`: what the matcher has learnt from `intents/`, so that no first start has to learn.

make model
"""

from __future__ import annotations

import click

from voice_skill.building import store_learnt
from voice_skill.catalog import read_authored


@click.command()
@click.option("--language", default="en", show_default=True)
def main(language: str) -> None:
    """Learn the phrases and write the file."""
    path = store_learnt(read_authored(language))
    click.echo(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
