//! The start of a kernel that holds the waves of a short-time Fourier transform.

use serde_json::{Value, json};

use super::Mismatch;
use super::object::{Rest, inside};

/// The waves of a kernel, with Keras's arguments.
///
/// Source: <https://keras.io/api/layers/initializers/>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stft {
    /// Whether they are the sines, which give the imaginary part, and not the cosines.
    pub is_imaginary: bool,
    /// What a frame is multiplied by.
    pub window: Option<FrameWindow>,
    /// What the waves are divided by.
    pub scaling: Option<FrameScaling>,
    /// Whether the window goes on with another one, whose first element is left out.
    pub is_periodic: bool,
}

/// Windows of `scipy.signal.windows`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // they are called so
pub enum FrameWindow {
    Boxcar,
    Triang,
    Bartlett,
    Cosine,
    Hann,
    Hamming,
    Blackman,
    Nuttall,
    BlackmanHarris,
    FlatTop,
    BartHann,
    Bohman,
}

const WINDOWS: [(&str, FrameWindow); 12] = [
    ("hann", FrameWindow::Hann),
    ("hamming", FrameWindow::Hamming),
    ("blackman", FrameWindow::Blackman),
    ("boxcar", FrameWindow::Boxcar),
    ("triang", FrameWindow::Triang),
    ("bartlett", FrameWindow::Bartlett),
    ("cosine", FrameWindow::Cosine),
    ("nuttall", FrameWindow::Nuttall),
    ("blackmanharris", FrameWindow::BlackmanHarris),
    ("flattop", FrameWindow::FlatTop),
    ("barthann", FrameWindow::BartHann),
    ("bohman", FrameWindow::Bohman),
];

const EXPECTED_WINDOW: &str = "null, `hann`, `hamming`, `blackman`, `boxcar`, `triang`, `bartlett`, `cosine`, `nuttall`, `blackmanharris`, \
                               `flattop`, `barthann` or `bohman`";

/// What waves are divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameScaling {
    /// The length of the window as a vector.
    Density,
    /// The sum of the window's absolute values.
    Spectrum,
}

const SCALINGS: [(&str, FrameScaling); 2] = [("density", FrameScaling::Density), ("spectrum", FrameScaling::Spectrum)];

impl Stft {
    /// With Keras's defaults.
    pub const DEFAULT: Self =
        Self { is_imaginary: false, window: Some(FrameWindow::Hann), scaling: Some(FrameScaling::Density), is_periodic: false };

    /// The arguments by the names that they have in Keras's configuration.
    pub(super) fn arguments(self) -> Vec<(&'static str, Value)> {
        vec![
            ("side", json!(if self.is_imaginary { "imag" } else { "real" })),
            ("window", written(&WINDOWS, self.window)),
            ("periodic", json!(self.is_periodic)),
            ("scaling", written(&SCALINGS, self.scaling)),
        ]
    }

    /// Takes the arguments out of a configuration.
    pub(super) fn read(rest: &mut Rest, default: Self) -> Result<Self, Mismatch> {
        let sides = [("real", false), ("imag", true)];
        Ok(Self {
            is_imaginary: rest.choice("side", default.is_imaginary, &sides, "`real` or `imag`")?,
            window: read(rest, "window", default.window, &WINDOWS, EXPECTED_WINDOW)?,
            scaling: read(rest, "scaling", default.scaling, &SCALINGS, "null, `density` or `spectrum`")?,
            is_periodic: match rest.0.remove("periodic") {
                None => default.is_periodic,
                Some(value) => value.as_bool().ok_or_else(|| inside("periodic", "true or false", value))?,
            },
        })
    }
}

/// One of a few names, or nothing; the default where the key is absent.
fn read<T: Copy>(
    rest: &mut Rest,
    key: &str,
    default: Option<T>,
    names: &[(&str, T)],
    expected: &'static str,
) -> Result<Option<T>, Mismatch> {
    match rest.0.remove(key) {
        None => Ok(default),
        Some(Value::Null) => Ok(None),
        Some(value) => {
            let found = names.iter().find(|(name, _)| value.as_str() == Some(*name)).map(|(_, value)| Some(*value));
            found.ok_or_else(|| inside(key, expected, value))
        }
    }
}

fn written<T: PartialEq>(names: &[(&'static str, T)], value: Option<T>) -> Value {
    let name = value.and_then(|value| names.iter().find(|(_, other)| *other == value));
    name.map_or(Value::Null, |(name, _)| json!(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::argument::{Argument, Initializer, Start};

    #[test]
    fn every_window_and_scaling_reads_back_what_it_writes() {
        let windows = WINDOWS.iter().map(|(_, window)| Some(*window)).chain([None]);
        for (window, scaling) in
            windows.zip([None, Some(FrameScaling::Density), Some(FrameScaling::Spectrum)].into_iter().cycle())
        {
            let stft = Stft { is_imaginary: scaling.is_none(), window, scaling, is_periodic: window.is_none() };
            let value = Initializer::of(Start::Stft(stft));
            assert_eq!(Initializer::from_value(&value.to_value()), Ok(value));
        }
    }

    /// What `keras.saving.serialize_keras_object` gives.
    #[test]
    fn what_is_written_is_keras_s() {
        let stft = Stft { window: None, scaling: None, ..Stft::DEFAULT };
        assert_eq!(
            Initializer::of(Start::Stft(stft)).to_value().to_string(),
            "{\"module\":\"keras.initializers\",\"class_name\":\"STFT\",\"config\":{\"side\":\"real\",\"window\":null,\
             \"periodic\":false,\"scaling\":null},\"registered_name\":null}"
        );
        assert_eq!(Initializer::of(Start::Stft(stft)).to_source(), "STFT(window = None, scaling = None)");
    }

    #[test]
    fn what_is_not_known_is_refused_by_its_key() {
        for (key, value) in
            [("side", json!("both")), ("window", json!("kaiser")), ("window", json!([1, 2])), ("periodic", json!(1))]
        {
            let refused = Initializer::from_value(&json!({ "class_name": "STFT", "config": { key: value } }));
            assert!(matches!(refused, Err(Mismatch::Inside { key: found, .. }) if found == key), "{key}");
        }
    }
}
