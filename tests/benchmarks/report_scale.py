"""Time and memory of the report against the number of rows.

Run: `python tests/benchmarks/report_scale.py [ROWS ...]`, 10,000 and 100,000 without arguments.

2 cores shared with other work, Python 3.11, pyarrow 26, November 2026:

     rows   seconds   peak MB   page MB
   10,000      10.8       285      0.45
  100,000      47.6       360      0.45
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sysgen_distilabel.functionalities import FUNCTIONALITIES

ROWS_AT_A_TIME = 5_000
TASKS = ("generate_system_message", "verify_functionalities", "generate_aligned_response")
CHILD = """
import resource, sys, time
from pathlib import Path
from sysgen_distilabel.report.write_report import write_report
from sysgen_distilabel.runs.run_directory import RunDirectory
started = time.monotonic()
page = write_report(RunDirectory(Path(sys.argv[1])))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
print(time.monotonic() - started, peak, page.stat().st_size / 1e6)
"""


def words(rng, vocabulary, number):
    return " ".join(rng.choices(vocabulary, k=number))


def make_row(number, rng, vocabulary):
    """A row of the paper's lengths (Table 8); one in twenty is rejected."""
    accepted = bool(number % 20)
    question, answer = words(rng, vocabulary, 50), words(rng, vocabulary, 150)
    phrases = [
        {
            "functionality": str(functionality),
            "text": words(rng, vocabulary, 9),
            "verdict": rng.choices(("Good", "Bad", "None"), (8, 1, 1))[0],
        }
        for functionality in FUNCTIONALITIES
        if rng.random() < 0.7
    ]
    system = " ".join(phrase["text"] for phrase in phrases if phrase["verdict"] == "Good")
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    aligned = [{"role": "system", "content": system}, turns[0]]
    aligned.append({"role": "assistant", "content": words(rng, vocabulary, 200)})
    return {
        "source_id": f"row-{number}",
        "messages": turns,
        "original_system_message": "",
        "annotated_system_message": "".join(f"<<{p['functionality']}>>{p['text']}" for p in phrases),
        "phrases": phrases,
        "tag_defects": [],
        "system_message": system,
        "aligned_messages": aligned if accepted else [],
        "outcome": "accepted" if accepted else "truncated_reply",
        "outcome_detail": "",
        "rejected_by": "" if accepted else "generate_aligned_response",
        "model_name": "benchmark",
        "usage": [],
    }


def make_run(directory, rows):
    """A finished run directory without a run."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from sysgen_distilabel.columns import COLUMNS, arrow_types
    from sysgen_distilabel.recorded.record import Record
    from sysgen_distilabel.recorded.reply import Reply
    from sysgen_distilabel.recorded.store import Store

    rng = random.Random(1)
    vocabulary = ["".join(rng.choices("abcdefghijklmnop", k=rng.randint(2, 9))) for _ in range(20_000)]
    schema = pa.schema([(column, arrow_types()[column]) for column in COLUMNS])
    writers = {}
    for subset in ("accepted", "rejected"):
        (directory / "dataset" / subset).mkdir(parents=True)
        writers[subset] = pq.ParquetWriter(directory / "dataset" / subset / "00000-of-00001.parquet", schema)
    with Store.open(directory / "calls") as store:
        for start in range(0, rows, ROWS_AT_A_TIME):
            batch = [make_row(n, rng, vocabulary) for n in range(start, min(start + ROWS_AT_A_TIME, rows))]
            for subset, writer in writers.items():
                chosen = [row for row in batch if (row["outcome"] == "accepted") == (subset == "accepted")]
                writer.write_table(pa.Table.from_pylist(chosen, schema))
            for task in TASKS:
                store.append(
                    [
                        Record(
                            f"{task} {row['source_id']}".encode(),
                            task,
                            "benchmark",
                            0,
                            Reply("text " * 100, "stop", 900, 120, latency=1.0),
                            time.time(),
                        )
                        for row in batch
                    ]
                )
        usage = {task: spent.as_dict() for task, spent in store.usage().items()}
    for writer in writers.values():
        writer.close()
    rejected = -(-rows // 20)
    counts = {"input": rows, "accepted": rows - rejected, "rejected": {"truncated_reply": rejected}}
    report = {"simulated": True, "rows": counts, "usage": usage, "seconds_of_last_session": 1.0}
    (directory / "report.json").write_text(json.dumps(report))


def main(sizes):
    print(f"{'rows':>9} {'seconds':>9} {'peak MB':>9} {'page MB':>9}")
    for rows in sizes:
        with tempfile.TemporaryDirectory() as place:
            make_run(Path(place), rows)
            child = subprocess.run(
                [sys.executable, "-c", CHILD, place], capture_output=True, text=True, check=True
            )
        seconds, peak, page = map(float, child.stdout.split())
        print(f"{rows:>9,} {seconds:>9.1f} {peak:>9.0f} {page:>9.2f}", flush=True)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10_000, 100_000])
