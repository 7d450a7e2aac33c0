"""What Keras makes of texts and categories: `model-data/tests/keras/preprocessing.json`.

    pip install keras tensorflow-cpu            # these layers need TensorFlow, whatever the backend
    python tests/parity/preprocessing.py
    python tests/parity/preprocessing.py --read target/tmp/preprocessing    # whether Keras reads what the tests have written

A case is a layer as `keras.layers.serialize` gives it, what it adapts to (`adapt`, or `update` batch by batch), the vocabulary and
the weights that it then has, and its calls. Arrays are `[shape, elements]`; an output is null where Keras gives an error.
"""

import itertools
import json
import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy as np
from keras import layers

PATH = Path(__file__).parents[2] / "model-data/tests/keras/preprocessing.json"

WORDS = ["tea", "milk", "tea", "bread", "tea", "milk", "é", "日本", "😀", "é", "", "ta", "[UNK]", "Tea", "bread", "z"]
ROWS = [["tea", "milk", "tea"], ["bread", "tea", ""], ["é", "z", "milk"], ["", "", ""]]
ASKED = ["tea", ["tea"], ["milk", "wine", "", "é", "tea", "milk"], [["tea"], ["rum"], [""]], [["tea", "tea", "ale"], ["", "milk", "日本"]]]
CUBE = [[["tea", "milk"], ["", "ale"]], [["z", "tea"], ["tea", "tea"]]]
NUMBERS = [7, 7, -3, 2**40, 0, 7, -3, 12, 5, -1]
NUMBER_ROWS = [[7, 7, -3], [0, 7, 5], [12, 12, -1]]
ASKED_NUMBERS = [7, [7, 8, 0, -3, -8, 2**40], [[7], [6], [0]], [[7, 7, 9], [0, -4, 12]]]
TEXTS = [
    "The cat sat on the mat.",
    "A dog -- and a cat, too!",
    "",
    "  É l'été,\tl'ÉTÉ\x0bdes chats \x1c\u00a0fin\n",
    "the CAT (sat) on $5 {or} 5% \\ of `it`",
    "日本 日本 mat 😀",
]
ASKED_TEXTS = ["the cat", ["the cat sat", "a bird", "", "L'été 日本\x0bdog cat cat"], [["cat"], ["on the mat the"]]]


def array(values) -> list:
    values = np.asarray(values)
    flat = [x.decode() if isinstance(x, bytes) else x.item() if hasattr(x, "item") else x for x in values.reshape(-1)]
    return [list(values.shape), flat]


def called(layer, asked, **more):
    try:
        output = layer(asked, **more)
    except Exception:
        return None
    return array(output.numpy())


def written(layer) -> dict:
    document = keras.layers.serialize(layer)
    document.pop("build_config", None)
    document["config"].pop("name")
    return document


def case(make, asked, adapt=None, update=None) -> dict:
    layer = make()
    case = {"layer": written(layer)}
    if adapt is not None:
        layer.adapt(adapt)
        case["adapt"] = array(adapt)
    if update is not None:
        for batch in update:
            layer.update_state(batch)
        layer.finalize_state()
        case["update"] = list(map(array, update))
    if hasattr(layer, "get_vocabulary"):
        case["vocabulary"] = [x.item() if hasattr(x, "item") else x for x in layer.get_vocabulary()]
        lookup = getattr(layer, "_lookup_layer", layer)
        if lookup.output_mode == "tf_idf":
            case["idf_weights"] = [float(x) for x in lookup.idf_weights_const.numpy()]
    case["calls"] = [[array(x), called(layer, x)] for x in asked]
    return case


def lookups(kind, data, rows, asked, extra) -> list:
    """A lookup of texts or numbers in all its ways."""
    cases = []
    mask = data[10] if kind is layers.StringLookup else 0
    settings = [{}, {"mask_token": mask}, {"num_oov_indices": 0}, {"num_oov_indices": 3, "mask_token": mask}, {"max_tokens": 4}]
    settings += [{"max_tokens": 12, "pad_to_max_tokens": True}, *extra]
    for setting, mode in itertools.product(settings, ["int", "one_hot", "multi_hot", "count", "tf_idf"]):
        # One axis less: Keras gives a token alone an axis of samples there, which is none of the shapes that it says it gives.
        fitting = asked[1:] if mode == "one_hot" else asked
        make = lambda: kind(output_mode=mode, **setting)
        cases.append(case(make, fitting, adapt=data if mode != "tf_idf" else rows))
        if mode == "tf_idf":
            cases.append(case(make, asked[1:2], adapt=data))
            cases.append(case(make, asked[1:2], update=[rows[:1], rows[1:], rows[0]]))
    return cases


def given(kind, vocabulary, special, asked, numbers) -> list:
    """Vocabularies that are not adapted."""
    weights = [0.25, 1.5, 0.75]
    mask = special[0]
    cases = [
        case(lambda: kind(vocabulary=vocabulary), asked),
        case(lambda: kind(vocabulary=special + vocabulary, mask_token=mask), asked),
        case(lambda: kind(vocabulary=special[1:] + vocabulary, mask_token=mask, output_mode="count"), asked),
        case(lambda: kind(vocabulary=vocabulary, output_mode="tf_idf", idf_weights=weights, num_oov_indices=2), asked),
    ]
    weighed = dict(vocabulary=special[1:] + vocabulary, idf_weights=[3.0, *weights], output_mode="tf_idf", max_tokens=9)
    cases += [case(lambda: kind(pad_to_max_tokens=padded, **weighed), asked) for padded in [False, True]]
    for more in [{}, {"mask_token": mask}, {"mask_token": mask, "num_oov_indices": 2}, {"oov_token": special[0]}]:
        cases.append(case(lambda: kind(vocabulary=vocabulary, invert=True, **more), numbers))
    return cases


def vectorizations() -> list:
    cases = []
    kind = layers.TextVectorization
    for standardize, split in itertools.product(
        ["lower_and_strip_punctuation", "lower", "strip_punctuation", None], ["whitespace", "character"]
    ):
        cases.append(case(lambda: kind(standardize=standardize, split=split), ASKED_TEXTS, adapt=TEXTS))
    for mode, ngrams in itertools.product(["int", "multi_hot", "count", "tf_idf"], [1, 2, (2,), (3, 1)]):
        cases.append(case(lambda: kind(ngrams=ngrams, output_mode=mode), ASKED_TEXTS, adapt=TEXTS))
    for length in [1, 3, 9]:
        cases.append(case(lambda: kind(output_sequence_length=length, max_tokens=6), ASKED_TEXTS, adapt=TEXTS))
    for mode in ["multi_hot", "count", "tf_idf"]:
        make = lambda: kind(max_tokens=40, pad_to_max_tokens=True, output_mode=mode)
        cases.append(case(make, ASKED_TEXTS, adapt=TEXTS))
        cases.append(case(make, ASKED_TEXTS, update=[TEXTS[:2], TEXTS[2:]]))
        words = [["cat", "dog"], ["Mat.", "cat"], ["", "rum"]]
        cases.append(case(lambda: kind(split=None, output_mode=mode, ngrams=2), [words], adapt=words))
    rows = [["the cat"], ["the mat"], ["The Cat"]]
    cases.append(case(lambda: kind(split=None, output_sequence_length=2), [rows, [["a", "the cat", "b"]]], adapt=rows))
    cases.append(case(lambda: kind(vocabulary=["earth", "wind", "and", "fire"]), [["Earth, wind", "fire and ice"]]))
    full = ["", "[UNK]", "cat", "the cat"]
    cases.append(case(lambda: kind(vocabulary=full, ngrams=2), ASKED_TEXTS))
    weights = [0.5, 2.0]
    cases.append(case(lambda: kind(vocabulary=["cat", "the"], idf_weights=weights, output_mode="tf_idf"), ASKED_TEXTS))
    return cases


def hashings() -> list:
    lengths = ["".join(chr(97 + (7 * i + n) % 26) for i in range(n)) for n in [*range(80), 127, 128, 129, 191, 192, 193, 300]]
    cases = []
    for salt in [None, 133, [133, 137], [2**62, 5]]:
        cases.append(case(lambda: layers.Hashing(2**31 - 1, salt=salt), [lengths, WORDS]))
        cases.append(case(lambda: layers.Hashing(10, salt=salt, mask_value="tea"), ASKED))
        cases.append(case(lambda: layers.Hashing(10, salt=salt, mask_value=7), ASKED_NUMBERS))
        cases.append(case(lambda: layers.Hashing(1, salt=salt, mask_value="tea"), ASKED))
    for mode in ["one_hot", "multi_hot", "count"]:
        asked = [ASKED[1:], ASKED_NUMBERS[1:]] if mode == "one_hot" else [ASKED, ASKED_NUMBERS]
        cases += [case(lambda: layers.Hashing(5, output_mode=mode), asked) for asked in asked]
    return cases


def encodings() -> list:
    cases = []
    asked = [1, [1], [1, 2, 1], [[1], [3]], [[1, 1], [3, 2]], [[0, 0, 0]]]
    for mode in ["one_hot", "multi_hot", "count"]:
        make = lambda: layers.CategoryEncoding(4, output_mode=mode)
        cases.append(case(make, asked[1:] + [[[[1, 1], [3, 2]]]] if mode == "one_hot" else asked))
    layer = layers.CategoryEncoding(4, output_mode="count")
    weighted = [([1, 2, 1], [0.5, 1.0, 2.0]), ([[0, 1], [3, 3]], [[0.1, 0.2], [0.3, -0.4]])]
    calls = [[array(x), called(layer, x, count_weights=np.array(w, "float32")), array(w)] for x, w in weighted]
    return cases + [{"layer": written(layer), "calls": calls}]


def padded() -> list:
    sequences = [[1], [2, 3], [], [4, 5, 6, 7]]
    ways = itertools.product([None, 1, 2, 4, 6], ["pre", "post"], ["pre", "post"], [0, -1])
    keys = ["maxlen", "padding", "truncating", "value"]
    cases = [dict(zip(keys, way)) for way in ways]
    return [{**way, "sequences": sequences, "output": array(keras.utils.pad_sequences(sequences, **way))} for way in cases]


def categorical() -> list:
    asked = [(2, None), ([0], None), ([1, 0, 3], None), ([1, 0, 3], 6), ([[1], [2]], 3), ([[1, 0], [2, 2]], None), ([1, 2], 0)]
    return [[array(x), classes, array(keras.utils.to_categorical(x, classes))] for x, classes in asked]


def all_cases() -> dict:
    several = {"num_oov_indices": 5}
    texts = lookups(layers.StringLookup, WORDS, ROWS, [*ASKED], [several, {**several, "salt": 11}, {**several, "salt": [3, 2**40]}])
    hashed = {**several, "oov_method": "farmhash"}
    numbers = lookups(layers.IntegerLookup, NUMBERS, NUMBER_ROWS, ASKED_NUMBERS, [several, hashed, {**hashed, "salt": [3, 4]}])
    numbers_back = [0, [0, 1, 2, 3, 4, 5, 6, -1], [[2, 100], [3, 2**40]]]
    cases = [*texts, *numbers]
    cases += given(layers.StringLookup, ["tea", "milk", "é"], ["", "[UNK]"], ASKED, numbers_back)
    cases += given(layers.IntegerLookup, [7, 12, -3], [0, -1], ASKED_NUMBERS, numbers_back)
    cases += [case(lambda: layers.StringLookup(output_mode=mode), [CUBE], adapt=WORDS) for mode in ["int", "one_hot"]]
    cases += [*vectorizations(), *hashings(), *encodings()]
    return {"cases": cases, "pad_sequences": padded(), "to_categorical": categorical()}


def plain(call: list) -> np.ndarray:
    return np.array(call[1], dtype=object).reshape(call[0])


def is_same(layer, case: dict) -> bool:
    """Whether a layer that Keras has read is the one of a case."""
    if "vocabulary" in case and list(layer.get_vocabulary()) != case["vocabulary"]:
        return False
    for asked, expected, *weights in case["calls"]:
        more = {"count_weights": plain(w).astype("float32") for w in weights}
        found = called(layer, plain(asked).tolist(), **more)
        if found is None or expected is None:
            if found is not expected:
                return False
        elif found[0] != expected[0] or any(
            a != b and (isinstance(a, str) or abs(a - b) > 1e-6 * max(abs(b), 1)) for a, b in zip(found[1], expected[1])
        ):
            return False
    return True


def read(folder: Path) -> None:
    cases = json.loads(PATH.read_text())["cases"]
    layers_read = [keras.layers.deserialize(json.loads((folder / f"{i}.json").read_text())) for i in range(len(cases))]
    wrong = [i for i, (layer, case) in enumerate(zip(layers_read, cases)) if not is_same(layer, case)]
    sys.exit(f"other layers than they were: {wrong}" if wrong else None)


if __name__ == "__main__":
    if "--read" in sys.argv:
        read(Path(sys.argv[-1]))
    found = all_cases()
    lines = [json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in found["cases"]]
    others = [f'"{key}":{json.dumps(found[key], separators=(",", ":"))}' for key in ["pad_sequences", "to_categorical"]]
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text('{"cases":[\n' + ",\n".join(lines) + "\n],\n" + ",\n".join(others) + "}\n")
