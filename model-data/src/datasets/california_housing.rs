//! California housing: what houses cost, by district.

use std::path::Path;

use ndarray::{Array1, Array2, Axis, Ix1, Ix2, Slice};

use super::DataSet;
use super::random_state::RandomState;
use super::sequences::split_place;
use crate::DataError;
use crate::npy::{NpyProblem, Npz};
use crate::setters::setters;
use crate::source::find_plain;

/// The names of the columns of California housing.
pub const CALIFORNIA_HOUSING_FEATURES: [&str; 8] =
    ["MedInc", "HouseAge", "AveRooms", "AveBedrms", "Population", "AveOccup", "Latitude", "Longitude"];

/// How many districts the small version has.
const SMALL: usize = 600;

/// How many districts are read: Keras's `version`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HousingVersion {
    /// All 20,640.
    #[default]
    Large,
    /// The first 600.
    Small,
}

/// How California housing is read: Keras's arguments of `california_housing.load_data`, as a record or built up.
///
/// ```
/// use model_data::datasets::{CaliforniaHousing, HousingVersion};
///
/// let options = CaliforniaHousing { version: HousingVersion::Small, ..CaliforniaHousing::default() };
/// assert_eq!((options.test_split, options.seed), (0.2, 113));
/// ```
///
/// Source: <https://keras.io/api/datasets/california_housing/>.
#[derive(Clone, Debug, PartialEq)]
pub struct CaliforniaHousing {
    /// How many districts there are. All by default.
    pub version: HousingVersion,
    /// The share that is for testing, from 0 to less than 1. 0.2 by default.
    pub test_split: f64,
    /// What the order of the districts follows from, which is Keras's for the same number. 113 by default.
    pub seed: u32,
}

impl Default for CaliforniaHousing {
    fn default() -> Self {
        Self { version: HousingVersion::Large, test_split: 0.2, seed: 113 }
    }
}

impl CaliforniaHousing {
    setters! {
        /// How many districts there are.
        version: HousingVersion,
        /// The share that is for testing, from 0 to less than 1.
        test_split: f64,
        /// Another order of the districts.
        seed: u32,
    }
}

/// What is known of districts, and what houses cost there: `fit` takes it as it is.
type Districts = (Array2<f32>, Array1<f32>);

/// Reads California housing for training and for testing: eight numbers for each district, and the median price of its houses in dollars.
///
/// `folder` holds `california_housing.npz`, as Keras keeps it in `~/.keras/datasets`. The columns are [`CALIFORNIA_HOUSING_FEATURES`].
///
/// ```no_run
/// use model_data::datasets::{self, CaliforniaHousing};
///
/// let ((x, y), test) = datasets::california_housing("data", CaliforniaHousing::default())?;
/// assert_eq!(x.shape(), [16_512, 8]);
/// assert_eq!(test.1.shape(), [4_128]);
/// # Ok::<(), datasets::DataError>(())
/// ```
///
/// # Shapes
///
/// Inputs `[samples, 8]`, prices `[samples]`.
///
/// # Errors
///
/// [`DataError`] where the file is missing, is broken or holds something else, or `test_split` is out of range.
///
/// Source: <https://keras.io/api/datasets/california_housing/>.
pub fn california_housing(folder: impl AsRef<Path>, options: CaliforniaHousing) -> Result<(Districts, Districts), DataError> {
    split_place(0, options.test_split)?; // before the file is read
    let path = find_plain(folder.as_ref(), "california_housing.npz", DataSet::CaliforniaHousing)?;
    let mut file = Npz::open(&path)?;
    let (x, y) = (inputs(&mut file)?, prices(&mut file)?);
    file.check("y", || match y.len() == x.nrows() {
        true => Ok(()),
        false => Err(NpyProblem::Shape { expected: format!("[{}]", x.nrows()), found: y.shape().to_vec() }),
    })?;
    let samples = if options.version == HousingVersion::Small { SMALL.min(y.len()) } else { y.len() };
    let order = RandomState::new(options.seed).shuffled(samples);
    let (x, y) = (x.select(Axis(0), &order), y.select(Axis(0), &order));
    let place = split_place(samples, options.test_split)?;
    let part = |range: Slice| (x.slice_axis(Axis(0), range).to_owned(), y.slice_axis(Axis(0), range).to_owned());
    Ok((part((..place).into()), part((place..).into())))
}

fn inputs(file: &mut Npz) -> Result<Array2<f32>, DataError> {
    let x = match file.read::<f32, Ix2>("x") {
        Err(DataError::Npy { problem: NpyProblem::Element { .. }, .. }) => file.read::<f64, Ix2>("x")?.mapv(|x| x as f32),
        x => x?,
    };
    let columns = CALIFORNIA_HOUSING_FEATURES.len();
    file.check("x", || match x.ncols() == columns {
        true => Ok(()),
        false => Err(NpyProblem::Shape { expected: format!("[samples, {columns}]"), found: x.shape().to_vec() }),
    })?;
    Ok(x)
}

fn prices(file: &mut Npz) -> Result<Array1<f32>, DataError> {
    match file.read::<f32, Ix1>("y") {
        Err(DataError::Npy { problem: NpyProblem::Element { .. }, .. }) => Ok(file.read::<f64, Ix1>("y")?.mapv(|y| y as f32)),
        y => y,
    }
}
