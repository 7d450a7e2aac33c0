"""Writes down what Keras's losses and metrics give, on JAX: `losses.safetensors` and `metrics.safetensors`.

    python tests/parity/losses.py            # both files
    python tests/parity/losses.py metrics    # one of them

README.md says what the files hold. Losses are computed in float64, but for extreme values, and metrics in
float32, in which their thresholds lie.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

KIND = sys.argv[1] if len(sys.argv) > 1 else None
os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["JAX_ENABLE_X64"] = str(int(KIND == "losses"))

import jax
import keras
import numpy as np
from safetensors.numpy import save_file

if KIND == "losses":
    from keras.src.backend.common import dtypes

    dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
    keras.config.set_floatx("float64")

HERE = Path(__file__).parent
RNG = np.random.default_rng(12)


def uniform(*shape, least=0.0, most=1.0):
    return RNG.uniform(least, most, shape).astype("float32")


def shares(*shape):
    x = uniform(*shape, least=0.05)
    return (x / x.sum(-1, keepdims=True)).astype("float32")


def one_hot(labels, classes):
    return np.eye(classes, dtype="float32")[labels]


def labels(*shape, classes):
    return RNG.integers(0, classes, shape).astype("int32")


def logits(*shape):
    return RNG.normal(0.0, 2.0, shape).astype("float32")


def binary(*shape):
    return RNG.integers(0, 2, shape).astype("float32")


def vectors(*shape):
    x = RNG.normal(0.0, 1.0, shape)
    return (x / np.linalg.norm(x, axis=-1, keepdims=True)).astype("float32")


# Numbers that are 0, 1, equal, and past what is clipped.
EXTREME = np.array([[0.0, 1.0, 0.5], [1.0, 1.0, 0.0], [0.5, 0.5, 0.5]], "float32")
EXTREME_TRUTH = np.array([[0.0, 1.0, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, 1.0]], "float32")
EXTREME_LABELS = np.array([1, 2, 0], "int32")


def loss_cases():
    """Class, arguments, targets, outputs, weights or none, and the mask or none."""
    losses = keras.losses

    def each(cls, arguments, truth, output, has_weights=True, steps=()):
        yield cls, arguments, truth, output, None, None
        if has_weights:
            shape = output.shape[: 1 + len(steps)]
            yield cls, arguments, truth, output, uniform(*shape, most=2.0), None
            mask = np.ones(shape, bool)
            mask.reshape(-1)[::2] = False
            yield cls, arguments, truth, output, None, mask

    plain = ["MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError"]
    plain += ["CosineSimilarity", "LogCosh", "Huber", "Poisson", "KLDivergence", "Hinge", "SquaredHinge", "CategoricalHinge"]
    plain += ["BinaryCrossentropy", "BinaryFocalCrossentropy", "CategoricalCrossentropy", "CategoricalFocalCrossentropy"]
    plain += ["Dice", "Tversky"]
    for name in plain:
        cls = getattr(losses, name)
        yield from each(cls, {}, uniform(4, 3), uniform(4, 3, least=0.1))
        yield from each(cls, {}, shares(2, 4, 3), shares(2, 4, 3), has_weights=name not in ["Dice", "Tversky"], steps=(1,))
        yield from each(cls, {}, binary(5, 3), uniform(5, 3, least=0.01, most=0.99), has_weights=False)
        if name != "Poisson":
            yield from each(cls, {}, EXTREME_TRUTH, EXTREME, has_weights=False)
        yield from each(cls, {}, uniform(1, 2, least=0.2), uniform(1, 2, least=0.2), has_weights=False)
    far = {"least": -40.0, "most": 40.0}
    for name in ["LogCosh", "Huber", "MeanSquaredError", "Hinge", "SquaredHinge"]:
        yield getattr(losses, name), {}, uniform(3, 4, least=-1.0), uniform(3, 4, **far), None, None
    yield losses.Huber, {"delta": 0.3}, uniform(4, 3), uniform(4, 3), None, None
    focal = {"apply_class_balancing": True, "alpha": 0.3, "gamma": 1.5, "label_smoothing": 0.1}
    for logit in [False, True]:
        given = logits if logit else (lambda *shape: uniform(*shape, least=0.02, most=0.98))
        rows = logits if logit else shares
        flag = {"from_logits": logit}
        yield from each(losses.BinaryCrossentropy, {**flag, "label_smoothing": 0.2}, binary(4, 3), given(4, 3))
        yield losses.BinaryCrossentropy, {**flag, "axis": 1}, binary(2, 3, 4), given(2, 3, 4), None, None
        yield losses.BinaryFocalCrossentropy, {**flag, **focal}, binary(4, 3), given(4, 3), None, None
        yield losses.BinaryFocalCrossentropy, {**flag, "axis": 1}, binary(2, 3, 4), given(2, 3, 4), None, None
        truth = one_hot(labels(4, classes=3), 3)
        smooth = {**flag, "label_smoothing": 0.2}
        yield from each(losses.CategoricalCrossentropy, smooth, truth, rows(4, 3))
        yield losses.CategoricalFocalCrossentropy, {**smooth, "alpha": 0.4, "gamma": 3.0}, truth, rows(4, 3), None, None
        for name in ["CategoricalCrossentropy", "CategoricalFocalCrossentropy"]:
            yield getattr(losses, name), {**flag, "axis": 1}, shares(2, 3, 4), given(2, 3, 4), None, None
        yield from each(losses.SparseCategoricalCrossentropy, flag, labels(4, classes=3), rows(4, 3))
        ignored = np.array([[0, -1, 2, 1], [-1, -1, 1, 0]], "int32")
        yield from each(losses.SparseCategoricalCrossentropy, {**flag, "ignore_class": -1}, ignored, rows(2, 4, 3), steps=(1,))
        yield losses.SparseCategoricalCrossentropy, {**flag, "ignore_class": 2}, labels(6, classes=3), rows(6, 3), None, None
    yield losses.SparseCategoricalCrossentropy, {}, EXTREME_LABELS, EXTREME, None, None
    for q in [0.2, 0.5, 0.9]:
        yield from each(losses.CategoricalGeneralizedCrossEntropy, {"q": q}, labels(4, classes=3), shares(4, 3))
    yield losses.CosineSimilarity, {"axis": 1}, uniform(2, 3, 4), uniform(2, 3, 4), None, None
    for name in ["Dice", "Tversky"]:
        for axis in [(1,), (1, 2), (-1,)]:
            yield from each(getattr(losses, name), {"axis": axis}, binary(3, 2, 4), uniform(3, 2, 4), has_weights=axis == (1, 2))
    yield losses.Tversky, {"alpha": 0.3, "beta": 0.9}, binary(3, 4), uniform(3, 4), None, None
    for arguments in [{}, {"gamma": 4.0, "margin": 0.25}, {"gamma": 2.0, "remove_diagonal": False}]:
        yield from each(losses.Circle, arguments, labels(6, classes=3), vectors(6, 4))
    sequences = np.array([[1, 2, 2, 0], [3, 0, 0, 0], [0, 0, 0, 0], [1, 1, 3, 2]], "int32")
    yield from each(losses.CTC, {}, sequences, logits(4, 7, 4))
    yield losses.CTC, {}, np.array([[2, 1]], "int32"), logits(1, 2, 3), None, None
    for reduction in ["sum", "mean", "mean_with_sample_weight"]:
        for cls, truth, output in [
            (losses.MeanSquaredError, uniform(2, 3, 2), uniform(2, 3, 2)),
            (losses.CategoricalCrossentropy, shares(2, 3, 4), shares(2, 3, 4)),
            (losses.Hinge, uniform(2, 3, 2), uniform(2, 3, 2)),
        ]:
            yield from each(cls, {"reduction": reduction}, truth, output, steps=(1,))
        yield from each(losses.Dice, {"reduction": reduction}, uniform(3, 4), uniform(3, 4))
        yield losses.SparseCategoricalCrossentropy, {"reduction": reduction, "ignore_class": 1}, labels(5, classes=3), shares(5, 3), None, None


def write_losses() -> None:
    tensors, cases = {}, []
    for place, (cls, arguments, truth, output, weights, mask) in enumerate(loss_cases()):
        # In float32 as users have it: there 1 - 1e-7, which probabilities are clipped at, is another number.
        dtype = "float32" if output is EXTREME else "float64"
        loss = cls(**arguments, dtype=dtype)

        def value(output, loss=loss):
            if mask is not None:
                keras.src.backend.set_keras_mask(output, mask)
            return loss(truth, output, sample_weight=weights)

        wide = jax.numpy.asarray(output, "float64")
        number, gradient = jax.value_and_grad(value)(wide)
        values = cls(**{**arguments, "reduction": "none", "dtype": dtype})(truth, wide)
        kept = {"truth": truth, "output": output, "loss": number, "gradient": gradient, "values": values}
        kept |= {"weights": weights} if weights is not None else {"weights": mask.astype("float32")} if mask is not None else {}
        for name, tensor in kept.items():
            array = np.asarray(tensor)
            dtype = "int32" if array.dtype.kind == "i" else "float32" if name in ["truth", "output", "weights"] else "float64"
            tensors[f"{place}/{name}"] = np.ascontiguousarray(array, dtype)
        config = {key: list(value) if isinstance(value, tuple) else value for key, value in arguments.items()}
        how = "mask" if mask is not None else "weights" if weights is not None else None
        cases.append({"class_name": cls.__name__, "config": config, "weighted": how})
    save(tensors, "losses", cases)


def metric_cases():
    """Class, arguments, how targets and outputs are drawn, and whether with weights for each sample."""
    metrics = keras.metrics
    sizes = [5, 3, 1]

    def batches(truth, output):
        return [(truth(size), output(size)) for size in sizes]

    def fixed(truth, output):
        return [(truth[:1], output[:1]), (truth[1:], output[1:]), (truth, output)]

    plain = ["MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "Poisson"]
    plain += ["RootMeanSquaredError", "CosineSimilarity", "LogCoshError", "R2Score", "PearsonCorrelation", "ConcordanceCorrelation"]
    plain += ["KLDivergence", "Hinge", "SquaredHinge", "CategoricalHinge", "BinaryCrossentropy", "CategoricalCrossentropy"]
    for name in plain:
        cls = getattr(metrics, name)
        yield cls, {}, batches(lambda n: uniform(n, 3), lambda n: uniform(n, 3, least=0.05)), True
        if name not in ["PearsonCorrelation", "ConcordanceCorrelation", "Poisson", "R2Score"]:
            yield cls, {}, fixed(EXTREME_TRUTH, EXTREME), False
        if name != "R2Score":
            # The samples of the batches have different numbers of steps.
            uneven = [(shares(2, steps, 3), shares(2, steps, 3)) for steps in [4, 1, 3]]
            yield cls, {}, uneven, False
    for aggregation in ["uniform_average", "variance_weighted_average", None]:
        arguments = {"class_aggregation": aggregation, "num_regressors": 2}
        yield metrics.R2Score, arguments, batches(lambda n: uniform(n, 3), lambda n: uniform(n, 3)), True
    yield metrics.CosineSimilarity, {"axis": 1}, batches(lambda n: uniform(n, 3, 2), lambda n: uniform(n, 3, 2)), False
    yield metrics.PearsonCorrelation, {"axis": 1}, batches(lambda n: uniform(n, 3, 2), lambda n: uniform(n, 3, 2)), False
    yield metrics.BinaryCrossentropy, {"from_logits": True, "label_smoothing": 0.1}, batches(lambda n: binary(n, 2), lambda n: logits(n, 2)), True
    for ignored in [None, 1]:
        arguments = {"from_logits": True, "ignore_class": ignored}
        yield metrics.SparseCategoricalCrossentropy, arguments, batches(lambda n: labels(n, 4, classes=3), lambda n: logits(n, 4, 3)), False
        yield metrics.SparseCategoricalCrossentropy, arguments, batches(lambda n: labels(n, classes=3), lambda n: logits(n, 3)), True
    truth = lambda n: one_hot(labels(n, classes=4), 4)
    ties = np.array([[0.5, 0.5, 0.2, 0.5], [0.0, 0.0, 0.0, 0.0], [1.0, 0.0, 1.0, 0.0]], "float32")
    tied = np.array([[0, 0, 0, 1], [0, 1, 0, 0], [0, 0, 1, 0]], "float32")
    yield metrics.CategoricalAccuracy, {}, batches(truth, lambda n: shares(n, 4)), True
    yield metrics.CategoricalAccuracy, {}, fixed(tied, ties), False
    yield metrics.SparseCategoricalAccuracy, {}, batches(lambda n: labels(n, classes=4), lambda n: shares(n, 4)), True
    yield metrics.SparseCategoricalAccuracy, {}, fixed(tied.argmax(-1).astype("int32"), ties), False
    yield metrics.SparseCategoricalAccuracy, {}, [(labels(2, steps, classes=4), shares(2, steps, 4)) for steps in [4, 1, 3]], False
    for threshold in [0.5, 0.3]:
        yield metrics.BinaryAccuracy, {"threshold": threshold}, batches(lambda n: binary(n, 3), lambda n: uniform(n, 3)), True
    yield metrics.BinaryAccuracy, {}, fixed(EXTREME_TRUTH, EXTREME), False
    yield metrics.Accuracy, {}, batches(lambda n: labels(n, classes=2).astype("float32"), lambda n: binary(n)), True
    for k in [1, 2, 5]:
        yield metrics.TopKCategoricalAccuracy, {"k": k}, batches(truth, lambda n: shares(n, 4)), True
        yield metrics.TopKCategoricalAccuracy, {"k": k}, fixed(tied, ties), False
        yield metrics.SparseTopKCategoricalAccuracy, {"k": k}, batches(lambda n: labels(n, classes=4), lambda n: shares(n, 4)), True
    ranked = lambda n: np.stack([RNG.permutation(9)[:4] for _ in range(n)]).astype("float32")
    yield metrics.SparseTopKCategoricalAccuracy, {"k": 3, "from_sorted_ids": True}, batches(lambda n: labels(n, classes=9), ranked), True
    answers = batches(lambda n: binary(n, 3), lambda n: uniform(n, 3))
    none = fixed(np.zeros((3, 3), "float32"), EXTREME)
    everything = fixed(np.ones((3, 3), "float32"), EXTREME)
    several = {"thresholds": [0.7, 0.2, 0.5]}
    even = {"thresholds": [0.0, 0.25, 0.5, 0.75, 1.0]}
    for name in ["TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives", "Precision", "Recall"]:
        cls = getattr(metrics, name)
        for arguments in [{}, several, even]:
            yield cls, arguments, answers, True
            yield cls, arguments, fixed(EXTREME_TRUTH, EXTREME), False
        yield cls, {}, none, False
    for name in ["Precision", "Recall"]:
        for arguments in [{"top_k": 2}, {"class_id": 1}, {"top_k": 1, "class_id": 2}, {"top_k": 2, "thresholds": 0.5}]:
            yield getattr(metrics, name), arguments, answers, True
            yield getattr(metrics, name), arguments, fixed(tied[:, :3], ties[:, :3]), False
    for cls, first in [
        (metrics.PrecisionAtRecall, "recall"),
        (metrics.RecallAtPrecision, "precision"),
        (metrics.SensitivityAtSpecificity, "specificity"),
        (metrics.SpecificityAtSensitivity, "sensitivity"),
    ]:
        for value in [0.0, 0.5, 0.7, 1.0]:
            yield cls, {first: value}, answers, True
        yield cls, {first: 0.5, "num_thresholds": 1}, answers, False
        yield cls, {first: 0.6, "num_thresholds": 5, "class_id": 1}, answers, False
        for data in [fixed(EXTREME_TRUTH, EXTREME), none, everything]:
            yield cls, {first: 0.5}, data, False
    for curve in ["ROC", "PR", "PRGAIN"]:
        for summation in ["interpolation", "majoring", "minoring"]:
            yield metrics.AUC, {"curve": curve, "summation_method": summation}, answers, True
            for data in [fixed(EXTREME_TRUTH, EXTREME), none, everything]:
                yield metrics.AUC, {"curve": curve, "summation_method": summation, "num_thresholds": 5}, data, False
        yield metrics.AUC, {"curve": curve, "multi_label": True}, answers, True
        yield metrics.AUC, {"curve": curve, "multi_label": True, "label_weights": [1.0, 0.5, 2.0]}, answers, True
    yield metrics.AUC, {"label_weights": [1.0, 0.5, 2.0]}, answers, True
    yield metrics.AUC, {"thresholds": [0.8, 0.1, 0.4]}, answers, True
    yield metrics.AUC, {"thresholds": [0.5]}, answers, True
    yield metrics.AUC, {"from_logits": True}, batches(lambda n: binary(n, 3), lambda n: logits(n, 3)), True
    for cls in [metrics.F1Score, metrics.FBetaScore]:
        for average in [None, "micro", "macro", "weighted"]:
            for threshold in [None, 0.5]:
                arguments = {"average": average, "threshold": threshold} | ({"beta": 2.0} if cls is metrics.FBetaScore else {})
                yield cls, arguments, answers, True
                yield cls, arguments, fixed(tied, ties), False
    numbers = batches(lambda n: labels(n, 4, classes=3).astype("float32"), lambda n: labels(n, 4, classes=3).astype("float32"))
    absent = fixed(np.array([[0, 2], [2, 2]], "float32"), np.array([[0, 0], [2, 0]], "float32"))
    for ignored in [None, 1]:
        for data in [numbers, absent]:
            yield metrics.MeanIoU, {"num_classes": 4, "ignore_class": ignored}, data, False
            yield metrics.IoU, {"num_classes": 4, "target_class_ids": [0, 3], "ignore_class": ignored}, data, False
    rows = lambda n: shares(n, 4)
    classes = {"num_classes": 4}
    yield metrics.MeanIoU, {**classes, "sparse_y_pred": False}, batches(lambda n: labels(n, classes=4), rows), False
    yield metrics.MeanIoU, {**classes, "sparse_y_true": False, "sparse_y_pred": False}, batches(truth, rows), False
    yield metrics.OneHotMeanIoU, classes, batches(truth, rows), True
    yield metrics.OneHotMeanIoU, classes, fixed(tied, ties), False
    yield metrics.OneHotIoU, {**classes, "target_class_ids": [1, 2]}, batches(truth, rows), False
    for threshold in [0.5, 0.3]:
        yield metrics.BinaryIoU, {"threshold": threshold}, answers, False
        yield metrics.BinaryIoU, {"target_class_ids": [1], "threshold": threshold}, fixed(EXTREME_TRUTH, EXTREME), False


def write_metrics() -> None:
    tensors, cases, stored = {}, [], {}

    def keep(array, integer=False) -> str:
        """The name of a tensor, which several cases may have."""
        array = np.ascontiguousarray(array, "int32" if integer else "float32")
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in stored:
            stored[key] = str(len(stored))
            tensors[stored[key]] = array
        return stored[key]

    for cls, arguments, batches, has_weights in metric_cases():
        for weighted in [False, True] if has_weights else [False]:
            metric, kept = cls(**arguments), []
            for truth, output in batches:
                weights = uniform(len(truth), most=3.0) if weighted else None
                weights = weights if weights is None or "IoU" not in cls.__name__ else np.floor(weights).astype("float32")
                metric.update_state(truth, output, sample_weight=weights)
                values = np.atleast_1d(np.asarray(metric.result(), "float32"))
                names = [keep(truth, truth.dtype.kind == "i"), keep(output), None if weights is None else keep(weights)]
                kept.append([*names, keep(values)])
            cases.append({"class_name": cls.__name__, "config": arguments, "batches": kept})
    save(tensors, "metrics", cases)


def save(tensors, name, cases) -> None:
    save_file(tensors, HERE / f"{name}.safetensors", metadata={"case": json.dumps({"kind": name, "cases": cases})})
    print(f"{name}: {len(cases)} cases")


if __name__ == "__main__":
    if KIND is None:
        for kind in ["losses", "metrics"]:
            subprocess.run([sys.executable, __file__, kind], check=True)
    else:
        {"losses": write_losses, "metrics": write_metrics}[KIND]()
