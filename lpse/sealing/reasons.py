"""What the codes of refusals mean, in the words of the people who read them.

One list for browsers, pages and minutes. A code that is not here is shown as it is: a newer
browser may know one more.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: Mapping[str, str | Promise] = {
    # A member's key
    "key:passphrase": _("The passphrase does not open this key."),
    "key:passkey": _("The passkey does not open this key."),
    "key:wrapping": _("This file is not a key file wrapped by a passphrase."),
    "key:format": _("This is not a member's key file."),
    "key:halves": _("The two halves of this key do not belong together."),
    "key:other": _("This is a key, but not the registered one."),
    "key:identity": _("This is not an opening key of the known kind."),
    "key:recipient": _("This is not a public key of the known kind."),
    "browser:secure": _("Keys are only used over a secure connection."),
    "browser:storage": _("This browser cannot store files. Use a current one."),
    "browser:worker": _("This browser cannot work in the background. Use a current one."),
    "browser:unicode": _("This browser is too old. Use a current one."),
    # The key statement
    "statement:missing": _("There is no valid key statement for this tender."),
    "statement:format": _("The key statement is not of the known format."),
    "statement:field": _("A field of the key statement is missing, unknown or wrong."),
    "statement:recipient": _("A member's opening key is of an unknown kind."),
    "statement:members": _(
        "The members in the key statement are not counted, sorted and distinct."
    ),
    "statement:threshold": _("The key statement asks for an impossible number of openers."),
    "statement:envelopes": _("The envelopes in the key statement are not listed as they must be."),
    "statement:instants": _("By the key statement bids would be opened before the deadline."),
    "statement:version": _("A version of the key statement is missing or out of order."),
    "statement:changed": _("A later key statement changes more than the schedule."),
    "statement:earlier": _("A later key statement moves the deadline forward."),
    "statement:tender": _("The key statement is of another tender."),
    "statement:swapped": _(
        "The key statement that this browser saw before has been replaced. Sign and post nothing; "
        "tell the other members."
    ),
    "statement:unknown": _("The key statement is not one of this tender."),
    "statement:own-keys": _("Your own keys are not the ones in this key statement. Do not sign."),
    "statement:signer": _("Somebody signed the key statement who is not in the committee."),
    "statement:signature": _("A signature under the key statement does not hold."),
    "statement:majority": _("No majority of the committee has signed the key statement."),
    "statement:content": _(
        "The announcement shown is not the one that would be signed. Do not sign."
    ),
    "statement:shown": _("The page does not show all that would be signed. Do not sign."),
    # The box and the ledger
    "box:format": _("What the server shows is not the closing of the box."),
    "box:other": _("The box was closed for another tender, deadline or key statement."),
    "box:early": _("The box was closed before the deadline."),
    "box:list": _(
        "The list of bids is not the one that was closed: bids were added, left out or exchanged."
    ),
    "box:missing": _("The bid is not in the closed box."),
    "box:twice": _("The box holds the same bid twice."),
    "ledger:format": _("The proof from the ledger is not written as it must be."),
    "ledger:signature": _("The signature of the ledger does not hold."),
    "ledger:origin": _("The proof is of another ledger."),
    "ledger:inclusion": _("The closing of the box is not in the ledger."),
    # A bidder's manifest
    "manifest:format": _("The manifest of the bid is not of the known format."),
    "manifest:field": _("A field of the manifest is missing, unknown or wrong."),
    "manifest:size": _("The sealed file has a size that no bid has."),
    "manifest:tender": _("The manifest is of another tender."),
    "manifest:statement": _("The bid was sealed under another key statement."),
    "manifest:envelope": _("The tender has no such envelope."),
    "manifest:threshold": _("The bid was sealed for another number of openers."),
    "manifest:members": _("The shares are not addressed to the members of the committee."),
    "manifest:bidder": _("The manifest is of another bidder."),
    "manifest:signature": _("The bidder's signature does not hold."),
    # A share
    "share:early": _("By the clock of this computer the opening has not begun."),
    "share:format": _("The share is not of the known format."),
    "share:field": _("A field of the share is missing, unknown or wrong."),
    "share:tender": _("The share belongs to another tender."),
    "share:envelope": _("The share belongs to another envelope."),
    "share:provider": _("The share belongs to the bid of another provider."),
    "share:bidder": _("The share was made with the tender key of another bidder."),
    "share:recipient": _("The share belongs to another bid."),
    "share:ciphertext": _("The share belongs to another sealed file."),
    "share:size": _("The share names another size of the sealed file."),
    "share:member": _("The share is addressed to another member."),
    "share:statement": _("The share was made under another key statement."),
    "share:commitment": _("The share is not the one the bidder committed to."),
    "share:sealed": _("The stored share is not the one the bidder signed for."),
    "share:closed": _("The share does not open with the member's key."),
    "share:combination": _("The shares do not give the key of the bid."),
    "shares:too_few": _(
        "Fewer shares than needed were good: the key of this bid could not be put together."
    ),
    "shares:bidder": _("All shares are as the bidder made them, and together they give no key."),
    # What came out of an envelope
    "envelope:lost": _("The sealed file is not in the storage."),
    "envelope:header": _("The file is not sealed to exactly one key of the known kind."),
    "envelope:digest": _("The stored file is not the one that was submitted."),
    "envelope:closed": _(
        "The sealed file does not open with the key of its shares, or is damaged."
    ),
    "content:format": _("The bid form cannot be read."),
    "content:field": _("A field of the bid form is missing, unknown or wrong."),
    "content:zip": _("What was sealed is not a bid of the known form."),
    "content:gap": _("Something lies in the bid outside its files."),
    "content:name": _("A file in the bid has a name that is not allowed."),
    "content:padding": _("The filling of the bid is not empty."),
    "content:error": _("The content of the bid cannot be read."),
    "content:tender": _("The content was sealed for another tender: a copy."),
    "content:envelope": _("The content was sealed for another envelope: a copy."),
    "content:provider": _("The content was sealed by another provider: a copy."),
    "content:bidder": _("The content was sealed with another tender key: a copy."),
    "content:statement": _("The content was sealed under another key statement: a copy."),
    "format:json": _("A document is not written as it must be."),
    "format:base64": _("A document is not written as it must be."),
    "format:hex": _("A document is not written as it must be."),
    "format:utf8": _("A document is not written as it must be."),
}


def reason(code: str) -> str:
    """``code`` in words."""
    return str(REASONS.get(code, code))


def for_browser() -> dict[str, str]:
    """The whole list in the language of the page."""
    return {code: str(words) for code, words in REASONS.items()}
