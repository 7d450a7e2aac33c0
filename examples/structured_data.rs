//! A table of patients: who has a heart disease? After Keras's example "Structured data classification from scratch".
//!
//! ```text
//! cargo run --release --example structured_data                   # patients, made up
//! cargo run --release --example structured_data -- --data FOLDER  # with `heart.csv`
//! ```
//!
//! Numbers are normalised by a layer of the model, which is adapted to them. Categories become rows of zeros and ones in front of it: what is numbered from
//! 0 by its number, everything else by its place in a vocabulary. Only a quarter of the made-up patients are ill, so each of those counts three times as
//! much in training. The vocabularies are saved beside the model; both are loaded again, and judge a patient whom they have not seen.
//!
//! Keras's table: <http://storage.googleapis.com/download.tensorflow.org/data/heart.csv>. Source:
//! <https://keras.io/examples/structured_data/structured_data_classification_from_scratch/>.

mod support;

use std::error::Error;
use std::fs;
use std::path::Path;

use functional_model::csv::{Table, read_csv};
use functional_model::prelude::*;
use functional_model::preprocessing::{CategoryEncoding, IntegerLookup, OutputMode, StringLookup};
use functional_model::random::Random;
use ndarray::{Array2, ArrayD, Axis, concatenate};
use support::Flags;

/// What a table has of each patient.
const COLUMNS: &str = "age,sex,cp,trestbps,chol,fbs,restecg,thalach,exang,oldpeak,slope,ca,thal";

/// What is measured.
const NUMBERS: [&str; 6] = ["age", "trestbps", "chol", "thalach", "oldpeak", "slope"];

/// What is numbered from 0, and how many of it there are.
const NUMBERED: [(&str, usize); 4] = [("sex", 2), ("fbs", 2), ("restecg", 3), ("exang", 2)];

/// How many places each vocabulary has. The first is for what is unknown.
const TOKENS: usize = 6;

/// How many places there are for all that is numbered, and for the three vocabularies.
const PLACES: usize = 2 + 2 + 3 + 2 + 3 * TOKENS;

functional_model! {
    /// How much a patient looks like an ill one, from 0 to 1.
    pub model Heart(numbers: [6], categories: [PLACES]) -> [1] {
        let x = Concatenate()([Normalization()(numbers), categories]);
        let x = Dense(32, activation = "relu")(x);
        Dense(1, activation = "sigmoid")(Dropout(0.5)(x))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    fs::create_dir_all(&flags.out)?;
    let table = match &flags.data {
        Some(folder) => read_csv(folder.join("heart.csv"))?,
        None => {
            let path = flags.out.join("structured_data.csv");
            fs::write(&path, made_up(flags.samples.unwrap_or(2000) * 5 / 4, flags.seed))?;
            read_csv(path)?
        }
    };

    // Tables often have an order. One patient of five is kept apart, and nothing is adapted to those.
    let mut rows: Vec<usize> = (0..table.rows()).collect();
    Random::new(flags.seed).shuffle(&mut rows);
    let (kept, rows) = rows.split_at(rows.len() / 5);
    let rows = &rows[..flags.samples.unwrap_or(rows.len()).min(rows.len())];
    let lookups = Lookups::adapted(&table, rows)?;
    let (patients, ill) = (lookups.patients(&table)?, table.bools("target")?);
    let (x, y) = (patients.select(rows), ill.select(Axis(0), rows));
    let (test_x, test_y) = (patients.select(kept), ill.select(Axis(0), kept));
    println!("{}", Heart::summary());

    let mut model = Heart::new(flags.seed);
    model.normalization.adapt(&x.numbers)?;
    let count = y.iter().filter(|ill| **ill).count();
    let weight = (y.len() - count) as f64 / count.max(1) as f64;
    println!("{count} of {} patients are ill, and count {weight:.2} times as much as the others", y.len());
    let mut trainer = model.compile(Adam::new(1e-3), BinaryCrossentropy::new()).metric(BinaryAccuracy::new()).metric(AUC::new());
    trainer.fit((&x, &y), flags.fit(flags.epochs.unwrap_or(30), &(&test_x, &test_y)).class_weight([(1, weight)]))?;
    let scores = trainer.evaluate((&test_x, &test_y))?;

    Heart::plot(flags.out.join("structured_data.svg"))?;
    let (file, expected) = (flags.out.join("structured_data.safetensors"), model.predict(&patients)?);
    model.save(&file)?;
    lookups.save(&flags.out)?;
    if likeness(&flags.out, &table)? != expected || Model::load(&file)?.predict(&patients)? != expected {
        return Err("a loaded model predicts something else".into());
    }
    println!("saved to `{}`, with its vocabularies; loaded with and without its code, it predicts the same", file.display());

    let path = flags.out.join("structured_data_new.csv");
    fs::write(&path, format!("{COLUMNS}\n60,1,1,145,233,1,2,150,0,2.3,3,0,fixed\n"))?;
    println!("a new patient, from 0 for healthy to 1 for ill: {:.2}", likeness(&flags.out, &read_csv(path)?)?[[0, 0]]);
    println!("validation accuracy: {:.4}, AUC: {:.4}", scores["binary_accuracy"], scores["auc"]);
    Ok(())
}

/// What the saved model and vocabularies of a folder say of a table, with or without a `target`: all that another program needs.
fn likeness(folder: &Path, table: &Table) -> Result<ArrayD<f32>, Box<dyn Error>> {
    let model = Heart::load(folder.join("structured_data.safetensors"))?;
    Ok(model.predict(&Lookups::load(folder)?.patients(table)?)?)
}

/// What the model takes, in memory.
type Patients = HeartInputs<Array2<f32>, Array2<f32>>;

impl Patients {
    /// Those of some rows.
    fn select(&self, rows: &[usize]) -> Self {
        Self { numbers: self.numbers.select(Axis(0), rows), categories: self.categories.select(Axis(0), rows) }
    }
}

/// The vocabularies: kinds of pain in the chest, numbers of vessels, and defects.
struct Lookups {
    cp: IntegerLookup,
    ca: IntegerLookup,
    thal: StringLookup,
}

impl Lookups {
    /// Adapted to some rows.
    fn adapted(table: &Table, rows: &[usize]) -> Result<Self, Box<dyn Error>> {
        let integers = || IntegerLookup::new().max_tokens(TOKENS).pad_to_max_tokens(true).output_mode(OutputMode::OneHot);
        let strings = StringLookup::new().max_tokens(TOKENS).pad_to_max_tokens(true).output_mode(OutputMode::OneHot);
        let mut lookups = Self { cp: integers(), ca: integers(), thal: strings };
        let thal = table.strings("thal")?;
        lookups.cp.adapt(&table.ints("cp")?.select(Axis(0), rows))?;
        lookups.ca.adapt(&table.ints("ca")?.select(Axis(0), rows))?;
        lookups.thal.adapt(&rows.iter().map(|&row| &thal[row]).collect::<Vec<_>>())?;
        Ok(lookups)
    }

    /// All patients of a table.
    fn patients(&self, table: &Table) -> Result<Patients, Box<dyn Error>> {
        let mut parts = Vec::new();
        for (column, count) in NUMBERED {
            let places = CategoryEncoding::new(count).output_mode(OutputMode::OneHot).call(&table.ints(column)?);
            parts.push(places.map_err(|error| format!("column `{column}`: {error}"))?);
        }
        parts.push(self.cp.encode(&table.ints("cp")?)?);
        parts.push(self.ca.encode(&table.ints("ca")?)?);
        parts.push(self.thal.encode(&table.strings("thal")?)?);
        let parts: Vec<_> = parts.iter().map(|part| part.view()).collect();
        Ok(Patients { numbers: table.array(NUMBERS)?, categories: concatenate(Axis(1), &parts)?.into_dimensionality()? })
    }

    fn save(&self, folder: &Path) -> functional_model::Result<()> {
        self.cp.save(folder.join("structured_data_cp.json"))?;
        self.ca.save(folder.join("structured_data_ca.json"))?;
        self.thal.save(folder.join("structured_data_thal.json"))
    }

    fn load(folder: &Path) -> functional_model::Result<Self> {
        Ok(Self {
            cp: IntegerLookup::load(folder.join("structured_data_cp.json"))?,
            ca: IntegerLookup::load(folder.join("structured_data_ca.json"))?,
            thal: StringLookup::load(folder.join("structured_data_thal.json"))?,
        })
    }
}

/// A table of so many patients. The quarter at the greatest risk is ill, and stands first.
fn made_up(count: usize, seed: u64) -> String {
    let mut random = Random::new(seed);
    let mut patients: Vec<(f64, String)> = (0..count).map(|_| patient(&mut random)).collect();
    patients.sort_by(|(risk, _), (other, _)| other.total_cmp(risk));
    let rows = patients.iter().enumerate().map(|(place, (_, row))| format!("{row},{}\n", u8::from(place < count / 4)));
    format!("{COLUMNS},target\n{}", rows.collect::<String>())
}

/// The risk of a patient, and the row without the target. Some of the risk follows from what is in no row.
fn patient(random: &mut Random) -> (f64, String) {
    let mut one_in = |count: u64| u8::from(random.below(count) == 0);
    let (sex, fbs, exang) = (1 - one_in(3), one_in(6), one_in(3));
    let (age, trestbps, chol) = (29 + random.below(49), 94 + random.below(80), 150 + random.below(200));
    let (cp, restecg, slope) = (1 + random.below(4), random.below(3), 1 + random.below(3));
    let ca = random.below(4).min(random.below(4));
    let slower = (25.0 + 15.0 * random.normal()).round();
    let oldpeak = (random.below(40) as f64 / 10.0).min(random.below(40) as f64 / 10.0);
    let (thal, defect) = [("normal", 0.0), ("normal", 0.0), ("fixed", 1.0), ("reversible", 2.0)][random.below(4) as usize];
    let pain = [0.0, 0.4, 0.2, 2.0][cp as usize - 1];
    let cholesterol = f64::from(fbs) * 0.02 * (chol as f64 - 250.0);
    let measured = 0.04 * age as f64 + 0.04 * slower + 0.7 * oldpeak + 0.01 * trestbps as f64 + cholesterol;
    let risk = measured + 0.8 * f64::from(sex) + f64::from(exang) + 0.9 * ca as f64 + defect + pain + random.normal();
    let thalach = 220.0 - age as f64 - slower;
    (risk, format!("{age},{sex},{cp},{trestbps},{chol},{fbs},{restecg},{thalach},{exang},{oldpeak},{slope},{ca},{thal}"))
}
