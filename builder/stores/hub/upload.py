"""Send a folder to the Hugging Face hub as one commit, with the hub's own client."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from builder.errors import BuilderError, missing_extra
from builder.progress import work

TOKEN = "HF_TOKEN"  # noqa: S105 - its name, not a token
OURS = ("asset/", "onnx/")
"""Folders whose files are replaced as a whole, so that no file of an earlier push is left there."""
_NO_UPLOAD = "--out FOLDER writes the same files without an upload"


def upload(folder: Path, repository: str, *, private: bool, message: str) -> str:
    """Upload all files of ``folder``; makes the repository if there is none.

    :param repository: ``OWNER/NAME``.
    :returns: the address of the commit.
    :raises BuilderError: without a token, if the hub refuses, or if it cannot be reached. The
        repository's files are as they were then.
    """
    try:
        from huggingface_hub import HfApi, get_token
        from huggingface_hub.errors import HfHubHTTPError, HFValidationError
        from huggingface_hub.utils.tqdm import disable_progress_bars
    except ImportError as error:
        raise missing_extra(str(error.name), "train") from None
    token = get_token()
    if token is None:
        raise BuilderError(
            f"{repository}: no token of the Hugging Face hub was found",
            hint=f"set {TOKEN} to one that may write, or log in: hf auth login; {_NO_UPLOAD}",
            place=repository,
        )
    disable_progress_bars()
    api = HfApi(token=token)
    try:
        with work(f"Uploading to {repository}"):
            api.create_repo(repository, private=private or None, exist_ok=True)
            return _commit(api, folder, repository, message)
    except HFValidationError as error:
        raise BuilderError(
            f"{repository}: no name of a repository: {_first_line(error)}",
            hint="OWNER/NAME, of letters, digits, '-', '_' and '.'",
            place=repository,
        ) from None
    except HfHubHTTPError as error:
        raise _refusal(error, repository) from None
    # the client passes on the exceptions of its HTTP library, which change with major versions
    except Exception as error:
        raise BuilderError(
            f"{repository}: the hub cannot be reached: {_first_line(error)}",
            hint=f"check the network, and push again; {_NO_UPLOAD}",
            place=repository,
        ) from None


def _commit(api: Any, folder: Path, repository: str, message: str) -> str:
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    names = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    stale = [
        name
        for name in api.list_repo_files(repository)
        if name.startswith(OURS) and name not in names
    ]
    commit = api.create_commit(
        repository,
        [
            *(CommitOperationDelete(name) for name in stale),
            *(CommitOperationAdd(name, folder / name) for name in names),
        ],
        commit_message=message,
    )
    return str(commit.commit_url)


def _refusal(error: Any, repository: str) -> BuilderError:
    status = getattr(error.response, "status_code", 0)
    said = error.server_message or _first_line(error)
    if status in (401, 403):
        hint = f"the token in {TOKEN} has to be valid, and may have to write for this owner"
    elif status == 404:
        hint = "check the owner's name, and that the token may see it"
    elif status >= 500:
        hint = "the hub has a problem; push again later"
    else:
        hint = _NO_UPLOAD
    return BuilderError(
        f"{repository}: the hub refuses it ({status}): {said}", hint=hint, place=repository
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0] or type(error).__name__
