"""A Ray cluster of several nodes on this machine, each with processes of its own."""

from contextlib import contextmanager

NODE = {"num_cpus": 8, "object_store_memory": 100 << 20}
QUICK_TO_NOTICE = {
    "health_check_initial_delay_ms": 0,
    "health_check_period_ms": 1000,
    "health_check_failure_threshold": 8,
}


@contextmanager
def cluster(nodes, **extra):
    """A head that runs no step, and so many nodes that do; yields the cluster and its nodes."""
    from ray.cluster_utils import Cluster

    head = {"num_cpus": 0, "include_dashboard": False, "object_store_memory": 100 << 20}
    started = Cluster(initialize_head=True, head_node_args={**head, "_system_config": QUICK_TO_NOTICE})
    try:
        yield started, [started.add_node(**NODE, **extra) for _ in range(nodes)]
    finally:
        started.shutdown()
