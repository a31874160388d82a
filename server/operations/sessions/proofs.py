"""What proves a second factor: a code of the clock, or one of the codes that replace it. Each is taken once."""

from server import keys
from server.kit import codes
from server.kit.clock import now
from server.kit.sealing import blind_index, seal
from server.models.accounts import Account, RecoveryCode
from server.queries import sessions as queries

RECOVERY_CODES = 10


async def redeem(account: Account, typed: str) -> bool:
    """Use up a code of this account, inside the caller's unit of work; False for one that does not fit."""
    code = codes.plain(typed)
    if codes.is_of_the_clock(code):
        return await redeem_step(account, code)
    unused = RecoveryCode.filter(account_id=account.id, code_hash=code_hash(account, code), used_at__isnull=True)
    return await unused.update(used_at=now()) == 1


async def redeem_step(account: Account, code: str) -> bool:
    """A code that is behind one that was used already does not count, were it right."""
    if (
        account.totp is None
        or (step := codes.step_of(queries.secret_of(account), code, now(), account.totp_step)) is None
    ):
        return False
    account.totp_step = step
    await account.save(update_fields=["totp_step"])
    return True


async def renew(account: Account) -> list[str]:
    """Codes in the place of those before; only their hashes stay."""
    _ = await RecoveryCode.filter(account_id=account.id).delete()
    fresh = [codes.new_recovery_code() for _ in range(RECOVERY_CODES)]
    await RecoveryCode.bulk_create(
        RecoveryCode(account_id=account.id, code_hash=code_hash(account, codes.plain(code))) for code in fresh
    )
    return fresh


def code_hash(account: Account, code: str) -> str:
    """Keyed, because a code is short enough to be tried out by whoever gets hold of the table alone."""
    return blind_index(keys.ring().index, f"recovery_code:{account.id}", code)


def seal_secret(account: Account, secret: str) -> str:
    return seal(keys.ring().sealer, secret, queries.place_of_secret(account))
