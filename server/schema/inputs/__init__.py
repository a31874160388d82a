"""What clients send: inputs made from drafts, and complaints about values that do not fit."""

from server.schema.inputs.drafted import Input, generated

__all__ = ["Input", "generated"]
