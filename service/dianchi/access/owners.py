"""Whose something is that one caller keeps for itself: a file it asked for, a query it saved."""

from hashlib import sha256

from dianchi.domain.admit import Reporter


def owner_of(reporter: Reporter) -> str:
    """Who somebody is: the person who signed in; of keys and systems, what they may see.

    Two keys that see the same are one owner. It stands in a setting of the database among others,
    so it holds no comma.
    """
    if reporter.person is not None:
        return f"person:{reporter.person}"
    names = sorted(reporter.names or ())
    sees = [reporter.organisation, reporter.role, reporter.bound_to or "", *names]
    return f"key:{sha256(chr(31).join(sees).encode()).hexdigest()[:32]}"
