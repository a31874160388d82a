"""People join a branch; what is held on them is corrected, revealed, taken out, erased; who read it is written down."""

from server.operations.members.drafts import Attach, Correct, Enrol, Erase, Export, Reveal
from server.operations.members.extracts import Extract
from server.operations.members.joining import attach, enrol
from server.operations.members.reads import record_reads
from server.operations.members.records import REVEALS_AN_HOUR, Revealed, correct, erase, export, reveal
from server.operations.members.resealing import reseal, reseal_batch, sealed_by

__all__ = [
    "REVEALS_AN_HOUR",
    "Attach",
    "Correct",
    "Enrol",
    "Erase",
    "Export",
    "Extract",
    "Reveal",
    "Revealed",
    "attach",
    "correct",
    "enrol",
    "erase",
    "export",
    "record_reads",
    "reseal",
    "reseal_batch",
    "reveal",
    "sealed_by",
]
