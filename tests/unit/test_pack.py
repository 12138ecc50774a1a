"""What a pack leaves: sizes, a picture, record for the next pack, sources that rebuild."""

from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from builder._version import __version__
from builder.cli import main
from builder.config.extension import BROWSERS, load_config
from builder.errors import BuilderError
from builder.files import sha256_of
from builder.models.asset.asset import load_asset
from builder.packaging.pack import Packed, pack_extension
from builder.packaging.previous_build import (
    BuildRecord,
    PackageRecord,
    hash_of_contents,
    read_build_record,
)
from builder.packaging.runtime import FILES, RuntimeFile
from builder.packaging.secret_scanning import find_secrets
from builder.packaging.size_report import Box, FileSize, part_sizes, squarify, tree_map
from builder.packaging.sources.readme import README
from builder.packaging.sources.reproduce import check_reproducible, first_difference
from builder.paths import RUNTIME_IN_CHECKOUT, runtime_folder
from builder.stores.permissions import TABLE

REAL_RUNTIME = runtime_folder()


def pack(project: Path, out: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["pack", str(project), "--out", str(out), *options])


def packed(project: Path, out: Path) -> Packed:
    return pack_extension(load_config(project), out, BROWSERS)


def names_in(file: Path) -> list[str]:
    with zipfile.ZipFile(file) as archive:
        return archive.namelist()


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=T", "-c", "user.email=t@example.org"]
    subprocess.run(
        ["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True
    )


@pytest.fixture(autouse=True)
def light_runtime(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runtime files of a few bytes: the real ones take a second to compress, for each test.
    tests/packages has them.
    """
    folder = tmp_path_factory.mktemp("runtime")
    for file in FILES:
        (folder / file.name).write_text(f"// {file.name}")
    light = tuple(RuntimeFile(file.name, sha256_of(folder / file.name)) for file in FILES)
    monkeypatch.setattr("builder.packaging.runtime.FILES", light)
    for module in ("builder.packaging.runtime", "builder.paths"):
        monkeypatch.setattr(f"{module}.runtime_folder", lambda: folder)


# Sizes


@pytest.mark.parametrize(
    "sizes", [[6, 6, 4, 3, 2, 2, 1], [1], [100, 1, 1], [5, 5, 5, 5], [1e7, 3e6, 1]]
)
def test_a_tree_map_fills_its_box_in_proportion_without_overlap(sizes: list[float]) -> None:
    box = Box(10, 20, 600, 400)
    found = squarify(sizes, box)
    assert len(found) == len(sizes)
    scale = box.width * box.height / sum(sizes)
    for size, rectangle in zip(sizes, found, strict=True):
        assert rectangle.width * rectangle.height == pytest.approx(size * scale)
        assert (
            rectangle.x >= box.x - 1e-6
            and rectangle.x + rectangle.width <= box.x + box.width + 1e-6
        )
        assert (
            rectangle.y >= box.y - 1e-6
            and rectangle.y + rectangle.height <= box.y + box.height + 1e-6
        )
    for index, one in enumerate(found):
        for other in found[index + 1 :]:
            across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
            down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
            assert across <= 1e-6 or down <= 1e-6


def test_a_picture_names_every_file_with_its_size() -> None:
    files = [FileSize("model/weights.bin", 2_000_000, 1_500_000), FileSize("a & b.js", 100, 50)]
    root = ElementTree.fromstring(tree_map("x <1>", files))  # noqa: S314 - our own
    titles = [title.text for title in root.iter("{http://www.w3.org/2000/svg}title")]
    assert titles == [
        "x <1>: 1.50 MB zipped",
        "model/weights.bin: 1.50 MB zipped, 2.00 MB raw",
        "a & b.js: 0.1 kB zipped, 0.1 kB raw",
    ]


def test_parts_are_compared_with_an_earlier_pack_and_one_that_is_gone_is_listed() -> None:
    now = [FileSize("model/a", 10, 5), FileSize("model/b", 10, 5), FileSize("x.json", 2, 2)]
    before = [FileSize("model/a", 10, 4), FileSize("old/c", 9, 9)]
    assert [
        (part.name, part.files, part.raw, part.zipped, part.before)
        for part in part_sizes(now, before)
    ] == [("model/", 2, 20, 10, 4), ("(root)", 1, 2, 2, 0), ("old/", 0, 0, 0, 9)]


def test_the_parts_of_a_package_add_up_to_it(project: Path, tmp_path: Path) -> None:
    made = packed(project, tmp_path / "dist")
    for package, bundle in zip(made.packages, made.bundles, strict=True):
        parts = made.parts(package.browser)
        assert sum(part.raw for part in parts) == bundle.bytes
        assert sum(part.files for part in parts) == len(bundle.files)
        assert (
            0 < package.bytes - sum(part.zipped for part in parts) < 300 * len(bundle.files)
        )  # the zip's own bookkeeping


# BuildRecord


def record_of(version: str, content: str) -> PackageRecord:
    return PackageRecord(
        version, 1, "0", {"version": version}, (FileSize("a", 1, 1),), {"a": content}
    )


def test_a_pack_is_compared_with_the_last_of_another_version_else_with_the_last_that_differed() -> (
    None
):
    record = BuildRecord({}, {}).after("chrome", record_of("1", "x"))
    assert record.before == {}
    record = record.after("chrome", record_of("1", "x"))
    assert record.before == {}  # the same again
    record = record.after("chrome", record_of("1", "y"))
    assert record.before["chrome"].hashes == {"a": "x"}
    record = record.after("chrome", record_of("1", "z"))
    assert record.before["chrome"].hashes == {"a": "y"}
    record = record.after("chrome", record_of("2", "p"))
    assert record.before["chrome"].version == "1"
    record = record.after("chrome", record_of("2", "q"))
    assert record.before["chrome"].version == "1"  # still what users have
    assert "firefox" not in record.last


def test_facts_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    record = (
        BuildRecord({}, {})
        .after("chrome", record_of("1", "x"))
        .after("chrome", record_of("2", "y"))
    )
    (tmp_path / "pack.json").write_text(record.text())
    assert read_build_record(tmp_path / "pack.json") == record


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": 9}', '{"format": 1, "last": {"chrome": {}}, "before": {}}']
)
def test_facts_that_cannot_be_read_are_no_reason_to_stop(text: str, tmp_path: Path) -> None:
    (tmp_path / "pack.json").write_text(text)
    assert read_build_record(tmp_path / "pack.json") == BuildRecord({}, {})


def test_a_new_permission_is_told_with_what_the_update_asks(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "dist"
    assert pack(project, out).exit_code == 0
    record = json.loads((out / "pack.json").read_text())
    for entry in record["last"].values():
        entry["version"] = "1.2.2"
        entry["manifest"]["permissions"] = ["storage", "history"]
        entry["files"]["manifest.json"]["sha256"] = "0"
    (out / "pack.json").write_text(json.dumps(record))
    result = pack(project, out)
    assert (
        "permissions for firefox since 1.2.2: +activeTab, +contextMenus, +scripting, -history; an"
        " update asks" in result.output
    )
    for entry in record["last"].values():
        entry["manifest"]["host_permissions"] = []
        entry["manifest"]["permissions"] = []
    monkeypatch.setitem(
        TABLE, "storage", dataclasses.replace(TABLE["storage"], chrome_warning="Keeps things")
    )
    (out / "pack.json").write_text(json.dumps(record))
    result = pack(project, out, "--browser", "chrome")
    assert "an UPDATE WILL ASK the user anew: 'Keeps things'" in result.output


def test_a_package_over_a_stores_limit_fails_with_the_limit(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builder.stores.lint.rules.package.MOZILLA_ZIP_LIMIT", 1000)
    result = pack(project, tmp_path / "dist", "--json", str(tmp_path / "report.json"))
    assert result.exit_code == 1
    (problem,) = json.loads((tmp_path / "report.json").read_text())["problems"]
    assert (problem["code"], problem["place"]) == (
        "LM502",
        str(tmp_path / "dist/tiny-lens-1.2.3-firefox.zip"),
    )


# Sources


def test_without_git_the_sources_are_the_project_by_what_the_package_is_made_of(
    project: Path, tmp_path: Path
) -> None:
    (tmp_path / "secrets.env").write_text("KEY=1")
    (tmp_path / "asset" / "training.log").write_text("x")
    made = packed(project, tmp_path / "dist")
    assert made.sources is not None
    assert names_in(made.sources.file) == sorted(
        [
            README,
            "extension.toml",
            *(f"asset/{name}" for name in load_asset(tmp_path / "asset").shipped),
        ]
    )
    assert not made.sources.tracked


def test_with_git_the_sources_are_what_git_tracks_and_what_the_package_is_made_of(
    project: Path, tmp_path: Path
) -> None:
    for name in ("notes.md", "secrets.env", "tests/a.txt", "runs/weights.bin"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / ".gitignore").write_text("secrets.env\nasset/\n")
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitattributes").write_text("/runs/** export-ignore\n")
    git(
        tmp_path,
        "add",
        "extension.toml",
        "notes.md",
        "tests",
        "runs",
        ".gitignore",
        ".gitattributes",
    )
    git(tmp_path, "commit", "-qm", "x")
    (tmp_path / "tests/a.txt").unlink()
    made = packed(project, tmp_path / "dist")
    assert made.sources is not None
    names = names_in(made.sources.file)
    assert {"notes.md", "extension.toml", ".gitignore", "asset/model.onnx", README} <= set(names)
    assert not {"secrets.env", "tests/a.txt", "runs/weights.bin"} & set(names)
    assert "asset/vocab.txt" in made.sources.untracked and "notes.md" not in made.sources.untracked
    assert (
        "files that git does not track: asset/README.md" in pack(project, tmp_path / "dist").output
    )


def test_an_asset_outside_of_the_project_leaves_the_packages_and_says_why_there_are_no_sources(
    project: Path, tmp_path: Path
) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    shutil.move(project, inner / "extension.toml")
    (inner / "extension.toml").write_text(
        (inner / "extension.toml").read_text().replace('"asset"', '"../asset"')
    )
    result = pack(inner / "extension.toml", tmp_path / "dist")
    assert result.exit_code == 0
    assert "note: no zip of sources:" in result.output and "lies outside of" in result.output
    assert not list((tmp_path / "dist").glob("*-sources.zip"))


SECRETS = {
    "a private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "an AWS access key": "AKIA" + "ABCDEFGHIJKLMNOP",
    "a GitHub token": "ghp_" + "a1" * 20,
    "an issuer of addons.mozilla.org's API": "user:" + "12345678:123",
    "a Google API key": "AIza" + "B" * 35,
    "a Google client secret": "GOCSPX-" + "c" * 24,
    "what reads like a password or token": "client_secret = '" + "correct-horse-battery'",
}


@pytest.mark.parametrize(("what", "text"), SECRETS.items(), ids=SECRETS.keys())
def test_a_secret_stops_the_pack_with_its_line_and_leaves_the_earlier_output(
    what: str, text: str, project: Path, tmp_path: Path
) -> None:
    out = tmp_path / "dist"
    assert pack(project, out).exit_code == 0
    before = (out / "SHA256SUMS").read_text()
    card = tmp_path / "asset/README.md"
    card.write_text(f"# Card\n\n{text}\n")
    result = pack(project, out)
    assert result.exit_code == 2
    assert result.stderr.startswith(
        f"error: {card}:3: holds {what}, and it would be in the zip of sources"
    )
    assert (out / "SHA256SUMS").read_text() == before
    card.write_text(f"# Card\n\n{text} (not-a-secret)\n")
    assert pack(project, out).exit_code == 0


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (".env", True),
        ("deploy/.env.production", True),
        (".env.example", False),
        ("id_rsa", True),
        ("keys/store.p12", True),
        ("docs/environment.md", False),
        ("monkey.js", False),
        ("service_account-x.json", True),
    ],
)
def test_a_file_of_keys_is_known_by_its_name(name: str, found: bool) -> None:
    assert bool(list(find_secrets(name, ""))) == found


def test_ordinary_text_and_code_hold_no_secret(repository: Path) -> None:
    for file in [
        *(repository / "extension").rglob("*.js"),
        *(repository / "docs").glob("*.md"),
        repository / "tools/package-lock.json",
    ]:
        assert list(find_secrets(file.name, file.read_text(encoding="utf-8"))) == [], file


def test_nothing_that_git_tracks_here_reads_like_a_secret(repository: Path) -> None:
    listed = subprocess.run(
        ["git", "-C", repository, "ls-files", "-z"], capture_output=True, text=True, check=True
    ).stdout
    for name in filter(None, listed.split("\0")):
        file = repository / name
        content = file.read_bytes() if file.is_file() and file.stat().st_size < 5_000_000 else b""
        text = "" if b"\0" in content[:8192] else content.decode("utf-8", errors="replace")
        assert list(find_secrets(name, text)) == [], (
            f"{name}: builder pack would refuse it; write not-a-secret into the line of an example"
        )


def test_the_readme_for_reviewers_pins_the_toolkit_and_lists_what_must_come_out(
    project: Path, tmp_path: Path
) -> None:
    made = packed(project, tmp_path / "dist")
    assert made.sources is not None
    with zipfile.ZipFile(made.sources.file) as archive:
        text = archive.read(README).decode()
    assert f"pip install lensmith=={__version__}" in text and "builder pack extension.toml" in text
    for package in made.packages:
        assert package.sha256 in text
        with zipfile.ZipFile(package.file) as archive:
            assert all(f"  {name}\n" in text for name in archive.namelist())


def test_a_proof_without_sources_says_what_to_pack(project: Path, tmp_path: Path) -> None:
    made = pack_extension(load_config(project), tmp_path / "dist", ("chrome",))
    with pytest.raises(BuilderError, match="there is no zip of sources"):
        check_reproducible(made)


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ({"a": b"x"}, {"a": b"x", "b": b""}, "b is only in the rebuilt package"),
        ({"a": b"x", "b": b""}, {"a": b"x"}, "b is not in the rebuilt package"),
        ({"a": b"1\n2\n"}, {"a": b"1\n3\n"}, "a:2: '2' became '3'"),
        ({"a": b"1\n"}, {"a": b"1\n2\n"}, "a has 1 lines, rebuilt 2"),
        ({"a": b"\0ab"}, {"a": b"\0ac"}, "a differs at byte 2"),
        ({"a": b"\0ab"}, {"a": b"\0a"}, "a differs at byte 2"),
        ({"a": b"x"}, {"a": b"x"}, ""),
    ],
)
def test_the_first_difference_of_two_packages_is_told(
    one: dict[str, bytes], other: dict[str, bytes], words: str, tmp_path: Path
) -> None:
    for name, contents in (("one", one), ("other", other)):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for file, content in contents.items():
                archive.writestr(file, content)
    assert first_difference(tmp_path / "one", tmp_path / "other") == words


def test_one_hash_stands_for_names_and_contents() -> None:
    assert hash_of_contents({"b": "2", "a": "1"}) == hash_of_contents({"a": "1", "b": "2"})
    assert (
        hash_of_contents({"a": "1"}) != hash_of_contents({"a": "2"}) != hash_of_contents({"b": "2"})
    )


def test_the_runtime_is_where_the_sources_would_have_it(repository: Path) -> None:
    assert (repository / RUNTIME_IN_CHECKOUT).resolve() == REAL_RUNTIME.resolve()


def test_an_authors_own_files_are_among_the_sources(project: Path, tmp_path: Path) -> None:
    own = tmp_path / "own/ui/popup/popup.css"
    own.parent.mkdir(parents=True)
    own.write_text("p { margin: 0 }")
    (tmp_path / "own/_locales/de").mkdir(parents=True)
    (tmp_path / "own/_locales/de/messages.json").write_text('{"close": {"message": "Zu"}}')
    project.write_text(project.read_text().replace("[model]", 'overrides = "own"\n\n[model]'))
    made = packed(project, tmp_path / "dist")
    assert made.sources is not None
    assert {"own/ui/popup/popup.css", "own/_locales/de/messages.json"} <= set(
        names_in(made.sources.file)
    )
