"""What NumPy writes and Keras reads, for the tests of this crate. Run it with Keras 3.15.1, NumPy and Pillow:

    KERAS_BACKEND=jax python model-data/tests/data/generate.py
"""

import io
import json
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent


def npy():
    """Every type of elements, both orders, all versions."""
    folder = HERE / "npy"
    folder.mkdir(exist_ok=True)
    types = ["<f4", "<f8", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8", ">f4", ">i8"]
    arrays = {kind.strip("<|").replace(">", "big_"): (np.arange(6) * 3 + 1).astype(kind).reshape(2, 3) for kind in types}
    arrays["b1"] = np.array([[True, False, True], [False, False, True]])
    np.savez(folder / "types.npz", **arrays)
    np.savez_compressed(folder / "compressed.npz", x=np.arange(1000, dtype="<i4").reshape(10, 100), scalar=np.float64(2.5))
    np.save(folder / "fortran.npy", np.asfortranarray(np.arange(24, dtype="<f4").reshape(2, 3, 4)))
    for version in [(1, 0), (2, 0), (3, 0)]:
        with open(folder / f"version_{version[0]}.npy", "wb") as file:
            np.lib.format.write_array(file, np.arange(4, dtype="<f8"), version=version)
    np.save(folder / "empty.npy", np.zeros((0, 3), dtype="<f4"))
    np.save(folder / "float16.npy", np.zeros(2, dtype="<f2"))


def ragged(lists):
    array = np.empty(len(lists), dtype=object)
    array[:] = lists
    return array


def texts():
    """Data sets of texts in small, and what Keras makes of them."""
    from keras.src.datasets import california_housing, imdb, reuters

    random = np.random.default_rng(5)
    folder = HERE / "texts"
    folder.mkdir(exist_ok=True)

    def lists(count):
        return [random.integers(1, 400, random.integers(2, 30)).tolist() for _ in range(count)]

    x_train, x_test = ragged(lists(31)), ragged(lists(12))
    y_train, y_test = random.integers(0, 2, 31), random.integers(0, 2, 12)
    np.savez_compressed(folder / "imdb.npz", x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    np.savez_compressed(folder / "reuters.npz", x=ragged(lists(33)), y=random.integers(0, 46, 33))
    x = np.round(random.normal(size=(50, 8)), 3)
    np.savez_compressed(folder / "california_housing.npz", x=x.astype("float32"), y=np.round(x.sum(1), 3).astype("float32"))
    # As older Pythons and newer ones write it, and what must not be run.
    for protocol in [2, 3, 4, 5]:
        pickled(folder / f"protocol_{protocol}.npz", ragged([[1, 300, 70000], [], [-1, -70000]]), protocol)
    pickled(folder / "text.npz", ragged([[1, 2], ["a"]]), 4)
    pickled(folder / "call.npz", ragged([[1, 2], Call()]), 4)
    pickled(folder / "large.npz", ragged([[1, 1 << 40]]), 4)
    twice = [1, 2]
    pickled(folder / "twice.npz", ragged([twice, twice]), 4)

    def both(load, **arguments):
        (x, y), (u, v) = load(**arguments)
        return {
            "train": [[int(w) for w in words] for words in x] if x.dtype == object or x.ndim == 1 else x.tolist(),
            "train_labels": y.tolist(),
            "test": [[int(w) for w in words] for words in u] if u.dtype == object or u.ndim == 1 else u.tolist(),
            "test_labels": v.tolist(),
        }

    for module in [imdb, reuters, california_housing]:
        module.get_file = lambda fname=None, *_, **__: str(folder / fname)
    cases = {}
    for name, arguments in {
        "default": {},
        "num_words": {"num_words": 100, "skip_top": 10},
        "maxlen": {"maxlen": 12, "seed": 7, "oov_char": None, "num_words": 300},
        "plain": {"start_char": None, "index_from": 0, "num_words": 150, "seed": 0},
    }.items():
        cases[f"imdb {name}"] = both(imdb.load_data, **arguments)
        cases[f"reuters {name}"] = both(reuters.load_data, **arguments, **({"test_split": 0.3} if arguments else {}))
    for name, arguments in {"default": {}, "split": {"test_split": 0.33, "seed": 4}}.items():
        (x, y), (u, v) = california_housing.load_data(**arguments)
        parts = {"train": x, "train_labels": y, "test": u, "test_labels": v}
        cases[f"housing {name}"] = {key: part.astype(float).round(3).tolist() for key, part in parts.items()}
    (folder / "keras.json").write_text(json.dumps(cases, separators=(",", ":")))


def images():
    """Images of every kind, and what Pillow and Keras make of them."""
    import keras
    from PIL import Image

    folder = HERE / "images"
    folder.mkdir(exist_ok=True)
    random = np.random.default_rng(9)
    kinds = {"L": (7, 5), "RGB": (7, 5, 3), "RGBA": (7, 5, 4), "LA": (7, 5, 2)}
    for mode, shape in kinds.items():
        Image.fromarray(random.integers(0, 256, shape, dtype="uint8"), mode).save(folder / f"{mode}.png")
    Image.fromarray(random.integers(0, 256, (7, 5, 3), dtype="uint8")).quantize(8).save(folder / "P.png")
    y, x = np.mgrid[0:24, 0:36]
    smooth = np.stack([x * 7, y * 10, 255 - x * 3 - y * 4], -1).astype("uint8")
    Image.fromarray(smooth).save(folder / "smooth.jpg", quality=95)
    expected = {"smooth": smooth}
    for path in sorted(folder.glob("*.png")):
        for mode in ["grayscale", "rgb", "rgba"]:
            expected[f"{path.stem}_{mode}"] = keras.utils.img_to_array(keras.utils.load_img(path, mode)).astype("uint8")
    methods = ["nearest", "bilinear", "bicubic", "lanczos", "box", "hamming"]
    for method in methods:
        for name, size in [("small", (4, 3)), ("large", (11, 12)), ("mixed", (3, 9))]:
            for keep in [False, True]:
                image = keras.utils.load_img(folder / "RGB.png", target_size=size, interpolation=method, keep_aspect_ratio=keep)
                expected[f"load_{method}_{name}_{keep}"] = np.array(image)
    image = keras.utils.img_to_array(keras.utils.load_img(folder / "RGB.png"))
    for method in ["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"]:
        for name, size in [("small", (4, 3)), ("large", (11, 12)), ("mixed", (3, 9))]:
            for way in ["plain", "crop", "pad"]:
                flags = {f"{way}_to_aspect_ratio": True} if way != "plain" else {}
                resized = keras.ops.image.resize(image, size, method, **flags)
                expected[f"resize_{method}_{name}_{way}"] = np.array(resized)
    np.savez_compressed(folder / "expected.npz", **expected)


class Call:
    def __reduce__(self):
        return (print, ("this must not be run",))


def pickled(path, array, protocol):
    """An archive whose objects are written by another version of Python's format."""
    import pickle
    import zipfile

    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "|O", "fortran_order": False, "shape": array.shape})
    pickle.dump(array, stream, protocol=protocol)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", stream.getvalue())


if __name__ == "__main__":
    npy()
    texts()
    images()
