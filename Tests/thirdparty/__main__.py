"""Clients and file makers of other people against the built program. Arguments: words that a test's name must hold one of."""
import pathlib

import support

support.main(pathlib.Path(__file__).parent, "third-party clients")
