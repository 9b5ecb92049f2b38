import pytest
from structchat_support import Org


@pytest.fixture
def org(server):
    """An organisation of the test's own, without a rate limit."""
    org = Org(server)
    yield org
    org.close()


@pytest.fixture
def other_org(server):
    """A stranger, for tests of isolation."""
    org = Org(server)
    yield org
    org.close()
