"""Pages over a schema: answers are read, checked and shown here."""

from amtsweg.kit.forms.carry import carry_over
from amtsweg.kit.forms.form import Form
from amtsweg.kit.forms.pages import FormError, compile  # noqa: A004
from amtsweg.kit.forms.tree import Page
from amtsweg.kit.forms.widgets import (
    Answers,
    FieldError,
    Fieldset,
    FileInfo,
    FormData,
    Item,
    Language,
    Option,
    Reading,
    Repeater,
    Row,
    Section,
    Widget,
    WidgetKind,
)

__all__ = [
    "Answers",
    "FieldError",
    "Fieldset",
    "FileInfo",
    "Form",
    "FormData",
    "FormError",
    "Item",
    "Language",
    "Option",
    "Page",
    "Reading",
    "Repeater",
    "Row",
    "Section",
    "Widget",
    "WidgetKind",
    "carry_over",
    "compile",
]
