#!/usr/bin/env bash
# Submits an array of shards and the merge behind it:
#   INPUT=data.jsonl OUTPUT=/shared/run SHARDS=8 examples/slurm/submit.sh
set -euo pipefail
LAUNCHERS="$(cd "$(dirname "$0")" && pwd)"

: "${INPUT:?the input file}" "${OUTPUT:?a directory on a disk that all nodes share}"
export LAUNCHERS INPUT OUTPUT SHARDS="${SHARDS:-8}"
mkdir -p "$OUTPUT"
array=$(sbatch --parsable --array="1-$SHARDS" --output="$OUTPUT/shard-%a.out" "$LAUNCHERS/array.sbatch")
sbatch --dependency="afterok:$array" --output="$OUTPUT/merge.out" "$LAUNCHERS/merge.sbatch"
