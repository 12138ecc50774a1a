"""What ``builder site`` writes, and what its server answers."""

from __future__ import annotations

import json
import os
import re
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from builder.cli import main
from builder.config.extension import load_config
from builder.errors import BuilderError
from builder.models.asset.asset import load_asset
from builder.packaging.runtime import runtime_files
from builder.paths import extension_folder
from builder.site import build, shards
from builder.site.build import FILE_LIMIT, Site, build_site
from builder.site.contents import site_contents
from builder.site.headers import headers_file, headers_for, read_headers
from builder.site.page import Place, icons_of, render_page
from builder.site.serve import answer, serving
from builder.site.trimmed import trim
from tests.support.tiny import write_extension, write_tiny_asset

WASM = "runtime/ort-wasm-simd-threaded.wasm"


@pytest.fixture(scope="module")
def config_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    write_tiny_asset(folder / "asset")
    return write_extension(folder / "extension.toml", "asset")


@pytest.fixture(scope="module")
def site(config_file: Path) -> Site:
    """Left as it is by every test of this file."""
    return build_site(load_config(config_file), config_file.parent / "dist", level=1)


def files_below(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_names_hold_a_hash_but_for_the_few_that_are_never_cached(site: Site) -> None:
    names = set(files_below(site.folder))
    plain = {re.sub(r"\.(br|gz|zst)$", "", name) for name in names}
    assert {
        name
        for name in plain
        if not re.match(r"app/[0-9a-f]{16}/|(data|model)/[0-9a-f]{64}\.(bin|json)$", name)
    } == {
        "_headers",
        "_redirects",
        "index.html",
        "manifest.webmanifest",
        "sw.js",
    }
    rules = read_headers(site.folder / "_headers")
    for name in plain:
        cached = headers_for(f"/{name}", rules).get("Cache-Control", "")
        assert ("immutable" in cached) == name.startswith(("app/", "data/")), name


def test_the_page_and_the_service_worker_name_only_what_is_there(site: Site) -> None:
    page = (site.folder / "index.html").read_text()
    named = re.findall(r'(?:href|src)="([^":]+)"', page)
    build_of_worker = json.loads(
        re.match(r"self\.BUILD = (\{.*?\n\})", (site.folder / "sw.js").read_text(), re.DOTALL)[1]  # type: ignore[index]
    )
    manifest = json.loads((site.folder / "manifest.webmanifest").read_text())
    icons = [icon["src"] for icon in manifest["icons"]]
    for name in (*named, *build_of_worker["files"], *icons):
        assert (site.folder / name).is_file(), name
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    assert "Tiny Lens" in page and manifest["name"] == "Tiny Lens"


def test_an_icon_that_is_missing_costs_the_installation_and_nothing_else(tmp_path: Path) -> None:
    write_tiny_asset(tmp_path / "asset")
    file = write_extension(tmp_path / "extension.toml", "asset")
    icons = tmp_path / "icons"
    icons.mkdir()
    for size in (16, 32, 48, 128):
        source = extension_folder() / "icons" / f"icon-{size}.png"
        (icons / source.name).write_bytes(source.read_bytes())
    file.write_text(file.read_text().replace("[model]", 'icons = "icons"\n\n[model]'))
    large, listed = icons_of(load_config(file))
    assert large == {}
    assert [icon["sizes"] for icon in listed] == ["48x48", "128x128"]


def test_no_file_is_larger_than_hosts_take_and_a_large_model_comes_in_parts(tmp_path: Path) -> None:
    content = os.urandom(60_000_000)
    (file,) = shards.write_shards({"model/weights.bin": content}, tmp_path, level=1)
    assert max(path.stat().st_size for path in tmp_path.iterdir()) < FILE_LIMIT
    assert len(file.shards) == -(-len(content) // shards.SHARD_BYTES)
    assert sum(shard.plain for shard in file.shards) == len(content)


def test_a_file_that_hosts_do_not_take_is_named(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "FILE_LIMIT", 1000)
    with pytest.raises(BuilderError, match=r"more than hosts take"):
        build_site(load_config(project), tmp_path / "dist", level=1)
    assert not (tmp_path / "dist" / "site").exists()


def test_the_same_input_gives_the_same_bytes_and_is_not_packed_again(
    config_file: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files_below(site.folder)

    def refuse(*_: object) -> None:
        raise AssertionError("packed again")

    monkeypatch.setattr(shards, "_pack", refuse)
    build_site(load_config(config_file), site.folder.parent, level=1)
    assert files_below(site.folder) == before
    with pytest.raises(AssertionError, match="packed again"):
        build_site(load_config(config_file), site.folder.parent, level=2)
    assert files_below(site.folder) == before


def test_a_damaged_shard_of_an_earlier_build_is_packed_again(tmp_path: Path) -> None:
    contents: dict[str, Path | bytes] = {"model/weights.bin": os.urandom(100_000)}
    (file,) = shards.write_shards(contents, tmp_path / "one", level=1)
    earlier = shards.Earlier(tmp_path / "one", {file.sha256: file})
    assert earlier.take(file.sha256, tmp_path) == file
    (tmp_path / "one" / f"{file.shards[0].sha256}.bin").write_bytes(b"x")
    assert earlier.take(file.sha256, tmp_path) is None
    assert shards.write_shards(contents, tmp_path / "two", level=1, earlier=earlier) == [file]


def test_the_models_files_are_delivered_and_not_among_the_apps(site: Site) -> None:
    app = next((site.folder / "app").iterdir())
    described = json.loads((app / "delivery.json").read_text())
    paths = [file["path"] for file in described["index"]["files"]]
    assert paths == ["model/model.onnx", "model/vocab.txt", "runtime/trimmed.wasm", WASM]
    assert (app / "model" / "model.json").is_file()
    assert not any((app / path).exists() for path in paths)
    source = (app / "host" / "model-source.js").read_text()
    assert source == (extension_folder() / "delivery" / "site-source.js").read_text()


def test_the_runtime_is_trimmed_as_browsers_trim_it(tmp_path: Path, repository: Path) -> None:
    wasm = runtime_files()[WASM]
    script = """
      import {readFileSync, writeFileSync} from 'node:fs'
      const [wasm, out] = process.argv.slice(-2)
      const {createTrimmer} = await import(`${process.cwd()}/extension/engine/wasm-trim/trim.js`)
      const {USED} = await import(`${process.cwd()}/extension/engine/wasm-trim/used-functions.js`)
      const {take, finish} = createTrimmer(USED)
      take(readFileSync(wasm))
      writeFileSync(out, finish())
    """
    node = os.environ.get("LENSMITH_NODE", "node")
    out = tmp_path / "trimmed.wasm"
    command = [node, "--input-type=module", "-e", script, str(wasm), str(out)]
    subprocess.run(command, check=True, cwd=repository)
    used = extension_folder() / "engine/wasm-trim/used-functions.js"
    assert trim(wasm.read_bytes(), used) == out.read_bytes()
    with pytest.raises(BuilderError, match="tells of another file"):
        trim(b"\0asm", used)


def test_an_author_who_trims_nothing_delivers_the_whole_runtime(project: Path) -> None:
    project.write_text(project.read_text() + "\n[runtime]\ntrim = false\n")
    config = load_config(project)
    delivered = site_contents(config, load_asset(config.asset)).delivered
    assert [path for path in delivered if "runtime" in path] == [WASM]


def test_what_the_author_wrote_is_shown_as_it_is(project: Path) -> None:
    project.write_text(project.read_text().replace('"Tiny Lens"', '"<b>\\"A&B\\" $1"'))
    words = {"en": {"site_noscript": "No."}}
    page = render_page(load_config(project), words, Place(home="", app="app/"))
    assert "&lt;b&gt;&#34;A&amp;B&#34; $1" in page and "<b>" not in page


def test_headers_are_read_as_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "_headers").write_text(headers_file())
    rules = read_headers(tmp_path / "_headers")
    page, shard = headers_for("/", rules), headers_for("/data/x.bin", rules)
    assert page["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert page["Cross-Origin-Opener-Policy"] == "same-origin"
    assert page["Cache-Control"] == "no-cache"
    assert "Access-Control-Allow-Origin" not in page
    assert shard["Access-Control-Allow-Origin"] == "*"
    assert "," not in headers_for("/app/x.js", rules)["Cross-Origin-Opener-Policy"]


@pytest.mark.parametrize(
    ("path", "accepted", "status", "encoding"),
    [
        ("/", "", 200, None),
        ("/", "gzip, deflate, br, zstd", 200, "br"),
        ("/index.html", "gzip;q=1.0", 200, "gzip"),
        ("/sw.js", "zstd", 200, "zstd"),
        ("/nothing.js", "br", 404, None),
        ("/_headers", "", 404, None),
        ("/../extension.toml", "", 404, None),
        ("/%2e%2e/extension.toml", "", 404, None),
        ("/app", "", 404, None),
    ],
)
def test_the_server_answers_as_a_host_does(
    path: str, accepted: str, status: int, encoding: str | None, site: Site
) -> None:
    found, headers, body = answer(site.folder, path, accepted)
    assert (found, headers.get("Content-Encoding")) == (status, encoding)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert body


def test_a_site_is_served_until_it_is_ended(site: Site) -> None:
    with serving(site.folder) as address:
        with urllib.request.urlopen(f"{address}sw.js") as response:  # noqa: S310 - our own
            assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
        port = int(address.rsplit(":", 1)[1].strip("/"))
        with (
            pytest.raises(BuilderError, match=f"port {port} cannot be used"),
            serving(site.folder, port),
        ):
            pass
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address)  # noqa: S310 - our own


def test_the_command_tells_what_a_visit_costs(config_file: Path, site: Site) -> None:
    out = str(site.folder.parent)
    result = CliRunner().invoke(main, ["site", str(config_file), "--out", out, "--level", "1"])
    assert result.exit_code == 0, result.output
    assert "first visit:" in result.output and "next visits: 0" in result.output
