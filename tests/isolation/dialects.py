"""What the ids in each dialect's paths and bodies name, and how the dialect writes them.

A new route of a known group is tested as soon as it is in /openapi.json. Where it has an id of a name that is not
here, or needs a body, the test says what to add.
"""

from dataclasses import dataclass, field
from typing import Callable

from harness.spelling import (
    CID_CONVERSATION,
    CID_FILE,
    CID_MESSAGE,
    CID_SPACE,
    STRUCT_CHANNEL,
    STRUCT_CHAT,
    STRUCT_FEED,
    STRUCT_THREAD,
    STRUCT_USER,
    cid,
    prefixed,
    struct,
)


@dataclass(frozen=True)
class Ref:
    """In a body: the id of that noun, as a number where the dialect wants one."""

    noun: str
    is_number: bool = False


@dataclass
class Dialect:
    spell: dict[str, Callable]  # noun → text of its integer; nouns that are texts are left as they are
    path: dict[str, str]  # name of a path parameter → noun
    path_of: dict[str, dict[str, str]] = field(default_factory=dict)  # the same, of one operation
    bodies: dict[str, dict] = field(default_factory=dict)  # operation → a body that works; ids as Ref
    queries: dict[str, dict] = field(default_factory=dict)
    files: dict[str, dict] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)  # fields that look like ids but are the caller's own names
    exempt: dict[str, str] = field(default_factory=dict)  # operation → why it is not tested here
    user: str | None = "alice"  # who calls; None: the tenant's backend


ADMIN = Dialect(
    spell={"token": str, "space": str, "tenant": prefixed("tenant_")},
    path={"id": "token", "space": "space", "user_id": "user", "tenant_id": "tenant"},
    path_of={"redriveDeadLetter": {"id": "dead_letter"}, "listObjects": {"type": "object_type"}},
    bodies={"putSpaceMember": {"role": "viewer"}},
    names={"user_id"},
    exempt={
        name: "needs the master key, which stands above tenants"
        for name in ("createTenant", "listTenants", "getTenant", "updateTenant", "deleteTenant")
    }
    | {
        "putUser": "makes the user that it names, in its own tenant",
        "getObject": "each tenant counts its objects from 1; tests/snapbooks/test_actions.py asks for a foreign one",
    },
    user=None,
)

CHATAPI = Dialect(
    spell={"room": prefixed("room_"), "message": prefixed("msg_"), "tenant": prefixed("tenant_"), "subscription": str},
    path={"room_id": "room", "message_id": "message", "subscription_id": "subscription"},
    bodies={
        "updateRoom": {"name": "Mine"},
        "addMember": {"user_id": "mallory"},
        "sendMessage": {"content": "hi"},
        "editMessage": {"content": "hi"},
        "acknowledge": {"room_id": Ref("room"), "seq": 1},
        "notify": {"topic": "t", "payload": {}, "targets": {"room_id": Ref("room")}},
    },
    queries={"listDeadLetters": {"tenant_id": Ref("tenant")}},
    names={"user_id", "user_ids"},
)

ANYTYPE = Dialect(
    spell={
        "space": cid(CID_SPACE),
        "chat": cid(CID_CONVERSATION),
        "chat_message": cid(CID_MESSAGE),
        "file": cid(CID_FILE),
    },
    path={"space_id": "space", "chat_id": "chat", "message_id": "chat_message", "file_id": "file", "member_id": "member"},
    bodies={
        "anytypeUpdateSpace": {"name": "Mine"},
        "anytypeCreateChat": {"name": "Mine"},
        "anytypeSearchMessages": {"query": "secret"},
        "anytypeMarkRead": {"message_ids": [Ref("chat_message")]},
        "anytypeSendMessage": {
            "text": "hi",
            "reply_to_message_id": Ref("chat_message"),
            "attachments": [{"target": Ref("file"), "type": "file"}],
        },
        "anytypeEditMessage": {"text": "hi", "attachments": [{"target": Ref("file"), "type": "file"}]},
        "anytypeToggleReaction": {"emoji": "👍"},
    },
    files={"anytypeUploadFile": {"file": ("mine.txt", b"mine")}},
    names={"last_state_id", "after_order_id", "before_order_id", "last_event_id"},
)

CONVERSATIONS = Dialect(
    spell={"room": str, "message": str, "upload": str, "attachment": str},
    path={"id": "room"},
    path_of={
        operation: {"id": "message"}
        for operation in ("edit-message", "delete-message", "add-reaction", "remove-reaction", "pin-message", "unpin-message")
    }
    | {"chat-attachment-download": {"id": "attachment"}},
    bodies={
        "send-message": {
            "conversationId": Ref("room"),
            "content": "hi",
            "replyToId": Ref("message"),
            "attachmentIds": [Ref("attachment")],
        },
        "list-messages": {"conversationId": Ref("room"), "around": Ref("message")},
        "search-messages": {"conversationId": Ref("room"), "query": "secret"},
        "edit-message": {"content": "hi", "attachmentIds": [Ref("attachment")]},
        "send-typing": {"conversationId": Ref("room"), "active": True},
        "add-reaction": {"emoji": "👍"},
        "remove-reaction": {"emoji": "👍"},
        "update-conversation": {"name": "Mine"},
        "convert-conversation": {"visibility": "private"},
        "add-conversation-member": {"userId": "mallory"},
        "remove-conversation-member": {"userId": "bob"},
        "mark-conversation-read": {"messageId": Ref("message")},
        "update-conversation-preferences": {"starred": True},
        "chat-attachment-upload-ticket": {
            "conversationId": Ref("room"),
            "fileName": "a.txt",
            "contentType": "text/plain",
            "size": 1,
        },
        "chat-attachment-finalize": {"uploadId": Ref("upload"), "messageId": Ref("message")},
        "get-subscribe-token": {"conversationId": Ref("room")},
    },
    names={"clientMsgId", "user_id", "userId", "memberIds"},
    exempt={"chat-attachment-upload": "the signature in the URL is the credential, for this upload only"},
)

SNAPBOOKS = Dialect(
    spell={"space": str, "thread": str, "thread_message": str},
    path={"thread_id": "thread", "message_id": "thread_message"},
    bodies={
        "createAccountThread": {
            "client_account_id": Ref("space", is_number=True),
            "provider_client_account_id": Ref("space", is_number=True),
            "relation_type": "document",
            "relation_id": 1,
        },
        "updateAccountThread": {"is_completed": True},
        "addThreadMessage": {"message": "hi"},
        "updateThreadMessage": {"message": "mine"},
        "addThreadParticipant": {"user_id": "bob"},
    },
    queries={
        "listAccountThreads": {"client_account_id": Ref("space"), "provider_client_account_id": Ref("space")},
    },
    names={"user_id", "relation_id"},
)

STRUCTCHAT = Dialect(
    spell={
        "struct_thread": struct(STRUCT_THREAD),
        "struct_chat": struct(STRUCT_CHAT),
        "struct_channel": struct(STRUCT_CHANNEL),
        "struct_feed": struct(STRUCT_FEED),
        "person": struct(STRUCT_USER),
    },
    path={"thread_id": "struct_thread", "feed_id": "struct_feed", "user_id": "person", "handle": "handle"},
    path_of={"getStructChats": {"id": "struct_chat"}},
    bodies={
        "createStructThread": {"text": "hi", "xsr_ids": [Ref("struct_channel")], "images": [Ref("handle")]},
        "changeStructThreads": {
            "id": Ref("struct_thread"),
            "ids": [Ref("struct_thread")],
            "bits": {"resolved": True},
            "xsr_ids": [Ref("struct_channel")],
        },
        "markStructThreadRead": {"thread_id": Ref("struct_thread"), "chat_id": Ref("struct_chat")},
        "createStructChat": {"thread_id": Ref("struct_thread"), "text": "hi", "images": [Ref("handle")]},
        "updateStructChat": {"id": Ref("struct_chat"), "thread_id": Ref("struct_thread"), "text": "hi"},
        "writeStructReaction": {"chat_id": Ref("struct_chat"), "name": "+1", "set": True},
        "createStructFeed": {"name": "mine", "channel_ids": [Ref("struct_channel")], "user_ids": [Ref("person")]},
        "replaceStructFeed": {
            "id": Ref("struct_feed"),
            "name": "mine",
            "channel_ids": [Ref("struct_channel")],
            "user_ids": [Ref("person")],
        },
        "updateStructUser": {"id": Ref("person"), "name": "Mine"},
        "updateStructChannel": {"id": Ref("struct_channel"), "name": "Mine"},
        "setStructChannelBits": {"id": Ref("struct_channel"), "bits": {"chan_member": True}},
        "joinStructChannel": {"id": Ref("struct_channel")},
        "leaveStructChannel": {"id": Ref("struct_channel")},
    },
)

DIALECTS = {
    "snapbooks": SNAPBOOKS,
    "admin": ADMIN,
    "chatapi": CHATAPI,
    "anytype": ANYTYPE,
    "conversations": CONVERSATIONS,
    "structchat": STRUCTCHAT,
}

# Groups without ids of tenants in them.
# The channels of "centrifugo" are looked at by test_centrifugo_channels.py.
WITHOUT_IDS = {"process", "centrifugo"}
