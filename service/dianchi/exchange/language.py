"""Which of the two languages a reader gets."""

from typing import Final, Literal

Language = Literal["zh", "en"]

_LONGEST: Final = 500


def language_of(accept_language: str | None, lang: str | None) -> Language:
    """The language asked for in the address, else the browser's; Chinese when nobody says.

    Who asks only for languages that we do not have reads English.
    """
    if lang and (chosen := _known(lang)):
        return chosen
    wishes = _wishes(accept_language or "")
    if not wishes:
        return "zh"
    return next((chosen for wish in wishes if (chosen := _known(wish))), "en")


def _known(tag: str) -> Language | None:
    match tag.strip().lower().replace("_", "-").partition("-")[0]:
        case "zh" | "*":
            return "zh"
        case "en":
            return "en"
        case _:
            return None


def _wishes(header: str) -> list[str]:
    """Language tags of the header (RFC 9110 12.5.4), most wanted first."""
    parts = [part.partition(";") for part in header[:_LONGEST].split(",")]
    weighed = [(_weight(weight), tag.strip()) for tag, _, weight in parts if tag.strip()]
    return [tag for weight, tag in sorted(weighed, key=lambda wish: -wish[0]) if weight > 0]


def _weight(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
