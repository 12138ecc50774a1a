"""Every command block of the documents does what it shows, on tiny fixtures.

A block marked ``console`` is a transcript of lines that begin with ``$``, run one after the other;
a page's blocks share a folder.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from builder.cli import main
from builder.config.extension import load_config
from builder.errors import BuilderError
from tests.support.checkpoints import write_checkpoint
from tests.support.tiny import write_extension, write_tiny_asset

REPOSITORY = Path(__file__).parent.parent.parent
PAGES = sorted(
    path.relative_to(REPOSITORY).as_posix()
    for path in (*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md"))
)
IN_A_BROWSER = {"dev", "run", "verify"}
"""Run by tests/browser; here their command lines are only parsed."""


def blocks(page: str, language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```",
        (REPOSITORY / page).read_text(encoding="utf-8"),
        re.DOTALL | re.MULTILINE,
    )


def save_script(page: str, name: str) -> None:
    """Write the Python block that a page asks the user to save, into the current folder.

    Its first line is a comment that begins with the file's name.
    """
    for block in blocks(page, "python"):
        if block.startswith(f"# {name}"):
            Path(name).write_text(block, encoding="utf-8")


def parse(words: list[str]) -> None:
    """Refuse a command line that does not exist, without running it."""
    command: click.Command | None = main
    context = click.Context(main, info_name="builder")
    rest = list(words)
    while isinstance(command, click.Group):
        child = command.get_command(context, rest[0]) if rest else None
        assert child is not None, f"builder {' '.join(words)}: no such command"
        command, context = child, click.Context(child, info_name=rest.pop(0), parent=context)
    assert command is not None
    command.make_context(context.info_name, rest, parent=context.parent)


def transcripts() -> list[object]:
    """The pages with transcripts; to import a checkpoint needs what training needs."""
    return [
        pytest.param(page, marks=pytest.mark.train) if "model import" in text else page
        for page in PAGES
        if (text := "".join(blocks(page, "console")))
    ]


@pytest.mark.slow
@pytest.mark.parametrize("page", transcripts())
def test_the_transcripts_of_a_page_run(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    default = write_tiny_asset(tmp_path / "default")
    monkeypatch.setattr("builder.project.init.default_asset_folder", lambda: default)
    text = "".join(blocks(page, "console"))
    if "model import ./checkpoint" in text:
        write_checkpoint(tmp_path / "checkpoint", "bert")
    monkeypatch.chdir(tmp_path)
    ran = 0
    for line in text.splitlines():
        if not line.startswith("$ "):
            continue
        words = shlex.split(line.removeprefix("$ "))
        match words[0]:
            case "pip":
                continue  # tests/install installs
            case "cd":
                monkeypatch.chdir(words[1])
            case "rm":
                shutil.rmtree(words[-1])
            case "mv":
                Path(words[1]).rename(words[2])
            case "python":
                save_script(page, words[1])
                subprocess.run([sys.executable, *words[1:]], check=True, capture_output=True)
            case "builder" if words[1] in IN_A_BROWSER:
                parse(words[1:])
            case "builder":
                result = CliRunner().invoke(main, words[1:])
                # Both may report: the machine may lack a browser, and the tiny model what a store
                # wants.
                accepted = (0, 1) if words[1] in ("doctor", "lint") else (0,)
                assert result.exit_code in accepted, (
                    f"{page}: {line}\n{result.output}\n{result.exception!r}"
                )
            case _:
                pytest.fail(f"{page}: nobody runs '{line}'")
        ran += 1
    assert ran, f"{page} has blocks without a command"


@pytest.mark.parametrize("page", PAGES)
def test_every_command_line_that_a_page_shows_can_be_parsed(page: str) -> None:
    text = (REPOSITORY / page).read_text(encoding="utf-8").replace("\\\n", "")
    if page == "docs/reference/commands.md":  # examples within help: indented, with their heading
        lines = re.findall(r"^    (builder .+)$", text, re.MULTILINE)
    else:
        lines = re.findall(r"^(?:    |\$ )?(?:\.venv/bin/)?(builder [a-z].+)$", text, re.MULTILINE)
    for line in lines:
        if re.search(r"[<>…]|\.\.\.", line):
            continue  # a form, not a line
        words = shlex.split(line, comments=True)[1:]
        parse([word for word in words if word not in ("|", "&&")])


@pytest.mark.slow
def test_the_python_of_the_documents_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    default = write_tiny_asset(tmp_path / "default")
    monkeypatch.setattr("builder.project.init.default_asset_folder", lambda: default)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in blocks("docs/how-to/python.md", "python"):
        exec(compile(block, "docs/how-to/python.md", "exec"), names)  # noqa: S102 - it is ours, and running it is the test
    assert (tmp_path / "my-lens/dist/my-lens-0.1.0-firefox.zip").is_file()


@pytest.mark.parametrize(
    "section", ["extension", "model", "runtime", "browsers.chrome", "browsers.firefox"]
)
def test_the_reference_of_extension_toml_names_every_key_that_is_taken(
    section: str, tmp_path: Path
) -> None:
    page = (REPOSITORY / "docs/reference/extension-toml.md").read_text(encoding="utf-8")
    named = set(re.findall(rf"^\| `{re.escape(section)}\.([a-z_]+)` \|", page, re.MULTILINE))
    file = write_extension(tmp_path / "extension.toml", "asset")
    text = file.read_text(encoding="utf-8")
    header = f"[{section}]\n"
    file.write_text(
        text.replace(header, f"{header}zzzz = 1\n")
        if header in text
        else f"{text}\n{header}zzzz = 1\n",
        encoding="utf-8",
    )
    with pytest.raises(BuilderError, match="zzzz: unknown key") as caught:
        load_config(file)
    assert set(re.findall(r"[a-z_]+", caught.value.hint.removeprefix("known here: "))) == named


def test_no_page_carries_the_marks_of_a_merge_and_every_page_is_listed() -> None:
    listed = (REPOSITORY / "docs/README.md").read_text(encoding="utf-8")
    for page in PAGES:
        assert not re.search(
            r"^(<{7}|>{7}|={7}$)", (REPOSITORY / page).read_text(encoding="utf-8"), re.MULTILINE
        ), page
        if page.startswith("docs/") and page != "docs/README.md":
            assert page.removeprefix("docs/") in listed, f"docs/README.md does not list {page}"


def anchors(markdown: str) -> set[str]:
    """What a page's headings can be linked as, by GitHub's rules."""
    text = re.sub(r"^```.*?^```", "", markdown, flags=re.DOTALL | re.MULTILINE)
    return {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }


def test_every_link_of_every_page_leads_somewhere() -> None:
    for page in PAGES:
        file = REPOSITORY / page
        for target, _, anchor in re.findall(
            r"\]\(([^)#]*)(#([^)]+))?\)", file.read_text(encoding="utf-8")
        ):
            if target.startswith("https://"):
                continue
            linked = file.parent / target if target else file
            assert linked.exists(), f"{page} links to {target}"
            assert not anchor or anchor in anchors(linked.read_text(encoding="utf-8")), (
                f"{page} links to {target}#{anchor}, which has no such heading"
            )


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shells_get_a_completion(shell: str) -> None:
    environment = os.environ | {"_BUILDER_COMPLETE": f"{shell}_source"}
    program = "from builder.cli import main; main(prog_name='builder')"
    result = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    if shell == "bash" and "Couldn't detect Bash version" in result.stderr + result.stdout:
        pytest.skip("there is no Bash here")
    assert result.returncode == 0 and "_BUILDER_COMPLETE" in result.stdout, result.stderr
