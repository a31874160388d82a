"""Notices by mail: who wants them, and sending them, at most one a day to each."""

from server.operations.notices.address import Subscribe, subscribe, unsubscribe
from server.operations.notices.sending import Sent, keep_sending, send_digests

__all__ = ["Sent", "Subscribe", "keep_sending", "send_digests", "subscribe", "unsubscribe"]
