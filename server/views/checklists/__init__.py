"""Checklists: the list, one branch's page, what is done with an item, the review desk, the matrix, the exports."""

from starlette.routing import Route

from server.views.checklists import exports, items, matrix, review, show, whole

ITEM = "/checklist-items/{id}"

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
    *(Route(f"{ITEM}/{verb}", items.open_item) for verb in ("save", "submit", "withdraw", "review")),
    Route("/review", review.desk, name="checklists.desk"),
    Route("/matrix", matrix.show, name="checklists.matrix"),
    Route("/matrix.csv", exports.matrix_csv, name="checklists.matrix.csv"),
    Route("/matrix.xlsx", exports.matrix_xlsx, name="checklists.matrix.xlsx"),
    Route("/status.csv", exports.status_csv, name="checklists.status.csv"),
    Route("/status.xlsx", exports.status_xlsx, name="checklists.status.xlsx"),
]
