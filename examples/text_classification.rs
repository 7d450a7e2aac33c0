//! Opinions told apart by a recurrent network that reads texts of different lengths in both directions.
//!
//! ```text
//! cargo run --release --example text_classification                    # opinions, made up
//! cargo run --release --example text_classification -- --data reviews
//! ```
//!
//! Texts are filled up with zeros at their ends, which `mask_zero = true` tells the layers behind to pass over. A folder has `train.tsv` and
//! `test.tsv`: a line for each text, `0` or `1`, a tab, and the text.

mod support;

use std::collections::HashMap;
use std::error::Error;
use std::fs;

use functional_model::prelude::*;
use functional_model::random::Random;
use ndarray::{Array1, Array2};
use support::Flags;

/// How many words are told apart; 0 is no word, and 1 is any other.
const WORDS: usize = 5000;

/// How many words of a text are read.
const LENGTH: usize = 60;

functional_model! {
    /// Texts of any number of words, in both directions.
    pub model Opinion(text: i32[words]) -> [1] {
        let x = Embedding(WORDS, 32, mask_zero = true)(text);
        let x = Bidirectional(LSTM(24, return_sequences = true))(x);
        let x = Bidirectional(LSTM(24))(x);
        let x = Dropout(0.3)(Dense(24, activation = "relu")(x));
        Dense(1)(x)
    }
}

/// Texts with what is thought in them.
type Texts = Vec<(String, i32)>;

fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let (train, test) = match &flags.data {
        Some(folder) => (read(&folder.join("train.tsv"))?, read(&folder.join("test.tsv"))?),
        None => {
            let samples = flags.samples.unwrap_or(3000);
            (opinions(samples, flags.seed), opinions(samples.div_ceil(5), flags.seed.wrapping_add(1)))
        }
    };
    let vocabulary = vocabulary(&train);
    let (x, y) = numbers(&train, &vocabulary);
    let (test_x, test_y) = numbers(&test, &vocabulary);
    println!("{}", Opinion::summary());

    let mut model = Opinion::new(flags.seed);
    let mut trainer =
        model.compile(Adam::new(2e-3), BinaryCrossentropy::from_logits()).metric(BinaryAccuracy::new().threshold(0.0));
    trainer.fit((&x, &y), flags.fit(flags.epochs.unwrap_or(8), &(&test_x, &test_y)))?;
    let scores = trainer.evaluate((&test_x, &test_y))?;

    fs::create_dir_all(&flags.out)?;
    Opinion::plot(flags.out.join("text_classification.svg"))?;
    support::keep(&model, &flags.out.join("text_classification.safetensors"), |path| Opinion::load(path), &test_x)?;
    println!("test accuracy: {:.4}", scores.get("binary_accuracy").unwrap_or_default());
    Ok(())
}

/// Opinions of 6 to 40 words: good and bad ones among others, some of them turned around by the word before them. What prevails is the class.
fn opinions(samples: usize, seed: u64) -> Texts {
    const GOOD: [&str; 8] = ["good", "great", "lovely", "clever", "warm", "superb", "moving", "funny"];
    const BAD: [&str; 8] = ["bad", "awful", "dull", "silly", "cold", "poor", "tired", "loud"];
    const OTHER: [&str; 16] =
        ["the", "film", "and", "a", "it", "was", "plot", "with", "actors", "in", "music", "of", "scene", "story", "its", "end"];
    let mut random = Random::new(seed);
    let mut any = |words: &[&'static str]| words[random.below(words.len() as u64) as usize];
    let mut random = Random::new(seed.wrapping_add(7919));
    let mut texts = Texts::new();
    while texts.len() < samples {
        let (mut words, mut balance) = (Vec::new(), 0);
        for _ in 0..6 + random.below(20) {
            match random.below(4) {
                0 => {
                    let (is_good, is_turned) = (random.below(2) == 0, random.below(3) == 0);
                    if is_turned {
                        words.push(any(&["not", "hardly", "never"]));
                    }
                    words.push(any(if is_good { &GOOD } else { &BAD }));
                    balance += if is_good == is_turned { -1 } else { 1 };
                }
                _ => words.push(any(&OTHER)),
            }
        }
        if balance != 0 {
            texts.push((words.join(" "), i32::from(balance > 0)));
        }
    }
    texts
}

/// Texts of a file, a line each.
fn read(path: &std::path::Path) -> Result<Texts, Box<dyn Error>> {
    let text = fs::read_to_string(path).map_err(|error| format!("`{}`: {error}", path.display()))?;
    let opinion = |(line, text): (usize, &str)| match text.split_once('\t') {
        Some(("0", text)) => Ok((text.to_owned(), 0)),
        Some(("1", text)) => Ok((text.to_owned(), 1)),
        _ => Err(format!("line {} of `{}` has no `0` or `1` before a tab", line + 1, path.display()).into()),
    };
    text.lines().enumerate().map(opinion).collect()
}

/// The words of a text, as they are told apart.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '\'');
    words.filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// The numbers of the most frequent words.
fn vocabulary(texts: &Texts) -> HashMap<String, i32> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    texts.iter().flat_map(|(text, _)| words(text)).for_each(|word| *counts.entry(word).or_insert(0) += 1);
    let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
    counts.sort_by(|(word, count), (other, fewer)| fewer.cmp(count).then_with(|| word.cmp(other)));
    counts.into_iter().take(WORDS - 2).map(|(word, _)| word).zip(2..).collect()
}

/// The numbers of the words of texts, filled up with 0, and the texts' classes.
fn numbers(texts: &Texts, vocabulary: &HashMap<String, i32>) -> (Array2<i32>, Array1<i32>) {
    let mut numbers = Array2::zeros((texts.len(), LENGTH));
    for (mut row, (text, _)) in numbers.outer_iter_mut().zip(texts) {
        let known = words(text).map(|word| vocabulary.get(&word).copied().unwrap_or(1));
        row.iter_mut().zip(known).for_each(|(place, number)| *place = number);
    }
    (numbers, texts.iter().map(|(_, class)| *class).collect())
}
