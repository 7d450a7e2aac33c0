"""The memory of a training step in PyTorch, as `cargo bench --bench work_set -- --memory` tells it of ours.

usage: torch_memory.py TORCH_BENCH WORK, where TORCH_BENCH is the path of torch_bench.py"""
import json, runpy, sys
import torch

program, work = sys.argv[1:]
before = []

def mebibytes(name):
    lines = dict(line.split(":", 1) for line in open("/proc/self/status"))
    return int(lines[name].split()[0]) / 1024

class Noting(torch.optim.RMSprop):
    """The optimiser, which is made when the model and the data are there: from then on the peak counts."""
    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        before.append(mebibytes("VmRSS"))
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")

torch.optim.RMSprop = Noting
sys.argv[1:] = ["eager", work]
runpy.run_path(program, run_name="__main__")
figures = {"before_mib": round(before[0], 1), "peak_mib": round(mebibytes("VmHWM"), 1)}
print(json.dumps({"peer": "torch-eager", "work": work} | figures), flush=True)
