"""The record of an act, in the transaction of the act; its place afterwards, for good; and taking the trail out."""

from server.operations.trail.export import export
from server.operations.trail.recording import Personal, forget, record
from server.operations.trail.sequencer import BATCH, Forked, keep_sequencing, sequence

__all__ = ["BATCH", "Forked", "Personal", "export", "forget", "keep_sequencing", "record", "sequence"]
