"""Makes what `tests/applications.rs` compares with: `python generate.py`, or `python generate.py VGG16 ..` for these alone, with Keras 3.

Images and weights follow from a rule that the test knows, too, so that nothing large is committed: `outputs.safetensors` has what the
networks give with and without top, `configs.zip` what `to_json()` says of each. `--files FOLDER` writes files of weights, in all formats
that Keras has had, for the part of the test that reads them.
"""

import argparse
import importlib
import os
import pathlib
import zipfile
from unittest import mock

os.environ.setdefault("KERAS_BACKEND", "jax")

import h5py
import keras
import numpy as np
from keras.src.legacy.saving import legacy_h5_format
from safetensors.numpy import load_file, save_file

HERE = pathlib.Path(__file__).parent

# The networks with the modules that they are in, and the least size of images without top, or a little more.
NETWORKS = {
    "VGG16": ("vgg16", 32),
    "VGG19": ("vgg19", 32),
    "ResNet50": ("resnet", 64),
    "ResNet50V2": ("resnet_v2", 64),
    "MobileNet": ("mobilenet", 64),
    "MobileNetV2": ("mobilenet_v2", 64),
    "MobileNetV3Small": ("mobilenet_v3", 64),
    "MobileNetV3Large": ("mobilenet_v3", 64),
    "DenseNet121": ("densenet", 64),
    "InceptionV3": ("inception_v3", 75),
    "Xception": ("xception", 71),
    "EfficientNetB0": ("efficientnet", 64),
}


def numbers(name, shape):
    """Numbers from -1 to 1 that look random: hashes of their places, by FNV-1a of the name and MurmurHash 3's last step."""
    seed = 0x811C9DC5
    for byte in name.encode():
        seed = (seed ^ byte) * 0x01000193 % 2**32
    h = np.arange(int(np.prod(shape)), dtype=np.uint32) + np.uint32(seed)
    h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    return (h / 2.0**31 - 1.0).reshape(shape)


def fill(model):
    """Weights by their names: what they compute stays about as large as it is."""
    for weight in model.weights:
        kind = weight.path.split("/")[-1]
        if kind == "count":
            continue
        u = numbers(weight.path, weight.shape)
        if model.name == "resnet50" and weight.path == "predictions/kernel":
            u *= 1e-5  # what it sees is large: one class would be all that is found
        elif kind.endswith("kernel"):
            inputs = weight.shape[:2] if len(weight.shape) == 4 and weight.shape[3] == 1 else weight.shape[:-1]
            u *= np.sqrt(4.0 / np.prod(inputs))
        elif kind in ("gamma", "moving_variance", "variance"):
            u = 1.0 + 0.5 * u
        else:
            u *= 0.1
        weight.assign(u.astype("float32"))


def network(name, **arguments):
    """As it is for its weights of ImageNet, which are not fetched."""
    keras.backend.clear_session()
    with mock.patch("keras.src.utils.file_utils.get_file"), mock.patch("keras.Model.load_weights"):
        model = getattr(keras.applications, name)(**arguments)
    fill(model)
    return model


def outputs(name, model):
    preprocess = importlib.import_module(f"keras.applications.{NETWORKS[name][0]}").preprocess_input
    images = ((numbers("images", (1, *model.input_shape[1:])) + 1.0) * 127.5).astype("float32")
    return np.asarray(model(preprocess(images), training=False))


def networks(name):
    """It with and without top."""
    size, whole = NETWORKS[name][1], 299 if name in ("InceptionV3", "Xception") else 224
    yield "", network(name, input_shape=(whole, whole, 3))
    yield "/features", network(name, include_top=False, pooling="avg", input_shape=(size, size, 3))


def write_files(model, path):
    model.save(f"{path}.keras")
    model.save_weights(f"{path}.weights.h5")
    with h5py.File(f"{path}.h5", "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, model)


def read(path):
    """The texts of an archive."""
    if not path.exists():
        return {}
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path, texts):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("networks", nargs="*", help="the networks: all of them where none is named")
    parser.add_argument("--files", type=pathlib.Path, help="the folder to write files of weights to, instead of what the networks give")
    arguments = parser.parse_args()
    if arguments.files:
        arguments.files.mkdir(parents=True, exist_ok=True)
    for name in arguments.networks or NETWORKS:
        tensors, texts = HERE / "outputs.safetensors", HERE / "configs.zip"
        found, configs = load_file(tensors) if tensors.exists() else {}, read(texts)
        for part, model in networks(name):
            if arguments.files:
                write_files(model, arguments.files / (name + part.replace("/", "_")))
                continue
            found[name + part] = outputs(name, model)
            configs[name + part + ".json"] = model.to_json()
            print(name + part, model.count_params(), found[name + part].max(), flush=True)
        if not arguments.files:
            save_file(found, tensors)
            write(texts, configs)


if __name__ == "__main__":
    main()
