"""RFC 3161: an independent authority's word that something existed at a time."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from asn1crypto import cms, tsp
from pyhanko.sign.validation.generic_cms import validate_sig_integrity


@dataclass(frozen=True, slots=True)
class Stamp:
    """A token that holds, and the time it names. Whether the authority deserves trust is not
    decided here: the token carries its certificate, and a verifier has a list of its own.
    """

    token: bytes
    at: dt.datetime


def request(message: bytes) -> tuple[bytes, int]:
    """The question to an authority about ``message``, and its nonce."""
    nonce = secrets.randbits(63)
    question: Any = tsp.TimeStampReq(  # type: ignore[no-untyped-call]
        {
            "version": "v1",
            "message_imprint": _imprint(message),
            "nonce": nonce,
            "cert_req": True,
        }
    )
    return bytes(question.dump()), nonce


def read(answer: bytes, message: bytes, nonce: int) -> Stamp:
    """The stamp in an authority's ``answer``; ``ValueError`` unless it is about ``message``."""
    response: Any = tsp.TimeStampResp.load(answer)  # type: ignore[no-untyped-call]
    status = response["status"]["status"].native
    if status not in {"granted", "granted_with_mods"}:
        raise ValueError(f"the time-stamping authority answered {status}")
    token = response["time_stamp_token"]
    signed_data = token["content"]
    content = signed_data["encap_content_info"]["content"]
    info = content.parsed
    if info["message_imprint"].native != _imprint(message).native:
        raise ValueError("the time stamp is about something else")
    if info["nonce"].native != nonce:
        raise ValueError("the time stamp answers another question")
    _require_signature(signed_data, bytes(content))
    return Stamp(bytes(token.dump()), info["gen_time"].native)


def _require_signature(signed_data: Any, content: bytes) -> None:
    (signer,) = signed_data["signer_infos"]
    certificate = _signers_certificate(signed_data, signer)
    hashed = hashlib.new(signer["digest_algorithm"]["algorithm"].native, content).digest()
    intact, valid = validate_sig_integrity(signer, certificate, "tst_info", hashed)
    if not (intact and valid):
        raise ValueError("the signature of the time stamp does not hold")


def _signers_certificate(signed_data: Any, signer: Any) -> Any:
    named: cms.IssuerAndSerialNumber = signer["sid"].chosen
    for choice in signed_data["certificates"]:
        certificate = choice.chosen
        if (
            certificate.issuer == named["issuer"]
            and certificate.serial_number == named["serial_number"].native
        ):
            return certificate
    raise ValueError("the time stamp does not carry the certificate of its signer")


def _imprint(message: bytes) -> tsp.MessageImprint:
    return tsp.MessageImprint(  # type: ignore[no-untyped-call]
        {
            "hash_algorithm": {"algorithm": "sha256"},
            "hashed_message": hashlib.sha256(message).digest(),
        }
    )
