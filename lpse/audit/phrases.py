"""Every event as one sentence, for the people who read the log."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry

PHRASES: dict[str, Promise] = {
    Event.ACCOUNT_CREATED: gettext_lazy("%(actor)s created an account."),
    Event.ACCOUNT_CHANGED: gettext_lazy("%(actor)s changed an account."),
    Event.ACCOUNT_DEACTIVATED: gettext_lazy("%(actor)s deactivated an account."),
    Event.ACCOUNT_REACTIVATED: gettext_lazy("%(actor)s reactivated an account."),
    Event.ACCOUNT_PASSWORD_CHANGED: gettext_lazy("%(actor)s changed the password."),
    Event.ACCOUNT_SIGNED_IN: gettext_lazy("%(actor)s signed in."),
    Event.ACCOUNT_EMAIL_CHANGED: gettext_lazy("%(actor)s changed the e-mail address."),
    Event.ACCOUNT_FACTOR_ADDED: gettext_lazy("%(actor)s added a second factor."),
    Event.ACCOUNT_FACTOR_REMOVED: gettext_lazy("%(actor)s removed a second factor."),
    Event.ACCOUNT_RECOVERY_CODES_MADE: gettext_lazy("%(actor)s made new recovery codes."),
    Event.ASSIGNMENT_MADE: gettext_lazy("%(actor)s recorded an assignment to an office."),
    Event.ASSIGNMENT_ENDED: gettext_lazy("%(actor)s ended an assignment to an office."),
    Event.PROVIDER_OFFICER_JOINED: gettext_lazy("%(actor)s added an officer of a provider."),
    Event.PROVIDER_OFFICER_LEFT: gettext_lazy("%(actor)s removed an officer of a provider."),
    Event.PERSONAL_DATA_READ: gettext_lazy("%(actor)s read personal data."),
    Event.TENDER_CREATED: gettext_lazy("%(actor)s created the tender."),
    Event.TENDER_CHANGED: gettext_lazy("%(actor)s changed the tender."),
    Event.TENDER_HANDED_OVER: gettext_lazy("%(actor)s handed the tender over to the committee."),
    Event.TENDER_RETURNED: gettext_lazy("%(actor)s returned the tender to the PPK."),
    Event.TENDER_PROCEDURE_CHOSEN: gettext_lazy("%(actor)s chose the procedure."),
    Event.TENDER_SCHEDULE_SET: gettext_lazy("%(actor)s set the schedule."),
    Event.TENDER_SCHEDULE_CHANGED: gettext_lazy("%(actor)s changed the announced schedule."),
    Event.TENDER_STAGE_CHANGED: gettext_lazy("The tender entered another stage."),
    Event.TENDER_DOCUMENT_UPLOADED: gettext_lazy("%(actor)s uploaded a tender document."),
    Event.TENDER_DOCUMENT_REMOVED: gettext_lazy("%(actor)s removed a tender document."),
    Event.TENDER_DOCUMENT_DOWNLOADED: gettext_lazy("%(actor)s downloaded a tender document."),
    Event.TENDER_ESTIMATE_READ: gettext_lazy("%(actor)s read the secret lines of the HPS."),
    Event.TENDER_ANNOUNCED: gettext_lazy("%(actor)s announced the tender."),
    Event.TENDER_CANCELLED: gettext_lazy("%(actor)s cancelled the tender."),
    Event.KEY_CREATED: gettext_lazy("%(actor)s created the keys of a committee member."),
    Event.KEY_BACKUP_TESTED: gettext_lazy("%(actor)s tested the backup of the keys."),
    Event.KEY_CHECKED: gettext_lazy("%(actor)s checked the keys."),
    Event.KEY_REVOKED: gettext_lazy("%(actor)s revoked the keys of a committee member."),
    Event.STATEMENT_PROPOSED: gettext_lazy("%(actor)s proposed a key statement."),
    Event.STATEMENT_SIGNED: gettext_lazy("%(actor)s signed the key statement."),
    Event.STATEMENT_VALID: gettext_lazy("A majority had signed: the key statement became valid."),
    Event.PARTICIPATION_JOINED: gettext_lazy("%(actor)s joined the tender for the provider."),
    Event.PARTICIPATION_LEFT: gettext_lazy("%(actor)s left the tender for the provider."),
    Event.TENDER_KEY_REGISTERED: gettext_lazy(
        "%(actor)s registered the provider’s key for this tender."
    ),
    Event.UPLOAD_CREATED: gettext_lazy("%(actor)s began to upload a sealed bid."),
    Event.UPLOAD_COMPLETED: gettext_lazy("%(actor)s uploaded a sealed bid completely."),
    Event.UPLOAD_TERMINATED: gettext_lazy("%(actor)s gave up an upload."),
    Event.UPLOAD_EXPIRED: gettext_lazy("An unfinished upload expired."),
    Event.BID_SUBMITTED: gettext_lazy("%(actor)s submitted a bid."),
    Event.BID_REPLACED: gettext_lazy("%(actor)s replaced the bid with a new version."),
    Event.BID_WITHDRAWN: gettext_lazy("%(actor)s withdrew the bid."),
    Event.BID_REFUSED: gettext_lazy("A bid of %(actor)s was refused."),
    Event.BID_DESTROYED: gettext_lazy(
        "The bytes of a replaced or withdrawn bid were destroyed; its digests stay."
    ),
    Event.TENDER_BOX_CLOSED: gettext_lazy("The box of the tender was closed."),
    Event.TENDER_OPENING_STARTED: gettext_lazy("The opening began."),
    Event.SHARE_POSTED: gettext_lazy("%(actor)s posted the shares for the opening."),
    Event.SHARE_OBJECTED: gettext_lazy("%(actor)s objected to opening a bid."),
    Event.SHARE_DISPUTED: gettext_lazy("A share did not match its commitment."),
    Event.BID_OPENABLE: gettext_lazy("Enough shares were posted: the bid can be opened."),
    Event.BID_NEEDS_RECOVERY: gettext_lazy("The bid cannot be opened without its recovery key."),
    Event.BID_RECOVERED: gettext_lazy("%(actor)s gave the recovery key of the bid."),
    Event.BID_OPENED: gettext_lazy("The bid was opened."),
    Event.BID_FILE_OPENED: gettext_lazy("A file of the bid was opened and checked."),
    Event.BID_UNOPENABLE: gettext_lazy("The bid could not be opened; the evidence is kept."),
    Event.TENDER_OPENED: gettext_lazy("The opening was completed."),
    Event.BID_FILE_READ: gettext_lazy("%(actor)s read a file of an opened bid."),
    Event.MINUTES_APPROVED: gettext_lazy("%(actor)s approved the minutes."),
    Event.MINUTES_SEALED: gettext_lazy("The minutes were sealed."),
    Event.MINUTES_READ: gettext_lazy("%(actor)s read the minutes."),
    Event.APPLICATION_STARTED: gettext_lazy("%(actor)s began an application."),
    Event.APPLICATION_CHANGED: gettext_lazy("%(actor)s changed an application."),
    Event.APPLICATION_DOCUMENT_UPLOADED: gettext_lazy(
        "%(actor)s added a document to an application."
    ),
    Event.APPLICATION_DOCUMENT_REMOVED: gettext_lazy(
        "%(actor)s took a document out of an application."
    ),
    Event.APPLICATION_SUBMITTED: gettext_lazy("%(actor)s sent an application for verification."),
    Event.APPLICATION_REMINDED: gettext_lazy(
        "An applicant was reminded to complete the application."
    ),
    Event.APPLICATION_ARCHIVED: gettext_lazy(
        "An application that was not completed was archived."
    ),
    Event.APPLICATION_DOCUMENT_CHECKED: gettext_lazy(
        "%(actor)s checked a document of an application."
    ),
    Event.APPLICATION_RETURNED: gettext_lazy("%(actor)s returned an application to be completed."),
    Event.APPLICATION_DOUBT_OVERRIDDEN: gettext_lazy(
        "%(actor)s set a doubt about an application aside."
    ),
    Event.APPLICATION_OVERRIDE_CONFIRMED: gettext_lazy(
        "%(actor)s confirmed that a doubt is set aside."
    ),
    Event.APPLICATION_APPROVED: gettext_lazy("%(actor)s approved an application."),
    Event.APPLICATION_REJECTED: gettext_lazy("%(actor)s rejected an application."),
    Event.VISIT_BOOKED: gettext_lazy("%(actor)s booked a visit."),
    Event.VISIT_CANCELLED: gettext_lazy("%(actor)s cancelled a visit."),
    Event.VISIT_ARRIVED: gettext_lazy("%(actor)s received an applicant at the counter."),
    Event.COUNTER_CHANGED: gettext_lazy("%(actor)s changed a counter or its hours."),
    Event.IDENTITY_DOCUMENT_READ: gettext_lazy("%(actor)s read an identity document."),
    Event.PROVIDER_VERIFIED: gettext_lazy("%(actor)s verified a provider."),
    Event.PROVIDER_CHANGED: gettext_lazy("%(actor)s changed the verified data of a provider."),
    Event.OFFICER_INVITED: gettext_lazy("%(actor)s invited somebody to act for a provider."),
    Event.OFFICER_INVITATION_REVOKED: gettext_lazy("%(actor)s revoked an invitation."),
    Event.OFFICER_JOINED: gettext_lazy("%(actor)s began to act for a provider."),
    Event.OFFICER_CHANGED: gettext_lazy("%(actor)s changed the right of an officer."),
    Event.OFFICER_LEFT: gettext_lazy("%(actor)s ended somebody's acting for a provider."),
    Event.QUALIFICATION_WRITTEN: gettext_lazy("%(actor)s wrote qualification data."),
    Event.QUALIFICATION_REMOVED: gettext_lazy("%(actor)s removed qualification data."),
    Event.REQUEST_ASKED: gettext_lazy("%(actor)s asked for an office of a person."),
    Event.REQUEST_APPROVED: gettext_lazy("%(actor)s approved a request for an office."),
    Event.REQUEST_REJECTED: gettext_lazy("%(actor)s rejected a request for an office."),
    Event.CERTIFICATE_RECORDED: gettext_lazy("%(actor)s recorded a certificate of competence."),
    Event.CERTIFICATE_REMOVED: gettext_lazy("%(actor)s removed a certificate of competence."),
    Event.UNIT_CREATED: gettext_lazy("%(actor)s created an agency, unit or committee."),
    Event.UNIT_CHANGED: gettext_lazy("%(actor)s changed an agency, unit or committee."),
    Event.DEACTIVATION_ANSWERED: gettext_lazy("%(actor)s answered a deactivation."),
    Event.DEACTIVATION_KEPT: gettext_lazy("%(actor)s kept a deactivation after its answer."),
    Event.SANCTION_PUBLISHED: gettext_lazy("%(actor)s published an entry of the blacklist."),
    Event.SANCTION_WITHDRAWN: gettext_lazy("%(actor)s withdrew an entry of the blacklist."),
    Event.TERMS_PUBLISHED: gettext_lazy("%(actor)s published terms of use."),
    Event.TERMS_ACCEPTED: gettext_lazy("%(actor)s accepted the terms of use."),
    Event.HOLIDAY_ADDED: gettext_lazy("%(actor)s added a holiday to the calendar."),
    Event.HOLIDAY_REMOVED: gettext_lazy("%(actor)s removed a holiday from the calendar."),
    Event.LEDGER_STARTED: gettext_lazy("The ledger was started."),
    Event.SENSITIVE_READ: gettext_lazy("%(actor)s read sensitive data."),
    Event.SAMPLE_LOADED: gettext_lazy("The sample data was loaded."),
    Event.SYSTEM_KEY_CREATED: gettext_lazy("The LPSE’s own key was created."),
}


def phrase(entry: AuditEntry) -> str:
    """``entry`` as a sentence in the language of the reader."""
    actor = str(entry.actor) if entry.actor_id else _("The system")
    return str(PHRASES[entry.event]) % {"actor": actor}
