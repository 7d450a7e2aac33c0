"""Checks exported models with onnx.checker, and runs them in onnxruntime against what Keras computed.

    pip install onnx onnxruntime numpy safetensors
    cargo run -p model-exchange --features onnx --example export_parity -- <folder>
    python model-exchange/tests/onnx/check.py <folder> [part of a name]

A case passes where every output is within 1e-5 of Keras's, of the tensor's largest number or of one; whole numbers and truths are the same.
"""

import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from safetensors import safe_open

CASES = pathlib.Path(__file__).parents[3] / "tests" / "parity"
BAR = 1e-5


def run(path):
    """What a case's outputs differ from Keras's, of the largest number."""
    onnx.checker.check_model(onnx.load(path), full_check=True)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    worst = 0.0
    with safe_open(CASES / f"{path.stem}.safetensors", "numpy") as file:
        case = json.loads(file.metadata()["case"])
        feeds = {}
        for place, given in enumerate(session.get_inputs()):
            kind = {"tensor(int32)": np.int32, "tensor(bool)": bool}.get(given.type, np.float32)
            feeds[given.name] = file.get_tensor(f"input/{place}").astype(kind)
        for place, found in enumerate(session.run(None, feeds)):
            expected = file.get_tensor(f"output/{place}").astype(np.float64)
            if found.shape != expected.shape:
                raise ValueError(f"output {place} is {found.shape}, and Keras's {expected.shape}")
            scale = max(np.abs(expected[np.isfinite(expected)]).max(initial=0.0), 1.0)
            same = (found == expected) | (np.isnan(found) & np.isnan(expected))
            difference = np.where(same, 0.0, np.abs(found - expected) / scale)
            worst = max(worst, float(np.nan_to_num(difference, nan=np.inf).max(initial=0.0)))
    return worst


def main():
    folder, part = pathlib.Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""
    paths = sorted(path for path in folder.glob("*.onnx") if part in path.stem)
    failed, worst = 0, 0.0
    for path in paths:
        try:
            difference = run(path)
        except Exception as error:
            failed += 1
            print(f"{path.stem}: {str(error).splitlines()[0][:300]}")
            continue
        if difference > BAR:
            failed += 1
            print(f"{path.stem}: differs by {difference:.2e}")
        else:
            worst = max(worst, difference)
    print(f"{len(paths) - failed} of {len(paths)} models pass; they differ by {worst:.1e} at most")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
