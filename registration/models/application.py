from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lpse.audit.models import AuditEntry, ClockTimestamp
from lpse.files.models import StoredFile
from lpse.models import AppendOnly
from registration.models.provider import Identity, Provider, ProviderKind


class ApplicationState(models.TextChoices):
    DRAFT = "draft", _("Being filled in")
    SUBMITTED = "submitted", _("Waiting for verification")
    RETURNED = "returned", _("To be completed")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    ARCHIVED = "archived", _("Archived, not completed")


OPEN_STATES = (ApplicationState.DRAFT, ApplicationState.SUBMITTED, ApplicationState.RETURNED)


class Purpose(models.TextChoices):
    REGISTRATION = "registration", _("Registration")
    CHANGE = "change", _("Change of verified data")


class DocumentCode(models.TextChoices):
    """The documents of P22(1)a.2, and no others (P22(3))."""

    KTP = "ktp", _("KTP of the director, owner or authorised officer")
    DEED = "deed", _("Deed of establishment")
    DEED_AMENDMENT = "deed_amendment", _("Last amendment of the deed")
    NPWP = "npwp", _("NPWP")
    LICENCE = "licence", _("Business licence of the field")


class Application(Identity):
    """Somebody asks to be a verified provider (P22(1)a), or to change what was verified.

    Every field may be empty while the applicant fills it in; what is submitted is complete. It
    is never deleted: who asked for what, and what was decided, stays for the auditors.
    """

    code = models.CharField(max_length=9, unique=True)  # XXXX-XXXX, found at the counter by it
    purpose = models.CharField(
        max_length=16, choices=Purpose.choices, default=Purpose.REGISTRATION
    )
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="applications"
    )
    provider = models.ForeignKey(
        Provider, null=True, blank=True, on_delete=models.PROTECT, related_name="applications"
    )
    state = models.CharField(
        max_length=16, choices=ApplicationState.choices, default=ApplicationState.DRAFT
    )
    started_at = models.DateTimeField(db_default=ClockTimestamp())
    complete_by = models.DateTimeField()  # by the SOP; then it is archived
    reminded_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)  # the last time
    verifier = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decision_reason = models.TextField(blank=True)
    decision_entry = models.OneToOneField(
        AuditEntry, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["started_at", "pk"]
        verbose_name = _("application")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ApplicationState.values), name="application_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="") | Q(kind__in=ProviderKind.values),
                name="application_kind_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ApplicationState.APPROVED, ApplicationState.REJECTED])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="application_decided_at_and_by",
            ),
            models.CheckConstraint(
                condition=~Q(state=ApplicationState.REJECTED) | ~Q(decision_reason=""),
                name="application_rejected_with_a_reason",  # P10(3)
            ),
            models.CheckConstraint(
                condition=~Q(state=ApplicationState.APPROVED) | Q(provider__isnull=False),
                name="application_approved_is_a_provider",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("applicant")),
                name="application_not_decided_by_its_applicant",
            ),
            models.UniqueConstraint(
                fields=["applicant"],
                condition=Q(state__in=OPEN_STATES),
                name="one_open_application_each",
            ),
            models.UniqueConstraint(
                fields=["provider"],
                condition=Q(state__in=OPEN_STATES),
                name="one_open_change_of_a_firm",
            ),
        ]
        indexes = [
            models.Index(
                fields=["submitted_at"],
                condition=Q(state=ApplicationState.SUBMITTED),
                name="application_queue",
            ),
            models.Index(fields=["npwp"], name="application_npwp"),
            models.Index(fields=["responsible_nik"], name="application_nik"),
        ]

    def __str__(self) -> str:
        return self.name or self.code

    def get_absolute_url(self) -> str:
        """Where a verifier works on it; its applicant's page is ``application``."""
        return reverse("verification", kwargs={"code": self.code})


class ApplicationDocument(models.Model):
    """A copy of one of the documents of P22(1)a.2. Replaced ones stay, out of the way."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="documents"
    )
    code = models.CharField(max_length=16, choices=DocumentCode.choices)
    name = models.CharField(max_length=200)  # as the applicant's computer called it
    number = models.CharField(_("number"), max_length=100, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(db_default=ClockTimestamp())
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["code", "uploaded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__in=DocumentCode.values), name="document_is_of_the_law"
            ),
            models.UniqueConstraint(
                fields=["application", "code"],
                condition=Q(removed_at=None) & ~Q(code=DocumentCode.LICENCE),
                name="one_document_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()} ({self.application.code})"


class CheckResult(models.TextChoices):
    FITS = "fits", _("Fits")
    DOES_NOT_FIT = "does_not_fit", _("Does not fit")


class DocumentCheck(AppendOnly):
    """What a verifier found about one document (P22(2)); the latest of a document counts."""

    document = models.ForeignKey(
        ApplicationDocument, on_delete=models.PROTECT, related_name="checks"
    )
    copy_received = models.BooleanField(_("copy received"))
    original_seen = models.BooleanField(_("original seen"))
    result = models.CharField(_("result"), max_length=16, choices=CheckResult.choices)
    note = models.CharField(_("note"), max_length=300, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    # Digest of the data that the document was held against: changed data is checked afresh.
    compared_with = models.CharField(max_length=64)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    checked_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta(AppendOnly.Meta):
        ordering = ["checked_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(result=CheckResult.FITS) | ~Q(note=""),
                name="check_that_fails_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document}: {self.get_result_display()}"


class ReturnedItem(AppendOnly):
    """One thing the applicant still has to bring or correct, in plain words."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="returned_items"
    )
    subject = models.CharField(max_length=32)  # a document's code, or the name of a field
    words = models.CharField(max_length=300)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    returned_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        ordering = ["returned_at", "pk"]

    def __str__(self) -> str:
        return self.words


class Doubt(models.TextChoices):
    """What the machine finds odd; set aside with a reason that a second person confirms."""

    NPWP_CHECK_DIGIT = "npwp_check_digit", _("The check digit of the NPWP does not fit.")
    NIK_FORM = "nik_form", _("The NIK has no such region or date of birth.")
    NPWP_TWICE = "npwp_twice", _("Another provider or application has this NPWP.")
    NIK_TWICE = "nik_twice", _("Another provider or application has this NIK.")
    EMAIL_TWICE = "email_twice", _("Another provider or application has this e-mail address.")
    BLACKLISTED = "blacklisted", _("The name or number is close to one on the blacklist.")


class Override(models.Model):
    """A doubt that a verifier sets aside, with a reason; a second person must agree."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="overrides"
    )
    doubt = models.CharField(max_length=24, choices=Doubt.choices)
    # What the doubt was about, so that a corrected number is doubted afresh.
    about = models.CharField(max_length=200)
    reason = models.CharField(_("reason"), max_length=300)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(db_default=ClockTimestamp())
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_a_reason"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | (
                    Q(confirmed_by__isnull=False, confirmed_at__isnull=False)
                    & ~Q(confirmed_by=F("asked_by"))
                ),
                name="override_confirmed_by_a_second_person",
            ),
            models.UniqueConstraint(
                fields=["application", "doubt", "about"], name="doubt_overridden_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_doubt_display()} {self.reason}"
