"""Keras 1.2.2 and 2.2.4 without a backend: their layers are called on tensors that know their shapes alone, which is all that documents take.

    pip download keras==1.2.2 keras==2.2.4 --no-deps    # and unpack both
    python tests/legacy/old_keras.py FOLDER_OF_KERAS_1 FOLDER_OF_KERAS_2_2

Writes the documents of `tests/legacy/documents.py`'s architectures, as `model.to_json()` gives them, to `tests/legacy/keras1.json` and
`tests/legacy/keras2.json`.
"""

import functools
import importlib
import importlib.abc
import importlib.machinery
import json
import pathlib
import sys
import types
from unittest import mock

HERE = pathlib.Path(__file__).parent


class Tensor:
    """A tensor of a shape, whose arithmetic gives more of them."""

    def __init__(self, shape=None):
        self._keras_shape, self._uses_learning_phase, self.dtype = shape, False, "float32"
        self.name = "tensor"

    @property
    def shape(self):
        return self._keras_shape

    def __getattr__(self, name):
        if name.startswith("__") or name in ("_keras_history", "_keras_mask"):
            raise AttributeError(name)
        return lambda *args, **kwargs: Tensor()

    def __len__(self):
        return 3

    def __iter__(self):
        return iter([Tensor(), Tensor(), Tensor()])


for operator in "add radd sub rsub mul rmul truediv rtruediv pow neg getitem gt lt ge le".split():
    setattr(Tensor, f"__{operator}__", lambda *_: Tensor())


class Backend(types.ModuleType):
    """What a backend is asked for while models are made."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if name == "rnn":
            return lambda *args, **kwargs: (Tensor(), Tensor(), [Tensor(), Tensor()])
        return lambda *args, **kwargs: Tensor(kwargs.get("shape"))


UIDS = {}


def uid(prefix=""):
    UIDS[prefix] = UIDS.get(prefix, 0) + 1
    return UIDS[prefix]


def backend():
    K = Backend("keras.backend")
    K.__path__ = []
    K.backend = lambda: "tensorflow"
    K._BACKEND = "tensorflow"
    K.floatx = lambda: "float32"
    K.epsilon = lambda: 1e-7
    K.image_dim_ordering = lambda: "tf"
    K.image_data_format = lambda: "channels_last"
    K.normalize_data_format = lambda value: value or "channels_last"
    K.set_image_dim_ordering = K.set_image_data_format = lambda *_: None
    K.cast_to_floatx = lambda x: x
    K.get_uid = uid
    K.int_shape = lambda x: getattr(x, "_keras_shape", None)
    K.ndim = lambda x: len(getattr(x, "_keras_shape", None) or (1, 1, 1))
    K.dtype = lambda x: "float32"
    K.is_keras_tensor = lambda x: hasattr(x, "_keras_history")
    K.is_tensor = lambda x: isinstance(x, Tensor)
    K.is_sparse = lambda x: False
    K.py_all = all
    K.py_any = any
    K.name_scope = lambda name: mock.MagicMock()
    K.placeholder = lambda shape=None, ndim=None, dtype=None, sparse=False, name=None: Tensor(shape)
    K.variable = lambda value, dtype=None, name=None, constraint=None: Tensor(getattr(value, "shape", None))
    K.set_floatx = K.set_epsilon = K.set_backend = lambda *_: None
    for initial in ("zeros", "ones", "random_uniform_variable", "random_normal_variable"):
        setattr(K, initial, lambda shape=None, *args, **kwargs: Tensor(shape))
    return K


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Modules that need a backend or other packages are empty."""

    NAMES = ("keras.backend", "keras.applications", "keras_applications", "keras_preprocessing", "theano", "tensorflow", "keras.callbacks",
             "keras.preprocessing", "keras.datasets", "keras.utils.vis_utils", "keras.utils.io_utils", "keras.utils.multi_gpu_utils", "six", "h5py", "yaml", "scipy",
             "keras.wrappers", "keras.optimizers", "keras.losses", "keras.metrics")

    def find_spec(self, name, path, target=None):
        if name.startswith(self.NAMES):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        if spec.name == "keras.backend":
            return backend()
        if spec.name == "six":
            six = types.ModuleType("six")
            six.string_types, six.integer_types, six.moves = (str,), (int,), types.ModuleType("six.moves")
            six.wraps, six.raise_from = functools.wraps, None
            return six
        if spec.name == "six.moves":
            moves = types.ModuleType("six.moves")
            moves.zip, moves.range, moves.__getattr__ = zip, range, lambda name: mock.MagicMock()
            return moves
        return mock.MagicMock(__path__=[], __spec__=spec, __all__=[], __loader__=self)

    def exec_module(self, module):
        pass


def documents(folder, which):
    """The documents of one release's architectures, by name."""
    for name in [name for name in sys.modules if name.startswith("keras")]:
        del sys.modules[name]
    import inspect

    import numpy

    inspect.getargspec = lambda function: inspect.getfullargspec(function)[:4]
    numpy.bool, numpy.float = bool, float
    sys.path.insert(0, str(folder))
    keras = importlib.import_module("keras")
    importlib.import_module("keras.layers")
    models = importlib.import_module("keras.models")
    for cudnn in ("CuDNNLSTM", "CuDNNGRU"):
        if hasattr(keras.layers, cudnn):
            getattr(keras.layers, cudnn)._process_batch = lambda *_: (Tensor(), [Tensor(), Tensor()])
    import documents as architectures

    made = {}
    for name, make in getattr(architectures, which).items():
        UIDS.clear()
        made[name] = json.loads(make(keras, models).to_json())
    sys.path.remove(str(folder))
    return made


if __name__ == "__main__":
    sys.meta_path.insert(0, Finder())
    sys.path.insert(0, str(HERE))
    for folder, which, file in zip(sys.argv[1:], ("KERAS1", "KERAS2"), ("keras1.json", "keras2.json")):
        (HERE / file).write_text(json.dumps(documents(folder, which), separators=(",", ":")) + "\n")
