"""Checks exported models with onnx.checker, and runs them in onnxruntime against what Keras computed.

    pip install onnx onnxruntime numpy safetensors
    cargo run -p model-exchange --features onnx --example export_parity -- <folder>
    python model-exchange/tests/onnx/check.py <folder> [--cases <folder>] [--only <part of a name>]

A case passes where every output is within 1e-5 of Keras's, of the tensor's largest number or of one; whole numbers and truths are the same.
"""

import argparse
import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from safetensors import safe_open

PARITY = pathlib.Path(__file__).parents[3] / "tests" / "parity"
BAR = 1e-5


# Keras 3.15 takes the sum of all cumulative sums of `sparsemax`'s support instead of the last of them: what these give is worked out here.
WRONG_IN_KERAS = {"activation_16_activation_sparsemax", "dense_5_activation_sparsemax"}


def sparsemax(logits):
    ordered = -np.sort(-logits, axis=-1)
    sums, counts = np.cumsum(ordered, axis=-1), np.arange(1, logits.shape[-1] + 1)
    support = (1 + counts * ordered > sums).sum(axis=-1, keepdims=True)
    least = (np.take_along_axis(sums, support - 1, axis=-1) - 1) / support
    return np.maximum(logits - least, 0)


def expected_of(name, file, place):
    """What a case's output should be."""
    if name not in WRONG_IN_KERAS:
        return file.get_tensor(f"output/{place}").astype(np.float64)
    logits = file.get_tensor("input/0").astype(np.float64)
    if "weight/dense/kernel" in file.keys():
        logits = logits @ file.get_tensor("weight/dense/kernel") + file.get_tensor("weight/dense/bias")
    return sparsemax(logits)


def run(path, cases):
    """What a case's outputs differ from Keras's, of the largest number."""
    onnx.checker.check_model(onnx.load(path), full_check=True)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    worst = 0.0
    with safe_open(cases / f"{path.stem}.safetensors", "numpy") as file:
        case = json.loads(file.metadata()["case"])
        feeds = {}
        for place, given in enumerate(session.get_inputs()):
            kind = {"tensor(int32)": np.int32, "tensor(bool)": bool}.get(given.type, np.float32)
            feeds[given.name] = file.get_tensor(f"input/{place}").astype(kind)
        for place, found in enumerate(session.run(None, feeds)):
            expected = expected_of(path.stem, file, place)
            if found.shape != expected.shape:
                raise ValueError(f"output {place} is {found.shape}, and Keras's {expected.shape}")
            scale = max(np.abs(expected[np.isfinite(expected)]).max(initial=0.0), 1.0)
            same = (found == expected) | (np.isnan(found) & np.isnan(expected))
            difference = np.where(same, 0.0, np.abs(found - expected) / scale)
            worst = max(worst, float(np.nan_to_num(difference, nan=np.inf).max(initial=0.0)))
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--cases", type=pathlib.Path, default=PARITY)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    paths = sorted(path for path in arguments.folder.glob("*.onnx") if arguments.only in path.stem)
    failed, worst = 0, 0.0
    for path in paths:
        try:
            difference = run(path, arguments.cases)
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
