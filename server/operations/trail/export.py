"""Taking the trail out, to verify it elsewhere: that too is written down."""

from server.access.actor import Actor
from server.access.permits import Permit, may, require
from server.kit.messages import say
from server.kit.paths import ROOT
from server.kit.refusals import invalid
from server.kit.transactions import unit_of_work
from server.models.trail import TrailCheckpoint
from server.operations.trail.recording import record
from server.queries.trail import newest


@unit_of_work()
async def export(actor: Actor) -> TrailCheckpoint:
    """Write down that the trail leaves the house; answers the checkpoint up to which it does.

    Raises Forbidden; Invalid, while nothing is signed yet.
    """
    place = next((grant.path for grant in actor.grants if may(actor, Permit.EXPORT_TRAIL, grant.path)), ROOT)
    require(actor, Permit.EXPORT_TRAIL, place)
    checkpoint = await newest()
    if checkpoint is None:
        raise invalid(trail=say("Nothing is signed yet; try again in a few seconds."))
    await record(actor, "trail.exported", checkpoint, place, after={"size": checkpoint.size})
    return checkpoint
