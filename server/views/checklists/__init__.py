"""Checklists: the list, one branch's page, what is done with an item, the review desk, the status and its files."""

from starlette.routing import Route

from server.views.checklists import comparison, exports, items, matrix, missing, review, show, status, whole

ITEM = "/checklist-items/{id}"
VERBS = ("save", "submit", "withdraw", "review", "declare", "reopen")

routes = [
    Route("/checklists", show.index, name="checklists.index"),
    Route("/checklists/{id}", show.show, name="checklists.show"),
    Route("/checklists/{id}/extend", whole.extend, methods=["GET", "POST"], name="checklists.extend"),
    Route("/checklists/{id}/accept", whole.accept, methods=["GET", "POST"], name="checklists.accept"),
    Route(ITEM, items.open_item, name="checklists.item"),
    Route(ITEM + "/save", items.save, methods=["POST"], name="checklists.save"),
    Route(ITEM + "/submit", items.submit, methods=["POST"], name="checklists.submit"),
    Route(ITEM + "/withdraw", items.withdraw, methods=["POST"], name="checklists.withdraw"),
    Route(ITEM + "/review", items.review, methods=["POST"], name="checklists.review"),
    Route(ITEM + "/declare", items.declare, methods=["POST"], name="checklists.declare"),
    Route(ITEM + "/reopen", items.reopen, methods=["POST"], name="checklists.reopen"),
    *(Route(f"{ITEM}/{verb}", items.open_item) for verb in VERBS),
    Route("/review/together", review.together, methods=["GET", "POST"], name="checklists.together"),
    Route("/review", review.desk, name="checklists.desk"),
    Route("/matrix", matrix.show, name="checklists.matrix"),
    Route("/matrix/cells/{id}", matrix.open_cell, name="checklists.cell"),
    Route("/roll-up", status.roll_up, name="checklists.roll_up"),
    Route("/status", status.show, name="checklists.status"),
    Route("/missing", missing.show, name="checklists.missing"),
    Route("/comparison", comparison.show, name="checklists.comparison"),
    Route("/trend", comparison.trend, name="checklists.trend"),
    *(
        Route(f"/{what}.{ending}", export, name=f"checklists.{what}.{ending}")
        for (what, ending), export in exports.FILES.items()
    ),
]
