//! Products of tensors that are summed along axes: products of matrices, and what equations say.

use crate::argument::Terms;
use crate::dim::Dim;
use crate::layer::{Arity, Layer, Needs, Space, layer};
use crate::layers::activated::require_floats;
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

operations! {
    /// The products of two tensors.
    ContractFunction of ["x1", "x2"] {
        /// The products of elements that the equation names alike, summed along what the result has not.
        Einsum "einsum" in numpy after [subscripts] needs [subscripts];
        /// The products of matrices: the last two axes of each.
        Matmul "matmul" in numpy with [];
    }
}

layer! {
    /// Products of two tensors, summed along axes: `ops::matmul(a, b)`, `ops::einsum("bij,bkj->bik", a, b)`.
    Contract {
        /// Which.
        function: ContractFunction,
        /// What is multiplied and summed: the axes of both tensors and of the result, a letter each, the batch first.
        subscripts: Option<Terms> = None,
    }
}

/// The first label of an axis that has no letter.
const OPEN: u8 = 128;

/// The most axes that stand before those with letters.
const MOST_AXES: usize = 31;

impl Contract {
    /// The letters of both tensors and of the result; those of a product of matrices are its own.
    fn letters(&self) -> [&[u8]; 3] {
        match &self.subscripts {
            Some(Terms { letters: [a, b, output], .. }) => [a, b, output],
            None => [b"ij", b"jk", b"ik"],
        }
    }

    fn is_open(&self) -> bool {
        self.subscripts.as_ref().is_none_or(|terms| terms.is_open)
    }

    /// The labels of one of both tensors, or of the result, for so many axes besides the batch.
    pub fn labels(&self, tensor: usize, rank: usize) -> impl Iterator<Item = u8> {
        let letters = self.letters()[tensor];
        let open = (OPEN..).take(rank.saturating_sub(letters.len()));
        open.chain(letters.iter().copied())
    }

    /// Whether a label is that of an axis which may be stretched: one of those that stand before the letters.
    #[must_use]
    pub const fn may_stretch(label: u8) -> bool {
        label >= OPEN
    }

    /// The result's shape.
    fn shape(&self, shapes: [&Shape; 2]) -> Result<Shape, Problem> {
        let letters = self.letters();
        let mut others = [0; 2];
        for (operand, (shape, term)) in shapes.into_iter().zip(letters).enumerate() {
            let rest = shape.rank().checked_sub(term.len()).filter(|rest| self.is_open() || *rest == 0);
            let Some(rest) = rest.filter(|rest| *rest <= MOST_AXES) else {
                let (expected, shape) = (term.len(), shape.clone());
                return Err(Problem::Term { operand, expected, is_open: self.is_open(), shape });
            };
            others[operand] = rest;
        }
        // The batch is the first axis of both, so that what stands between it and the letters stands in both alike.
        let stacked = || Problem::Stacked { shapes: Box::new(shapes.map(Clone::clone)) };
        if others[0] != others[1] {
            return Err(stacked());
        }
        let mut sizes: Vec<(u8, Dim, usize)> = Vec::new();
        for (tensor, shape) in shapes.into_iter().enumerate() {
            for (axis, (label, size)) in self.labels(tensor, shape.rank()).zip(&shape.0).enumerate() {
                match sizes.iter_mut().find(|(of, ..)| *of == label) {
                    None => sizes.push((label, size.clone(), axis)),
                    Some((_, known, _)) if known == size => {}
                    Some((_, known, _)) if Self::may_stretch(label) && known.is_one() => *known = size.clone(),
                    Some(_) if Self::may_stretch(label) && size.is_one() => {}
                    Some(_) if Self::may_stretch(label) => return Err(stacked()),
                    Some((_, known, first)) => {
                        let axes = [first.saturating_add(1), axis.saturating_add(1)];
                        return Err(Problem::Summed { axes, sizes: Box::new([known.clone(), size.clone()]) });
                    }
                }
            }
        }
        let rank = letters[2].len().saturating_add(others[0]);
        let size = |label: u8| sizes.iter().find(|(of, ..)| *of == label).map(|(_, size, _)| size.clone());
        self.labels(2, rank).map(size).collect::<Option<_>>().map(Shape).ok_or(Problem::Overflow)
    }
}

impl Layer for Contract {
    const ARITY: Arity = Arity::Each(2);
    const OPERATIONS: &'static [Operation] = ContractFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        self.shape([&inputs[0].shape, &inputs[1].shape]).map(TensorType::f32)
    }

    fn needs(&self, inputs: &[Shape], output: &Shape) -> Needs {
        let both = inputs.iter().fold(Dim::default(), |sum, input| sum.saturating_add(&input.count()));
        let room = output.count().saturating_add(&both);
        Needs {
            inputs: true,
            backward_scratch: Space::per_sample(room.saturating_add(&both)),
            forward_scratch: Space::per_sample(room),
            ..Needs::default()
        }
    }
}
