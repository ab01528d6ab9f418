"""The closed vocabulary of the audit log: what happened, and when others may be told."""

from __future__ import annotations

from enum import StrEnum


class Disclosure(StrEnum):
    """From when on the content of an entry may be shown to anybody who asks for it.

    The commitment to an entry is public at once, whatever its class: it tells nothing.
    """

    AT_ONCE = "at_once"
    AT_OPENING = "at_opening"  # of the tender it belongs to
    AT_AWARD = "at_award"
    AUDITOR = "auditor"  # to an auditor with a letter of assignment, never to the public
    NEVER = "never"  # only to the person whom it concerns


_AT_ONCE, _AT_OPENING, _AT_AWARD, _AUDITOR, _NEVER = Disclosure


class Event(StrEnum):
    """``subject:what_happened``, in the past tense. A value is stored for ever: never rename one.

    An entry about a bid is shown to nobody before the opening, auditors included: that a
    provider submitted is itself a secret until then.
    """

    disclosure: Disclosure

    def __new__(cls, value: str, disclosure: Disclosure = Disclosure.NEVER) -> Event:
        member = str.__new__(cls, value)
        member._value_ = value
        member.disclosure = disclosure
        return member

    # Accounts and offices
    ACCOUNT_CREATED = "account:created", _AUDITOR
    ACCOUNT_CHANGED = "account:changed", _AUDITOR
    ACCOUNT_DEACTIVATED = "account:deactivated", _AUDITOR
    ACCOUNT_REACTIVATED = "account:reactivated", _AUDITOR
    ACCOUNT_PASSWORD_CHANGED = "account:password_changed", _AUDITOR
    ACCOUNT_SIGNED_IN = "account:signed_in", _AUDITOR
    ACCOUNT_EMAIL_CHANGED = "account:email_changed", _AUDITOR
    ACCOUNT_FACTOR_ADDED = "account:factor_added", _AUDITOR
    ACCOUNT_FACTOR_REMOVED = "account:factor_removed", _AUDITOR
    ACCOUNT_RECOVERY_CODES_MADE = "account:recovery_codes_made", _AUDITOR
    ASSIGNMENT_MADE = "assignment:made", _AUDITOR
    ASSIGNMENT_ENDED = "assignment:ended", _AUDITOR
    PROVIDER_OFFICER_JOINED = "provider:officer_joined", _AUDITOR
    PROVIDER_OFFICER_LEFT = "provider:officer_left", _AUDITOR
    PERSONAL_DATA_READ = "account:personal_data_read", _NEVER

    # The tender, up to its announcement
    TENDER_CREATED = "tender:created", _AUDITOR
    TENDER_CHANGED = "tender:changed", _AUDITOR
    TENDER_HANDED_OVER = "tender:handed_over", _AUDITOR
    TENDER_RETURNED = "tender:returned", _AUDITOR
    TENDER_PROCEDURE_CHOSEN = "tender:procedure_chosen", _AUDITOR
    TENDER_SCHEDULE_SET = "tender:schedule_set", _AUDITOR
    TENDER_SCHEDULE_CHANGED = "tender:schedule_changed", _AT_ONCE
    TENDER_STAGE_CHANGED = "tender:stage_changed", _AT_ONCE
    TENDER_DOCUMENT_UPLOADED = "tender:document_uploaded", _AT_OPENING
    TENDER_DOCUMENT_REMOVED = "tender:document_removed", _AT_OPENING
    TENDER_DOCUMENT_DOWNLOADED = "tender:document_downloaded", _AT_AWARD
    TENDER_ESTIMATE_READ = "tender:estimate_read", _AUDITOR  # the secret lines of the HPS
    TENDER_ANNOUNCED = "tender:announced", _AT_ONCE
    TENDER_CANCELLED = "tender:cancelled", _AT_ONCE

    # The committee's keys and the key statement
    KEY_CREATED = "key:created", _AT_ONCE
    KEY_BACKUP_TESTED = "key:backup_tested", _AUDITOR
    KEY_CHECKED = "key:checked", _AUDITOR
    KEY_REVOKED = "key:revoked", _AT_ONCE
    STATEMENT_PROPOSED = "statement:proposed", _AT_OPENING
    STATEMENT_SIGNED = "statement:signed", _AT_OPENING
    STATEMENT_VALID = "statement:valid", _AT_ONCE

    # The provider and its bid
    PARTICIPATION_JOINED = "participation:joined", _AT_OPENING
    PARTICIPATION_LEFT = "participation:left", _AT_OPENING
    TENDER_KEY_REGISTERED = "participation:key_registered", _AT_OPENING
    UPLOAD_CREATED = "upload:created", _AT_OPENING
    UPLOAD_COMPLETED = "upload:completed", _AT_OPENING
    UPLOAD_TERMINATED = "upload:terminated", _AT_OPENING
    UPLOAD_EXPIRED = "upload:expired", _AT_OPENING
    BID_SUBMITTED = "bid:submitted", _AT_OPENING
    BID_REPLACED = "bid:replaced", _AT_OPENING
    BID_WITHDRAWN = "bid:withdrawn", _AT_OPENING
    BID_REFUSED = "bid:refused", _AT_OPENING  # late, or otherwise; the data says why
    BID_DESTROYED = "bid:destroyed", _AT_OPENING  # the bytes of a replaced or withdrawn version

    # The box and its opening
    TENDER_BOX_CLOSED = "tender:box_closed", _AT_ONCE
    TENDER_OPENING_STARTED = "tender:opening_started", _AT_ONCE
    SHARE_POSTED = "share:posted", _AT_ONCE
    SHARE_OBJECTED = "share:objected", _AT_ONCE
    SHARE_DISPUTED = "share:disputed", _AT_ONCE
    BID_OPENABLE = "bid:openable", _AT_ONCE
    BID_NEEDS_RECOVERY = "bid:needs_recovery", _AT_ONCE
    BID_RECOVERED = "bid:recovered", _AT_ONCE
    BID_OPENED = "bid:opened", _AT_ONCE
    BID_FILE_OPENED = "bid:file_opened", _AT_ONCE
    BID_UNOPENABLE = "bid:unopenable", _AT_ONCE
    TENDER_OPENED = "tender:opened", _AT_ONCE
    BID_FILE_READ = "bid:file_read", _AT_AWARD
    MINUTES_APPROVED = "minutes:approved", _AT_ONCE
    MINUTES_SEALED = "minutes:sealed", _AT_ONCE
    MINUTES_READ = "minutes:read", _AT_AWARD

    # Registration and verification
    APPLICATION_STARTED = "application:started", _AUDITOR
    APPLICATION_CHANGED = "application:changed", _AUDITOR
    APPLICATION_DOCUMENT_UPLOADED = "application:document_uploaded", _AUDITOR
    APPLICATION_DOCUMENT_REMOVED = "application:document_removed", _AUDITOR
    APPLICATION_SUBMITTED = "application:submitted", _AUDITOR
    APPLICATION_REMINDED = "application:reminded", _AUDITOR
    APPLICATION_ARCHIVED = "application:archived", _AUDITOR
    APPLICATION_DOCUMENT_CHECKED = "application:document_checked", _AUDITOR
    APPLICATION_RETURNED = "application:returned", _AUDITOR
    APPLICATION_DOUBT_OVERRIDDEN = "application:doubt_overridden", _AUDITOR
    APPLICATION_OVERRIDE_CONFIRMED = "application:override_confirmed", _AUDITOR
    APPLICATION_APPROVED = "application:approved", _AUDITOR
    APPLICATION_REJECTED = "application:rejected", _AUDITOR
    VISIT_BOOKED = "visit:booked", _AUDITOR
    VISIT_CANCELLED = "visit:cancelled", _AUDITOR
    VISIT_ARRIVED = "visit:arrived", _AUDITOR
    COUNTER_CHANGED = "counter:changed", _AUDITOR
    IDENTITY_DOCUMENT_READ = "application:document_read", _NEVER
    PROVIDER_VERIFIED = "provider:verified", _AT_ONCE
    PROVIDER_CHANGED = "provider:changed", _AUDITOR
    OFFICER_INVITED = "officer:invited", _AUDITOR
    OFFICER_INVITATION_REVOKED = "officer:invitation_revoked", _AUDITOR
    OFFICER_JOINED = "officer:joined", _AUDITOR
    OFFICER_CHANGED = "officer:changed", _AUDITOR
    OFFICER_LEFT = "officer:left", _AUDITOR
    QUALIFICATION_WRITTEN = "qualification:written", _AUDITOR
    QUALIFICATION_REMOVED = "qualification:removed", _AUDITOR
    REQUEST_ASKED = "request:asked", _AUDITOR
    REQUEST_APPROVED = "request:approved", _AUDITOR
    REQUEST_REJECTED = "request:rejected", _AUDITOR
    CERTIFICATE_RECORDED = "certificate:recorded", _AUDITOR
    CERTIFICATE_REMOVED = "certificate:removed", _AUDITOR
    UNIT_CREATED = "unit:created", _AT_ONCE
    UNIT_CHANGED = "unit:changed", _AT_ONCE
    DEACTIVATION_ANSWERED = "account:deactivation_answered", _AUDITOR
    DEACTIVATION_KEPT = "account:deactivation_kept", _AUDITOR
    SANCTION_PUBLISHED = "sanction:published", _AT_ONCE
    SANCTION_WITHDRAWN = "sanction:withdrawn", _AT_ONCE
    TERMS_PUBLISHED = "terms:published", _AT_ONCE
    TERMS_ACCEPTED = "terms:accepted", _AUDITOR

    # The office's calendar
    HOLIDAY_ADDED = "holiday:added", _AT_ONCE
    HOLIDAY_REMOVED = "holiday:removed", _AT_ONCE

    # The installation
    LEDGER_STARTED = "ledger:started", _AT_ONCE
    SENSITIVE_READ = "installation:sensitive_read", _AUDITOR
    SAMPLE_LOADED = "installation:sample_loaded", _AT_ONCE
    SYSTEM_KEY_CREATED = "installation:key_created", _AT_ONCE
