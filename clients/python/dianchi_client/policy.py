"""Policies (c2sp.org/tlog-policy): which logs and witnesses are trusted, and how many must sign."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Self

from dianchi_client.checkpoint import Checkpoint
from dianchi_client.errors import Rejected
from dianchi_client.note import COSIGNATURE, NOTE, Note, VerifierKey

NOBODY: Final = "none"
LEEWAY_S: Final = 300
"""How far ahead of ours a witness's clock may be."""
_WORDS: Final = {"log": (2, 3), "witness": (3, 4), "quorum": (2, 2), "group": (4, 99)}


class Group(NamedTuple):
    """So many of these must have signed."""

    least: int
    members: tuple[str, ...]


class Accepted(NamedTuple):
    """A checkpoint that is believed, and the witnesses that cosigned it with their times."""

    checkpoint: Checkpoint
    witnesses: Mapping[str, int]


@dataclass(slots=True)
class Policy:
    """Whose signatures make a checkpoint believable."""

    logs: list[VerifierKey] = field(default_factory=list)
    witnesses: dict[str, VerifierKey] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str = NOBODY
    urls: dict[str, str] = field(default_factory=dict)
    """Addresses of witnesses by name, for whoever asks them."""

    @classmethod
    def of_keys(cls, keys: Sequence[str]) -> Self:
        """A log by its keys (old and new during a rotation), without witnesses.

        Raises:
            Rejected: one of them cannot be read.
        """
        return cls([_log_key(key) for key in keys])

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Reads a policy file.

        Raises:
            Rejected: it is none; the sentence names the line.
        """
        policy, quorums = cls(), 0
        for number, line in enumerate(raw.decode("utf-8", "surrogateescape").split("\n"), 1):
            words = line.replace("\t", " ").split(" ")
            words = [word for word in words if word]
            if not words or words[0].startswith("#"):
                continue
            try:
                policy._take(words)
            except Rejected as error:
                raise _bad_line(number) from error
            quorums += words[0] == "quorum"
        if quorums != 1:
            raise _bad_line(0)
        return policy

    def _take(self, words: list[str]) -> None:
        least, most = _WORDS.get(words[0], (1, 0))
        if not least <= len(words) <= most:
            raise _bad_line(0)
        if words[0] == "log":
            self._add_log(_log_key(words[1]))
        elif words[0] == "witness":
            self._add_witness(words[1], VerifierKey.parse(words[2]))
            if words[3:]:
                self.urls[words[1]] = words[3]
        elif words[0] == "group":
            self._add_group(words[1], words[2], words[3:])
        else:
            self._must_be_new_or_known(words[1], known=words[1] != NOBODY)
            self.quorum = words[1]

    def _add_log(self, key: VerifierKey) -> None:
        if key.public in [log.public for log in self.logs]:
            raise _bad_line(0)
        self.logs.append(key)

    def _add_witness(self, name: str, key: VerifierKey) -> None:
        self._must_be_new_or_known(name, known=False)
        taken = [witness.public for witness in self.witnesses.values()]
        if key.kind != COSIGNATURE or key.public in taken or name == NOBODY:
            raise _bad_line(0)
        self.witnesses[name] = key

    def _add_group(self, name: str, least: str, members: list[str]) -> None:
        self._must_be_new_or_known(name, known=False)
        taken = {member for group in self.groups.values() for member in group.members}
        for member in members:
            self._must_be_new_or_known(member, known=True)
            if member in taken or members.count(member) > 1:
                raise _bad_line(0)
        count = {"all": str(len(members)), "any": "1"}.get(least, least)
        if not (count.isascii() and count.isdigit() and 1 <= int(count) <= len(members)):
            raise _bad_line(0)
        self.groups[name] = Group(int(count), tuple(members))

    def _must_be_new_or_known(self, name: str, *, known: bool) -> None:
        if (name in self.witnesses or name in self.groups) is not known:
            raise _bad_line(0)

    def accept(self, raw: bytes, now_s: int) -> Accepted:
        """Believes a signed checkpoint.

        Args:
            raw: the note.
            now_s: seconds since 1970, for the times of witnesses.

        Raises:
            Rejected: it is not signed as this policy asks.
        """
        note = Note.parse(raw)
        checkpoint = Checkpoint.parse(note.text)
        logs = [key for key in self.logs if key.name == checkpoint.origin]
        if not logs:
            raise Rejected(
                "wrong_origin",
                f"这是另一个日志（{checkpoint.origin}）的检查点",
                f"this is a checkpoint of another log: {checkpoint.origin}",
            )
        if not note.signed_by(logs):
            raise Rejected(
                "not_signed",
                "检查点没有日志密钥的签名：不是由该日志签发的",
                "the checkpoint is not signed by the log's key: this log never issued it",
            )
        signed = note.signed_by(self.witnesses.values())
        names = {name: signed[key] for name, key in self.witnesses.items() if key in signed}
        if any(time_s > now_s + LEEWAY_S for time_s in names.values()):
            raise Rejected(
                "future",
                "见证签名的时间在将来",
                "a witness's signature is dated in the future",
            )
        if not self._enough(self.quorum, names):
            raise Rejected(
                "too_few_witnesses",
                "见证方的签名不足：可能有人在出示另一份历史",
                "too few witnesses signed: somebody may be showing another history",
            )
        return Accepted(checkpoint, names)

    def _enough(self, name: str, signed: Mapping[str, int]) -> bool:
        if name == NOBODY or name in signed:
            return True
        group = self.groups.get(name)
        if group is None:
            return False
        return sum(self._enough(member, signed) for member in group.members) >= group.least


def _log_key(text: str) -> VerifierKey:
    key = VerifierKey.parse(text)
    if key.kind != NOTE:
        raise Rejected(
            "unknown_algorithm",
            "这不是日志的公钥",
            "this is not the public key of a log",
        )
    return key


def _bad_line(number: int) -> Rejected:
    where = (f"第 {number} 行", f"line {number}") if number else ("quorum 行", "the quorum line")
    return Rejected(
        "malformed",
        f"验证策略文件{where[0]}有误",
        f"{where[1]} of the policy is wrong",
    )
