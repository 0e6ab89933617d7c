#!/usr/bin/env bash
# prove.sh FOLDER OUTPUT [options of prove_on_gpu]: puts together what pack.py has packed, and runs it.
set -euo pipefail
folder=$1 output=$2
shift 2
cat "$folder"/weights.gguf.* >"$folder/weights.gguf"
mkdir -p "$folder/packages"
python3 -m zipfile -e "$folder/packages.zip" "$folder/packages"
export PYTHONPATH=$PWD:$folder/packages PYTHONUNBUFFERED=1
python3 -m examples.small_model.make --weights "$folder/weights.gguf" --output "$folder/model"
python3 -m zipfile -e "$folder/tokenizer.zip" "$folder/model"
exec python3 -m tests.benchmarks.gpu.prove_on_gpu --model "$folder/model" --data "$folder" --output "$output" "$@"
