//! A data set in two parts.

use model_core::given::Round;
use model_core::{Error, Result};

use crate::dataset::Dataset;

/// How much of a data set goes into a part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PartSize {
    /// A share of the items, from 0 to 1.
    Share(f64),
    /// So many.
    Items(usize),
    /// What the other part leaves.
    Rest,
}

impl From<f64> for PartSize {
    fn from(share: f64) -> Self {
        Self::Share(share)
    }
}

impl From<usize> for PartSize {
    fn from(items: usize) -> Self {
        Self::Items(items)
    }
}

impl PartSize {
    /// How many items that is, unless it is the rest. A share is rounded to the nearest number, halves to even.
    fn items(self, argument: &'static str, len: usize) -> Result<Option<usize>> {
        let refused = |expected, found| Err(Error::Argument { owner: "split_dataset", argument, expected, found });
        match self {
            Self::Share(share) if share > 0.0 && share < 1.0 => Ok(Some((share * len as f64).round_ties_even() as usize)),
            Self::Share(share) => refused("a share between 0 and 1, or a number of items, `800_usize`", share.to_string()),
            Self::Items(items) if (1..len).contains(&items) => Ok(Some(items)),
            Self::Items(items) => refused("at least 1 item, and fewer than there are", format!("{items}, of {len}")),
            Self::Rest => Ok(None),
        }
    }
}

/// Two data sets of the items of one, which are made once and held in memory: those at the start, and those at the end. A seed lets them be mixed before.
///
/// ```
/// use model_data::dataset::Dataset;
/// use model_data::utils::{PartSize, split_dataset};
///
/// let (train, test) = split_dataset(&Dataset::range(0..1000), 0.8, PartSize::Rest, Some(42))?;
/// assert_eq!((train.len(), test.len()), (Some(800), Some(200)));
/// # Ok::<(), model_core::Error>(())
/// ```
///
/// # Errors
/// If a size is out of its range, both together are more than there is, or both are the rest. If an item cannot be made, or there is no end of them.
///
/// Source: <https://keras.io/api/utils/python_utils/#split_dataset-function>.
pub fn split_dataset<T: Clone + Send + Sync + 'static>(
    dataset: &Dataset<T>,
    left_size: impl Into<PartSize>,
    right_size: impl Into<PartSize>,
    shuffle: Option<u64>,
) -> Result<(Dataset<T>, Dataset<T>)> {
    if dataset.is_endless() {
        return Err(Error::Endless { of: "data" });
    }
    let mut items = dataset.iter().collect::<Result<Vec<T>>>()?;
    if let Some(seed) = shuffle {
        Round { seed, number: 0 }.random(0).shuffle(&mut items);
    }
    let left = left_size.into().items("left_size", items.len())?;
    let right = right_size.into().items("right_size", items.len())?;
    let (left, right) = match (left, right) {
        (Some(left), Some(right)) => (left, right),
        (Some(left), None) => (left, items.len() - left),
        (None, Some(right)) => (items.len() - right, right),
        (None, None) => {
            let (argument, expected) = ("left_size", "a size, since the other is the rest, too");
            return Err(Error::Argument { owner: "split_dataset", argument, expected, found: "the rest".to_owned() });
        }
    };
    if left == 0 || right == 0 || left + right > items.len() {
        let (argument, expected) = ("left_size", "parts of an item at least, no more together than there are");
        let found = format!("{left} and {right}, of {}", items.len());
        return Err(Error::Argument { owner: "split_dataset", argument, expected, found });
    }
    let behind = items.split_off(left);
    Ok((Dataset::from_items(items), Dataset::from_items(behind).take(right)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_as_large_as_they_should_be() -> Result<()> {
        let sizes = |left: PartSize, right: PartSize| {
            split_dataset(&Dataset::range(0..10), left, right, None)
                .map(|(left, right)| (left.len().unwrap(), right.len().unwrap()))
        };
        assert_eq!(sizes(0.25.into(), PartSize::Rest)?, (2, 8));
        assert_eq!(sizes(PartSize::Rest, 3_usize.into())?, (7, 3));
        assert_eq!(sizes(0.5.into(), 0.2.into())?, (5, 2));
        for (left, right, said) in [
            (PartSize::Rest, PartSize::Rest, "since the other is the rest"),
            (1.5.into(), PartSize::Rest, "found 1.5"),
            (10_usize.into(), PartSize::Rest, "found 10, of 10"),
            (0.9.into(), 0.2.into(), "found 9 and 2, of 10"),
            (0.01.into(), PartSize::Rest, "found 0 and 10, of 10"),
        ] {
            let error = sizes(left, right).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
        assert!(split_dataset(&Dataset::range(0..10).repeat(None), 0.5, PartSize::Rest, None).is_err());
        Ok(())
    }

    #[test]
    fn no_item_is_in_both() -> Result<()> {
        let (left, right) = split_dataset(&Dataset::range(0..100), 0.7, PartSize::Rest, Some(1))?;
        let mut all = left.concatenate(right).iter().collect::<Result<Vec<_>>>()?;
        assert!(!all.is_sorted());
        all.sort_unstable();
        assert!(all.into_iter().eq(0..100));
        Ok(())
    }
}
