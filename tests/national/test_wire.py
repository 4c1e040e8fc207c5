"""The wire of the interface: vectors made by other programs, and what does not open."""

import contextlib
import hashlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianchi.exchange.national.wire import (
    Credentials,
    UnreadableError,
    aes_key,
    decrypted,
    encrypted,
    read_answer,
    request_body,
    signed,
)

CREDENTIALS = Credentials("token", "fJqH4hYBwUf5hft5")
TEXT = b'[{"vin":"LSVAA4182E2184847"}]'
# Made by the classes of Java that the known client uses: SHA1PRNG, Cipher "AES", Mac "HmacMD5".
KEY = "1b24c62d3516f50b0fc966fcbd2ce2e4"
TOLD = "5mUUwUvQvhQsBtzmU4TIUHDi1JaYKmksc3VKw/HlEZg="
SIGN = "13dddd283ab3e3bbca0caf9e2c3c8776"


def test_what_is_written_is_what_java_writes() -> None:
    assert aes_key(CREDENTIALS.key).hex() == KEY
    assert encrypted(TEXT, CREDENTIALS.key) == TOLD
    assert msgspec.json.decode(request_body(TEXT, 1_700_000_000_123, CREDENTIALS)) == {
        "requestMsg": TOLD,
        "timestamp": 1_700_000_000_123,
        "sign": SIGN,
    }


@given(st.binary(max_size=200), st.text(min_size=1, max_size=20))
def test_what_was_encrypted_opens_under_the_same_key_alone(text: bytes, key: str) -> None:
    told = encrypted(text, key)

    assert decrypted(told, key) == text
    with contextlib.suppress(UnreadableError):
        assert decrypted(told, f"{key}.") != text
    assert len(signed(told, key)) == hashlib.md5(usedforsecurity=False).digest_size * 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"code":"x"}',
        b'{"code":200,"data":"bm8="}',
        b'{"msg":"x"}',
        b"\xff",
    ],
)
def test_an_answer_that_is_none_is_called_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_answer(body, CREDENTIALS)


@pytest.mark.parametrize("member", ["data", "msg"])
def test_an_answer_tells_its_code_and_text(member: str) -> None:
    told = {"code": 409, member: encrypted("已存在".encode(), CREDENTIALS.key)}

    assert read_answer(msgspec.json.encode(told), CREDENTIALS) == (409, "已存在")
