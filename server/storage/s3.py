"""Blobs in a bucket of a store that speaks the protocol of S3: one object a blob; needs the extra `qiangji[s3]`."""

import asyncio
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

import obstore
from obstore.store import S3Store

from server.storage.blobs import PIECE, Missing, Store, place, verified

if TYPE_CHECKING:
    from obstore.store import S3Config

SECONDS = timedelta(seconds=60)
CONNECTING = timedelta(seconds=5)
TRIES = 2


class BucketStore(Store):
    def __init__(self, bucket: str, *, endpoint: str | None, region: str, access_key: str, secret_key: str) -> None:
        super().__init__()
        config: S3Config = {
            "region": region,
            "access_key_id": access_key,
            "secret_access_key": secret_key,
            "virtual_hosted_style_request": names_the_bucket(endpoint, bucket),
            "checksum_algorithm": "SHA256",
        }
        if endpoint:
            config["endpoint"] = endpoint
        self.bucket = S3Store(
            bucket,
            config=config,
            client_options={"timeout": SECONDS, "connect_timeout": CONNECTING, "allow_http": True},
            retry_config={"max_retries": TRIES, "retry_timeout": SECONDS},
        )

    async def size(self, sha256: str) -> int | None:
        try:
            return (await obstore.head_async(self.bucket, place(sha256)))["size"]
        except FileNotFoundError:
            return None

    async def write(self, path: Path, sha256: str) -> None:
        """In one request, which the other side keeps whole or not at all, and whose digest it compares itself."""
        with await asyncio.to_thread(path.open, "rb") as file:
            _ = await asyncio.to_thread(verified, file, sha256)
        _ = await obstore.put_async(self.bucket, place(sha256), path, use_multipart=False)

    async def read(self, sha256: str) -> IO[bytes]:
        try:
            found = await obstore.get_async(self.bucket, place(sha256))
        except FileNotFoundError:
            raise Missing(sha256) from None
        file = await asyncio.to_thread(TemporaryFile)
        async for piece in found.stream(PIECE):
            _ = await asyncio.to_thread(file.write, piece)
        return file


def names_the_bucket(endpoint: str | None, bucket: str) -> bool:
    """Whether the address is that of the bucket, as some providers want it, or that of all buckets."""
    return bool(endpoint) and str(urlsplit(endpoint).hostname).startswith(f"{bucket}.")
