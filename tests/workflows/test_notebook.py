"""`sysgen` in a Jupyter kernel: progress in the cell, no warnings, and Ctrl-C leaves no process."""

import nbformat
import psutil
import pytest
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tests.commands import ROOT
from tests.processes import is_running

pytestmark = pytest.mark.slow

ROWS = "rows = [{'question': f'What is {i} + {i}?', 'answer': f'It is {2 * i}.'} for i in range(20)]"
ENDLESS = 3600.0


def execute(*cells):
    """The outputs of each cell."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    try:
        NotebookClient(notebook, timeout=None, resources={"metadata": {"path": str(ROOT)}}).execute()
    except CellExecutionError as error:  # rich shows the traceback in the cell alone
        pytest.fail(f"{error.ename}: {error.evalue}\n{notebook.cells[-1].outputs}")
    return [cell.outputs for cell in notebook.cells]


def errors_of(outputs):
    return "".join(out.text for out in outputs if out.output_type == "stream" and out.name == "stderr")


def test_a_dataset_becomes_a_distiset_with_progress_in_the_cell():
    _, calls = execute(
        "from sysgen_distilabel import SimulatedLLM, sysgen",
        f"from datasets import Dataset\n{ROWS}\nsysgen(Dataset.from_list(rows), llm=SimulatedLLM())",
    )
    assert "num_rows: 20" in calls[-1].data["text/plain"]
    shown = [out.data["text/plain"] for out in calls if out.output_type == "display_data"]
    assert sum("generate aligned response" in text for text in shown) == 1  # one place, written over
    assert "20 accepted, 0 rejected" in "".join(shown)


def test_no_warning_of_distilabel_reaches_the_notebook():
    outputs = execute(
        "from sysgen_distilabel import *",
        "loader = LoadConversations(source='examples/data/mixed.jsonl')\nloader.load()",
        "with SysGenPipeline(name='p') as pipeline:\n"
        "    LoadConversations(source='x.jsonl') >> GenerateSystemMessage(llm=SimulatedLLM())",
        "class Mine(GenerateSystemMessage):\n    own: int = 1\n\nMine(llm=SimulatedLLM())",
    )
    said = "".join(map(errors_of, outputs))
    assert "UnsupportedFieldAttribute" not in said and "Step '" not in said


@pytest.fixture
def kernel():
    manager, client = start_new_kernel(cwd=str(ROOT))
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def messages(receive, kind, request):
    """The messages of a kind that answer a request, as they come."""
    while True:
        message = receive()
        if message["msg_type"] == kind and message["parent_header"].get("msg_id") == request:
            yield message["content"]


def test_an_interrupt_leaves_no_process(kernel):
    manager, client = kernel
    process = psutil.Process(manager.provisioner.pid)
    client.execute_interactive("from sysgen_distilabel import *")
    before = set(process.children(recursive=True))
    request = client.execute(f"{ROWS}\nsysgen(rows, llm=SimulatedLLM(latency={ENDLESS}))")
    shown = messages(client.get_iopub_msg, "display_data", request)
    next(text for text in shown if "phase" in text["data"]["text/plain"])  # after the first batch
    assert set(process.children(recursive=True)) - before
    manager.interrupt_kernel()
    reply = next(messages(client.get_shell_msg, "execute_reply", request))
    assert reply["ename"] == "Interrupted"
    left = set(process.children(recursive=True)) - before
    assert not [child for child in left if is_running(child.pid)]
