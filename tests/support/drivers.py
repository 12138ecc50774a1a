"""The builder's browsers, with what only tests do in them: native menus, private windows, window
sizes, screenshots and downloads.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from builder.browsers.cdp import connect
from builder.browsers.chrome import MODIFIERS, START_TIMEOUT, Chrome
from builder.browsers.driver import SCRIPT_TIMEOUT, wait_for
from builder.browsers.firefox import Firefox
from builder.browsers.processes import descendants
from builder.browsers.proxy import Web
from tests.support.native_menu import choose, lines

MENU_TIMEOUT = 20

IN_BACKGROUND = """
return (async () => {
const [host, expression] = arguments
const {extension} = WebExtensionPolicy.getByHostname(host)
await extension.wakeupBackground?.()
for (const view of extension.views) {
  if (view.viewType !== 'background') continue
  const actor = view.xulBrowser.browsingContext.currentWindowGlobal.getActor('MarionetteCommands')
  return actor.executeScript('return eval(arguments[0])', [expression], {})
}
throw new Error('the background does not run')
})()
"""


PRESS_AND_STOP = """
return (async (host, name, ms) => {
  const keys = [...document.querySelectorAll('keyset[id^="ext-keyset-id"] key')]
  const {extension} = WebExtensionPolicy.getByHostname(host)
  keys.find((key) => key.getAttribute('key')?.toUpperCase() === name).doCommand()
  await new Promise((resolve) => setTimeout(resolve, ms))
  await extension.terminateBackground({ignoreDevToolsAttached: true, disableResetIdleForTest: true})
})(...arguments)
"""

MANAGE = """
return (async (id, enabled) => {
  const {AddonManager} = ChromeUtils.importESModule('resource://gre/modules/AddonManager.sys.mjs')
  const addon = await AddonManager.getAddonByID(id)
  await (%s)
})(...arguments)
"""


ALLOW_IN_PRIVATE_WINDOWS = """
return (async () => {
  const load = (name) => ChromeUtils.importESModule(`resource://gre/modules/${name}.sys.mjs`)[name]
  const [ExtensionPermissions, AddonManager] = ['ExtensionPermissions', 'AddonManager'].map(load)
  const {id} = WebExtensionPolicy.getByHostname(arguments[0]).extension
  const allowed = {permissions: ['internal:privateBrowsingAllowed'], origins: []}
  await ExtensionPermissions.add(id, allowed)
  await (await AddonManager.getAddonByID(id)).reload()
})()
"""


KEEP_WHAT_A_TEMPORARY_EXTENSION_HAS = """
Services.prefs.setBoolPref('extensions.webextensions.keepStorageOnUninstall', true)
Services.prefs.setBoolPref('extensions.webextensions.keepUuidOnUninstall', true)
"""


class ChromeUnderTest(Chrome):
    def restart(self, bundle: Path, profile: Path) -> None:
        """Exit, and start again with what was kept; the copy of it goes to ``profile``."""
        # As a crash leaves it: the driver removes its own folder with the browser.
        shutil.copytree(
            self._data, profile, symlinks=True, ignore=shutil.ignore_patterns("Singleton*")
        )
        with suppress(*self.driver_errors):
            self._driver.quit()
        self._options.add_argument(f"--user-data-dir={profile}")
        self._start(bundle)

    def choose_menu_entry(self, selector: str, entry: str, *, select: bool = True) -> None:
        """Select the text of an element (or leave it), right-click it, and choose an entry of the
        browser's own menu by its title.
        """
        choose(self._on_screen(selector), entry, select=select)

    def menu_titles(self, selector: str, *, select: bool) -> list[str]:
        """Titles in the browser's own menu on an element, its text selected or not. Titles inside
        submenus are not among them; all other lines on the screen are.
        """
        return lines(self._on_screen(selector), select=select)

    def _on_screen(self, selector: str) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of an element's text, in pixels of the screen."""
        left, top, right, bottom = self.execute(
            """
            const range = document.createRange()
            range.selectNodeContents(document.querySelector(arguments[0]))
            const {left, right, top, bottom} = range.getBoundingClientRect()
            const x = screenX + (outerWidth - innerWidth) / 2
            const y = screenY + outerHeight - innerHeight
            return [left + x, top + y, right + x, bottom + y]
            """,
            selector,
        )
        return left, top, right, bottom

    def open_private_window(self, url: str) -> None:
        """Allow the extension in private windows, and open an address in one."""
        self.open("chrome://extensions")
        self.execute(
            """
            // Without developer mode the reloaded extension stays off.
            await chrome.developerPrivate.updateProfileConfiguration({inDeveloperMode: true})
            const allowed = {extensionId: arguments[0], incognitoAccess: true}
            await chrome.developerPrivate.updateExtensionConfiguration(allowed)
            """,
            self.extension_url.split("/")[2],
        )
        before = set(self._driver.window_handles)
        wait_for(self._is_loaded, START_TIMEOUT, "the reloaded extension")
        self.execute(
            "return chrome.windows.create({url: 'about:blank', incognito: true}).then(() => null)"
        )
        opened = wait_for(
            lambda: next(iter(set(self._driver.window_handles) - before), None),
            START_TIMEOUT,
            "a private window",
        )
        self._driver.switch_to.window(opened)
        self.open(url)

    def press_and_stop(self, script: str, shortcut: str, after_s: float) -> None:
        """Run a script in the page, press the shortcut, and end the background so long after that;
        a background that the press has to start first is ended as soon as it is there.
        """
        self.execute(script)
        *modifiers, key = shortcut.split("+")
        event = {
            "modifiers": sum(MODIFIERS[modifier] for modifier in modifiers),
            "key": key,
            "code": f"Key{key}",
            "windowsVirtualKeyCode": ord(key),
            "nativeVirtualKeyCode": ord(key),
        }
        page = self._target_of_handle(self._driver.current_window_handle)
        with connect(page) as connection:
            connection.post("Input.dispatchKeyEvent", {"type": "rawKeyDown", **event})
            time.sleep(after_s)
            wait_for(lambda: True if self.runs_background() else None, 20, "a background to end")
            self.stop_background()
            connection.post("Input.dispatchKeyEvent", {"type": "keyUp", **event})

    def runs_background(self) -> bool:
        return self._worker() is not None

    def _target_of_handle(self, handle: str) -> str:
        found: str = next(
            target["webSocketDebuggerUrl"] for target in self.targets() if target["id"] == handle
        )
        return found

    def close_tab(self, number: int) -> None:
        """Close a tab that is not the last; the last one opened becomes the open page."""
        self.switch_tab(number)
        self._driver.close()
        self.switch_tab(-1)

    def processes(self) -> list[int]:
        """Numbers of all processes of the browser, without its driver. (Linux only.)"""
        return descendants(self._driver.service.process.pid)

    def set_enabled(self, enabled: bool) -> None:
        """Turn the extension on or off, as its user does."""
        self._on_extensions_page(
            "return chrome.management.setEnabled(arguments[0], arguments[1])", enabled
        )

    def reload_extension(self) -> None:
        """Load the extension's folder again, as an update does."""
        self._on_extensions_page("""
            await chrome.developerPrivate.updateProfileConfiguration({inDeveloperMode: true})
            await chrome.developerPrivate.reload(arguments[0], {failQuietly: true})
            """)

    def _on_extensions_page(self, script: str, *args: Any) -> None:
        before = self._driver.current_window_handle
        self._driver.switch_to.new_window("tab")
        self.open("chrome://extensions")
        self.execute(script, self.extension_url.split("/")[2], *args)
        self._driver.close()
        self._driver.switch_to.window(before)

    def _is_loaded(self) -> bool | None:
        self.open_popup()
        loaded: bool | None = self.execute("return Boolean(chrome.windows) || null")
        return loaded

    def keep_downloads(self, folder: Path) -> None:
        """Save downloads to a folder, without asking."""
        self._driver.execute_cdp_cmd(
            "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)}
        )

    def resize(self, width: int, height: int) -> None:
        """Give the open page this much room, in CSS pixels."""
        self._driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": self._scale, "mobile": False},
        )

    def screenshot(self) -> bytes:
        """The open page as PNG."""
        return base64.b64decode(self._driver.get_screenshot_as_base64())


def _manifest_of(bundle: Path) -> bytes:
    """Of a folder or a zip."""
    if bundle.is_dir():
        return (bundle / "manifest.json").read_bytes()
    with ZipFile(bundle) as archive:
        return archive.read("manifest.json")


class FirefoxUnderTest(Firefox):
    def install(self, bundle: Path) -> str:
        manifest = json.loads(_manifest_of(bundle))
        self._addon_id = manifest["browser_specific_settings"]["gecko"]["id"]
        return super().install(bundle)

    def restart(self, bundle: Path, profile: Path) -> None:
        """Exit, and start again with what was kept."""
        with self._marionette.using_context("chrome"):
            self._marionette.execute_script(KEEP_WHAT_A_TEMPORARY_EXTENSION_HAS)
        self._marionette.restart(in_app=True)
        self._marionette.timeout.script = SCRIPT_TIMEOUT
        self.extension_url = self.install(bundle)

    def choose_menu_entry(self, selector: str, entry: str, *, select: bool = True) -> None:
        """Select the text of an element (or leave it), right-click it, and choose an entry of the
        browser's own menu by its title.
        """
        self._open_menu(selector, select=select)
        with self._marionette.using_context("chrome"):
            wait_for(lambda: self._activate(entry), MENU_TIMEOUT, f"the menu entry '{entry}'")

    def menu_titles(self, selector: str, *, select: bool) -> list[str]:
        """Titles in the browser's own menu on an element, without those inside submenus."""
        self._open_menu(selector, select=select)
        with self._marionette.using_context("chrome"):
            return wait_for(
                lambda: self._marionette.execute_script("""
                const menu = document.getElementById('contentAreaContextMenu')
                if (menu.state !== 'open') return null
                const items = [...menu.children].filter((item) => !item.hidden)
                const titles = items.map((item) => item.label ?? '')
                menu.hidePopup()
                return titles
                """),
                MENU_TIMEOUT,
                "the menu",
            )

    def _open_menu(self, selector: str, *, select: bool) -> None:
        from marionette_driver.by import By
        from marionette_driver.marionette import ActionSequence

        if select:
            self.execute(
                "getSelection().selectAllChildren(document.querySelector(arguments[0]))", selector
            )
        element = self._marionette.find_element(By.CSS_SELECTOR, selector)
        mouse = ActionSequence(self._marionette, "pointer", "mouse", {"pointerType": "mouse"})
        mouse.pointer_move(0, 0, origin=element).pointer_down(button=2).pointer_up(
            button=2
        ).perform()

    def _activate(self, entry: str) -> bool | None:
        activated: bool | None = self._marionette.execute_script(
            """
            const menu = document.getElementById('contentAreaContextMenu')
            const items = menu.state === 'open' ? [...menu.querySelectorAll('menuitem')] : []
            const item = items.find((item) => item.label === arguments[0])
            if (!item) return null
            menu.activateItem(item)
            return true
            """,
            [entry],
        )
        return activated

    def open_private_window(self, url: str) -> None:
        """Allow the extension in private windows, and open an address in one."""
        with self._marionette.using_context("chrome"):
            self._marionette.execute_script(
                ALLOW_IN_PRIVATE_WINDOWS, [self.extension_url.split("/")[2]]
            )
        self._marionette.switch_to_window(
            self._marionette.open(type="window", focus=True, private=True)["handle"]
        )
        self.open(url)

    def press_and_stop(self, script: str, shortcut: str, after_s: float) -> None:
        """Run a script in the page, press the shortcut, and end the background so long after
        that.
        """
        self.execute(script)
        *_, key = shortcut.split("+")
        with self._marionette.using_context("chrome"):
            self._marionette.execute_script(
                PRESS_AND_STOP, [self.extension_url.split("/")[2], key, after_s * 1000]
            )

    def close_tab(self, number: int) -> None:
        """Close a tab that is not the last; the last one opened becomes the open page."""
        self.switch_tab(number)
        self._marionette.close()
        self.switch_tab(-1)

    def processes(self) -> list[int]:
        """Numbers of all processes of the browser. (Linux only.)"""
        first: int = self._marionette.process_id
        return [first, *descendants(first)]

    def set_enabled(self, enabled: bool) -> None:
        """Turn the extension on or off, as its user does."""
        self._manage("enabled ? addon.enable() : addon.disable()", enabled)

    def reload_extension(self) -> None:
        """Load the extension's folder again, as an update does."""
        self._manage("addon.reload()")

    def _manage(self, call: str, enabled: bool = True) -> None:
        with self._marionette.using_context("chrome"):
            self._marionette.execute_script(MANAGE % call, [self._addon_id, enabled])

    def keep_downloads(self, folder: Path) -> None:
        """Save downloads to a folder, without asking."""
        with self._marionette.using_context("chrome"):
            self._marionette.execute_script(
                """
                Services.prefs.setIntPref('browser.download.folderList', 2)
                Services.prefs.setStringPref('browser.download.dir', arguments[0])
                Services.prefs.setBoolPref('browser.download.useDownloadDir', true)
                """,
                [str(folder)],
            )

    def in_background(self, expression: str) -> Any:
        """Evaluate an expression in the extension's background, with its permissions; promises are
        awaited.
        """
        with self._marionette.using_context("chrome"):
            return self._marionette.execute_script(
                IN_BACKGROUND, [self.extension_url.split("/")[2], expression]
            )

    def resize(self, width: int, height: int) -> None:
        """As in Chrome, but Firefox's windows are at least 450 pixels wide."""
        around = self.execute("return [outerWidth - innerWidth, outerHeight - innerHeight]")
        self._marionette.set_window_rect(width=width + around[0], height=height + around[1])

    def screenshot(self) -> bytes:
        """The open page as PNG."""
        return base64.b64decode(self._marionette.screenshot(full=False))


BrowserUnderTest = ChromeUnderTest | FirefoxUnderTest


def start(
    name: str,
    bundle: Path,
    web: Web,
    *,
    headless: bool = True,
    language: str = "en-US",
    scale: float = 1,
    forced_colours: bool = False,
) -> BrowserUnderTest:
    """As ``builder.browsers.start``."""
    driver = ChromeUnderTest if name == "chrome" else FirefoxUnderTest
    return driver(
        bundle,
        web,
        headless=headless and "LENSMITH_HEADED" not in os.environ,
        language=language,
        scale=scale,
        forced_colours=forced_colours,
    )
