"""``builder init``: a project that packs at once, and never at the cost of what was there."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from builder.cli import main
from builder.config.extension import BROWSERS, load_config
from builder.errors import BuilderError
from builder.models.asset.asset import load_asset
from builder.packaging.pack import pack_extension
from builder.project.icons import letter_svg, write_icons
from builder.project.init import NewProject, create_project, interface_locales
from builder.stores.lint.engine import lint
from tests.support.checkpoints import LABELS, write_checkpoint


def run(*args: str | Path, input: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], input=input)


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_a_new_project_packs_at_once_and_is_named_after_its_folder(
    tmp_path: Path,
    tiny_asset: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("init", "my-lens", "--asset", tiny_asset, "--yes")
    assert result.exit_code == 0, result.output
    monkeypatch.chdir(tmp_path / "my-lens")
    assert run("pack").exit_code == 0
    assert (tmp_path / "my-lens/dist/my-lens-0.1.0-firefox.zip").is_file()
    manifest = json.loads((tmp_path / "my-lens/dist/firefox/manifest.json").read_text())
    words = json.loads(
        (tmp_path / "my-lens/dist/firefox/_locales/en/messages.json").read_text(encoding="utf-8")
    )
    assert words["name"]["message"] == "My Lens"
    assert manifest["browser_specific_settings"]["gecko"]["id"].startswith("{")


def test_a_new_project_holds_what_an_author_needs(tmp_path: Path, tiny_asset: Path) -> None:
    create_project(tmp_path / "p", NewProject(name="P", slug="p", asset=str(tiny_asset)))
    assert {
        ".github/workflows/extension.yml",
        ".gitignore",
        "README.md",
        "asset/README.md",
        "asset/model.json",
        "asset/model.onnx",
        "asset/vocab.txt",
        "extension.toml",
        "icons/icon-128.png",
        "icons/icon-16.png",
        "icons/icon.svg",
    } <= files(tmp_path / "p")
    assert "dist" in (tmp_path / "p/.gitignore").read_text()


def test_without_an_answer_the_model_is_one_that_anyone_may_publish(tmp_path: Path) -> None:
    create_project(tmp_path / "p", NewProject(name="P", slug="p"))
    asset = load_asset(tmp_path / "p/asset")
    assert (asset.name, asset.description["licence"]["restricts_use"]) == ("emotion-open", False)
    assert "licence restricts" not in (tmp_path / "p/README.md").read_text()


def test_a_restricted_licence_is_said(tmp_path: Path, repository: Path) -> None:
    restricted = str(repository / "model_assets/emotion")
    create_project(tmp_path / "p", NewProject(name="P", slug="p", asset=restricted))
    assert "licence restricts" in (tmp_path / "p/README.md").read_text()


@pytest.mark.parametrize(
    "locales",
    [
        "en",
        "de",
        "zh-CN",
        "pt_BR",
        "es_419",
        "pt-pt",
        "en_gb,fr",
        "fil",
        "en,zh-TW,ar,ja,hi,sr",
        "fr,de,es,ja,ar,en",
    ],
)
def test_the_first_lint_of_a_new_project_is_clean(locales: str, tmp_path: Path) -> None:
    assert run("init", tmp_path / "p", "--locales", locales, "--yes").exit_code == 0
    report = lint(tmp_path / "p/extension.toml", stores=BROWSERS, mozilla=False)
    assert [f"{finding.code} {finding.message}" for finding in report.findings] == []


def test_two_projects_get_firefox_ids_of_their_own(tmp_path: Path, tiny_asset: Path) -> None:
    ids = set()
    for name in ("a", "b"):
        create_project(tmp_path / name, NewProject(name=name, slug=name, asset=str(tiny_asset)))
        ids.add(load_config(tmp_path / name / "extension.toml").gecko_id)
    assert len(ids) == 2


def test_every_answer_reaches_the_project_however_it_is_written(
    tmp_path: Path, tiny_asset: Path
) -> None:
    name, title = 'Ünï "quoted" \\ lens', "Was steht da?\tWirklich?"
    result = run(
        "init",
        tmp_path / "p",
        "--name",
        name,
        "--slug",
        "other",
        "--description",
        "Says it.",
        "--menu-title",
        title,
        "--locales",
        "de, en",
        "--asset",
        tiny_asset,
        "--colour",
        "#FFD166",
        "--no-ci",
        "--yes",
    )
    assert result.exit_code == 0, result.output
    config = load_config(tmp_path / "p/extension.toml")
    assert (config.slug, config.default_locale, config.name) == ("other", "de", {"de": name})
    assert config.menu_title == {"de": title, "en": title}
    assert not (tmp_path / "p/.github").exists()
    assert 'fill="#ffd166"' in (tmp_path / "p/icons/icon.svg").read_text()
    bundles = pack_extension(config, tmp_path / "dist", ("chrome",)).bundles
    words = json.loads(
        (bundles[0].folder / "_locales/de/messages.json").read_text(encoding="utf-8")
    )
    assert words["name"]["message"] == name


def test_the_menu_speaks_every_language_of_the_interface(tmp_path: Path, tiny_asset: Path) -> None:
    create_project(
        tmp_path / "p",
        NewProject(name="P", slug="p", asset=str(tiny_asset), locales=("en", *interface_locales())),
    )
    config = load_config(tmp_path / "p/extension.toml")
    for words in (config.menu_title, config.description):
        assert set(words) == set(interface_locales())
        assert len(set(words.values())) == len(words)


def test_a_language_that_the_toolkit_does_not_speak_is_left_to_its_author(
    tmp_path: Path, tiny_asset: Path
) -> None:
    create_project(
        tmp_path / "p",
        NewProject(name="P", slug="p", asset=str(tiny_asset), locales=("de", "pt_BR")),
    )
    config = load_config(tmp_path / "p/extension.toml")
    assert (set(config.menu_title), set(config.description)) == ({"de"}, {"de"})
    assert '# pt_BR = ""' in (tmp_path / "p/extension.toml").read_text(encoding="utf-8")


def test_a_readme_and_a_list_of_ignored_files_that_are_there_stay(
    tmp_path: Path, tiny_asset: Path
) -> None:
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / ".gitignore").write_text("mine")
    result = run("init", tmp_path, "--asset", tiny_asset, "--yes")
    assert result.exit_code == 2, "the fixture's asset stands in the way"
    folder = tmp_path / "clone"
    folder.mkdir()
    (folder / "README.md").write_text("mine")
    result = run("init", folder, "--asset", tiny_asset, "--yes")
    assert result.exit_code == 0, result.output
    assert "kept yours:" in result.stdout and (folder / "README.md").read_text() == "mine"
    assert (folder / ".gitignore").is_file()


@pytest.mark.parametrize(
    "there", ["extension.toml", "icons/mine.png", ".github/workflows/extension.yml"]
)
def test_nothing_is_overwritten_and_nothing_is_added_then(
    there: str, tmp_path: Path, tiny_asset: Path
) -> None:
    folder = tmp_path / "p"
    (folder / there).parent.mkdir(parents=True)
    (folder / there).write_text("mine")
    result = run("init", folder, "--asset", tiny_asset, "--yes", "--json")
    envelope = json.loads(result.stdout)
    assert result.exit_code == 2
    assert envelope["problems"][0]["code"] == "would-overwrite"
    assert files(folder) == {there}
    assert (folder / there).read_text() == "mine"


def test_a_folder_with_other_things_in_it_is_taken(tmp_path: Path, tiny_asset: Path) -> None:
    folder = tmp_path / "p"
    (folder / ".github/workflows").mkdir(parents=True)
    (folder / ".github/workflows/other.yml").write_text("mine")
    (folder / "LICENSE").write_text("mine")
    create_project(folder, NewProject(name="P", slug="p", asset=str(tiny_asset)))
    assert {
        "LICENSE",
        ".github/workflows/other.yml",
        ".github/workflows/extension.yml",
        "extension.toml",
    } <= files(folder)


@pytest.mark.parametrize(
    ("option", "value", "complaint"),
    [
        ("--slug", "Not A Slug", "slug: 'Not A Slug' does not fit"),
        ("--colour", "red", "'red' is not a colour"),
        ("--asset", "no-such-folder", "no-such-folder"),
        ("--icon", "none.svg", "none.svg: no such file"),
        ("--locales", "en,english", "locales: 'english' does not fit"),
        ("--locales", "en,zh-Hans-C", "locales: 'zh-Hans-C' does not fit"),
        ("--description", "x" * 133, "133 characters"),
    ],
)
def test_an_unfit_answer_is_refused_and_leaves_no_folder(
    option: str, value: str, complaint: str, tmp_path: Path, tiny_asset: Path
) -> None:
    result = run("init", tmp_path / "p", "--asset", tiny_asset, "--yes", option, value)
    assert result.exit_code == 2
    assert complaint in result.stderr
    assert ".init-" not in result.stderr, "the place that is named must outlive the command"
    assert not (tmp_path / "p").exists()


@pytest.mark.train
def test_a_checkpoint_is_imported_on_the_way(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "checkpoint", "bert")
    create_project(
        tmp_path / "p", NewProject(name="P", slug="p", asset=str(tmp_path / "checkpoint"))
    )
    asset = load_asset(tmp_path / "p/asset")
    assert asset.label_ids == list(LABELS)
    bundles = pack_extension(
        load_config(tmp_path / "p/extension.toml"), tmp_path / "dist", ("chrome",)
    ).bundles
    assert "model/weights.bin" in bundles[0].files


def test_an_svg_becomes_the_icons(tmp_path: Path, tiny_asset: Path) -> None:
    art = tmp_path / "art.svg"
    art.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="4"'
        ' fill="#0b6e4f"/></svg>'
    )
    create_project(tmp_path / "p", NewProject(name="P", slug="p", asset=str(tiny_asset), icon=art))
    assert (tmp_path / "p/icons/icon.svg").read_text() == art.read_text()
    for size in (16, 32, 48, 128):
        header = (tmp_path / f"p/icons/icon-{size}.png").read_bytes()[:24]
        assert (int.from_bytes(header[16:20]), int.from_bytes(header[20:24])) == (size, size)


@pytest.mark.parametrize(
    "text", ["<svg", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 4"/>']
)
def test_an_svg_that_makes_no_icon_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "art.svg").write_text(text)
    with pytest.raises(BuilderError, match=r"art\.svg"):
        write_icons(tmp_path / "art.svg", tmp_path / "icons")
    assert not (tmp_path / "icons").exists()


def test_a_letter_stands_out_on_any_ground() -> None:
    assert 'stroke="#ffffff"' in letter_svg("m", "#3454b4")
    assert 'stroke="#14213d"' in letter_svg("7", "#ffd166")


def test_the_written_configuration_is_read_by_toml_as_it_was_meant(
    tmp_path: Path, tiny_asset: Path
) -> None:
    create_project(
        tmp_path / "p",
        NewProject(name="N", slug="n", asset=str(tiny_asset), locales=("pt_BR", "en")),
    )
    values = tomllib.loads((tmp_path / "p/extension.toml").read_text(encoding="utf-8"))
    assert values["extension"]["default_locale"] == "pt_BR"
    assert values["runtime"] == {"threads": "auto", "release_after_minutes": 5}


def test_questions_on_a_terminal_take_their_defaults_from_the_folder(
    tmp_path: Path,
    tiny_asset: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from builder.cli import project

    monkeypatch.setattr(project, "at_a_terminal", lambda: True)
    answers = ["", "", "My words.", "", str(tiny_asset), "", "en", "n"]
    result = run("init", tmp_path / "quiet-lens", input="\n".join(answers) + "\n")
    assert result.exit_code == 0, result.output
    config = load_config(tmp_path / "quiet-lens/extension.toml")
    assert (config.name["en"], config.slug, config.description["en"]) == (
        "Quiet Lens",
        "quiet-lens",
        "My words.",
    )
    assert not (tmp_path / "quiet-lens/.github").exists()


def test_an_unfit_answer_to_a_question_is_asked_again(
    tmp_path: Path, tiny_asset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from builder.cli import project

    monkeypatch.setattr(project, "at_a_terminal", lambda: True)
    answers = [
        "",
        "Not A Slug",
        "fit",
        "x" * 133,
        "",
        "",
        "nowhere",
        str(tiny_asset),
        "red",
        "#0b6e4f",
        "german",
        "de",
        "n",
    ]
    result = run("init", tmp_path / "p", input="\n".join(answers) + "\n")
    assert result.exit_code == 0, result.output
    for unfit in (
        "'Not A Slug' does not fit",
        "133 characters",
        "nowhere: no such asset",
        "'red' is not a colour",
        "'german' does",
    ):
        assert unfit in result.stderr
    assert load_config(tmp_path / "p/extension.toml").slug == "fit"
