"""The only errors that reach a person as a sentence; anything else is our bug and keeps its traceback."""


class BuilderError(Exception):
    """Bad input or a missing tool: something the user can act on.

    :param message: names the file and the place, and says what is wrong.
    :param hint: what to do about it, or empty.
    :param place: the file, with line and key where there are any, for machines that read ``--json``.
    """

    exit_code = 2
    code = "bad-input"

    def __init__(self, message: str, *, hint: str = "", place: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        self.place = place


class CheckFailed(BuilderError):
    """The input was fine, and the thing that was checked fell short."""

    exit_code = 1
    code = "check-failed"


def missing_extra(package: str, extra: str) -> BuilderError:
    """The error for an optional dependency that is not installed."""
    return BuilderError(
        f"This command needs the Python package {package}, which is not installed",
        hint=f"pip install 'lensmith[{extra}]' (in a checkout: pip install -e '.[{extra}]')",
    )
