//! Weights as a graph has them, and in the order of axes that ONNX asks for.

/// A weight of a layer.
#[derive(Clone, Debug)]
pub struct Weight<'w> {
    /// Its path.
    pub path: String,
    /// Its name in the layer.
    pub name: String,
    /// Its sizes.
    pub sizes: Vec<usize>,
    /// Its elements, the last axis's next to one another.
    pub data: &'w [f32],
}

/// Elements in another order of axes: the axis `order[i]` becomes axis `i`.
pub fn transposed<T: Copy>(data: &[T], sizes: &[usize], order: &[usize]) -> Vec<T> {
    let mut strides = vec![1_usize; sizes.len()];
    for axis in (1..sizes.len()).rev() {
        if let (Some(&size), Some(&stride)) = (sizes.get(axis), strides.get(axis)) {
            strides[axis - 1] = stride * size;
        }
    }
    let axes: Vec<(usize, usize)> =
        order.iter().map(|&axis| (sizes.get(axis).copied().unwrap_or(1), strides.get(axis).copied().unwrap_or(0))).collect();
    let mut place = vec![0_usize; axes.len()];
    let (mut from, mut result) = (0_usize, Vec::with_capacity(data.len()));
    for _ in 0..data.len() {
        result.extend(data.get(from).copied());
        for (counter, &(size, stride)) in place.iter_mut().zip(&axes).rev() {
            *counter += 1;
            from += stride;
            if *counter < size {
                break;
            }
            from -= stride * *counter;
            *counter = 0;
        }
    }
    result
}

/// Sizes in another order.
pub fn ordered<T: Copy>(sizes: &[T], order: &[usize]) -> Vec<T> {
    order.iter().filter_map(|&axis| sizes.get(axis).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::transposed;

    #[test]
    fn elements_follow_their_axes() {
        let data: Vec<usize> = (0..24).collect();
        assert_eq!(transposed(&data, &[2, 3, 4], &[0, 1, 2]), data);
        let turned = transposed(&data, &[2, 3, 4], &[2, 0, 1]);
        for (a, b, c) in (0..2).flat_map(|a| (0..3).flat_map(move |b| (0..4).map(move |c| (a, b, c)))) {
            assert_eq!(turned[(c * 2 + a) * 3 + b], data[(a * 3 + b) * 4 + c]);
        }
        assert_eq!(transposed(&[7], &[], &[]), [7]);
    }
}
