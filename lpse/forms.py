"""How every form of the house looks: Django's own form rendering with our templates."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """``{{ form }}`` gives the summary of errors and the fields; pages add the buttons."""

    form_template_name = "forms/form.html"
    formset_template_name = "forms/formset.html"
    field_template_name = "forms/field.html"
