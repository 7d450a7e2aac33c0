"""Writes the files of HDF5 that the tests of `src/hdf5` read: `python h5py.py` in this folder, with h5py, ml_dtypes and numpy."""

import os
import sys

sys.path = [path for path in sys.path if os.path.abspath(path or ".") != os.path.dirname(os.path.abspath(__file__))]

import h5py
import ml_dtypes
import numpy as np


def small(name, **how):
    with h5py.File(name, "w", **how) as file:
        file.attrs["layer_names"] = np.array([b"abc", b"defg"])
        file.attrs["keras_version"] = b"2.4.0"
        file.attrs["config"] = "größe"
        group = file.create_group("a").create_group("vars")
        group["0"] = np.arange(6, dtype="f4").reshape(2, 3)
        group["1"] = np.array([1, 0, 1], "f2")
        group["2"] = np.array([1, 0, 1], "i8")
        # As Keras does.
        group.create_dataset("3", data=np.array([1, 0, 1], ml_dtypes.bfloat16)).attrs["dtype"] = "bfloat16"
        group["4"] = np.array([True, False, True])
        group.attrs["name"] = "dense"


small("h5py.h5")
small("h5py_latest.h5", libver="latest")
with h5py.File("h5py_refused.h5", "w") as file:
    file.create_dataset("chunked", data=np.zeros(4, "f4"), chunks=(2,))
    file.create_dataset("compressed", data=np.zeros(4, "f4"), compression="gzip")
    file.create_dataset("external", (4,), "f4", external=[("other.bin", 0, 16)])
    file["texts"] = np.array([b"a", b"b"])
    file["big"] = np.zeros(2, ">f4")
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource("other.h5", "x", (4,))
    file.create_virtual_dataset("virtual", layout)
with h5py.File("h5py_soft.h5", "w") as file:
    file["soft"] = h5py.SoftLink("/a")
with h5py.File("h5py_dense.h5", "w", libver="latest") as file:
    for i in range(20):
        file.create_group(f"group_{i}")
