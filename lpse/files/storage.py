"""Where bytes are kept: a folder, or a bucket that speaks S3 (``STORAGE_URL``).

What ``save`` has returned from survives a power cut: everything is written under a private name
first, made durable, and only then given its real one. Nobody ever sees half a file.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

CHUNK = 1024 * 1024
A_NAME = re.compile(r"(?:[a-z0-9_-][a-z0-9._-]*/)*[a-z0-9_-][a-z0-9._-]*\Z")
A_DAY = 24 * 60 * 60
S3_BACKEND = "storages.backends.s3.S3Storage"  # imported only by who uses it: boto3 is large


@dataclass(frozen=True, slots=True)
class Saved:
    """What was written, measured on the way."""

    sha256: str
    size: int


class Store(ABC):
    """Named bytes. A name is lower case, relative, and never climbs."""

    scratch: Path  # a local folder for what is not finished yet

    @abstractmethod
    def adopt(self, path: Path, name: str) -> None:
        """Make the finished file at ``path`` durable under ``name``; ``path`` is gone after it."""

    @abstractmethod
    def open(self, name: str) -> IO[bytes]:
        """The bytes as a seekable file; ``FileNotFoundError`` where there are none."""

    @abstractmethod
    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes, piece by piece; ``FileNotFoundError`` at once where there are none."""

    @abstractmethod
    def exists(self, name: str) -> bool: ...

    @abstractmethod
    def size(self, name: str) -> int: ...

    @abstractmethod
    def delete(self, name: str) -> None:
        """Forget ``name``; nothing happens if there is no such thing."""

    def save(self, name: str, chunks: Iterable[bytes]) -> Saved:
        """Keep ``chunks`` under ``name``, durably, replacing what was there as a whole."""
        path, saved = self.spool(chunks)
        self.adopt(path, name)
        return saved

    def spool(self, chunks: Iterable[bytes]) -> tuple[Path, Saved]:
        """``chunks`` in a private file, to be looked at and then adopted or thrown away."""
        path, digest, size = self.private_path(), hashlib.sha256(), 0
        try:
            with path.open("xb") as file:
                for chunk in chunks:
                    file.write(chunk)
                    digest.update(chunk)
                    size += len(chunk)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path, Saved(digest.hexdigest(), size)

    def private_path(self) -> Path:
        """A name nobody else has, on this machine, for a file in the making."""
        self.scratch.mkdir(parents=True, exist_ok=True)
        return self.scratch / uuid.uuid4().hex

    def concatenate(self, names: Iterable[str], target: str) -> Saved:
        """Join the pieces ``names`` into ``target``; the pieces stay."""
        return self.save(target, (chunk for name in names for chunk in self.chunks(name)))

    def write(self, name: str, content: bytes) -> None:
        self.save(name, [content])

    def read(self, name: str) -> bytes:
        """All of a small file."""
        return b"".join(self.chunks(name))

    def sweep(self) -> int:
        """Throw away private files that a crash left behind a day ago; how many."""
        stale = [
            path
            for path in (self.scratch.iterdir() if self.scratch.is_dir() else ())
            if time.time() - path.stat().st_mtime > A_DAY
        ]
        for path in stale:
            path.unlink(missing_ok=True)
        return len(stale)


class FolderStore(Store):
    """A folder on a local disk."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.scratch = root / ".private"  # on the same file system, so that a rename is atomic

    def adopt(self, path: Path, name: str) -> None:
        target = self._path(name)
        _make_folder(target.parent)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.replace(target)
        _sync_folder(target.parent)

    def open(self, name: str) -> IO[bytes]:
        return self._path(name).open("rb")

    def chunks(self, name: str) -> Iterator[bytes]:
        """Opened with the first piece: an answer to HEAD has a body that is never asked for."""
        if not self.exists(name):
            raise FileNotFoundError(name)
        return _pieces(self._path(name))

    def exists(self, name: str) -> bool:
        return self._path(name).is_file()

    def size(self, name: str) -> int:
        return self._path(name).stat().st_size

    def delete(self, name: str) -> None:
        path = self._path(name)
        if path.exists():
            path.unlink(missing_ok=True)
            _sync_folder(path.parent)

    def _path(self, name: str) -> Path:
        return self.root / _checked(name)


class S3Store(Store):
    """A bucket. An upload that has been answered is durable, and appears as a whole."""

    def __init__(self, bucket: Any, scratch: Path) -> None:
        self.bucket = bucket
        self.scratch = scratch

    def adopt(self, path: Path, name: str) -> None:
        self.bucket.bucket.upload_file(str(path), _checked(name))
        path.unlink()

    def open(self, name: str) -> IO[bytes]:
        file: IO[bytes] = self.bucket.open(_checked(name), "rb")
        return file

    def chunks(self, name: str) -> Iterator[bytes]:
        body = self._object(name).get()["Body"]
        return body.iter_chunks(CHUNK)  # type: ignore[no-any-return]

    def exists(self, name: str) -> bool:
        return bool(self.bucket.exists(_checked(name)))

    def size(self, name: str) -> int:
        return int(self._object(name).content_length)

    def delete(self, name: str) -> None:
        self.bucket.delete(_checked(name))

    def _object(self, name: str) -> Any:
        if not self.exists(name):
            raise FileNotFoundError(name)
        return self.bucket.bucket.Object(name)


def storage() -> Store:
    """The store of this installation."""
    return _store(settings.STORAGE_URL, settings.VAR_DIR)


@cache
def _store(url: str, var: Path) -> Store:
    parts = urlsplit(url)
    match parts.scheme:
        case "file":
            return FolderStore(Path(unquote(parts.path)))
        case "s3":
            options = {key: values[0] for key, values in parse_qs(parts.query).items()}
            bucket = import_string(S3_BACKEND)(
                bucket_name=parts.netloc,
                endpoint_url=options.get("endpoint"),
                region_name=options.get("region"),
                file_overwrite=True,
                max_memory_size=CHUNK,
            )
            return S3Store(bucket, Path(var) / "private")
    raise ImproperlyConfigured(f"STORAGE_URL is neither file:///… nor s3://…: {parts.scheme}://")


def _checked(name: str) -> str:
    if not A_NAME.match(name):
        raise ValueError(f"not a name of stored bytes: {name!r}")
    return name


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _make_folder(folder: Path) -> None:
    """Create ``folder``, and make its entry in every parent that it had to be made in durable."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
