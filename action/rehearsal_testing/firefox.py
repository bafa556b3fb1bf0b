"""Start Firefox."""

from collections.abc import Mapping

from selenium.webdriver import Firefox, FirefoxOptions
from selenium.webdriver.firefox.service import Service

from rehearsal_testing.browser_settings import BrowserChoice
from rehearsal_testing.browser_workspace import Lair
from rehearsal_testing.executables import Programs
from rehearsal_testing.window import HEIGHT, PAGE_LOAD_MILLISECONDS, WIDTH


def firefox_options(choice: BrowserChoice, lair: Lair | None = None) -> FirefoxOptions:
    """Return what Firefox is asked for; `lair` where it runs on this machine."""
    options = FirefoxOptions()
    options.add_argument(f"--width={WIDTH}")
    options.add_argument(f"--height={HEIGHT}")
    if not choice.headed:
        options.add_argument("-headless")
    # BiDi: the only way to Firefox's console.
    options.web_socket_url = True
    if lair is not None:
        options.set_preference("browser.download.folderList", 2)
        options.set_preference("browser.download.dir", str(lair.downloads))
    options.timeouts = {"pageLoad": PAGE_LOAD_MILLISECONDS}
    return options


def start_firefox(
    choice: BrowserChoice, programs: Programs, lair: Lair, environ: Mapping[str, str]
) -> Firefox:
    """Start Firefox in its lair."""
    options = firefox_options(choice, lair)
    options.binary_location = str(programs.browser)
    service = Service(
        executable_path=str(lair.launcher()),
        env=lair.environ(environ, programs.driver),
        # Or Selenium would start what SE_GECKODRIVER names, past our launcher.
        driver_path_env_key=lair.no_variable,
        popen_kw={"start_new_session": True},
    )
    return Firefox(options=options, service=service)
