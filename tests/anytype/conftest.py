import pytest
from anytype_support import Chat


@pytest.fixture
def chat(tenant):
    """The main chat of the default space, with Alice and Bob as users of the tenant."""
    tenant.as_user("bob").get("/v1/spaces")
    return Chat.main(tenant)
