"""Renders pages in the common frame: no JavaScript, nothing from other hosts.

The `Content-Security-Policy` allows the one style sheet, by its hash.
"""

from base64 import b64encode
from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from typing import Final

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from dianchi.domain.refusals import Text
from dianchi.exchange.language import Language
from dianchi.look.phrases import FRAME

STYLE: Final = files("dianchi.look").joinpath("templates/style.css").read_text(encoding="utf-8")


def say(text: Text, language: Language) -> str:
    """A sentence in the reader's language."""
    return text.zh if language == "zh" else text.en


class Look:
    """The pages of one package: its templates and phrases in the common frame.

    Args:
        package: where its `templates` are.
        phrases: its sentences, by name.
        style: what its pages need besides the common style.
        forms: whether its pages send forms (to this host).
    """

    def __init__(
        self, package: str, phrases: Mapping[str, Text], *, style: str = "", forms: bool = False
    ) -> None:
        self._package = package
        self._phrases = {**FRAME, **phrases}
        self._style = STYLE + style
        self.csp = _policy(self._style, "'self'" if forms else "'none'")

    def page(self, template: str, language: Language, **values: object) -> str:
        """A whole page."""
        return self._templates.get_template(template).render(
            {"synthetic": False, **values},
            style=self._style,
            language=language,
            t={name: say(text, language) for name, text in self._phrases.items()},
            say=lambda text: say(text, language),
            aside=lambda text: text.en if language == "zh" else text.zh,
            aside_lang="en" if language == "zh" else "zh-CN",
        )

    @cached_property
    def _templates(self) -> Environment:
        return Environment(
            loader=ChoiceLoader([PackageLoader(self._package), PackageLoader("dianchi.look")]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )


def _policy(style: str, forms: str) -> str:
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self' data:; "
        f"base-uri 'none'; form-action {forms}; frame-ancestors 'none'"
    )
