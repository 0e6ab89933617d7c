#!/usr/bin/env bash
# Submits a run as a job of a Ray cluster; the arguments are those of `sysgen run`:
#   RAY_ADDRESS=http://HEAD:8265 examples/ray/submit.sh /shared/data.jsonl --output /shared/run --model MODEL --engines 8
set -euo pipefail

: "${RAY_ADDRESS:?the address of the cluster, such as http://HEAD:8265}"
# A job that fails is tried again: the run goes on where it stopped.
for attempt in $(seq 1 "${ATTEMPTS:-3}"); do
    if ray job submit --address "$RAY_ADDRESS" -- sysgen run "$@" --ray auto --quiet; then
        exit 0
    fi
    echo "Attempt $attempt ended early." >&2
done
exit 1
