"""A constellation as its nodes show it, as JSON types: what is, and what happened between two readings.

Numbers that are not known are None: what a role does not have, and rates and latencies where nothing happened.
"""

from collections.abc import Mapping
from math import inf
from typing import Any

from constellation.node.node_reading import NodeReading, Samples
from constellation.protocol.amounts import format_amount

Json = dict[str, Any]

Found = NodeReading | str
"""What a node said, or why it said nothing."""

_CHAIN = {
    "epoch": "epoch",
    "batch": "batch",
    "certified_batch": "certified_batch",
    "apex": "apex",
    "ledger": "ledger_latest",
    "disk_free_bytes": "disk_free_bytes",
}
_CHRONICLE = {
    "batch": "chronicler_batch",
    "apex": "chronicler_apex",
    "lag_batches": "chronicler_lag_batches",
    "feed_connections": "feed_connections",
}


class Interval:
    """What happened at one node between two readings.

    Args:
        before: the earlier reading, if there is one.
        after: the later one.
    """

    def __init__(self, before: Found | None, after: NodeReading) -> None:
        self._before = before if isinstance(before, NodeReading) and before.at_s < after.at_s else None
        self._after = after

    def rate(self, name: str) -> float | None:
        """How much a counter has grown in a second."""
        before = None if self._before is None else self._before.samples.value(name)
        return self._rate(before, self._after.samples.value(name))

    def rates(self, name: str, label: str) -> dict[str, float | None]:
        """The same for each value of a label."""
        before = {} if self._before is None else self._before.samples.by(name, label)
        return {key: self._rate(before.get(key), after) for key, after in self._after.samples.by(name, label).items()}

    def _rate(self, before: float | None, after: float | None) -> float | None:
        if self._before is None or after is None or after < (before or 0):  # it was restarted
            return None
        return (after - (before or 0)) / (self._after.at_s - self._before.at_s)

    def quantile(self, name: str, share: float) -> float | None:
        """Below which value a share of a histogram's observations lies, by its buckets."""
        if self._before is None:
            return None
        before, after = (item.samples.by(f"{name}_bucket", "le") for item in (self._before, self._after))
        grown = sorted((float(bound), count - before.get(bound, 0.0)) for bound, count in after.items())
        if not grown or grown[-1][1] <= 0 or any(count < 0 for _, count in grown):
            return None
        rank, low, passed = share * grown[-1][1], 0.0, 0.0
        for bound, count in grown:
            if count >= rank:
                return low if bound == inf else low + (bound - low) * (rank - passed) / (count - passed)
            low, passed = bound, count
        return None


def constellation_document(before: Mapping[str, Found], after: Mapping[str, Found]) -> Json:
    """Everything that the nodes show.

    Args:
        before: the last readings, by URL.
        after: the present ones.
    """
    found = {url: item for url, item in after.items() if isinstance(item, NodeReading)}
    intervals = {url: Interval(before.get(url), item) for url, item in found.items()}
    alphas = [url for url, item in found.items() if item.health.role == "alpha"]
    alpha = max(alphas, key=lambda url: found[url].health.ready, default=None)
    urls = {item.health.key: url for url, item in found.items()}
    return {
        "nodes": [
            _node(url, found[url], intervals[url]) if url in found else {"url": url, "problem": item}
            for url, item in after.items()
        ],
        "alpha": None if alpha is None else _alpha(found[alpha].samples, intervals[alpha]),
        "auditors": [] if alpha is None else _auditors(found[alpha].samples, intervals[alpha], urls),
        "assets": _assets(list(found.values())),
    }


def _node(url: str, reading: NodeReading, interval: Interval) -> Json:
    samples = reading.samples
    shown = _CHAIN if samples.value("batch") is not None else _CHRONICLE
    lag_s = samples.value("ledger_lag_seconds")
    return {
        "url": url,
        "problem": None,
        **reading.health.model_dump(),
        **{name: _whole(samples.value(metric)) for name, metric in shown.items()},
        "ledger_lag_s": lag_s,
        "quanta_per_s": interval.rate("quanta_total"),
        "commit_p99_s": interval.quantile("commit_seconds", 0.99),
    }


def _alpha(samples: Samples, interval: Interval) -> Json:
    return {
        "quorum": _whole(samples.value("quorum")),
        "certificates_per_s": interval.rate("certificates_total"),
        "requests_per_s": interval.rates("gateway_requests_total", "result"),
        "acknowledgement_p50_s": interval.quantile("acknowledgement_seconds", 0.5),
        "acknowledgement_p99_s": interval.quantile("acknowledgement_seconds", 0.99),
        "finality_p50_s": interval.quantile("finality_seconds", 0.5),
        "finality_p99_s": interval.quantile("finality_seconds", 0.99),
        "unfinal_quanta": _whole(samples.value("unfinal_quanta")),
        "unfinal_age_s": samples.value("unfinal_age_seconds"),
        "mode": next((word for word, value in samples.by("mode", "mode").items() if value == 1), None),
        "connections": _whole(samples.value("gateway_connections")),
        "pending_withdrawals": _whole(samples.value("withdrawals_pending")),
        "oldest_transaction_s": samples.value("vault_oldest_transaction_seconds"),
    }


def _auditors(samples: Samples, interval: Interval, urls: Mapping[str | None, str]) -> list[Json]:
    lags, faults = samples.by("auditor_lag_batches", "auditor"), samples.by("auditor_faults_total", "auditor")
    votes = interval.rates("votes_total", "auditor")
    return [
        {
            "auditor": auditor,
            "url": urls.get(auditor),
            "connected": connected == 1,
            "lag_batches": _whole(lags.get(auditor)),
            "votes_per_s": votes.get(auditor),
            "faults": _whole(faults.get(auditor)),
        }
        for auditor, connected in samples.by("auditor_connected", "auditor").items()
    ]


def _assets(readings: list[NodeReading]) -> list[Json]:
    """By the auditor that compared the vault last; an asset is well when every auditor says so."""
    newest = max(readings, key=lambda item: item.samples.value("reserves_ledger") or 0, default=None)
    vault = {} if newest is None else newest.samples.by("reserves_vault_stroops", "asset")
    compared = {} if newest is None else newest.samples.by("reserves_owed_stroops", "asset")
    owed: dict[str, float] = {}
    suspended: dict[str, float] = {}
    verdicts: dict[str, list[float]] = {}
    for item in readings:
        owed |= item.samples.by("owed_stroops", "asset")
        suspended |= item.samples.by("asset_suspended", "asset")
        for asset, verdict in item.samples.by("reserves_ok", "asset").items():
            verdicts.setdefault(asset, []).append(verdict)
    return [
        {
            "asset": asset,
            "vault": _amount(vault.get(asset)),
            "owed": _amount(compared.get(asset, owed[asset])),
            "difference": _amount(vault[asset] - compared[asset]) if asset in vault and asset in compared else None,
            "ok": all(verdicts[asset]) if asset in verdicts else None,
            "suspended": suspended.get(asset) == 1,
        }
        for asset in owed
    ]


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _amount(stroops: float | None) -> str | None:
    return None if stroops is None else format_amount(round(stroops))
