"""A world behind a server, and a client of it."""

from tests.sandbox.world import World


class Site(World):
    def __init__(self, server, session):
        self.server = server
        self.ledger = server.ledger
        self.session = session

    async def get(self, path, status=200, **options):
        async with self.session.get(self.server.url + path, **options) as response:
            assert response.status == status, await response.text()
            return await response.json(content_type=None)

    async def records(self, path):
        return (await self.get(path))["_embedded"]["records"]

    async def post(self, path, envelope, status=200):
        data = {"tx": envelope if isinstance(envelope, str) else envelope.to_xdr()}
        async with self.session.post(self.server.url + path, data=data) as response:
            assert response.status == status, await response.text()
            return await response.json(content_type=None)

    async def do(self, source, *operations, **options):
        self.submit(source, *operations, **options)
        (record,) = (await self.server.close_ledger()).transactions
        return record
