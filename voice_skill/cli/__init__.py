"""The `voice-skill` command."""

from __future__ import annotations

import logging
import sys

import click

from voice_skill import version
from voice_skill.cli.benching import bench
from voice_skill.cli.checking import check
from voice_skill.cli.conversing import ask, chat, demo, listen
from voice_skill.cli.evaluating import evaluate_files
from voice_skill.cli.models import models
from voice_skill.cli.understanding import match, recognise
from voice_skill.errors import SkillError

EXIT_FAULT = 1
EXIT_INTERRUPTED = 130


def _show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(f"voice-skill, version {version()}")
        context.exit()


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
@click.option("--debug", is_flag=True, help="Log what happens, words included, and show tracebacks.")
@click.pass_context
def command(context: click.Context, debug: bool) -> None:
    """An offline voice assistant for hamstring cramps.

    Without a command it listens and speaks. It gives general information, is no doctor, and cannot call for help.

    Exit codes: 0 all well, 1 a fault (one sentence says what to do), 2 wrong usage, 130 interrupted.
    """
    logging.basicConfig(level=logging.DEBUG if debug else logging.ERROR, format="%(name)s %(message)s")
    if context.invoked_subcommand is None:
        context.invoke(listen)


for each in (listen, ask, chat, demo, match, recognise, evaluate_files, bench, check, models):
    command.add_command(each)


def main() -> None:
    """Run the command line; every fault ends in one sentence and an exit code."""
    debug = "--debug" in sys.argv
    try:
        outcome = command.main(standalone_mode=False, prog_name="voice-skill")
    except click.ClickException as exc:
        exc.show()
        sys.exit(exc.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("", err=True)
        sys.exit(EXIT_INTERRUPTED)
    except SkillError as exc:
        if debug:
            raise
        click.echo(f"voice-skill: {exc}", err=True)
        sys.exit(EXIT_FAULT)
    except BrokenPipeError:
        # The reader of our output has gone; there is nobody left to tell.
        sys.stderr.close()
        sys.exit(EXIT_FAULT)
    except Exception as exc:
        if debug:
            raise
        logging.getLogger(__name__).debug("command.failed", exc_info=exc)
        click.echo(
            f"voice-skill: something in the program itself went wrong ({type(exc).__name__}); run it again with "
            "'voice-skill --debug ...' and report what it prints.",
            err=True,
        )
        sys.exit(EXIT_FAULT)
    sys.exit(outcome if isinstance(outcome, int) else 0)
