"""How each dialect writes the one integer that an entity has, and how to read it back."""

import base64

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_CID_HEAD = bytes([0x01, 0x71, 0x00, 0x09])

CID_SPACE, CID_CONVERSATION, CID_MESSAGE, CID_USER, CID_FILE = 1, 2, 3, 4, 5
STRUCT_CHAT, STRUCT_THREAD, STRUCT_CHANNEL, STRUCT_USER, STRUCT_ORG, STRUCT_FEED = 1, 2, 3, 4, 5, 6


def prefixed(prefix: str):
    """`room_2s` and the like: base 36 behind the prefix."""

    def spell(number: int) -> str:
        text = ""
        while number:
            number, digit = divmod(number, 36)
            text = _DIGITS[digit] + text
        return prefix + text

    return spell


def read_prefixed(text: str) -> int:
    return int(text.rsplit("_", 1)[1], 36)


def cid(kind: int):
    """CIDv1 in base32, over a byte for the kind and the number."""

    def spell(number: int) -> str:
        octets = _CID_HEAD + bytes([kind]) + number.to_bytes(8, "big")
        return "b" + base64.b32encode(octets).decode().lower().rstrip("=")

    return spell


def read_cid(text: str) -> int:
    padded = text[1:].upper()
    return int.from_bytes(base64.b32decode(padded + "=" * (-len(padded) % 8))[-8:], "big")


def struct(kind: int):
    """The kind, a letter that says how many hex digits follow, and these."""

    def spell(number: int) -> str:
        digits = f"{number:x}"
        return f"{kind}{chr(ord('O') - len(digits))}{digits}"

    return spell


def read_struct(text: str) -> int:
    return int(text[2:], 16)
