"""Blobs by their SHA-256: kept once, never changed, and never given out when they are not what they were.

    await store().put(path, sha256)
    async for piece in await store().open(sha256): ...

The settings choose where: a directory, or a store that speaks the protocol of S3.
"""

from functools import lru_cache

from server import settings
from server.settings import BadSettings, Settings
from server.storage.blobs import Blob, Damaged, Missing, Store
from server.storage.directory import DirectoryStore

__all__ = ["Blob", "Damaged", "Missing", "Store", "store"]


def store() -> Store:
    """The one that the settings choose. Raises BadSettings."""
    return chosen(settings.load())


@lru_cache(maxsize=4)
def chosen(ours: Settings) -> Store:
    if ours.evidence_store == "directory":
        return DirectoryStore(ours.data / "evidence")
    try:
        from server.storage.s3 import BucketStore
    except ImportError:
        raise BadSettings("QIANGJI_EVIDENCE_STORE: obstore is missing. Remedy: pip install 'qiangji[s3]'") from None
    return BucketStore(
        str(ours.evidence_bucket),
        endpoint=ours.evidence_endpoint,
        region=ours.evidence_region,
        access_key=str(ours.evidence_access_key),
        secret_key=str(ours.evidence_secret_key),
    )
