"""Firefox, by Mozilla's Marionette: it needs no geckodriver, and sees the browser's own windows."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from builder.browsers.driver import (
    CARD_PAGE,
    DRIVER_TIMEOUT,
    FIREFOXES,
    SCRIPT_TIMEOUT,
    SNAPSHOT,
    WELCOME_PAGE,
    WELCOME_TIMEOUT,
    Browser,
    Snapshot,
    chord,
    find_program,
    opens_welcome_page,
    unresponsive,
    wait_for,
)
from builder.browsers.proxy import Web
from builder.errors import missing_extra

OF_THE_SYSTEM, ONLY_THE_READERS_COLOURS = 0, 2

IN_PAGE = """
const [page, expression] = [arguments[0], arguments[1]]
const walk = (context) => [context, ...context.children.flatMap(walk)]
const contexts = Services.wm.getEnumerator('navigator:browser')
for (const window of contexts) {
  for (const tab of window.gBrowser.tabs) {
    for (const context of walk(tab.linkedBrowser.browsingContext)) {
      const global = context.currentWindowGlobal
      if (!global?.documentURI?.spec.includes(page)) continue
      const actor = global.getActor('MarionetteCommands')
      return actor.executeScript(`return ${expression}`, [], {}).catch(() => null)
    }
  }
}
return null
"""
MODIFIERS = {"Alt": "alt", "Ctrl": "accel", "Shift": "shift", "MacCtrl": "control"}

PRESS = """
const [host, wanted, name] = arguments
const keys = [...document.querySelectorAll('keyset[id^="ext-keyset-id"] key')]
const found = keys.find((key) => {
  const modifiers = (key.getAttribute('modifiers') ?? '').split(/[ ,]+/).filter(Boolean).sort()
  const same = key.getAttribute('key')?.toUpperCase() === name.toUpperCase()
  return same && String(modifiers) === String(wanted)
})
found?.doCommand()
return Boolean(found)
"""

SEND_MENU_CLICK = """
const [host, menuItemId, frameUrl, selectionText] = arguments
const {extension} = WebExtensionPolicy.getByHostname(host)
const tab = gBrowser.selectedTab
const walk = (context) => [context, ...context.children.flatMap(walk)]
const contexts = walk(gBrowser.selectedBrowser.browsingContext)
const isWanted = (context) => context.currentWindowGlobal.documentURI.spec === frameUrl
const frame = frameUrl ? contexts.find(isWanted) : contexts[0]
if (!frame) throw new Error(`no frame ${frameUrl}`)
const info = {
  menuItemId,
  pageUrl: gBrowser.currentURI.spec,
  frameId: frame.parent ? frame.id : 0,
  editable: false,
  modifiers: [],
}
if (frameUrl) info.frameUrl = frameUrl
if (selectionText) info.selectionText = selectionText
extension.tabManager.addActiveTabPermission(tab)
const sent = Date.now()
extension.emit('webext-menu-menuitem-click', info, tab)
return sent
"""


class Firefox(Browser):
    name = "firefox"

    def __init__(
        self,
        bundle: Path,
        web: Web,
        *,
        headless: bool = True,
        language: str = "en-US",
        scale: float = 1,
        forced_colours: bool = False,
    ) -> None:
        try:
            from marionette_driver.errors import MarionetteException
            from marionette_driver.marionette import Marionette
        except ImportError:
            raise missing_extra("marionette-driver", "browsers") from None
        logging.getLogger("mozversion").setLevel(
            logging.WARNING
        )  # it tells the version at every start
        os.environ["MOZ_REMOTE_SETTINGS_DEVTOOLS"] = (
            "1"  # release builds take services.settings.server only with it
        )
        self._log = (
            TemporaryDirectory()
        )  # of what Firefox says; Marionette removes the file that it is given, were it /dev/null
        self.driver_errors = (MarionetteException, ConnectionError)
        program = find_program("Firefox", *FIREFOXES)
        try:
            self._marionette = Marionette(
                bin=program,
                port=_free_port(),
                headless=headless,
                prefs=_preferences(web.port, language, scale, forced_colours),
                gecko_log=self._log.name,
                startup_timeout=DRIVER_TIMEOUT,
                socket_timeout=DRIVER_TIMEOUT,
            )
        except (MarionetteException, OSError) as error:
            self._log.cleanup()
            raise unresponsive("Firefox", error) from error
        try:
            self._marionette.start_session()
            self._marionette.timeout.script = SCRIPT_TIMEOUT
            self._marionette.set_window_rect(width=1100, height=800)
            self.extension_url = self.install(bundle)
        except BaseException as error:
            self._marionette.cleanup()
            self._log.cleanup()
            if isinstance(error, (MarionetteException, OSError)):
                raise unresponsive("Firefox", error) from error
            raise

    def install(self, bundle: Path) -> str:
        from marionette_driver.addons import Addons

        identifier = Addons(self._marionette).install(str(bundle.resolve()), temp=True)
        with self._marionette.using_context("chrome"):
            host = self._marionette.execute_script(
                "return WebExtensionPolicy.getByID(arguments[0]).mozExtensionHostname", [identifier]
            )
        if opens_welcome_page(bundle):
            self._close_welcome_page()
        return f"moz-extension://{host}/"

    def _close_welcome_page(self) -> None:
        """It opens in a tab of its own, in front of the one that is driven."""
        driven = self._marionette.current_window_handle

        def other() -> str | None:
            return next(
                (handle for handle in self._marionette.window_handles if handle != driven), None
            )

        self._marionette.switch_to_window(wait_for(other, WELCOME_TIMEOUT, "the welcome page"))
        wait_for(
            lambda: WELCOME_PAGE in self._marionette.get_url() or None,
            WELCOME_TIMEOUT,
            "the welcome page's address",
        )
        self._marionette.close()
        self._marionette.switch_to_window(driven)

    def open(self, url: str) -> None:
        self._marionette.navigate(url)

    def run_script(self, script: str, args: Sequence[Any]) -> Any:
        return self._marionette.execute_script(
            script, list(args), sandbox=None
        )  # sees what the page sees

    def press(self, shortcut: str) -> None:
        *modifiers, key = shortcut.split("+")
        wanted = {MODIFIERS[modifier] for modifier in modifiers}
        with self._marionette.using_context("chrome"):
            pressed = self._marionette.execute_script(
                PRESS, [self.extension_url.split("/")[2], sorted(wanted), key]
            )
        if not pressed:
            raise TimeoutError(f"the extension has no shortcut {shortcut}")

    def type_keys(self, *keys: str) -> None:
        from marionette_driver.marionette import ActionSequence

        for key in keys:
            parts = chord(key)
            sequence = ActionSequence(self._marionette, "key", "keyboard")
            for part in parts:
                sequence.key_down(part)
            for part in reversed(parts):
                sequence.key_up(part)
            sequence.perform()

    def send_menu_click(self, entry: str, *, frame: str = "", text: str = "") -> float:
        with self._marionette.using_context("chrome"):
            sent: float = self._marionette.execute_script(
                SEND_MENU_CLICK, [self.extension_url.split("/")[2], entry, frame, text]
            )
        return sent

    def card(self) -> Snapshot | None:
        value = self.in_card(SNAPSHOT.strip())
        return Snapshot(**value) if value and value.get("state") else None

    def in_card(self, expression: str) -> Any:
        return self.in_page(CARD_PAGE, expression)

    def in_page(self, page: str, expression: str) -> Any:
        with self._marionette.using_context("chrome"):
            return self._marionette.execute_script(IN_PAGE, [page, expression])

    def open_tab(self, url: str) -> None:
        self._marionette.switch_to_window(self._marionette.open(type="tab", focus=True)["handle"])
        self.open(url)

    def switch_tab(self, number: int) -> None:
        self._marionette.switch_to_window(self._marionette.window_handles[number], focus=True)

    @property
    def version(self) -> str:
        return str(self._marionette.session_capabilities["browserVersion"])

    def extension_processes(self) -> list[int]:
        """One process of Firefox runs all extensions, its own among them."""
        with self._marionette.using_context("chrome"):
            pids: list[int] = self._marionette.execute_script("""
                return ChromeUtils.requestProcInfo().then(({children}) => (
                  children.filter(({type}) => type === 'extension').map(({pid}) => pid)))
                """)
        return pids

    def granted(self) -> tuple[list[str], list[str]]:
        with self._marionette.using_context("chrome"):
            permissions, origins = self._marionette.execute_script(
                """
                const policy = WebExtensionPolicy.getByHostname(arguments[0])
                const origins = policy.allowedOrigins.patterns.map(({pattern}) => pattern)
                return [[...policy.permissions], origins]
                """,
                [self.extension_url.split("/")[2]],
            )
        # Firefox gives each extension its own pages, and notes what it derives with a prefix.
        return [name for name in permissions if ":" not in name], [
            pattern for pattern in origins if pattern != f"{self.extension_url}*"
        ]

    def complaints(self) -> list[str]:
        with self._marionette.using_context("chrome"):
            texts: list[str] = self._marionette.execute_script(
                """
                const {extension} = WebExtensionPolicy.getByHostname(arguments[0])
                return [...extension.warnings ?? [], ...extension.errors ?? []].map(String)
                """,
                [self.extension_url.split("/")[2]],
            )
        return texts

    def stop_background(self) -> None:
        with self._marionette.using_context("chrome"):
            self._marionette.execute_script(
                """
                const host = arguments[0]
                const policy = WebExtensionPolicy.getByHostname(host)
                const options = {ignoreDevToolsAttached: true, disableResetIdleForTest: true}
                return policy.extension.terminateBackground(options)
                """,
                [self.extension_url.split("/")[2]],
            )

    def close(self) -> None:
        self._marionette.quit(in_app=False)
        self._marionette.cleanup()
        self._log.cleanup()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _preferences(port: int, language: str, scale: float, forced_colours: bool) -> dict[str, Any]:
    return {
        "network.proxy.type": 1,
        "network.proxy.http": "127.0.0.1",
        "network.proxy.http_port": port,
        "network.proxy.ssl": "127.0.0.1",
        "network.proxy.ssl_port": port,
        "network.proxy.no_proxies_on": "",
        "network.proxy.allow_hijacking_localhost": True,
        # What the browser asks for by itself would be counted as ours.
        "network.captive-portal-service.enabled": False,
        "network.connectivity-service.enabled": False,
        "services.settings.server": "data:,#remote-settings-dummy/v1",
        "browser.newtabpage.enabled": False,
        "browser.startup.page": 0,
        "app.normandy.enabled": False,
        "browser.search.update": False,
        "extensions.systemAddon.update.enabled": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "toolkit.telemetry.enabled": False,
        "browser.safebrowsing.downloads.enabled": False,
        "intl.locale.requested": language,
        "intl.accept_languages": language,  # what pages see
        "layout.css.devPixelsPerPx": str(scale),
        "browser.display.document_color_use": (
            ONLY_THE_READERS_COLOURS if forced_colours else OF_THE_SYSTEM
        ),
    }
