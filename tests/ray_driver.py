"""Drives pipelines on a Ray cluster, in a process of its own: python -m tests.ray_driver ADDRESS FOLDER."""

import json
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

from distilabel.pipeline import Pipeline

from sysgen_distilabel.errors import SysGenError
from sysgen_distilabel.host.pipeline import SysGenPipeline
from sysgen_distilabel.serving.ray_cluster import check_shared, connected
from sysgen_distilabel.serving.ray_servers import ray_servers
from sysgen_distilabel.steps import LoadConversations, SplitByOutcome
from tests.host_steps import Exits, FailsToLoad, ForgetsAndExits, Pass, Rows


def run_two(folder, step, **fields):
    """What comes of a pipeline of a generator and the step."""
    with SysGenPipeline(name="two", cache_dir=folder) as pipeline:
        Rows(count=10, batch_size=5) >> step(input_batch_size=5, **fields)
    started = time.monotonic()
    try:
        distiset = pipeline.ray().run()
    except SysGenError as error:
        return {"error": str(error), "kind": type(error).__name__, "seconds": time.monotonic() - started}
    return {"rows": distiset["default"]["train"]["number"][:]}


def run_plain(folder):
    """The host's own RayPipeline over our Steps, with a column that holds nothing but empty lists."""
    source = Path(folder) / "rows.jsonl"
    source.write_text('{"id": 2, "question": ""}\n')
    with Pipeline(name="plain", cache_dir=folder) as pipeline:
        LoadConversations(source=str(source)) >> SplitByOutcome(keep="rejected")
    distiset = pipeline.ray().run(use_cache=False)
    return {"rows": distiset["default"]["train"]["source_id"][:]}


def serve(folder):
    """Two servers on the cluster, whether they answer, and whether they do when the context is left."""
    with ray_servers(folder, 2, Path(folder) / "engine.log", None, {}) as addresses:
        healthy = [urlopen(address.removesuffix("/v1") + "/health").status for address in addresses]
    logs = sorted(path.name for path in Path(folder).glob("engine-*.log"))
    return {"addresses": addresses, "healthy": healthy, "logs": logs}


def see(function, *arguments):
    try:
        function(*arguments)
    except SysGenError as error:
        return str(error)
    return "fine"


def main(address, folder):
    def place():
        return tempfile.mkdtemp(dir=folder)

    with connected(address):
        found = {
            "fails_to_load": run_two(place(), FailsToLoad),
            "killed": run_two(place(), Exits, how="kill"),
            "forgets": run_two(place(), ForgetsAndExits, how="kill"),
            "too_big": run_two(place(), Pass, resources={"gpus": 3}),
            "plain": run_plain(place()),
            "servers": serve(place()),
            "shared": see(check_shared, Path(folder)),
        }
    found["unreachable"] = see(lambda: connected("127.0.0.1:1").__enter__())
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
