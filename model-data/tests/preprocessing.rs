//! Texts and categories: what is refused and in which words, what is saved, and adapting batch by batch.

use std::fs;

use model_core::Result;
use model_data::preprocessing::{
    CategoryEncoding, Functions, Hashing, IntegerLookup, OovMethod, OutputMode, Split, Standardize, StringLookup,
    TextVectorization,
};
use model_data::utils::{Pad, pad_sequences, to_categorical};
use ndarray::{Array2, Array3, array};

/// What a result says that is none.
fn said<T>(result: Result<T>) -> String {
    result.err().map_or_else(|| "nothing is wrong".to_owned(), |error| error.to_string())
}

/// Holds what is said of lookups to the words.
fn check<const N: usize>(cases: [(StringLookup, &str); N]) {
    for (lookup, expected) in cases {
        assert_eq!(said(lookup.get_vocabulary(true)), expected);
        assert_eq!(said(lookup.to_json()), expected);
        assert_eq!(said(lookup.vocabulary_size()), expected);
    }
}

#[test]
fn arguments_that_do_not_fit_together_are_refused() {
    let lookup = StringLookup::new;
    check([
        (
            lookup().max_tokens(1),
            "`max_tokens` of `StringLookup` is out of range: expected more than 1, and more than the tokens for padding and for unknown ones, \
             found 1",
        ),
        (
            lookup().max_tokens(3).num_oov_indices(2).mask_token(""),
            "`max_tokens` of `StringLookup` is out of range: expected more than 1, and more than the tokens for padding and for unknown ones, \
             found 3",
        ),
        (
            lookup().pad_to_max_tokens(true),
            "`max_tokens` of `StringLookup` is out of range: expected a number, with `pad_to_max_tokens`, found none",
        ),
        (
            lookup().num_oov_indices(usize::MAX),
            "`num_oov_indices` of `StringLookup` is out of range: expected less than 2147483647, found 18446744073709551615",
        ),
    ]);
    let inverted = lookup().vocabulary(["tea"]).output_mode(OutputMode::Count).invert(true);
    assert_eq!(
        said(inverted.tokens(&1)),
        "`output_mode` of `StringLookup` is out of range: expected `int`, with `invert`, found `count`"
    );
    let salted = IntegerLookup::new().salt(3).num_oov_indices(2).vocabulary([7]);
    assert_eq!(
        said(salted.call(&7)),
        "`oov_method` of `IntegerLookup` is out of range: expected `farmhash`, with `salt`, found `floormod`"
    );
    assert_eq!(salted.oov_method(OovMethod::Farmhash).call(&7).unwrap().into_scalar(), 2);
}

#[test]
fn vocabularies_that_are_none_are_refused() {
    let given = |tokens: Vec<&str>| StringLookup::new().vocabulary(tokens);
    let empty =
        "the vocabulary of `StringLookup` is empty: expected at least 1 token besides those for padding and for unknown ones";
    check([
        (given(vec![]), empty),
        (given(vec!["[UNK]"]), empty),
        (
            given(vec!["tea", "milk", "tea"]),
            "the vocabulary of `StringLookup` has `tea` twice, at 0 and 2: expected each token once",
        ),
        (
            given(vec!["[UNK]", "tea", "milk", "tea"]),
            "the vocabulary of `StringLookup` has `tea` twice, at 1 and 3: expected each token once",
        ),
        (
            given(vec!["[UNK]", "", "tea"]).mask_token(""),
            "the vocabulary of `StringLookup` has the `mask_token` `` at 1: expected none of those tokens, or all of them at the start, in the \
             order of `get_vocabulary(true)`",
        ),
        (
            given(vec!["tea", "milk"]).max_tokens(2),
            "the vocabulary of `StringLookup` is too large: expected at most 2 tokens, found 3, those for padding and unknown ones among them",
        ),
        (
            given(vec!["tea"]).idf_weights([1.0]),
            "`idf_weights` of `StringLookup` do not fit: expected none, unless `output_mode` is `tf_idf`, found some",
        ),
        (
            given(vec!["tea"]).output_mode(OutputMode::TfIdf),
            "`idf_weights` of `StringLookup` do not fit: expected a number for each token of the `vocabulary`, with `output_mode` `tf_idf`, found none",
        ),
        (
            given(vec!["tea", "milk"]).output_mode(OutputMode::TfIdf).idf_weights([1.0]),
            "`idf_weights` of `StringLookup` do not fit: expected 2, one for each token of the vocabulary, found 1",
        ),
        (
            given(vec!["tea"]).output_mode(OutputMode::TfIdf).idf_weights([f32::NAN]),
            "`idf_weights` of `StringLookup` is out of range: expected finite numbers, found NaN",
        ),
    ]);
    let inverted = given(vec!["tea", "[UNK]"]);
    assert_eq!(inverted.call(&["[UNK]", "ale"]).unwrap(), array![2, 0]);
    assert_eq!(
        said(inverted.invert(true).tokens(&1)),
        "the vocabulary of `StringLookup` has the `oov_token` `[UNK]` at 1: expected none of those tokens, or all of them at the start, in the \
         order of `get_vocabulary(true)`"
    );
}

#[test]
fn what_has_no_number_is_refused() {
    let none =
        "`StringLookup` has no vocabulary yet\nhelp: adapt it to data, `.adapt(&data)?`, or give it one, `.vocabulary([..])`";
    assert_eq!(said(StringLookup::new().call("tea")), none);
    assert_eq!(StringLookup::new().get_vocabulary(true).unwrap(), ["[UNK]"]);
    assert_eq!(said(TextVectorization::new().call("tea")), none.replace("StringLookup", "TextVectorization"));
    let strict = StringLookup::new().vocabulary(["tea"]).num_oov_indices(0);
    assert_eq!(strict.call("tea").unwrap().into_scalar(), 0);
    assert_eq!(
        said(strict.call(&["tea", &"x".repeat(60)])),
        format!(
            "`{}..` is not in the vocabulary of `StringLookup`: with `num_oov_indices` 0, expected none but its tokens\nhelp: \
             `.num_oov_indices(1)` has a number for all others",
            "x".repeat(40)
        )
    );
    let numbers = IntegerLookup::new().vocabulary([5, 7]).num_oov_indices(0);
    assert!(said(numbers.call(&array![[5, -3]])).starts_with("`-3` is not in the vocabulary of `IntegerLookup`"));
}

#[test]
fn what_the_arguments_do_not_give_is_refused() {
    let lookup = StringLookup::new().vocabulary(["tea"]);
    assert_eq!(
        said(lookup.encode("tea")),
        "`StringLookup` gives numbers of tokens, with `output_mode` `int`: found `encode`\nhelp: call `call`, or set another `output_mode`"
    );
    assert_eq!(
        said(lookup.tokens(&1)),
        "`StringLookup` gives numbers of tokens, with `output_mode` `int`: found `tokens`\nhelp: call `call`, or set `invert`"
    );
    let counts = TextVectorization::new().vocabulary(["tea"]).output_mode(OutputMode::Count);
    assert_eq!(
        said(counts.call("tea")),
        "`TextVectorization` gives rows of places, with `output_mode` `count`: found `call`\nhelp: call `encode`, or set `output_mode` to `int`, \
         without `invert`"
    );
    assert_eq!(
        said(lookup.clone().output_mode(OutputMode::Count).encode(&Array3::from_elem((1, 1, 2), "tea"))),
        "what `StringLookup` is given has the wrong shape: expected at most two axes, `[samples, length]`, found [1, 1, 2]"
    );
    assert_eq!(
        said(TextVectorization::new().vocabulary(["tea"]).call(&array![["tea", "milk"]])),
        "what `TextVectorization` is given has the wrong shape: expected `[samples]` or `[samples, 1]`, or no `split`, found [1, 2]"
    );
    for (words, expected) in [
        (
            TextVectorization::new().ngrams(0),
            "`ngrams` of `TextVectorization` is out of range: expected numbers of parts from 1, found 0",
        ),
        (
            TextVectorization::new().ngrams([1, 0]),
            "`ngrams` of `TextVectorization` is out of range: expected numbers of parts from 1, found [1,0]",
        ),
        (
            TextVectorization::new().output_mode(OutputMode::OneHot),
            "`output_mode` of `TextVectorization` is out of range: expected `int`, `multi_hot`, `count` or `tf_idf`, found `one_hot`",
        ),
        (
            TextVectorization::new().output_mode(OutputMode::Count).output_sequence_length(3),
            "`output_sequence_length` of `TextVectorization` is out of range: expected none, unless `output_mode` is `int`, found 3",
        ),
    ] {
        assert_eq!(said(words.vocabulary(["tea"]).encode("tea")), expected);
    }
}

#[test]
fn numbers_that_have_no_place_are_refused() {
    let encoding = CategoryEncoding::new(4);
    assert_eq!(said(encoding.call(&[0, 4])), "4 is out of range for `CategoryEncoding`: expected 0 to 3");
    assert_eq!(said(encoding.call(&[-1])), "-1 is out of range for `CategoryEncoding`: expected 0 to 3");
    assert_eq!(
        said(encoding.call_weighted(&[1], &array![1.0])),
        "`output_mode` of `CategoryEncoding` is out of range: expected `count`, with `count_weights`, found `multi_hot`"
    );
    assert_eq!(
        said(encoding.clone().output_mode(OutputMode::Count).call_weighted(&[1], &array![1.0, 2.0])),
        "what `count_weights` is given has the wrong shape: expected the shape of the numbers, found [2]"
    );
    assert_eq!(
        said(encoding.output_mode(OutputMode::Int).call(&[1])),
        "`output_mode` of `CategoryEncoding` is out of range: expected `one_hot`, `multi_hot` or `count`, found `int`"
    );
    assert_eq!(
        said(CategoryEncoding::new(0).call(&[0])),
        "`num_tokens` of `CategoryEncoding` is out of range: expected at least 1, found 0"
    );
    let enormous = said(CategoryEncoding::new(usize::MAX / 8).call(&[0]));
    assert!(enormous.starts_with("an array of the shape [2305843009213693951] would take"), "{enormous}");
    assert_eq!(said(Hashing::new(0).call("tea")), "`num_bins` of `Hashing` is out of range: expected 1 to 2147483647, found 0");
    assert_eq!(
        said(Hashing::new(3).mask_value(7).call("tea")),
        "`mask_value` of `Hashing` is of another kind than what is hashed: expected a text, found a whole number"
    );
    assert_eq!(said(to_categorical(&[1, -2], None)), "-2 is out of range for `to_categorical`: expected 0 to 1");
    assert_eq!(said(to_categorical(&array![[1], [3]], Some(3))), "3 is out of range for `to_categorical`: expected 0 to 2");
    assert_eq!(
        said(to_categorical::<[i32; 0]>(&[], None)),
        "there are no labels: expected at least 1 to count the classes by\nhelp: say how many there are, `Some(10)`"
    );
    let none: [Vec<i32>; 0] = [];
    assert_eq!(
        pad_sequences(&none, Pad::new()).unwrap_err().to_string(),
        "there are no sequences: expected at least 1 to take the length from\nhelp: say the length, `.maxlen(100)`"
    );
    assert_eq!(pad_sequences(&none, Pad::new().maxlen(3)).unwrap().shape(), [0, 3]);
    assert_eq!(pad_sequences(&[vec!["a"]], Pad::new().maxlen(2).value("-")).unwrap(), array![["-", "a"]]);
}

#[test]
fn adapting_batch_by_batch_is_adapting_at_once() {
    let rows = array![["tea", "milk"], ["tea", "ale"], ["rum", "tea"], ["ale", "milk"]];
    for mode in [OutputMode::Int, OutputMode::TfIdf] {
        let mut at_once = StringLookup::new().output_mode(mode).max_tokens(4);
        at_once.adapt(&rows).unwrap();
        let mut in_batches = StringLookup::new().output_mode(mode).max_tokens(4);
        for batch in rows.axis_chunks_iter(ndarray::Axis(0), 3) {
            in_batches.update_state(&batch).unwrap();
        }
        in_batches.finalize_state().unwrap();
        assert_eq!(in_batches.to_json().unwrap(), at_once.to_json().unwrap());
        assert_eq!(at_once.get_vocabulary(false).unwrap(), ["tea", "milk", "ale"]);
    }
}

#[test]
fn adapting_begins_anew_and_changes_nothing_where_it_fails() {
    let mut lookup = StringLookup::new();
    lookup.adapt(&["tea"]).unwrap();
    lookup.update_state(&["rum", "ale"]).unwrap();
    lookup.reset_state();
    lookup.finalize_state().unwrap();
    assert_eq!(lookup.get_vocabulary(false).unwrap(), ["tea"]);
    lookup.adapt::<[&str; 0]>(&[]).unwrap();
    assert!(said(lookup.adapt(&["[UNK]"])).starts_with("the vocabulary of `StringLookup` is empty"));
    assert!(said(lookup.set_vocabulary(["a", "a"], None)).contains("`a` twice"));
    assert_eq!(lookup.get_vocabulary(false).unwrap(), ["tea"]);
    lookup.adapt(&["milk"]).unwrap();
    assert_eq!(lookup.get_vocabulary(false).unwrap(), ["milk"]);
    let mut given = lookup.vocabulary(["ale"]);
    assert_eq!(
        said(given.adapt(&["tea"])),
        "`StringLookup` has the vocabulary that it was given: expected none where it adapts to data\nhelp: leave out `.vocabulary(..)`"
    );
    given.set_vocabulary(["rum"], None).unwrap();
    assert_eq!(given.call(&["rum", "ale"]).unwrap(), array![1, 0]);
}

#[test]
fn copies_share_what_threads_look_up() {
    let mut words = TextVectorization::new();
    words.adapt(&["a cat", "a dog"]).unwrap();
    let numbers = |words: TextVectorization| std::thread::spawn(move || words.call(&["the dog"]).unwrap());
    let threads: Vec<_> = (0..2).map(|_| numbers(words.clone())).collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), array![[1, 3]]);
    }
}

#[test]
fn texts_without_words_have_rows_nevertheless() {
    let words = TextVectorization::new().vocabulary(["tea"]);
    assert_eq!(words.call("?").unwrap().len(), 0);
    assert_eq!(words.call(&["", " "]).unwrap(), Array2::<i32>::zeros((2, 0)));
    assert_eq!(words.call::<[&str; 0]>(&[]).unwrap(), Array2::<i32>::zeros((0, 0)));
    assert_eq!(words.clone().output_sequence_length(2).call(&["", "rum tea tea"]).unwrap(), array![[0, 0], [1, 2]]);
    let counts = words.output_mode(OutputMode::Count);
    assert_eq!(counts.encode(&["", "tea, ale tea"]).unwrap(), array![[0.0, 0.0], [1.0, 2.0]]);
    assert_eq!(counts.encode("tea").unwrap(), array![0.0, 1.0]);
}

#[test]
fn what_is_saved_is_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("words.json");
    let texts = ["a cat", "a dog", "no cat"];
    let mut words = TextVectorization::new().output_mode(OutputMode::TfIdf).max_tokens(9).pad_to_max_tokens(true).ngrams([1, 2]);
    words.adapt(&texts).unwrap();
    words.save(&path).unwrap();
    let mut same = TextVectorization::load(&path).unwrap();
    assert_eq!(same.encode(&texts).unwrap(), words.encode(&texts).unwrap());
    same.adapt(&["rum"]).unwrap(); // what was adapted can adapt again
    words.clone().vocabulary(["tea"]).idf_weights([2.0]).save(&path).unwrap();
    assert!(said(TextVectorization::load(&path).unwrap().adapt(&texts)).contains("the vocabulary that it was given"));

    let lookup = StringLookup::new().vocabulary("none.txt");
    assert!(said(lookup.save(&path)).starts_with("`none.txt`: "));
    assert!(TextVectorization::load(&path).is_ok());
}

#[test]
fn a_file_of_tokens_is_a_vocabulary() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.txt");
    fs::write(&path, "[UNK]\ntea\n\nmilk\n").unwrap();
    let lookup = StringLookup::new().vocabulary(path.as_path());
    assert_eq!(lookup.get_vocabulary(true).unwrap(), ["[UNK]", "[UNK]", "tea", "", "milk"]);
    assert_eq!(lookup.call(&["milk", "[UNK]", "ale", ""]).unwrap(), array![4, 1, 0, 3]);
    let again = StringLookup::from_json(&lookup.to_json().unwrap()).unwrap();
    assert_eq!(again.get_vocabulary(true).unwrap(), lookup.get_vocabulary(true).unwrap());
    fs::write(&path, "7\n-3\nx\n").unwrap();
    let numbers = IntegerLookup::new().vocabulary(path.as_path());
    let expected = format!("line 3 of `{}` is no token of `IntegerLookup`: expected a whole number", path.display());
    assert_eq!(said(numbers.call(&7)), expected);
}

#[test]
fn files_that_are_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("words.json");
    let words = TextVectorization::new().vocabulary(["tea", "milk"]);
    words.save(&path).unwrap();
    let whole = fs::read_to_string(&path).unwrap();
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        let expected = format!(
            "`{}`: the document is damaged or of another kind: expected the whole JSON of a `TextVectorization`",
            path.display()
        );
        assert!(said(TextVectorization::load(&path)).starts_with(&expected));
    }
    let changed = |from: &str, to: &str| {
        assert!(whole.contains(from), "{whole}");
        said(TextVectorization::from_json(&whole.replace(from, to)))
    };
    assert_eq!(
        changed("\"class_name\":\"TextVectorization\"", "\"class_name\":\"Dense\""),
        "the document is of another class: expected `TextVectorization`, found `Dense`"
    );
    assert!(changed("\"tea\"", "\"milk\"").contains("has `milk` twice, at 2 and 3"));
    assert!(changed("\"tea\"", "7").contains("expected a list of the vocabulary's tokens, or null"));
    assert!(
        changed("\"sparse\":false", "\"sparse\":true").contains("a `sparse` that this library does not have: expected `false`")
    );
    assert!(changed("\"utf-8\"", "\"latin-1\"").contains("expected `\"utf-8\"`"));
    assert!(changed("\"whitespace\"", "\"words\"").contains("expected `\"whitespace\"`, `\"character\"`, a function, or null"));
    assert!(changed("\"ngrams\":null", "\"ngrams\":-1").contains("expected a whole number, a list of them, or null"));
    assert!(changed("\"ragged\"", "\"jagged\"").contains("has a `jagged` that this library does not have"));
    assert!(said(TextVectorization::load(folder.path())).contains("expected a regular file, found a folder"));
    assert!(said(Hashing::from_json("[]")).contains("an object with `class_name` and `config`"));
    let adapted =
        r#"{"class_name":"StringLookup","config":{"vocabulary":["a"],"output_mode":"tf_idf","has_input_vocabulary":false}}"#;
    assert!(said(StringLookup::from_json(adapted)).contains("expected a list of numbers, one for each token"));
    let many = r#"{"class_name":"StringLookup","config":{"num_oov_indices":2000000000,"mask_token":""}}"#;
    assert!(StringLookup::from_json(many).is_ok());
}

#[test]
fn functions_of_one_s_own_are_found_by_their_names() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let words = TextVectorization::new().standardize(None).split(Split::own("lines", lines)).vocabulary(["a cat", "b"]);
    assert_eq!(words.call(&["a cat\nb\nc"]).unwrap(), array![[2, 3, 1]]);
    let json = words.to_json().unwrap();
    assert_eq!(
        said(TextVectorization::from_json(&json)),
        "`split` is a function of one's own, `lines`: expected it where the document is read\nhelp: `load_with(path, \
         &Functions::new().split(\"lines\", ..))`"
    );
    let same = TextVectorization::from_json_with(&json, &Functions::new().split("lines", lines)).unwrap();
    assert_eq!(same.call(&["a cat\nb\nc"]).unwrap(), array![[2, 3, 1]]);
    let upper = TextVectorization::new().standardize(Standardize::own("upper", str::to_uppercase)).vocabulary(["TEA"]);
    assert_eq!(upper.call("tea").unwrap(), array![2]);
}
