"""A Ray cluster of several nodes on this machine, each with processes of its own."""

from contextlib import contextmanager

NODE = {"num_cpus": 8, "object_store_memory": 100 << 20}
SETTINGS = {
    "worker_niceness": 0,  # Ray's 15 leaves its workers next to nothing where other work runs beside
    "health_check_initial_delay_ms": 0,
    "health_check_period_ms": 1000,
    "health_check_failure_threshold": 8,
}


@contextmanager
def cluster(nodes, **extra):
    """A head that runs no step, and so many nodes that do; yields the cluster and its nodes."""
    from ray.cluster_utils import Cluster

    head = {"num_cpus": 0, "include_dashboard": False, "object_store_memory": 100 << 20}
    started = Cluster(initialize_head=True, head_node_args={**head, "_system_config": SETTINGS})
    try:
        yield started, [started.add_node(**NODE, **extra) for _ in range(nodes)]
    finally:
        started.shutdown()
