//! A layer with everything that its passes read and write.

use model_graph::layer::{Memory, Needs, Space};
use model_graph::shape::{DType, Shape, TensorType};

use super::Subject;
use crate::any::AnyLayer;
use crate::custom::CustomObjects;
use crate::float::Float;
use crate::initialize::Seeds;
use crate::layer::{Context, Gradient, Penalties, View, Weight};
use crate::random::Random;

/// A layer, and what it is called with.
#[derive(Clone)]
pub(super) struct Trial<'s, T: Float> {
    types: &'s [TensorType],
    /// What messages call the layer.
    what: &'s str,
    pub layer: AnyLayer<T>,
    pub context: Context<'static>,
    pub inputs: Vec<Vec<T>>,
    shapes: Vec<Vec<usize>>,
    /// What the inputs' elements are.
    outputs: Vec<Vec<usize>>,
    cotangents: Vec<Vec<T>>,
    needs: Needs,
    /// What is saved, and the rooms that forward and backward work in.
    rooms: [Memory; 3],
}

/// Which gradients of inputs are wanted.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Wanted {
    /// None.
    No,
    /// All, written over what was there.
    New,
    /// All, added to this number; so are the weights'.
    Added(f64),
}

/// Gradients.
pub(super) struct Found<T> {
    pub inputs: Vec<Vec<T>>,
    pub weights: Vec<Vec<T>>,
}

impl<'s, T: Float> Trial<'s, T> {
    /// The layer with weights near those that it starts with, but none of them zero.
    pub fn new(subject: &'s Subject, custom_objects: &CustomObjects<T>, context: Context<'static>) -> Self {
        let Subject { config, types, manner, what, .. } = subject;
        let context = context.in_manner(*manner);
        let built = config.build(types, *manner);
        let (outputs, _) = built.unwrap_or_else(|problem| panic!("{what}: the layer does not accept that: {problem:?}"));
        let sizes = |ty: &TensorType| ty.shape.sizes().expect("the sizes are known");
        let [shapes, outputs]: [Vec<Vec<usize>>; 2] = [types, &outputs].map(|types| types.iter().map(sizes).collect());
        let shapes_of_inputs: Vec<Shape> = types.iter().map(|ty| ty.shape.clone()).collect();
        let shapes_of_outputs: Vec<Shape> = outputs.iter().map(|output| Shape::from(output.as_slice())).collect();
        let needs = config.needs(&shapes_of_inputs, &shapes_of_outputs);
        let room = |space: &Space| space.known().expect("the sizes are known");
        let rooms = [room(&needs.saved), room(&needs.forward_scratch), room(&needs.backward_scratch)];
        let mut random = Random::new(11);
        let layer = AnyLayer::new(config, types, &mut Seeds::new(1), custom_objects);
        let mut layer = layer.unwrap_or_else(|| panic!("{what}: the layer is not registered"));
        for weight in layer.weights_mut() {
            weight.data.iter_mut().for_each(|element| *element += T::from_f64(random.uniform(0.1, 0.5)));
        }
        let mut draw = |shape: &Vec<usize>, dtype: DType| {
            let elements = context.batch * shape.iter().product::<usize>();
            let number = |random: &mut Random| match (dtype, config.index_bound()) {
                (DType::I32, Some(bound)) => random.uniform(0.0, bound as f64).floor(),
                // More is true than false.
                (DType::Bool, _) => random.uniform(0.4, 2.0).floor().min(1.0),
                (DType::I32, None) => random.uniform(0.0, 4.0).floor(),
                (DType::F32, _) => random.uniform(-1.5, 1.5),
            };
            (0..elements).map(|_| T::from_f64(number(&mut random))).collect::<Vec<T>>()
        };
        let inputs = shapes.iter().zip(types).map(|(shape, ty)| draw(shape, ty.dtype)).collect();
        let cotangents = outputs.iter().map(|output| draw(output, DType::F32)).collect();
        Self { types, what, layer, context, inputs, shapes, outputs, cotangents, needs, rooms }
    }

    /// Whether an input has a gradient: it is neither a mask nor the numbers of something.
    pub fn has_gradient(&self, input: usize) -> bool {
        self.types[input].dtype.has_gradient()
    }

    /// The shape of a sample of an input.
    #[cfg(test)]
    pub fn shape(&self, input: usize) -> &[usize] {
        &self.shapes[input]
    }

    /// What an input's elements are.
    #[cfg(test)]
    pub fn dtype(&self, input: usize) -> DType {
        self.types[input].dtype
    }

    /// One sample of the batch.
    pub fn sample(&self, sample: usize) -> Self {
        let mut one = self.clone();
        one.context.batch = 1; // of the samples that penalties are divided by
        let part = |tensor: &Vec<T>| {
            let elements = tensor.len() / self.context.batch;
            tensor[sample * elements..][..elements].to_vec()
        };
        [one.inputs, one.cotangents] = [&self.inputs, &self.cotangents].map(|tensors| tensors.iter().map(part).collect());
        one
    }

    /// The inputs, without their elements where the layer is not to read them.
    fn views(&self, are_read: bool) -> Vec<View<'_, T>> {
        let inputs = self.inputs.iter().zip(&self.shapes);
        inputs.map(|(input, shape)| View { shape, data: if are_read { input } else { &[] } }).collect()
    }

    /// What nobody has written yet.
    fn unwritten(elements: usize) -> Vec<T> {
        vec![T::from_f64(f64::NAN); elements]
    }

    fn run(&self, saved: &mut [T], context: Context<'_>) -> Vec<Vec<T>> {
        let mut outputs: Vec<Vec<T>> = self.cotangents.iter().map(|cotangent| Self::unwritten(cotangent.len())).collect();
        let mut scratch = Self::unwritten(self.rooms[1].elements(context.batch));
        let (first, more) = outputs.split_first_mut().expect("a layer has an output");
        let mut more: Vec<&mut [T]> = more.iter_mut().map(Vec::as_mut_slice).collect();
        let (views, shape) = (self.views(true), &self.outputs[0]);
        // Every run goes on from the same states.
        if let Some(kept) = self.layer.kept_states() {
            kept.set(context.batch, T::from_f64(0.3));
        }
        let done = self.layer.forward(context, 0, &views, shape, first, &mut more, saved, &mut scratch);
        done.unwrap_or_else(|error| panic!("{}: {error}", self.what));
        outputs
    }

    /// The outputs, and what is left for backward.
    pub fn forward(&self) -> (Vec<Vec<T>>, Vec<T>) {
        let mut saved = Self::unwritten(self.rooms[0].elements(self.context.batch));
        let outputs = self.run(&mut saved, self.context);
        (outputs, saved)
    }

    /// The outputs when inferring.
    pub fn infer(&self) -> Vec<Vec<T>> {
        self.run(&mut [], Context::inference(self.context.batch).in_manner(self.context.manner))
    }

    /// The sum of the outputs' elements, each times its cotangent, and of the penalties on them.
    pub fn loss(&self) -> T {
        let penalties = Penalties::default();
        let mut saved = Self::unwritten(self.rooms[0].elements(self.context.batch));
        let outputs = self.run(&mut saved, self.context.summing(&penalties));
        let pairs = outputs.iter().flatten().zip(self.cotangents.iter().flatten());
        pairs.map(|(&output, &cotangent)| output * cotangent).sum::<T>() + T::from_f64(penalties.sum())
    }

    /// The gradients of the loss.
    pub fn backward(&self, wanted: Wanted) -> Found<T> {
        let (outputs, mut saved) = self.forward();
        let start = T::from_f64(if let Wanted::Added(start) = wanted { start } else { f64::NAN });
        let accumulate = matches!(wanted, Wanted::Added(_));
        let mut gradients: Vec<Weight<T>> = self.layer.weights().iter().map(Weight::zeros_like).collect();
        gradients.iter_mut().for_each(|gradient| gradient.data.fill(start));
        let mut inputs: Vec<Vec<T>> = self.inputs.iter().map(|input| vec![start; input.len()]).collect();
        let context = Context { accumulate, ..self.context };
        let mut scratch = Self::unwritten(self.rooms[2].elements(context.batch));
        {
            let views = self.views(self.needs.inputs);
            let output = View { shape: &self.outputs[0], data: if self.needs.output { &outputs[0] } else { &[] } };
            let mut cotangents = self.cotangents.clone();
            let (d_output, more) = cotangents.split_first_mut().expect("a layer has an output");
            let mut more: Vec<&mut [T]> = more.iter_mut().map(Vec::as_mut_slice).collect();
            let want = |data| (wanted != Wanted::No).then_some(Gradient { data, accumulate });
            let mut d_inputs: Vec<Option<Gradient<'_, T>>> = inputs.iter_mut().map(Vec::as_mut_slice).map(want).collect();
            let (saved, scratch) = (&mut saved[..], &mut scratch[..]);
            let (layer, gradients) = (&self.layer, &mut gradients[..]);
            let done = layer.backward(context, 0, &views, output, d_output, &mut more, &mut d_inputs, gradients, saved, scratch);
            done.unwrap_or_else(|error| panic!("{}: {error}", self.what));
        }
        // Statistics have no gradient: whatever is there counts as zero.
        let weight = |gradient: &Weight<T>| match gradient.trainable {
            true => gradient.data.to_vec(),
            false => vec![T::ZERO; gradient.data.len()],
        };
        Found { inputs, weights: gradients.iter().map(weight).collect() }
    }
}
