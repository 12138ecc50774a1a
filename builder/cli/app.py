"""The command ``builder``: its commands, and how their results and errors are printed."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from builder._version import __version__
from builder.cli.output import print_error, print_result, progress, set_verbosity
from builder.errors import BuilderError
from builder.report import STANDARD_OUTPUT, Outcome, write_envelope

COMMANDS = {
    "bench": "builder.cli.bench:bench_command",
    "build": "builder.cli.build:build",
    "dev": "builder.cli.dev:dev",
    "doctor": "builder.cli.project:doctor",
    "edge": "builder.cli.edge:edge",
    "icons": "builder.cli.project:icons",
    "init": "builder.cli.project:init",
    "key": "builder.cli.site:key",
    "lint": "builder.cli.lint:lint_command",
    "listing": "builder.cli.stores:listing",
    "model": "builder.cli.model:model",
    "pack": "builder.cli.build:pack",
    "publish": "builder.cli.stores:publish",
    "run": "builder.cli.dev:run",
    "site": "builder.cli.site:site",
    "verify": "builder.cli.verify:verify",
}

INTERRUPTED = 130

_COMMAND = "builder.command"
_JSON = "builder.json"
_VERBOSITY = "builder.verbosity"
_ARGUMENTS = "builder.arguments"


def _remember_json(ctx: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    ctx.meta[_COMMAND] = ctx.info_name
    if value is not None:
        ctx.meta[_JSON] = value


def _remember_verbosity(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value:
        ctx.meta[_VERBOSITY] = 1 if parameter.name == "verbose" else -1


def _volume_options() -> list[click.Option]:
    return [
        click.Option(
            ["-v", "--verbose"],
            is_flag=True,
            expose_value=False,
            callback=_remember_verbosity,
            help="Log each step.",
        ),
        click.Option(
            ["-q", "--quiet"],
            is_flag=True,
            expose_value=False,
            callback=_remember_verbosity,
            help="Print errors only.",
        ),
    ]


class Command(click.Command):
    """A command that returns an Outcome; ``--json``, ``--verbose`` and ``--quiet`` come by
    themselves.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += [
            click.Option(
                ["--json"],
                metavar="[FILE]",
                is_flag=False,
                flag_value=STANDARD_OUTPUT,
                expose_value=False,
                callback=_remember_json,
                help="Report as JSON, to FILE or to standard output.",
            ),
            *_volume_options(),
        ]

    def invoke(self, ctx: click.Context) -> Any:
        verbosity = ctx.meta.get(_VERBOSITY, 0)
        set_verbosity(verbosity)
        with progress(quiet=verbosity < 0):
            outcome: Outcome | None = super().invoke(ctx)
        outcome = outcome or Outcome()
        target = ctx.meta.get(_JSON)
        if target is not None:
            write_envelope(target, str(ctx.info_name), outcome)
        # A failed check is printed even when only errors are wanted.
        if target != STANDARD_OUTPUT and (verbosity >= 0 or not outcome.ok):
            print_result(outcome.text)
        if not outcome.ok:
            ctx.exit(1)
        return outcome


class Group(click.Group):
    """A group of such commands."""

    command_class = Command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            near = get_close_matches(name, self.list_commands(ctx), n=1)
            raise click.UsageError(
                f"No such command '{name}'." + (f" Did you mean '{near[0]}'?" if near else ""), ctx
            )
        return super().resolve_command(ctx, args)


class Main(Group):
    """The root: loads a command's module when it is asked for, and is the one place where errors
    become sentences and exit codes.
    """

    def __init__(self, *args: Any, locations: dict[str, str], **kwargs: Any) -> None:
        """:param locations: ``module:attribute`` by command."""
        super().__init__(*args, **kwargs)
        self._locations = locations
        self.params += _volume_options()

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self._locations)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._locations:
            return None
        module, name = self._locations[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        given = list(args)
        try:
            context = super().make_context(info_name, args, parent, **extra)
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            _fail(_usage(error), "builder", _json_target(given))
        context.meta[_ARGUMENTS] = given
        return context

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            command = error.ctx.info_name if error.ctx and error.ctx.parent else None
            _fail(_usage(error), command or "builder", _json_target(ctx.meta[_ARGUMENTS]))
        except BuilderError as error:
            _fail(error, ctx.meta.get(_COMMAND, "builder"), ctx.meta.get(_JSON))
        except (KeyboardInterrupt, click.Abort):
            click.echo("interrupted", err=True)
            sys.exit(INTERRUPTED)


def _usage(error: click.UsageError) -> BuilderError:
    """Click's complaint in our form."""
    words = (
        error.ctx.command_path.split()[1:] if error.ctx else []
    )  # the first is however the program was started
    return BuilderError(
        error.format_message(), hint=" ".join(["builder", *words, "--help"]), code="bad-usage"
    )


def _json_target(arguments: list[str]) -> str | None:
    """What ``--json`` asks for, on a command line that could not be parsed."""
    for index, argument in enumerate(arguments):
        if argument.startswith("--json="):
            return argument.removeprefix("--json=")
        if argument == "--json":
            following = arguments[index + 1 : index + 2]
            return (
                following[0] if following and not following[0].startswith("-") else STANDARD_OUTPUT
            )
    return None


def _fail(error: BuilderError, command: str, json_target: str | None) -> Any:
    if json_target is not None:
        write_envelope(json_target, command, Outcome(ok=False, problems=[error.problem]))
    print_error("error:", "red", str(error))
    if error.hint:
        print_error("hint:", "cyan", error.hint)
    sys.exit(error.exit_code)


@click.group(cls=Main, locations=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="builder")
def main() -> None:
    """Package a text classifier into a browser extension that runs it on the user's own device."""
