//! A struct of layers and models as a model.

use std::collections::HashMap;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;

use model_graph::Graph;
use model_graph::graph::LayerId;
use model_graph::shape::{Shape, TensorType};

use super::{Module, Path};
use crate::error::Result;
use crate::float::Float;
use crate::layer::Weight;
use crate::variable::{self, Callable, Fault, Inputs, Tape, Var};

/// What layers give, by their numbers.
type ByLayers = HashMap<u64, Vec<TensorType>>;

/// How a model is called.
pub(super) type Run<M, T> = fn(&M, Inputs<T>) -> Result<Vec<Var<T>>>;

/// A model of one's own: a struct of layers and models, which derives [`Module`], with all that models have: an optimiser is built for it and
/// takes its steps, it is saved and loaded under the names of its fields, frozen, and summed up. Its fields and methods are reached through it.
///
/// Where it says what it computes of arrays, by [`Callable`], it is compiled, fitted, evaluated and predicts, too:
///
/// ```
/// # use functional_model::prelude::*;
/// # use functional_model::layers::Dense;
/// # use functional_model::variable::Inputs;
/// #[derive(Clone, Module)]
/// struct Net {
///     hidden: Layer<Dense>,
///     output: Layer<Dense>,
/// }
///
/// impl Callable for Net {
///     fn run(&self, inputs: Inputs) -> Result<Vec<Var>> {
///         let [x] = inputs.take()?;
///         let x = self.hidden.call(&x)?;
///         Ok(vec![self.output.call(&(&x * &x))?])
///     }
/// }
///
/// let net = Net { hidden: Dense::new(16).build(&[2], 1)?, output: Dense::new(1).build(&[16], 2)? };
/// let mut net = OwnModel::with_inputs(net, &Input::new([2]))?;
/// println!("{}", net.summary());
///
/// let x = ndarray::Array2::from_shape_fn((64, 2), |(i, j)| (i + j) as f32 / 64.0);
/// let y = x.map_axis(ndarray::Axis(1), |x| x[0] * x[1]);
/// let mut trainer = net.compile(Adam::new(1e-2), MeanSquaredError::new());
/// trainer.fit((&x, &y), Fit::epochs(20).verbose(Verbose::Silent))?;
/// assert!(trainer.evaluate((&x, &y))?.loss() < 0.05);
/// assert_eq!(net.predict(&x)?.shape(), [64, 1]);
/// assert_eq!(net.hidden.kernel().shape(), [2, 16]);
/// # Ok::<(), functional_model::Error>(())
/// ```
///
/// Its code is not in its file: a program that has the struct makes one and loads the weights,
/// [`load_weights`](crate::file::Save::load_weights).
#[derive(Clone)]
pub struct OwnModel<M, T: Float = f32> {
    pub(super) module: M,
    pub(super) graph: Graph,
    pub(super) run: Option<Run<M, T>>,
    /// Whether a layer of it cannot run before it has been adapted to data.
    pub(super) waits_for_data: bool,
}

impl<M: Module<T>, T: Float> OwnModel<M, T> {
    /// The model of a struct that is called by its own methods, with whatever those take: what a step does is then written by hand, or given to
    /// a trainer, [`Trainer::train_step`](crate::training::Trainer::train_step).
    ///
    /// # Errors
    /// If a layer of it waits for its first call, and has no weights yet.
    #[track_caller]
    pub fn new(module: M) -> Result<Self> {
        let place = Location::caller();
        let mut graph = Graph::of_code(variable::short_name::<M>());
        let mut waiting = None;
        module.parts(Path::root(), &mut |path, held| {
            let path = path.to_string();
            if !held.enter(path.clone(), &mut graph) {
                waiting.get_or_insert(path);
            }
        });
        match waiting {
            Some(layer) => Err(Fault::Waiting { layer }.at(place)),
            None => Ok(Self { waits_for_data: graph.waits_for_data(), module, graph, run: None }),
        }
    }

    /// The model of a struct that says what it computes of arrays, whose samples have these types: `&Input::new([28, 28, 1])`, or a list. It is
    /// called once, with zeros, as a model of Keras is that is built.
    ///
    /// # Errors
    /// If the call fails, or gives something that has not one row for each sample.
    #[track_caller]
    pub fn with_inputs(module: M, inputs: impl Into<Inputs<T>>) -> Result<Self>
    where
        M: Callable<T>,
    {
        let place = Location::caller();
        let inputs = inputs.into().at(place).into_positional();
        let types = inputs.iter().map(Var::sample_type).collect::<Result<Vec<_>>>()?;
        let (given, by_layers) = called(&module, &types, place)?;
        let mut own = Self { run: Some(M::run), ..Self::new(module)? };
        own.module.parts(Path::root(), &mut |_, held| held.forget_states());
        own.tell_of(by_layers);
        for (name, ty) in names("input", types.len()).zip(types) {
            own.graph.input(name, ty);
        }
        for (name, ty) in names("output", given.len()).zip(given) {
            own.graph.code_output(name, ty);
        }
        Ok(own)
    }

    /// Says what the layers that are held have given, by their numbers.
    fn tell_of(&mut self, mut given: ByLayers) {
        let Self { module, graph, .. } = self;
        let mut place = 0;
        module.parts(Path::root(), &mut |_, held| {
            if let Some(given) = held.number().and_then(|number| given.remove(&number)) {
                graph.held_gave(LayerId(place), given);
            }
            place += 1;
        });
    }

    /// The weight of a path, `encoder/conv2d/kernel`, as it is now.
    #[must_use]
    pub fn weight(&self, path: &str) -> Option<Weight<T>> {
        let (mut paths, mut found) = (self.graph.weights().into_iter(), None);
        self.visit_all(&mut |weight, _| {
            if paths.next().is_some_and(|(own, _)| own == path) {
                found = Some(weight.kept());
            }
        });
        found
    }

    pub(super) fn visit_all(&self, visitor: &mut dyn FnMut(&Weight<T>, bool)) {
        self.module.parts(Path::root(), &mut |_, held| held.weights(visitor));
    }

    /// The struct.
    #[must_use]
    pub fn into_inner(self) -> M {
        self.module
    }
}

/// `input`, or `input_1`, `input_2` where there are several.
fn names(what: &'static str, count: usize) -> impl Iterator<Item = String> {
    (1..=count).map(move |number| if count == 1 { what.to_owned() } else { format!("{what}_{number}") })
}

/// Of how many samples a struct is called for the first time: two tell an axis of samples from one of size 1.
const SAMPLES: usize = 2;

/// The types of what a struct gives for inputs of these types, and of what its layers give for it.
fn called<M: Callable<T>, T: Float>(
    module: &M,
    types: &[TensorType],
    place: &'static Location<'static>,
) -> Result<(Vec<TensorType>, ByLayers)> {
    let tape = Tape::<T>::default();
    tape.watch();
    let input = |ty: &TensorType| {
        let sizes = ty.shape.sizes().ok_or_else(|| Fault::Sized { shape: ty.shape.to_string() }.at(place))?;
        let whole: Vec<usize> = std::iter::once(SAMPLES).chain(sizes).collect();
        tape.zeros_of(&whole, ty.dtype)
    };
    let inputs = types.iter().map(input).collect::<Result<Vec<_>>>()?;
    let outputs = tape.no_grad(|| module.run(Inputs::from(inputs).at(place)))?;
    let ty = |output: &Var<T>| match output.shape().split_first() {
        Some((&SAMPLES, sample)) if !sample.is_empty() => Ok(TensorType { dtype: output.dtype(), shape: Shape::from(sample) }),
        _ => {
            let (call, found) = (module.describe(), output.shape().to_vec());
            Err(Fault::PerSample { call, samples: SAMPLES, found }.at(place))
        }
    };
    Ok((outputs.iter().map(ty).collect::<Result<_>>()?, tape.watched()))
}

impl<M, T: Float> Deref for OwnModel<M, T> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.module
    }
}

impl<M, T: Float> DerefMut for OwnModel<M, T> {
    fn deref_mut(&mut self) -> &mut M {
        &mut self.module
    }
}

impl<M, T: Float> fmt::Debug for OwnModel<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<&str> = self.graph.layers.iter().map(model_graph::graph::LayerNode::name).collect();
        f.debug_struct(&self.graph.name).field("parts", &parts).finish_non_exhaustive()
    }
}
