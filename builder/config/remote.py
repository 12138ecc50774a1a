"""``[model]`` of extension.toml: whether the model ships in the package or comes from a server."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from builder.config.reader import ConfigReader

DELIVERIES = ("bundled", "remote")
_ADDRESS = re.compile(
    r"(https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?|http://(localhost|127\.0\.0\.1))(:[0-9]{1,5})?"
    r"(/[A-Za-z0-9._~-]+)*/"
)
"""Without what a content security policy or a pattern of hosts would read otherwise. Browsers take
localhost for safe, so that a site can be tried with ``builder site --serve``."""
_PUBLIC_KEY = re.compile(r"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE[A-Za-z0-9+/]{86}==")
"""Base64 of a SubjectPublicKeyInfo (RFC 5480) with a point on P-256."""


@dataclass(frozen=True, kw_only=True)
class RemoteModel:
    """A model that a server delivers.

    ``address``: of the folder that ``builder site`` wrote, with a slash at the end. ``public_key``:
    whose signature updates carry; None where the package fixes the model's SHA-256. ``cors``:
    whether the server lets pages of other origins read; if not, the extension asks its user.
    """

    address: str
    public_key: str | None = None
    cors: bool = True

    @property
    def host_pattern(self) -> str:
        """What a permission for this server is called; ports are no part of such a pattern."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.hostname}/*"

    @property
    def host_permissions(self) -> list[str]:
        """What the extension asks its user for, by a button; nothing where the server says CORS."""
        return [] if self.cors else [self.host_pattern]


def is_address(value: object) -> bool:
    """Whether an extension may name this as the address of its model."""
    return isinstance(value, str) and _ADDRESS.fullmatch(value) is not None


def read_remote(table: ConfigReader) -> RemoteModel | None:
    """The keys of ``[model]`` about delivery; None where the model is bundled.

    :raises BuilderError: for a value that no browser would take, or a key without its effect.
    """
    delivery = table.optional("delivery", str, "bundled")
    if delivery not in DELIVERIES:
        raise table.error(
            "delivery", f"'{delivery}' is not known", hint='write "bundled" or "remote"'
        )
    public_key, cors = table.optional("public_key", str), table.optional("cors", bool, True)
    url = table.optional("url", str)
    if delivery == "bundled":
        for key in ("url", "public_key", "cors"):
            if key in table.values:
                raise table.error(
                    key, "means nothing for a bundled model", hint='add delivery = "remote"'
                )
        return None
    address = table.require("url", str) if url is None else url
    if not is_address(address):
        raise table.error(
            "url",
            f"'{address}' is not the address of a folder",
            hint=(
                "write https://, the host in small letters and a path that ends with '/',"
                " without query or other signs than letters, digits and ._~-"
            ),
        )
    if public_key is not None and not _PUBLIC_KEY.fullmatch(public_key):
        raise table.error(
            "public_key",
            "is not the public half of a signing key",
            hint="copy the line that 'builder key' prints",
        )
    return RemoteModel(address=address, public_key=public_key, cors=cors)
