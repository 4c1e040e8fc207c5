"""Places in requests: a prefecture, a county, or a county that says its prefecture."""

from dianchi.api.problems import checked, refuse
from dianchi.domain.areas import parse_county
from dianchi.domain.identifiers import parse_prefecture


def place_of(prefecture: str | None, county: str | None) -> tuple[str | None, str | None]:
    """The codes of a prefecture and of a county that were told; of the county where only that was.

    Raises:
        Refused: one is none, or the county is not in the prefecture.
    """
    given = checked(prefecture, "prefecture", lambda text: parse_prefecture(text).code)
    known = checked(county, "county", parse_county)
    of_county = None if known is None else f"{known[:4]}00"
    if given is not None and of_county is not None and given != of_county:
        raise refuse(
            "invalid_value",
            (f"区县 {known} 不在 {given}", f"county {known} is not in {given}"),
            (f"它属于 {of_county}；请更正其一", f"it is in {of_county}; mend one of them"),
            pointer="/county",
            value=known,
        )
    return given or of_county, known
