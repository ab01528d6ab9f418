"""Opening a sealed bid: ciphertext to a ZIP under a private name, renamed only when it is whole.

age writes plaintext before it knows that the file is complete, so a file that carries its real
name has been decrypted to the last byte. What is in it is :mod:`lpse.sealing.archive`'s question.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from django.utils.translation import gettext as _

from lpse.sealing import decryption
from lpse.sealing.age_header import SIZE, has_sole_recipient, plain_size
from lpse.sealing.errors import EnvelopeRefused
from lpse.sealing.manifest import Manifest

ROOT = Path(__file__).resolve().parent.parent.parent
SLOWEST = 2 * 1024 * 1024  # bytes a second
PATIENCE = 60  # seconds, however small the file


def decrypt(ciphertext: Path, target: Path, *, manifest: Manifest, identity: str) -> None:
    """Open ``ciphertext`` with the bid key into ``target``, or :class:`EnvelopeRefused`.

    What says nothing about the file (a full disk, a killed process, a machine that is too slow
    now) is an ``OSError``: nobody is blamed for it, and it can be tried again. A crash leaves at
    most the private file beside ``target``, which the next attempt replaces.
    """
    stated = manifest["ciphertext"]
    plain = _gate(ciphertext, stated["size"])
    private = target.with_name(f"{target.name}.part")
    private.unlink(missing_ok=True)
    task = {
        "identity": identity,
        "ciphertext": str(ciphertext),
        "target": str(private),
        "sha256": stated["sha256"],
        "size": stated["size"],
        "plain_size": plain,
    }
    try:
        _refuse_failure(_run(task, PATIENCE + stated["size"] // SLOWEST))
        if private.stat().st_size != plain:
            raise EnvelopeRefused("envelope:closed", _("The sealed file is not whole."))
        private.replace(target)
    finally:
        private.unlink(missing_ok=True)


def _gate(ciphertext: Path, size: int) -> int:
    with ciphertext.open("rb") as file:
        head = file.read(SIZE)
    if not has_sole_recipient(head):
        raise EnvelopeRefused(
            "envelope:header", _("The sealed file is not encrypted to exactly one X25519 key.")
        )
    plain = plain_size(size)
    if plain is None or ciphertext.stat().st_size != size:
        raise EnvelopeRefused(
            "envelope:digest", _("The stored file is not the one that was submitted.")
        )
    return plain


def _run(task: dict[str, object], seconds: int) -> int:
    command = [sys.executable, "-m", decryption.__name__]
    try:
        return subprocess.run(  # noqa: S603 - our own module, the task is not on the command line
            command,
            input=json.dumps(task).encode(),
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(f"not decrypted within {seconds} seconds") from error


def _refuse_failure(code: int) -> None:
    if code == decryption.OK:
        return
    if code == decryption.WRONG_DIGEST:
        raise EnvelopeRefused(
            "envelope:digest", _("The stored file is not the one that was submitted.")
        )
    if code == decryption.CLOSED:
        raise EnvelopeRefused(
            "envelope:closed", _("The sealed file does not open with the key of its shares.")
        )
    raise OSError(f"the decrypting process ended with {code}")
