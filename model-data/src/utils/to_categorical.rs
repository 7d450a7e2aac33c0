//! Labels to rows.

use model_core::Result;
use ndarray::{Array, Dimension, Ix0, Ix1, Ix2, Ix3, Ix4, IxDyn};

use crate::preprocessing::{CategoryEncoding, OutputMode, PreprocessingError, Tokens};

/// The axes of labels, and those of their rows.
pub trait ClassAxes: Dimension {
    /// The axes of the rows. Where the last of the labels may have the length 1, their number depends on it.
    type Rows: Dimension;
}

macro_rules! axes {
    ($($labels:ty => $rows:ty,)*) => {
        $(impl ClassAxes for $labels {
            type Rows = $rows;
        })*
    };
}

axes! {
    Ix0 => Ix1,
    Ix1 => Ix2,
    Ix2 => IxDyn,
    Ix3 => IxDyn,
    Ix4 => IxDyn,
    IxDyn => IxDyn,
}

/// Labels, whole numbers from 0, as rows that have 1 in the label's place, 0 elsewhere, such as `CategoricalCrossentropy` takes.
///
/// `[samples]` becomes `[samples, classes]`; of more axes, one of length 1 at the end becomes that of the classes. There are `num_classes`
/// classes, or as many as the largest label needs.
///
/// ```
/// use model_data::utils::to_categorical;
/// use ndarray::array;
///
/// assert_eq!(to_categorical(&[0, 2], None)?, array![[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]);
/// assert_eq!(to_categorical(&array![1, 0], Some(2))?, array![[0.0, 1.0], [1.0, 0.0]]);
/// # Ok::<(), model_core::Error>(())
/// ```
///
/// # Errors
/// If a label is none of 0 to `num_classes - 1`, or there is no label to count the classes by.
///
/// Source: <https://keras.io/api/utils/python_utils/#to_categorical-function>.
pub fn to_categorical<X>(x: &X, num_classes: Option<usize>) -> Result<Array<f32, <X::Dim as ClassAxes>::Rows>>
where
    X: Tokens<i64, Dim: ClassAxes> + ?Sized,
{
    let labels = x.array();
    let largest = || labels.iter().map(|label| usize::try_from(**label).unwrap_or_default()).max();
    // As in Keras, no classes at all is to say nothing.
    let classes = num_classes.filter(|classes| *classes > 0).or_else(|| Some(largest()?.saturating_add(1)));
    let classes = classes.ok_or(PreprocessingError::NoLabels)?;
    let rows = CategoryEncoding::new(classes).output_mode(OutputMode::OneHot).encode("to_categorical", x, |_| 1.0)?;
    Ok(rows.into_dimensionality().expect("rows have an axis more, where labels have one at most"))
}
