"""Decrypting one sealed bid, in a process of its own.

``python -m lpse.sealing.decryption`` reads its task from standard input, so that the bid key
stands in no argument, environment or file. The process holds the key for as long as it takes,
writes nothing but the target, and leaves no core. It is its own process because what it reads
comes from bidders, and so that no other work waits for it.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

import pyrage

from lpse.sealing.digests import Digested, digest_of

OK, WRONG_DIGEST, CLOSED = 0, 3, 4
LARGEST_MEMORY = 1024 * 1024 * 1024


def main() -> int:
    task = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST_MEMORY, LARGEST_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (task["plain_size"], task["plain_size"]))
    return decrypt(task)


def decrypt(task: dict[str, Any]) -> int:
    identity = pyrage.x25519.Identity.from_str(task["identity"])
    target = os.open(task["target"], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with Path(task["ciphertext"]).open("rb") as sealed, os.fdopen(target, "wb") as opened:
        # The ciphertext before anything else: what is not the submitted file is never opened.
        if digest_of(sealed) != Digested(task["sha256"], task["size"]):
            return WRONG_DIGEST
        sealed.seek(0)
        try:
            # Not decrypt_file, which keeps every thread waiting; never in memory.
            pyrage.decrypt_io(sealed, opened, [identity])
        except pyrage.DecryptError:
            return CLOSED
        except OSError as error:
            if error.errno is not None:
                raise  # the disk is full, or something else that is no fault of the file
            return CLOSED
        opened.flush()
        os.fsync(opened.fileno())
    return OK


if __name__ == "__main__":
    sys.exit(main())
