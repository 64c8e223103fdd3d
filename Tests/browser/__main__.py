"""The console in headless Chromium. Arguments: words that a test's name must hold one of."""
import pathlib

import page  # noqa: F401  (finds the shared support)
import support

support.main(pathlib.Path(__file__).parent, "the console", tries=2)
