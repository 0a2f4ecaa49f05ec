"""Who signs for an account, and its locks; each key of each account has its rights and its nonce in a table."""

from constellation.protocol.messages import (
    AgentAppointed,
    AgentDismissed,
    AppointAgent,
    CancelAllAfter,
    CancelAllOrders,
    CancelOrder,
    CaptureHold,
    CloseAccount,
    Code,
    DismissAgent,
    KeyRotated,
    LimitOrder,
    LockAccount,
    LockChanged,
    MarketOrder,
    OpenHold,
    OpenSubAccount,
    Operation,
    PathPayment,
    Payment,
    ReleaseHold,
    ReplaceOrder,
    Request,
    RequestBatch,
    RotateKey,
    Withdrawal,
)
from constellation.testing.naive.model import NaiveModel
from constellation.testing.naive.records import NaiveAgent

_YEAR_US = 366 * 24 * 3600 * 1_000_000


def why_refuse_signer(model: NaiveModel, request: Request | RequestBatch) -> Code | None:
    """The code that whoever signs gets for it, or for the nonce."""
    account, signer, now = request.account, request.signer, model.now_us
    if not _owns(model, account, signer):
        agent = _agent(model, account, signer)
        if agent is None:
            return Code.UNKNOWN_SIGNER
        if agent.expires_at < now:
            return Code.AGENT_EXPIRED
    if request.nonce <= 0:
        return Code.INVALID_NONCE
    if request.nonce <= model.nonces.get((account, _name(model, account, signer)), 0):
        return Code.NONCE_TOO_LOW
    if signer is not None and request.nonce > now:
        return Code.INVALID_NONCE
    return None


def why_refuse_use(model: NaiveModel, account: bytes, signer: bytes | None, operation: Operation) -> Code | None:
    """The code of what the signer, or nobody, may ask for now."""
    if not _owns(model, account, signer):
        agent = _agent(model, account, signer)
        assert agent is not None
        match operation:
            case LimitOrder() | MarketOrder() | ReplaceOrder() | CancelOrder() | CancelAllOrders() | CancelAllAfter():
                rights = {"trade"}
            case Payment() | OpenHold() | CaptureHold() | ReleaseHold():
                rights = {"pay"}
            case PathPayment():
                rights = {"pay", "trade"}
            case Withdrawal():
                rights = {"withdraw"}
            case _:
                return Code.OWNER_ONLY
        if not rights <= agent.rights:
            return Code.NO_RIGHT
    locked = _locked(model, account)
    match operation:
        case LimitOrder() | MarketOrder() | ReplaceOrder():
            return Code.ACCOUNT_LOCKED if 1 in locked else None
        case Payment() | OpenHold() | OpenSubAccount():
            return Code.ACCOUNT_LOCKED if 2 in locked else None
        case PathPayment():
            return Code.ACCOUNT_LOCKED if locked & {1, 2} else None
        case Withdrawal() | CloseAccount():
            return Code.ACCOUNT_LOCKED if 4 in locked else None
        case _:
            return None


def why_refuse(model: NaiveModel, account: bytes, operation: Operation) -> Code | None:
    """The code of an operation about keys and locks."""
    now = model.now_us
    match operation:
        case AppointAgent(agent=key, rights=rights, expires_at=expires_at):
            if key == model.owners.get(account, account):
                return Code.INVALID_AGENT
            if rights not in range(1, 8):
                return Code.INVALID_RIGHTS
            if expires_at < now:
                return Code.INVALID_AGENT_EXPIRY
            others = [agent for agent in model.agents if agent.account == account and agent.key != key]
            return Code.TOO_MANY_AGENTS if sum(agent.expires_at >= now for agent in others) >= 8 else None
        case DismissAgent(agent=key):
            return Code.AGENT_NOT_FOUND if _agent(model, account, key) is None else None
        case RotateKey(new_key=key):
            if account in model.parents:
                return Code.IS_SUB_ACCOUNT
            return Code.INVALID_KEY if key == model.owners.get(account, account) else None
        case LockAccount():
            return _why_refuse_lock(model, account, operation)
    raise TypeError("it is about something else")


def _why_refuse_lock(model: NaiveModel, account: bytes, lock: LockAccount) -> Code | None:
    now, until = model.now_us, lock.until
    if lock.locks not in range(8):
        return Code.INVALID_LOCK
    if until is not None and (lock.locks == 0 or until < now or until > now + _YEAR_US):
        return Code.INVALID_LOCK
    before, end = model.locks.get(account, (set(), None))
    if end is None or end < now:
        return None
    if until is None or until < end or not before <= _bits(lock.locks):
        return Code.TIME_LOCKED
    return None


def do(model: NaiveModel, account: bytes, operation: Operation) -> None:
    """Do an operation about keys and locks that is not refused."""
    match operation:
        case AppointAgent(agent=key, rights=rights, expires_at=expires_at):
            for agent in _agents(model, account):
                if agent.key != key and agent.expires_at < model.now_us:
                    _dismiss(model, agent)
            words = {word for bit, word in ((1, "trade"), (2, "pay"), (4, "withdraw")) if bit in _bits(rights)}
            known = _agent(model, account, key)
            if known is None:
                model.agents.append(NaiveAgent(account, key, words, expires_at))
                model.nonces[account, key] = model.now_us
            else:
                known.rights, known.expires_at = words, expires_at
            model.tell(account, AgentAppointed(key, rights, expires_at))
        case DismissAgent(agent=key):
            found = _agent(model, account, key)
            assert found is not None
            _dismiss(model, found)
        case RotateKey(new_key=key):
            own = sorted((number, sub) for sub, (parent, number) in model.parents.items() if parent == account)
            for rotated in [account, *(sub for _, sub in own)]:
                dismiss_all(model, rotated)
                model.owners[rotated] = key
                model.nonces[rotated, None] = model.now_us
                model.tell(rotated, KeyRotated(key))
        case LockAccount(locks=locks, until=until):
            model.locks[account] = _bits(locks), until
            model.tell(account, LockChanged(locks, until))


def note_nonce(model: NaiveModel, request: Request | RequestBatch) -> None:
    """The nonce of a request that is not refused is used."""
    model.nonces[request.account, _name(model, request.account, request.signer)] = request.nonce


def _name(model: NaiveModel, account: bytes, signer: bytes | None) -> bytes | None:
    """Under which a key's nonce is in the table: that of all owners is one."""
    return None if _owns(model, account, signer) else signer


def _owns(model: NaiveModel, account: bytes, signer: bytes | None) -> bool:
    if signer is None:
        return account not in model.owners
    return signer == model.owners.get(account, account)


def _agents(model: NaiveModel, account: bytes) -> list[NaiveAgent]:
    """An account's agents in the order of their keys."""
    return sorted((agent for agent in model.agents if agent.account == account), key=lambda agent: agent.key)


def _agent(model: NaiveModel, account: bytes, key: bytes | None) -> NaiveAgent | None:
    return next((agent for agent in _agents(model, account) if agent.key == key), None)


def _dismiss(model: NaiveModel, agent: NaiveAgent) -> None:
    model.agents.remove(agent)
    model.tell(agent.account, AgentDismissed(agent.key))


def dismiss_all(model: NaiveModel, account: bytes) -> None:
    """Dismiss all agents of an account."""
    for agent in _agents(model, account):
        _dismiss(model, agent)


def is_locked(model: NaiveModel, account: bytes, bit: int) -> bool:
    """Whether the owner has locked what the bit stands for."""
    return bit in _locked(model, account)


def _bits(number: int) -> set[int]:
    return {bit for bit in (1, 2, 4) if number // bit % 2 == 1}


def _locked(model: NaiveModel, account: bytes) -> set[int]:
    bits, end = model.locks.get(account, (set(), None))
    return bits if end is None or end >= model.now_us else set()
