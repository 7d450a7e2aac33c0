//! Contractions of two tensors by labels: axes are put in order, multiplied as matrices, and put back.
//!
//! A label of both tensors and the result is one of many products; of both tensors alone, it is summed over; the others are rows and columns.

pub mod cosine;
pub mod product;

use crate::permute::gather;
use product::Sizes;

use crate::float::Float;

/// The most axes of a tensor.
pub const MOST_AXES: usize = 64;

/// A tensor's axes: a label and a size for each, the batch's among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Labelled<'a> {
    /// The labels, each once.
    pub labels: &'a [u8],
    /// The sizes.
    pub shape: &'a [usize],
}

impl Labelled<'_> {
    fn place(&self, label: u8) -> Option<usize> {
        self.labels.iter().position(|&other| other == label)
    }

    fn has(&self, label: u8) -> bool {
        self.place(label).is_some()
    }

    /// How many elements there are.
    #[must_use]
    pub fn elements(&self) -> usize {
        self.shape.iter().product()
    }
}

/// Labels in an order, with their sizes.
#[derive(Clone, Copy, Debug)]
struct Order {
    labels: [u8; MOST_AXES],
    shape: [usize; MOST_AXES],
    len: usize,
}

impl Order {
    fn new() -> Self {
        Self { labels: [0; MOST_AXES], shape: [1; MOST_AXES], len: 0 }
    }

    /// This order, and behind it those of a tensor's labels that are asked for, in the tensor's order.
    fn and(mut self, of: &Labelled<'_>, is_asked: impl Fn(u8) -> bool) -> Self {
        for (&label, &size) in of.labels.iter().zip(of.shape).filter(|(label, _)| is_asked(**label)) {
            (self.labels[self.len], self.shape[self.len]) = (label, size);
            self.len += 1;
        }
        self
    }

    fn tensor(&self) -> Labelled<'_> {
        Labelled { labels: &self.labels[..self.len], shape: &self.shape[..self.len] }
    }

    fn elements(&self) -> usize {
        self.tensor().elements()
    }
}

/// Writes a tensor with its axes in another order, or adds that.
fn reorder<T: Float>(from: &Labelled<'_>, data: &[T], to: &Labelled<'_>, room: &mut [T], accumulate: bool) {
    let mut strides = [0; MOST_AXES];
    for (stride, &label) in strides.iter_mut().zip(to.labels) {
        *stride = from.place(label).map_or(0, |place| from.shape[place + 1..].iter().product());
    }
    gather(data, &strides[..to.labels.len()], room, to.shape, accumulate);
}

/// The elements in an order: where they are, if they are in it, else in the room.
fn ordered<'s, T: Float>(from: &Labelled<'_>, data: &'s [T], order: &Order, room: &'s mut [T]) -> &'s [T] {
    if from.labels == order.tensor().labels {
        return data;
    }
    reorder(from, data, &order.tensor(), room, false);
    room
}

/// A gradient to be written, or to be added to.
#[derive(Debug)]
pub struct Wanted<'a, T> {
    /// The gradient.
    pub data: &'a mut [T],
    /// Whether to add to what is there.
    pub accumulate: bool,
}

/// A contraction of `a` and `b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contraction<'a> {
    /// The left tensor.
    pub a: Labelled<'a>,
    /// The right one. Its labels are those of `a` or of the result.
    pub b: Labelled<'a>,
    /// The result, whose labels are those of either.
    pub output: Labelled<'a>,
}

impl Contraction<'_> {
    fn is_group(&self, label: u8) -> bool {
        self.a.has(label) && self.b.has(label) && self.output.has(label)
    }

    /// The labels of products, rows, sums and columns.
    fn parts(&self) -> [Order; 4] {
        let Self { a, b, output } = self;
        let of_output = |is_asked: &dyn Fn(u8) -> bool| Order::new().and(output, is_asked);
        [
            of_output(&|label| self.is_group(label)),
            of_output(&|label| a.has(label) && !b.has(label)),
            Order::new().and(a, |label| !output.has(label)),
            of_output(&|label| b.has(label) && !a.has(label)),
        ]
    }

    fn sizes(&self) -> Sizes {
        let [groups, rows, sums, columns] = self.parts().map(|part| part.elements());
        Sizes { groups, rows, sums, columns }
    }

    /// Parts behind each other.
    fn order(&self, parts: [usize; 3]) -> Order {
        let all = self.parts();
        parts.into_iter().fold(Order::new(), |order, part| order.and(&all[part].tensor(), |_| true))
    }

    fn check(&self, a: usize, b: usize, output: usize) {
        let lens = [(&self.a, a), (&self.b, b), (&self.output, output)];
        assert!(
            lens.iter().all(|(tensor, len)| tensor.elements() == *len),
            "a contraction's tensors are as long as its sizes say"
        );
    }

    /// `output = Σ a · b`. The room holds what is put in order: as many elements as `a`, `b` and the output have.
    pub fn forward<T: Float>(&self, a: &[T], b: &[T], output: &mut [T], room: &mut [T]) {
        self.check(a.len(), b.len(), output.len());
        let (a_room, room) = room.split_at_mut(a.len().min(room.len()));
        let (b_room, room) = room.split_at_mut(b.len().min(room.len()));
        let a = ordered(&self.a, a, &self.order([0, 1, 2]), a_room);
        let b = ordered(&self.b, b, &self.order([0, 2, 3]), b_room);
        let order = self.order([0, 1, 3]);
        if self.output.labels == order.tensor().labels {
            return product::forward(self.sizes(), a, b, output);
        }
        let result = &mut room[..output.len()];
        product::forward(self.sizes(), a, b, result);
        reorder(&order.tensor(), result, &self.output, output, false);
    }

    /// The gradients. The room holds as many elements as the output has, and twice as many as `a` and `b` have.
    pub fn backward<T: Float>(&self, [a, b]: [&[T]; 2], d_output: &[T], [d_a, d_b]: [Option<Wanted<'_, T>>; 2], room: &mut [T]) {
        self.check(a.len(), b.len(), d_output.len());
        let sizes = self.sizes();
        let (room, rest) = room.split_at_mut(d_output.len());
        let (own, own_gradient) = rest.split_at_mut(a.len() + b.len());
        let d_c = ordered(&self.output, d_output, &self.order([0, 1, 3]), room);
        if let Some(wanted) = d_a {
            let b = ordered(&self.b, b, &self.order([0, 2, 3]), &mut own[..b.len()]);
            let order = self.order([0, 1, 2]);
            give(&self.a, &order, wanted, own_gradient, |d_a, accumulate| product::left_gradient(sizes, d_c, b, d_a, accumulate));
        }
        if let Some(wanted) = d_b {
            let turned = sizes.groups != 1;
            let a = ordered(&self.a, a, &self.order(if turned { [0, 2, 1] } else { [0, 1, 2] }), &mut own[..a.len()]);
            let order = self.order([0, 2, 3]);
            give(&self.b, &order, wanted, own_gradient, |d_b, accumulate| {
                product::right_gradient(sizes, a, turned, d_c, d_b, accumulate);
            });
        }
    }
}

/// Computes a gradient where it is wanted, or in the room and puts it back in the tensor's order.
fn give<T: Float>(
    tensor: &Labelled<'_>,
    order: &Order,
    wanted: Wanted<'_, T>,
    room: &mut [T],
    compute: impl FnOnce(&mut [T], bool),
) {
    let Wanted { data, accumulate } = wanted;
    if tensor.labels == order.tensor().labels {
        return compute(data, accumulate);
    }
    let room = &mut room[..data.len()];
    compute(room, false);
    reorder(&order.tensor(), room, tensor, data, accumulate);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::values;

    const EQUATIONS: [[&str; 3]; 8] = [
        ["ab", "bc", "ac"],
        ["abc", "cde", "abde"],
        ["abc", "cd", "adb"],
        ["abcd", "dce", "aeb"],
        ["nab", "ncb", "nac"],
        ["nab", "nbc", "cna"],
        ["anb", "bnc", "anc"],
        ["na", "na", "n"],
    ];

    fn size(label: u8) -> usize {
        match label {
            b'n' => 3,
            b'a' => 4,
            b'b' => 5,
            b'c' => 2,
            b'd' => 6,
            _ => 7,
        }
    }

    /// The sum as it is written, over all labels.
    fn sum(labels: [&str; 3], place: impl Fn(&[usize; 256], &str) -> usize, mut visit: impl FnMut([usize; 3])) {
        let all: Vec<u8> = "nabcde".bytes().filter(|label| labels.iter().any(|of| of.as_bytes().contains(label))).collect();
        let count: usize = all.iter().map(|&label| size(label)).product();
        for index in 0..count {
            let (mut rest, mut at) = (index, [0; 256]);
            for &label in all.iter().rev() {
                at[usize::from(label)] = rest % size(label);
                rest /= size(label);
            }
            visit(labels.map(|labels| place(&at, labels)));
        }
    }

    fn place(at: &[usize; 256], labels: &str) -> usize {
        labels.bytes().fold(0, |place, label| place * size(label) + at[usize::from(label)])
    }

    #[test]
    fn contractions_and_their_gradients_are_sums_over_labels() {
        for labels in EQUATIONS {
            let shapes = labels.map(|labels| labels.bytes().map(size).collect::<Vec<_>>());
            let [a, b, output] = [0, 1, 2].map(|i| Labelled { labels: labels[i].as_bytes(), shape: &shapes[i] });
            let contraction = Contraction { a, b, output };
            let (x, z, d) = (values::<f64>(a.elements(), 1), values::<f64>(b.elements(), 2), values::<f64>(output.elements(), 3));
            let mut expected = [vec![0.0; d.len()], vec![1.0; x.len()], vec![1.0; z.len()]];
            sum(labels, place, |[i, j, k]| {
                expected[0][k] += x[i] * z[j];
                expected[1][i] += d[k] * z[j];
                expected[2][j] += d[k] * x[i];
            });
            let mut room = vec![9.0; d.len() + 2 * (x.len() + z.len())];
            let (mut y, mut d_x, mut d_z) = (vec![0.0; d.len()], vec![1.0; x.len()], vec![1.0; z.len()]);
            contraction.forward(&x, &z, &mut y, &mut room);
            let wanted = [&mut d_x, &mut d_z].map(|data| Some(Wanted { data, accumulate: true }));
            contraction.backward([&x, &z], &d, wanted, &mut room);
            for (found, expected) in [y, d_x, d_z].iter().zip(&expected) {
                let is_near = found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-12);
                assert!(is_near, "{labels:?}: {found:?} for {expected:?}");
            }
        }
    }
}
