"""Browsers that lack Ed25519 or keep nothing: an account works there until a reload, and the page says so."""

import pytest

from tests.gateway.harness import ANNA
from tests.web.browser import Page
from tests.web.terminal_stage import NO_DIALOG, TRADING, appoint, ask_wallet, bring, opened, signed

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("processes")]

_NO_ED25519 = """
for (const name of ["generateKey", "importKey"]) {
  const known = crypto.subtle[name];
  crypto.subtle[name] = function (...given) {
    if (given.some((item) => item === "Ed25519" || item?.name === "Ed25519")) {
      window.refused = true;
      return Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError"));
    }
    return known.apply(this, given);
  };
}
"""
_REFUSED_STORE = """
IDBFactory.prototype.open = function () {
  window.refused = true;
  const request = new EventTarget();
  request.error = new DOMException("A mutation operation was attempted on a database that did not allow mutations.");
  setTimeout(() => request.onerror(new Event("error")));
  return request;
};
"""
_NO_STORES = """
for (const name of ["indexedDB", "localStorage"]) {
  Object.defineProperty(window, name, {
    get() {
      window.refused = true;
      throw new DOMException("Access is denied for this document.", "SecurityError");
    },
  });
}
"""
_NO_PUT = """
IDBObjectStore.prototype.put = function () {
  window.refused = true;
  throw new DOMException("The object can not be cloned.", "DataCloneError");
};
"""
LACKS = {
    "no Ed25519": _NO_ED25519,
    "a store that refuses": _REFUSED_STORE,
    "a store that keeps no keys": _NO_PUT,
    "no stores": _NO_STORES,
}


async def orders(page: Page, number: int) -> None:
    await page.until(f"document.querySelectorAll('[data-test=open-order]').length === {number}")


@pytest.mark.parametrize("script", LACKS.values(), ids=LACKS)
async def test_an_account_works_until_the_reload(script: str) -> None:
    async with opened(before=script) as (page, server):
        await bring(page, signed(ANNA.seed, await ask_wallet(page)))
        await page.until(
            "/cannot keep the key: a reload forgets it/.test(document.querySelector('.notices').innerText)"
        )
        await page.until(TRADING)
        await page.until(NO_DIALOG)
        assert await page.evaluate("window.refused")

        await page.fill("price", "0.2")
        await page.fill("amount", "5")
        await page.click("[data-test=submit]")
        await orders(page, 1)
        assert len(server.alpha.machine.state.vault.accounts[ANNA.public].orders) == 1

        await page.click("[data-test=account]")
        assert "a reload forgets it" in await page.text("dialog")
        await page.leave_dialog()
        await page.call("press", "t")
        await page.until("document.documentElement.dataset.theme === 'light'")

        await page.call("page", "reload")
        await page.appears("[data-test=account]")
        await page.appears(".ladder")
        assert await page.text("[data-test=account]") == "Connect"
        await orders(page, 0)
        assert [text for text in await page.call("problems") if "404" not in text] == []  # there is no history here


@pytest.mark.parametrize("script", [_NO_ED25519, _NO_STORES], ids=["no Ed25519", "no stores"])
async def test_its_key_can_be_forgotten_before(script: str) -> None:
    async with opened(before=script) as (page, _):
        await appoint(page)
        await page.click("[data-test=account]")
        await page.click("[data-test=sign-out]")
        await page.until(NO_DIALOG)
        assert await page.text("[data-test=account]") == "Connect"


async def test_a_key_that_stays_and_cannot_be_forgotten_is_not_said_to_be() -> None:
    async with opened() as (page, _):
        await appoint(page)
        await page.call("page", "reload")
        await page.until(TRADING)
        await page.click("[data-test=account]")
        assert "reload" not in await page.text("dialog")
        await page.evaluate("void (IDBObjectStore.prototype.delete = () => { throw new Error('the disk is full'); })")
        await page.click("[data-test=sign-out]")
        await page.until("/Not forgotten: the disk is full/.test(document.querySelector('.notices').innerText)")
        assert await page.call("count", "[data-test=sign-out]") == 1
