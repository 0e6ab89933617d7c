"""What the core alone has to do, run by the Python of an environment without extras and without tests.

python core_only.py INPUT OUTPUT BASE_URL
"""

import importlib
import pkgutil
import sys

import sysgen_distilabel
from sysgen_distilabel.cli import app
from sysgen_distilabel.errors import ConfigError

NEEDS_AN_EXTRA = "sysgen_distilabel.host.ray_workers"


def import_every_room():
    """Every module can be imported without what only an extra installs."""
    for module in pkgutil.walk_packages(sysgen_distilabel.__path__, "sysgen_distilabel."):
        if module.name != NEEDS_AN_EXTRA:
            importlib.import_module(module.name)


def sysgen(*arguments):
    """A command in this process."""
    app(list(arguments), standalone_mode=False)


def refuse_plots(output):
    """What an extra brings is asked for by its name."""
    try:
        sysgen("report", output, "--plots", f"{output}/plots")
    except ConfigError as error:
        print(error)
    else:
        sys.exit("There is matplotlib in an environment of the core.")


def main(data, output, base_url):
    import_every_room()
    sysgen("run", data, "--output", output, "--llm", "simulated", "--config", "keep-more")
    sysgen("run", data, "--output", f"{output}-served", "--model", "m", "--base-url", base_url)
    sysgen("show", output, "--number", "1")
    refuse_plots(output)


if __name__ == "__main__":
    main(*sys.argv[1:])
