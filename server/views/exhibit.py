"""What of the demonstration is fact, what is example, and what its sources do not say."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.queries import exhibit as queries
from server.views.pages import page
from server.vocabulary import Origin


async def show(request: Request) -> Response:
    return page(request, "exhibit/show.html", exhibit=await queries.of(request.state.actor), synthetic=Origin.SYNTHETIC)


routes = [Route("/exhibit", show)]
