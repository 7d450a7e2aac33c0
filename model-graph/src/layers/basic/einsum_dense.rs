//! A densely connected layer along any axes.

use crate::argument::{Activation, Dots, Equation, Letters, PartialShape};
use crate::dim::Dim;
use crate::layer::{Layer, Needs, Space, WeightSpec, layer};
use crate::layers::activated::{known_size, require_floats};
use crate::layers::arguments::{activity, care};
use crate::problem::{EquationProblem, Problem};
use crate::shape::{Shape, TensorType};

layer! {
    /// A densely connected layer along any axes, as an equation says.
    ///
    /// `output = activation(Σ input · kernel + bias)`: the sum is over the letters that input and kernel have, but not the output.
    ///
    /// # Shapes
    ///
    /// Input, kernel and output as the equation names them, the batch first in input and output: by `"abc,cde->abde"`, `[b, c]` becomes
    /// `[b, d, e]`. Weights: `kernel`, `bias` where `bias_axes` are given: a size for each of these, and 1 for each axis between and behind.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [3, 5]) -> [3, 4] {
    ///         EinsumDense("abc,cd->abd", output_shape = [None, 4], bias_axes = "d")(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 3, 5)))?;
    /// assert_eq!(output.shape(), [1, 3, 4]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/core_layers/einsum_dense/>.
    EinsumDense {
        /// What is multiplied and summed: `"abc,cd->abd"`, `"...c,cd->...d"`, `"ab...,bc->ac..."`.
        equation: Equation,
        /// The sizes of the output's axes that have letters, without the batch; `None` where a size is the input's.
        output_shape: PartialShape,
        /// The function applied to the result. Default: `"linear"`.
        activation: Activation = Activation::Linear,
        /// The axes of the output along which a bias is added; without, there is none. Default: `None`.
        bias_axes: Option<Letters> = None,
        ..kernel_and_bias_penalties,
        ..kernel_and_bias_constraints,
        ..activity_regularizer,
    }
}

/// The first label of an axis that has no letter.
const UNLETTERED: u8 = 128;

impl EinsumDense {
    /// The labels of an input of so many axes besides the batch, that first: the equation's letters, and others for what `...` stands for.
    pub fn labels_of_input(&self, rank: usize) -> impl Iterator<Item = u8> {
        self.labels_around(&self.equation.input, rank)
    }

    /// The labels of the output for an input of so many axes besides the batch, likewise.
    pub fn labels_of_output(&self, rank: usize) -> impl Iterator<Item = u8> {
        self.labels_around(&self.equation.output, rank)
    }

    fn labels_around<'s>(&self, letters: &'s [u8], rank: usize) -> impl Iterator<Item = u8> + use<'s> {
        let others = rank.saturating_add(1).saturating_sub(self.equation.input.len());
        let (first, last) = match self.equation.dots {
            Dots::None => (0, 0),
            Dots::First => (others, 0),
            Dots::Last => (0, others),
        };
        let unlettered = |count: usize| (UNLETTERED..=u8::MAX).take(count);
        unlettered(first).chain(letters.iter().copied()).chain(unlettered(last))
    }

    fn labels(&self, rank: usize) -> [Vec<u8>; 2] {
        [self.labels_of_input(rank).collect(), self.labels_of_output(rank).collect()]
    }

    /// The size of each label of the input but the batch's.
    fn sizes_of_input<'s>(labels: &[u8], shape: &'s Shape) -> Vec<(u8, &'s Dim)> {
        labels.iter().copied().skip(1).zip(&shape.0).collect()
    }

    /// The output's shape, and the label of each of its axes.
    fn shape(&self, shape: &Shape) -> Result<Vec<(u8, Dim)>, Problem> {
        let fault = |fault: EquationProblem| Problem::Equation { fault: Box::new(fault), shape: shape.clone() };
        let [lettered, expected] = self.equation.lettered();
        let has_fit = match self.equation.dots {
            Dots::None => shape.rank() == lettered,
            Dots::First | Dots::Last => shape.rank() >= lettered && shape.rank() < usize::from(u8::MAX - UNLETTERED),
        };
        if !has_fit {
            let is_open = self.equation.dots != Dots::None;
            return Err(fault(EquationProblem::Rank { expected: lettered, is_open }));
        }
        if self.output_shape.0.len() != expected {
            return Err(fault(EquationProblem::Sizes { expected, found: self.output_shape.0.len() }));
        }
        let [input, output] = self.labels(shape.rank());
        let of_input = Self::sizes_of_input(&input, shape);
        let batch = usize::from(self.equation.dots != Dots::First);
        let mut given = self.output_shape.0.iter();
        let mut dims = Vec::new();
        for &label in output.iter().skip(1) {
            let there = of_input.iter().find(|(of, _)| *of == label).map(|(_, dim)| (*dim).clone());
            let asked = if label < UNLETTERED { given.next().cloned().flatten() } else { None };
            let letter = char::from(label);
            let dim = match (asked, there) {
                (Some(asked), Some(there)) if asked.0 != there => {
                    return Err(fault(EquationProblem::Size { letter, asked: asked.0, there }));
                }
                (Some(asked), _) => asked.0,
                (None, Some(there)) => there,
                (None, None) => return Err(fault(EquationProblem::Open { letter })),
            };
            dims.push((label, dim));
        }
        let letters = self.equation.output.get(batch..).unwrap_or_default();
        let axes = self.bias_axes.iter().flat_map(|axes| axes.0.bytes());
        match axes.into_iter().find(|axis| !letters.contains(axis)) {
            Some(axis) => Err(fault(EquationProblem::BiasAxis { letter: char::from(axis) })),
            None => Ok(dims),
        }
    }

    /// The kernel's shape.
    fn kernel(&self, shape: &Shape) -> Result<Shape, Problem> {
        let output = self.shape(shape)?;
        let [input, _] = self.labels(shape.rank());
        let size = |label: u8| {
            let of_output = output.iter().find(|(of, _)| *of == label).map(|(_, dim)| dim.clone());
            let place = input.iter().skip(1).position(|&of| of == label);
            match place {
                Some(axis) => known_size(shape, axis),
                None => of_output.ok_or(Problem::Overflow), // each letter of the kernel is one of the input or the output
            }
        };
        self.equation.kernel.iter().map(|&label| size(label)).collect::<Result<_, _>>().map(Shape)
    }

    /// The bias's shape, which belongs to the output's last axes.
    fn bias(&self, shape: &Shape) -> Option<Shape> {
        let axes = self.bias_axes.as_ref()?.0.as_bytes();
        let output = self.shape(shape).ok()?;
        let behind = output.iter().skip_while(|(label, _)| !axes.contains(label));
        let size = |(label, dim): &(u8, Dim)| if axes.contains(label) { dim.clone() } else { Dim::constant(1) };
        Some(Shape(behind.map(size).collect()))
    }

    /// Whether a tensor's labels are first those that `parts` finds first, and so on: such a tensor is not put in order.
    fn is_in_order(labels: &[u8], part: impl Fn(u8) -> usize, place: impl Fn(u8) -> usize) -> bool {
        labels.is_sorted_by_key(|&label| (part(label), place(label)))
    }

    /// Which of input, kernel and output are put in another order to be multiplied.
    fn are_moved(&self, rank: usize) -> [bool; 3] {
        let [input, output] = self.labels(rank);
        let kernel = &self.equation.kernel;
        let place = |labels: &[u8], label: u8| labels.iter().position(|&of| of == label).unwrap_or(usize::MAX);
        let within = |label: u8| if output.contains(&label) { place(&output, label) } else { place(&input, label) };
        let is_shared = |label: u8| input.contains(&label) && kernel.contains(&label) && output.contains(&label);
        let rank_in = |own_is_last: bool, label: u8| match (is_shared(label), output.contains(&label) == own_is_last) {
            (true, _) => 0,
            (false, false) => 1,
            (false, true) => 2,
        };
        [
            !Self::is_in_order(&input, |label| rank_in(false, label), within),
            !Self::is_in_order(kernel, |label| rank_in(true, label), within),
            !Self::is_in_order(
                &output,
                |label| if is_shared(label) { 0 } else { 1_usize.saturating_add(usize::from(kernel.contains(&label))) },
                within,
            ),
        ]
    }
}

impl Layer for EinsumDense {
    activity!();

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        let shape = &inputs[0].shape;
        self.kernel(shape)?;
        Ok(inputs[0].with_shape(Shape(self.shape(shape)?.into_iter().map(|(_, dim)| dim).collect())))
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        let shape = &inputs[0].shape;
        let Ok(kernel) = self.kernel(shape) else { return Vec::new() };
        let is_output = |axis: &usize| self.equation.kernel.get(*axis).is_some_and(|label| self.equation.output.contains(label));
        let (outputs, sums) = (0..kernel.rank()).partition(is_output);
        let kernel = WeightSpec::cared_for("kernel", kernel, care!(self.kernel)).with_fans([sums, outputs]);
        let bias = self.bias(shape).map(|bias| WeightSpec::cared_for("bias", bias, care!(self.bias)));
        [kernel].into_iter().chain(bias).collect()
    }

    fn needs(&self, inputs: &[Shape], output: &Shape) -> Needs {
        let kernel = self.kernel(&inputs[0]).unwrap_or_default().count();
        let bias = self.bias(&inputs[0]).unwrap_or_default().count();
        let [moves_input, moves_kernel, moves_output] = self.are_moved(inputs[0].rank());
        let room = |is_moved: bool, room: Dim| if is_moved { room } else { Dim::default() };
        let is_any = moves_input || moves_kernel || moves_output;
        let (input, result) = (inputs[0].count(), output.count());
        let all = input.saturating_add(&result);
        let twice = Dim::constant(2);
        Needs {
            inputs: true,
            forward_scratch: Space { per_sample: room(is_any, all), fixed: room(is_any, kernel.clone()) },
            backward_scratch: Space {
                per_sample: input.saturating_mul(&twice).saturating_add(&result),
                fixed: kernel.saturating_mul(&twice).saturating_add(&bias),
            },
            ..self.activation.needs(&output.count())
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn axes_follow_from_the_equation() {
        check_rule(
            r#"EinsumDense {"equation": "abc,cde->abde", "output_shape": [null, 4, 5], "bias_axes": "de"}"#,
            &["[3, 7]", "[words, 7]", "[3, words]", "[7]", "i32[3, 7]"],
            "[3, 7] -> [3, 4, 5], 160 parameters
[words, 7] -> [words, 4, 5], 160 parameters
[3, words] -> Unknown
[7] -> Equation
i32[3, 7] -> DType",
        );
        check_rule(
            r#"EinsumDense {"equation": "...x,xy->...y", "output_shape": 5, "bias_axes": "y"}"#,
            &["[3, 7]", "[7]", "[2, 3, 7]"],
            "[3, 7] -> [3, 5], 40 parameters
[7] -> [5], 40 parameters
[2, 3, 7] -> [2, 3, 5], 40 parameters",
        );
        check_rule(
            r#"EinsumDense {"equation": "ab...,bc->ac...", "output_shape": 4, "bias_axes": "c"}"#,
            &["[3, 7]", "[3]"],
            "[3, 7] -> [4, 7], 16 parameters
[3] -> [4], 16 parameters",
        );
    }

    #[test]
    fn sizes_agree_with_the_input_s() {
        check_rule(
            r#"EinsumDense {"equation": "abc,cd->abd", "output_shape": [6, 4]}"#,
            &["[6, 7]", "[3, 7]"],
            "[6, 7] -> [6, 4], 28 parameters\n[3, 7] -> Equation",
        );
        check_rule(r#"EinsumDense {"equation": "abc,cd->abd", "output_shape": 4}"#, &["[6, 7]"], "[6, 7] -> Equation");
        check_rule(r#"EinsumDense {"equation": "abc,cd->abd", "output_shape": [null, null]}"#, &["[6, 7]"], "[6, 7] -> Equation");
        check_rule(
            r#"EinsumDense {"equation": "abc,cd->abd", "output_shape": [null, 4], "bias_axes": "c"}"#,
            &["[6, 7]"],
            "[6, 7] -> Equation",
        );
    }
}
