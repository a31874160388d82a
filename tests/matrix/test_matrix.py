"""Role × relation × every page, field and act × state: each cell is asked, and each answer searched."""

import logging
from collections.abc import AsyncIterator, Iterator

import pytest

from server.app import create_app
from server.database import connect, disconnect
from tests import postgres
from tests.matrix import pages, world
from tests.matrix.asking import Desk
from tests.matrix.canary import Ear, Watch
from tests.matrix.ledger import Ledger
from tests.matrix.readers import READERS, Reader
from tests.matrix.world import World


@pytest.fixture(scope="session")
def matrix_url() -> Iterator[str]:
    with postgres.clone(world.template()) as url:
        yield url


@pytest.fixture
async def here(matrix_url: str) -> AsyncIterator[World]:
    await connect(matrix_url)
    yield world.load()
    await disconnect()


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
async def test_pages(here: World, reader: Reader) -> None:
    watch, ledger, ear = Watch(here), Ledger(), Ear()
    desk = Desk(here, watch, reader, create_app())
    logging.getLogger().addHandler(ear)
    await pages.ask_all(desk, ledger)
    print(ledger.cells)
    assert ledger.leaks == []
    assert watch.strays == []
