//! Colours from 0 to 255 as networks were trained on: the modes of Keras's `preprocess_input`.

use ndarray::{Array, ArrayBase, Axis, Data, Dimension};

use crate::DataError;

/// The means of ImageNet's blue, green and red, from 0 to 255.
const MEAN_BGR: [f32; 3] = [103.939, 116.779, 123.68];
/// The means of its red, green and blue, from 0 to 1, and their standard deviations.
const MEAN_RGB: [f32; 3] = [0.485, 0.456, 0.406];
const STDDEV_RGB: [f32; 3] = [0.229, 0.224, 0.225];

/// Blue, green and red instead of red, green and blue, each less ImageNet's mean of it: `mode="caffe"`.
///
/// `images` are colours from 0 to 255, of any number type that fits into `f32`, with red, green and blue along the last axis.
///
/// ```
/// use model_data::imagenet::caffe;
/// use ndarray::array;
///
/// assert_eq!(caffe(&array![[255_u8, 0, 128]])?, array![[128.0 - 103.939, -116.779, 255.0 - 123.68]]);
/// # Ok::<(), model_data::DataError>(())
/// ```
///
/// # Errors
/// If the last axis has not the length 3.
pub fn caffe<A, S, D>(images: &ArrayBase<S, D>) -> Result<Array<f32, D>, DataError>
where
    A: Copy + Into<f32>,
    S: Data<Elem = A>,
    D: Dimension,
{
    let mut images = of_colours(images)?;
    if let Some(last) = images.ndim().checked_sub(1) {
        images.invert_axis(Axis(last));
    }
    each_pixel(&mut images, |colour, x| x - MEAN_BGR[colour]);
    Ok(images.as_standard_layout().into_owned())
}

/// Every colour from -1 to 1: `mode="tf"`.
///
/// ```
/// use model_data::imagenet::tf;
/// use ndarray::array;
///
/// assert_eq!(tf(&array![[255.0_f32, 0.0, 127.5]])?, array![[1.0, -1.0, 0.0]]);
/// # Ok::<(), model_data::DataError>(())
/// ```
///
/// # Errors
/// As for [`caffe`].
pub fn tf<A, S, D>(images: &ArrayBase<S, D>) -> Result<Array<f32, D>, DataError>
where
    A: Copy + Into<f32>,
    S: Data<Elem = A>,
    D: Dimension,
{
    Ok(of_colours(images)?.mapv_into(|x| x / 127.5 - 1.0))
}

/// Every colour from 0 to 1, less ImageNet's mean of it, by its standard deviation: `mode="torch"`.
///
/// ```
/// use model_data::imagenet::torch;
/// use ndarray::array;
///
/// let white = torch(&array![[255_u8, 255, 255]])?;
/// assert_eq!(white, array![[(1.0 - 0.485) / 0.229, (1.0 - 0.456) / 0.224, (1.0 - 0.406) / 0.225]]);
/// # Ok::<(), model_data::DataError>(())
/// ```
///
/// # Errors
/// As for [`caffe`].
pub fn torch<A, S, D>(images: &ArrayBase<S, D>) -> Result<Array<f32, D>, DataError>
where
    A: Copy + Into<f32>,
    S: Data<Elem = A>,
    D: Dimension,
{
    let mut images = of_colours(images)?;
    each_pixel(&mut images, |colour, x| (x / 255.0 - MEAN_RGB[colour]) / STDDEV_RGB[colour]);
    Ok(images)
}

/// The same colours, for networks that begin with what they need.
///
/// ```
/// use model_data::imagenet::unchanged;
/// use ndarray::array;
///
/// assert_eq!(unchanged(&array![[255_u8, 0, 128]])?, array![[255.0, 0.0, 128.0]]);
/// # Ok::<(), model_data::DataError>(())
/// ```
///
/// # Errors
/// As for [`caffe`].
pub fn unchanged<A, S, D>(images: &ArrayBase<S, D>) -> Result<Array<f32, D>, DataError>
where
    A: Copy + Into<f32>,
    S: Data<Elem = A>,
    D: Dimension,
{
    of_colours(images)
}

/// Images as numbers, if their last axis has a place for each of three colours.
fn of_colours<A, S, D>(images: &ArrayBase<S, D>) -> Result<Array<f32, D>, DataError>
where
    A: Copy + Into<f32>,
    S: Data<Elem = A>,
    D: Dimension,
{
    if images.shape().last() == Some(&3) {
        return Ok(images.mapv(Into::into));
    }
    let expected = "red, green and blue along the last axis".to_owned();
    Err(DataError::Argument { name: "images", expected, found: format!("the shape {:?}", images.shape()) })
}

fn each_pixel<D: Dimension>(images: &mut Array<f32, D>, f: impl Fn(usize, f32) -> f32) {
    for mut pixel in images.rows_mut() {
        pixel.iter_mut().enumerate().for_each(|(colour, x)| *x = f(colour, *x));
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array4;

    use super::*;

    /// As Keras has them of `np.arange(12).reshape(1, 2, 2, 3) * 20.0`.
    #[test]
    fn colours_become_keras_s() {
        let images = Array4::from_shape_fn((1, 2, 2, 3), |(_, y, x, colour)| 20.0 * (6 * y + 3 * x + colour) as f32);
        let near = |found: Array4<f32>, expected: [f32; 4]| {
            let found = [found[[0, 0, 0, 0]], found[[0, 0, 1, 1]], found[[0, 1, 0, 2]], found[[0, 1, 1, 2]]];
            assert!(found.iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-5), "{found:?}");
        };
        near(caffe(&images).unwrap(), [-63.939_003, -36.779, -3.680_000_3, 56.32]);
        near(tf(&images).unwrap(), [-1.0, -0.372_549, 0.254_902, 0.725_490_2]);
        near(torch(&images).unwrap(), [-2.117_904, -0.635_154_1, 0.984_226_76, 2.029_978_3]);
    }

    #[test]
    fn images_of_other_colours_are_told() {
        let problem = tf(&Array4::<f32>::zeros((1, 2, 2, 1))).unwrap_err();
        let expected = "`images` is out of range: expected red, green and blue along the last axis, found the shape [1, 2, 2, 1]";
        assert_eq!(problem.to_string(), expected);
    }
}
