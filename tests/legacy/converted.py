"""Models of `tf_keras` as the converter of TensorFlow.js writes them, with weights of 32, 16 and 8 bits, and what they compute.

    pip install tf_keras tensorflow
    pip download tensorflowjs==4.22.0 --no-deps    # and unpack it
    python tests/legacy/converted.py FOLDER_OF_TENSORFLOWJS

Writes `tests/legacy/converted.json`.
"""

import json
import os
import pathlib
import sys
import tempfile
import types

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tf_keras as k

L = k.layers
HERE = pathlib.Path(__file__).parent


def package(name, path):
    """A package without what its `__init__` asks for."""
    module = types.ModuleType(name)
    module.__path__ = [str(path)]
    sys.modules[name] = module


def recurrent():
    i = k.Input((3,))
    inner = k.Model(i, L.Dense(2, name="e1")(i), name="encoder")
    return k.Sequential([
        L.Bidirectional(L.LSTM(2, return_sequences=True, name="lstm"), name="bi", input_shape=(4, 3)),
        L.TimeDistributed(L.Dense(3, name="inner"), name="td"), L.GRU(3, reset_after=False, name="gru"), inner, L.Dense(1, name="out")], name="recurrent")


def convnet():
    return k.Sequential([
        L.Conv2D(3, 2, activation="relu", name="c", input_shape=(6, 6, 2)), L.BatchNormalization(name="bn"), L.DepthwiseConv2D(2, name="dw"),
        L.SeparableConv2D(2, 2, name="sep"), L.Flatten(name="flat"), L.Dense(2, name="out")], name="convnet")


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    package("tensorflowjs", folder / "tensorflowjs")
    package("tensorflowjs.converters", folder / "tensorflowjs" / "converters")
    from tensorflowjs.converters import keras_h5_conversion, keras_tfjs_loader

    k.utils.set_random_seed(3)
    made = {}
    for model in (recurrent(), convnet()):
        shape = (2, *model.input_shape[1:])
        x = np.random.default_rng(1).uniform(-1, 1, shape).astype("float32")
        for kind in (None, "float16", "uint16", "uint8"):
            with tempfile.TemporaryDirectory() as at:
                os.mkdir(f"{at}/out")
                model.save(f"{at}/model.h5")
                topology, groups = keras_h5_conversion.h5_merged_saved_model_to_tfjs_format(f"{at}/model.h5")
                keras_h5_conversion.write_artifacts(topology, groups, f"{at}/out", quantization_dtype_map={kind: "*"} if kind else None)
                document = json.loads(pathlib.Path(f"{at}/out/model.json").read_text())
                shards = {path: pathlib.Path(f"{at}/out/{path}").read_bytes().hex() for group in document["weightsManifest"] for path in group["paths"]}
                k.backend.clear_session()
                loaded = keras_tfjs_loader.load_keras_model(f"{at}/out/model.json", use_unique_name_scope=False)
                made[f"{model.name}_{kind}"] = {
                    "model": document, "shards": shards, "shape": shape, "input": [float(f"{v:.9g}") for v in x.ravel()],
                    "output": [float(f"{v:.9g}") for v in loaded.predict(x, verbose=0).ravel()],
                }
    (HERE / "converted.json").write_text(json.dumps(made, separators=(",", ":")) + "\n")
