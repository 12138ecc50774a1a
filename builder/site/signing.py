"""The author's signature under the index of a model: ECDSA on P-256 with SHA-256, which every
browser checks by itself (extension/delivery/signed-model.js).
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder.errors import BuilderError
from builder.packaging.contents import as_json

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

_NUMBER_BYTES = 32
"""Of each of the two numbers of a signature on P-256."""
_VERSION = re.compile(r"[0-9]+(\.[0-9]+)*")


def make_key(file: Path) -> str:
    """Write a new private key, which only its owner may read.

    :return: the public half, for ``[model] public_key``.
    :raises BuilderError: if the file exists, or cannot be written.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            target.write(text)
    except FileExistsError:
        raise BuilderError(
            f"{file}: exists already",
            hint="name another file: who loses a key can sign no update any more",
            place=str(file),
            code="would-overwrite",
        ) from None
    except OSError as error:
        raise BuilderError(
            f"{file}: cannot be written: {error.strerror}",
            hint="choose another folder",
            place=str(file),
        ) from None
    return public_key_of(key)


def read_key(file: Path) -> EllipticCurvePrivateKey:
    """:raises BuilderError: if the file holds no private key of ours."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    hint = "name the file that 'builder key' made"
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except OSError as error:
        raise BuilderError(
            f"{file}: cannot be read: {error.strerror}", hint=hint, place=str(file)
        ) from None
    except (ValueError, TypeError):
        raise BuilderError(f"{file}: holds no private key", hint=hint, place=str(file)) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise BuilderError(f"{file}: is no key on P-256", hint=hint, place=str(file))
    return key


def public_key_of(key: EllipticCurvePrivateKey) -> str:
    """Base64 of the SubjectPublicKeyInfo."""
    from cryptography.hazmat.primitives import serialization

    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(der).decode()


def envelope(index: Mapping[str, Any], key: EllipticCurvePrivateKey) -> bytes:
    """An index as text, with the signature of exactly that text."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    numbers = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    # The two numbers one after the other (IEEE P1363), as crypto.subtle wants them.
    raw = b"".join(number.to_bytes(_NUMBER_BYTES, "big") for number in numbers)
    return as_json({"index": text, "signature": base64.b64encode(raw).decode()})


def opened(content: bytes) -> dict[str, Any]:
    """The index in an envelope of our own; its signature is not checked."""
    index: dict[str, Any] = json.loads(json.loads(content)["index"])
    return index


def check_version(index: Mapping[str, Any], earlier: Mapping[str, Any] | None, place: Path) -> None:
    """Refuse what extensions would not take.

    :param earlier: what was signed before.
    :param place: model.json.
    :raises BuilderError: if the version is no number, or not higher than that of another model.
    """
    version = str(index["version"])
    if not _VERSION.fullmatch(version):
        raise BuilderError(
            f"{place}: version: '{version}' is no number, so that no extension could tell whether"
            " it is newer",
            hint="write numbers joined by dots, like '1.2.0'",
            place=str(place),
        )
    if earlier is None or earlier["model"] == index["model"]:
        return
    if _numbers(version) <= _numbers(str(earlier["version"])):
        raise BuilderError(
            f"{place}: version: {version} is not higher than {earlier['version']}, which was signed"
            " before",
            hint="raise it: extensions refuse another model of the same version, and an older one",
            place=str(place),
        )


def _numbers(version: str) -> list[int]:
    numbers = [int(number) for number in version.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return numbers
