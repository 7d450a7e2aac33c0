//! Every layer that there is, one file each.
//!
//! `for_each_layer!` is the only list: a layer is added by its file here, its file in `model-core`, and its line in the list.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use serde_json::{Map, Value};

use crate::argument::{OwnFunction, Regularizer, Wrapped};
use crate::custom::{Custom, Signature};
use crate::dim::Dim;
use crate::keras;
use crate::layer::{
    ArgumentSpec, ArgumentText, Arity, Flag, Layer, LayerArguments, Manner, Needs, Part, Slot, Space, Through, WeightSpec,
};
use crate::mask::MaskUse;
use crate::operation::{FUNCTION, Operation};
use crate::problem::{ArgumentProblem, Problem};
use crate::shape::{Shape, TensorType};

mod activated;
mod arguments;
mod attending;
mod border;
mod cell;
mod chain;
mod conv_recurrence;
mod convolution;
mod dropped;
mod kept;
mod masked;
mod merge;
mod normalized;
mod own_cell;
mod pool;
mod rank;
mod recurrence;
mod resize;
mod spatial_dropout;
pub(crate) mod steps;
pub use attending::{CAUSAL, KEY, MASKS, RETURN_SCORES, folds, samples_at_once};
pub use chain::{Link, Links};
pub use masked::MASK;
pub use own_cell::OwnCell;
pub use recurrence::{Dropping, INITIAL_STATE, STEPS_MASK};
#[cfg(test)]
mod testing;

/// Hands the list of layers, by family and file, to another macro.
#[macro_export]
macro_rules! for_each_layer {
    ($($callback:tt)*) => {
        $($callback)*! {
            activation {
                activation: Activation, elu: ELU, leaky_relu: LeakyReLU, prelu: PReLU, relu: ReLU, softmax: Softmax,
            }
            attention {
                additive_attention: AdditiveAttention, attention: Attention, group_query_attention: GroupQueryAttention,
                multi_head_attention: MultiHeadAttention,
            }
            basic {
                dense: Dense, einsum_dense: EinsumDense, embedding: Embedding, identity: Identity, masking: Masking,
                reversible_embedding: ReversibleEmbedding,
            }
            convolutional {
                conv1d: Conv1D, conv1d_transpose: Conv1DTranspose, conv2d: Conv2D, conv2d_transpose: Conv2DTranspose, conv3d: Conv3D,
                conv3d_transpose: Conv3DTranspose, depthwise_conv1d: DepthwiseConv1D, depthwise_conv2d: DepthwiseConv2D,
                separable_conv1d: SeparableConv1D, separable_conv2d: SeparableConv2D,
            }
            merging {
                add: Add, average: Average, concatenate: Concatenate, dot: Dot, maximum: Maximum, minimum: Minimum, multiply: Multiply,
                subtract: Subtract,
            }
            normalization {
                batch_normalization: BatchNormalization, group_normalization: GroupNormalization,
                layer_normalization: LayerNormalization, rms_normalization: RMSNormalization,
                unit_normalization: UnitNormalization,
            }
            operations {
                arithmetic: Arithmetic, axes: Axes, cast: Cast, choose: Choose, contract: Contract, differences: Differences,
                extreme: Extreme, filled: Filled, form: Form, gate: Gate, get_item: GetItem, join: Join, moments: Moments, moved: Moved,
                one_hot: OneHot, order: Order, parts: Parts, places: Places, pointwise: Pointwise, reduction: Reduction,
                running: Running, scaled: Scaled, shares: Shares, sorting: Sorting, take: Take, triangle: Triangle, tuned: Tuned,
            }
            pooling {
                adaptive_average_pooling1d: AdaptiveAveragePooling1D, adaptive_average_pooling2d: AdaptiveAveragePooling2D,
                adaptive_average_pooling3d: AdaptiveAveragePooling3D, adaptive_max_pooling1d: AdaptiveMaxPooling1D,
                adaptive_max_pooling2d: AdaptiveMaxPooling2D, adaptive_max_pooling3d: AdaptiveMaxPooling3D,
                average_pooling1d: AveragePooling1D, average_pooling2d: AveragePooling2D, average_pooling3d: AveragePooling3D,
                global_average_pooling1d: GlobalAveragePooling1D, global_average_pooling2d: GlobalAveragePooling2D,
                global_average_pooling3d: GlobalAveragePooling3D, global_max_pooling1d: GlobalMaxPooling1D,
                global_max_pooling2d: GlobalMaxPooling2D, global_max_pooling3d: GlobalMaxPooling3D, max_pooling1d: MaxPooling1D,
                max_pooling2d: MaxPooling2D, max_pooling3d: MaxPooling3D,
            }
            preprocessing {
                category_encoding: CategoryEncoding, center_crop: CenterCrop, discretization: Discretization, normalization: Normalization, random_brightness: RandomBrightness,
                random_contrast: RandomContrast, random_crop: RandomCrop, random_erasing: RandomErasing, random_flip: RandomFlip,
                random_rotation: RandomRotation, random_translation: RandomTranslation, random_zoom: RandomZoom, rescaling: Rescaling,
                resizing: Resizing,
            }
            recurrent {
                conv_lstm1d: ConvLSTM1D, conv_lstm2d: ConvLSTM2D, conv_lstm3d: ConvLSTM3D, gru: GRU, gru_cell: GRUCell, lstm: LSTM,
                lstm_cell: LSTMCell, rnn: RNN, simple_rnn: SimpleRNN, simple_rnn_cell: SimpleRNNCell,
                stacked_rnn_cells: StackedRNNCells,
            }
            regularization {
                activity_regularization: ActivityRegularization, alpha_dropout: AlphaDropout, dropout: Dropout,
                gaussian_dropout: GaussianDropout, gaussian_noise: GaussianNoise,
                spatial_dropout1d: SpatialDropout1D, spatial_dropout2d: SpatialDropout2D, spatial_dropout3d: SpatialDropout3D,
            }
            reshaping {
                cropping1d: Cropping1D, cropping2d: Cropping2D, cropping3d: Cropping3D, flatten: Flatten, permute: Permute,
                repeat_vector: RepeatVector, reshape: Reshape, up_sampling1d: UpSampling1D, up_sampling2d: UpSampling2D,
                up_sampling3d: UpSampling3D, zero_padding1d: ZeroPadding1D, zero_padding2d: ZeroPadding2D,
                zero_padding3d: ZeroPadding3D,
            }
            wrapping {
                bidirectional: Bidirectional, spectral_normalization: SpectralNormalization, time_distributed: TimeDistributed,
            }
        }
    };
}

macro_rules! declare {
    ($($family:ident { $($file:ident: $layer:ident,)* })*) => {
        $( #[allow(missing_docs)] pub mod $family { $(pub mod $file;)* } )*
        $($( pub use $family::$file::$layer; )*)*

        /// Any layer, by its class.
        #[derive(Clone, Debug, PartialEq)]
        pub enum AnyLayer {
            $($( #[doc = concat!("See [`", stringify!($layer), "`].")] $layer($layer), )*)*
            /// A layer of the user's own.
            Custom(Custom),
        }

        $($( impl From<$layer> for AnyLayer {
            fn from(layer: $layer) -> Self {
                Self::$layer(layer)
            }
        } )*)*

        /// Evaluates an expression for the layer that an `AnyLayer` holds, or another for one of the user's own.
        #[macro_export]
        macro_rules! with_layer {
            ($any:expr, $bound:ident => $body:expr, $custom:ident => $other:expr) => {
                match $any {
                    $($( $crate::layers::AnyLayer::$layer($bound) => $body, )*)*
                    $crate::layers::AnyLayer::Custom($custom) => $other,
                }
            };
            ($any:expr, $bound:ident => $body:expr) => {
                match $any {
                    $($( $crate::layers::AnyLayer::$layer($bound) => $body, )*)*
                    $crate::layers::AnyLayer::Custom($bound) => $body,
                }
            };
        }

        $($( impl Listed for $layer {
            const CLASS: Class = Class {
                name: <$layer as LayerArguments>::CLASS,
                family: stringify!($family),
                file: stringify!($file),
                doc: <$layer as LayerArguments>::DOC,
                arity: <$layer as Layer>::ARITY,
                positional: <$layer as Layer>::POSITIONAL,
                slots: <$layer as Layer>::SLOTS,
                flags: <$layer as Layer>::FLAGS,
                differs_in_training: <$layer as Layer>::DIFFERS_IN_TRAINING,
                operations: <$layer as Layer>::OPERATIONS,
                arguments: <$layer as LayerArguments>::specs,
                read: |given| <$layer as LayerArguments>::read(given).map(AnyLayer::$layer),
            };
        } )*)*

        /// Every class of the list, groups of operations among them.
        const ALL: &[Class] = &[$($( <$layer as Listed>::CLASS, )*)*];
    };
}

/// The class of every layer that has a name of its own, with its declaration.
pub const CLASSES: &[Class] = &layer_classes::<{ layers_among(ALL) }>(ALL);

/// How many classes are no groups of operations.
const fn layers_among(all: &[Class]) -> usize {
    let (mut count, mut place) = (0_usize, 0_usize);
    while place < all.len() {
        count = count.saturating_add(all[place].operations.is_empty() as usize);
        place = place.saturating_add(1);
    }
    count
}

/// Those of the classes that are no groups of operations.
const fn layer_classes<const N: usize>(all: &[Class]) -> [Class; N] {
    let (mut classes, mut place, mut next) = ([all[0]; N], 0_usize, 0_usize);
    while place < all.len() {
        if all[place].operations.is_empty() {
            classes[next] = all[place];
            next = next.saturating_add(1);
        }
        place = place.saturating_add(1);
    }
    classes
}

/// Every operation, by groups.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    ALL.iter().flat_map(|class| class.operations)
}

/// A layer of the list.
trait Listed {
    /// Its declaration.
    const CLASS: Class;
}

for_each_layer!(declare);

/// Makes a layer from arguments.
type Read = fn(&Map<String, Value>) -> Result<AnyLayer, Vec<ArgumentProblem>>;

/// The declaration of a layer's class.
#[derive(Clone, Copy, Debug)]
pub struct Class {
    /// Keras's name.
    pub name: &'static str,
    /// The module of its file's folder.
    pub family: &'static str,
    /// The module of its file.
    pub file: &'static str,
    /// Its documentation, one line an element.
    pub doc: &'static [&'static str],
    /// How many tensors it takes.
    pub arity: Arity,
    /// The names of the tensors by position, where a call may give them by name, too.
    pub positional: &'static [&'static str],
    /// The tensors that a call may name.
    pub slots: &'static [Slot],
    /// What a call may ask for.
    pub flags: &'static [Flag],
    /// Whether it does something else while a model trains.
    pub differs_in_training: bool,
    /// The operations that it does, if it is a group of them.
    pub operations: &'static [Operation],
    arguments: fn() -> Vec<ArgumentSpec>,
    read: Read,
}

impl Class {
    /// The class of a name, which may be any that Keras takes: `MaxPool2D` is `MaxPooling2D`.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        static BY_NAME: LazyLock<HashMap<&str, &Class>> = LazyLock::new(|| {
            let find = |name: &str| CLASSES.iter().find(|class| class.name == name);
            let others =
                keras::LAYERS.iter().flat_map(|(own, others)| others.iter().filter_map(move |other| Some((*other, find(own)?))));
            others.chain(CLASSES.iter().map(|class| (class.name, class))).collect()
        });
        BY_NAME.get(name).copied()
    }

    /// The arguments in Keras's order.
    #[must_use]
    pub fn arguments(&self) -> Vec<ArgumentSpec> {
        (self.arguments)()
    }

    /// Makes the layer from its arguments.
    ///
    /// # Errors
    /// All problems of all arguments: unknown, missing, of another type, out of range.
    pub fn read(&self, given: &Map<String, Value>) -> Result<AnyLayer, Vec<ArgumentProblem>> {
        let valid: Vec<&'static str> = self.arguments().iter().map(|argument| argument.name).collect();
        let unknown = given.keys().filter(|name| !valid.contains(&name.as_str()));
        let mut problems: Vec<ArgumentProblem> =
            unknown.map(|name| ArgumentProblem::Unknown { argument: name.clone(), valid: valid.clone() }).collect();
        match (self.read)(given) {
            Ok(layer) if problems.is_empty() => Ok(layer),
            Ok(_) => Err(problems),
            Err(others) => {
                problems.extend(others);
                Err(problems)
            }
        }
    }
}

/// What a layer is made by: a class of the list, an operation, or the declaration of the user's own.
#[derive(Clone, Debug)]
pub enum Declaration {
    /// A class of Keras's.
    Class(Class),
    /// An operation of Keras's, with its group.
    Operation(&'static Operation, Class),
    /// A layer of the user's own.
    Custom(Arc<Signature>),
}

impl Declaration {
    /// The operation of a function's name, `mean`.
    #[must_use]
    pub fn function(name: &str) -> Option<Self> {
        let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
        Self::operation(|operation| operation.name == name)
    }

    /// The operation of a class in a module of Keras's: `Mean` in `keras.src.ops.numpy`.
    #[must_use]
    pub fn of_module(module: &str, class: &str) -> Option<Self> {
        let module = module.strip_prefix(OPERATIONS)?;
        Self::operation(|operation| operation.class == class && operation.module == module)
    }

    fn operation(is_it: impl Fn(&Operation) -> bool) -> Option<Self> {
        let found = |class: &Class| class.operations.iter().find(|operation| is_it(operation)).map(|found| (found, *class));
        ALL.iter().find_map(found).map(|(operation, class)| Self::Operation(operation, class))
    }

    /// The name it is called by.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Class(class) => class.name,
            Self::Operation(operation, _) => operation.name,
            Self::Custom(signature) => signature.name,
        }
    }

    /// The arguments in order.
    #[must_use]
    pub fn arguments(&self) -> Vec<ArgumentSpec> {
        match self {
            Self::Class(class) => class.arguments(),
            Self::Operation(operation, group) => {
                let own = group.arguments().into_iter().filter(|argument| operation.takes(argument.name));
                let is_needed = |argument: &ArgumentSpec| operation.needed.contains(&argument.name);
                own.map(|spec| if is_needed(&spec) { ArgumentSpec { default: None, ..spec } } else { spec }).collect()
            }
            Self::Custom(signature) => signature.specs(),
        }
    }

    /// The names of what a call takes by position: the arguments, behind the operands of an operation.
    #[must_use]
    pub fn parameters(&self) -> Vec<&'static str> {
        let arguments = self.arguments().into_iter().map(|spec| spec.name);
        match self {
            Self::Operation(operation, _) => {
                let is_behind = |name: &&str| operation.is_own(name) && !operation.leading.contains(name);
                let operands = operation.leading.iter().chain(operation.operands).copied();
                operands.chain(arguments.filter(is_behind)).collect()
            }
            Self::Class(_) | Self::Custom(_) => arguments.collect(),
        }
    }

    /// Makes the layer from its arguments.
    ///
    /// # Errors
    /// All problems of all arguments: unknown, missing, of another type, out of range.
    pub fn read(&self, given: &Map<String, Value>) -> Result<AnyLayer, Vec<ArgumentProblem>> {
        match self {
            Self::Class(class) => class.read(given),
            Self::Operation(operation, group) => self.read_operation(operation, group, given.clone()),
            Self::Custom(signature) => Custom::new(signature.clone(), given).map(AnyLayer::Custom),
        }
    }

    /// Makes an operation of a group from its own arguments.
    fn read_operation(
        &self,
        operation: &Operation,
        group: &Class,
        mut given: Map<String, Value>,
    ) -> Result<AnyLayer, Vec<ArgumentProblem>> {
        let valid: Vec<&'static str> = self.arguments().into_iter().map(|spec| spec.name).collect();
        let unknown: Vec<String> = given.keys().filter(|name| !valid.contains(&name.as_str())).cloned().collect();
        unknown.iter().for_each(|name| drop(given.remove(name)));
        let mut problems: Vec<ArgumentProblem> =
            unknown.into_iter().map(|argument| ArgumentProblem::Unknown { argument, valid: valid.clone() }).collect();
        let missing = self.arguments().into_iter().filter(|spec| operation.needed.contains(&spec.name));
        let missing = missing.filter(|spec| !given.contains_key(spec.name));
        problems.extend(missing.map(|spec| ArgumentProblem::Missing { argument: spec.name, expected: spec.expected }));
        given.insert(FUNCTION.to_owned(), Value::from(operation.name));
        match group.read(&given) {
            Ok(layer) if problems.is_empty() => Ok(layer),
            Ok(_) => Err(problems),
            Err(others) => Err(problems.into_iter().chain(others).collect()),
        }
    }
}

/// Other names of operations, as Keras has them.
const ALIASES: [(&str, &str); 3] = [("abs", "absolute"), ("hard_swish", "hard_silu"), ("swish", "silu")];

/// Where Keras's operations are.
pub const OPERATIONS: &str = "keras.src.ops.";

fn class_of<L: Layer>(layer: &L) -> &'static str {
    layer.operation().map_or(L::CLASS, |operation| operation.class)
}

fn arity_of<L: Layer>(_: &L) -> Arity {
    L::ARITY
}

fn operation_of<L: Layer>(layer: &L) -> Option<&'static Operation> {
    layer.operation()
}

const fn slots_of<L: Layer>(_: &L) -> &'static [Slot] {
    L::SLOTS
}

const fn flags_of<L: Layer>(_: &L) -> &'static [Flag] {
    L::FLAGS
}

const fn differs_in_training<L: Layer>(_: &L) -> bool {
    L::DIFFERS_IN_TRAINING
}

const fn positional_of<L: Layer>(_: &L) -> &'static [&'static str] {
    L::POSITIONAL
}

fn is_view<L: Layer>(_: &L) -> bool {
    L::IS_VIEW
}

fn declaration_of<L: Listed + Layer>(layer: &L) -> Declaration {
    let class = <L as Listed>::CLASS;
    layer.operation().map_or(Declaration::Class(class), |operation| Declaration::Operation(operation, class))
}

impl AnyLayer {
    /// What it is made by.
    #[must_use]
    pub fn declaration(&self) -> Declaration {
        with_layer!(self, layer => declaration_of(layer), custom => Declaration::Custom(custom.signature.clone()))
    }

    /// The declaration, of one of the user's own.
    #[must_use]
    pub fn signature(&self) -> Option<&Arc<Signature>> {
        with_layer!(self, _layer => None, custom => Some(&custom.signature))
    }

    /// The layer of the user's own that it is, or those that it goes through sequences by, at any depth.
    #[must_use]
    pub fn own(&self) -> Vec<&Custom> {
        let inner: Vec<&Self> = with_layer!(self, layer => layer.inner(), custom => return vec![custom]);
        inner.into_iter().flat_map(Self::own).collect()
    }

    /// The family it belongs to: the folder of its file, or `custom`.
    #[must_use]
    pub fn family(&self) -> &'static str {
        match self.declaration() {
            Declaration::Class(class) | Declaration::Operation(_, class) => class.family,
            Declaration::Custom(_) => "custom",
        }
    }

    /// Keras's class name.
    #[must_use]
    pub fn class(&self) -> &'static str {
        with_layer!(self, layer => class_of(layer), custom => custom.signature.name)
    }

    /// Which operation it is, if it is one.
    #[must_use]
    pub fn operation(&self) -> Option<&'static Operation> {
        with_layer!(self, layer => operation_of(layer), _custom => None)
    }

    /// What an operation is called with by position, in order: nothing for a tensor, and the numbers and places that stand beside them.
    #[must_use]
    pub fn operands(&self) -> Vec<Option<Value>> {
        let (Some(operation), written) = (self.operation(), self.write()) else { return Vec::new() };
        operation.operands.iter().map(|operand| written.get(*operand).filter(|value| !value.is_null()).cloned()).collect()
    }

    /// How many tensors the layer takes.
    #[must_use]
    pub fn arity(&self) -> Arity {
        let declared = with_layer!(self, layer => arity_of(layer), custom => custom.arity());
        if self.operation().is_none() || declared.is_list() {
            return declared;
        }
        // One for each operand that is no number.
        match self.operands().iter().filter(|operand| operand.is_none()).count() {
            1 => Arity::One,
            tensors => Arity::Each(tensors),
        }
    }

    /// Whether the output is the input's elements under another shape.
    #[must_use]
    pub fn is_view(&self) -> bool {
        with_layer!(self, layer => is_view(layer), _custom => false)
    }

    /// The output's type.
    ///
    /// # Errors
    /// If the inputs do not fit the layer, their number included, or weights for them do not fit what is asked of them.
    pub fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let (outputs, _) = self.build(inputs, Manner::default())?;
        outputs.into_iter().next().ok_or(Problem::Overflow) // every layer has an output
    }

    /// What it does with the masks of what it is called with.
    #[must_use]
    pub fn mask_use(&self, manner: Manner) -> MaskUse {
        with_layer!(self, layer => layer.mask_use_in(manner), _custom => MaskUse::Ends)
    }

    /// The tensors that a call may name.
    #[must_use]
    pub fn slots(&self) -> &'static [Slot] {
        with_layer!(self, layer => slots_of(layer), _custom => &[])
    }

    /// What a call may ask for.
    #[must_use]
    pub fn flags(&self) -> &'static [Flag] {
        with_layer!(self, layer => flags_of(layer), _custom => &[])
    }

    /// Whether it does something else while a model trains.
    #[must_use]
    pub fn differs_in_training(&self) -> bool {
        with_layer!(self, layer => differs_in_training(layer), _custom => true)
    }

    /// The names of the tensors by position, where a call may give them by name, too.
    #[must_use]
    pub fn positional(&self) -> &'static [&'static str] {
        with_layer!(self, layer => positional_of(layer), _custom => &[])
    }

    /// The types of all outputs, and the weights.
    ///
    /// # Errors
    /// If the inputs do not fit the layer, the number of those by position included, or the weights do not fit what is asked of them.
    pub fn build(&self, inputs: &[TensorType], manner: Manner) -> Result<(Vec<TensorType>, Vec<WeightSpec>), Problem> {
        let found = manner.positional(inputs).len();
        if !self.arity().accepts(found) {
            return Err(Problem::Arity { expected: self.arity(), found });
        }
        let inferred = with_layer!(self, layer => layer.outputs(inputs, manner), custom => custom.outputs(inputs));
        let (outputs, weights) = (inferred?, self.weights(inputs));
        kept::check(self, &weights)?;
        kept::check_activity(self.activity(), outputs.iter().map(|output| &output.shape))?;
        Ok((outputs, weights))
    }

    /// The weights for inputs that `infer` has accepted.
    #[must_use]
    pub fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        with_layer!(self, layer => layer.weights(inputs))
    }

    /// The bound that the inputs must be below, where they are the numbers of something.
    #[must_use]
    pub fn index_bound(&self) -> Option<usize> {
        with_layer!(self, layer => layer.index_bound())
    }

    /// The bound that one of the inputs must be below, where that follows from the others' sizes.
    #[must_use]
    pub fn place_bound(&self, input: usize, inputs: &[TensorType]) -> Option<usize> {
        with_layer!(self, layer => layer.place_bound(input, inputs), _custom => None)
    }

    /// The bound that the inputs of integers must be below for the output to be below this one; `None` where it does not follow.
    #[must_use]
    pub fn index_bound_before(&self, asked: usize) -> Option<usize> {
        with_layer!(self, layer => layer.index_bound_before(asked), _custom => Some(asked))
    }

    /// The bound that the numbers of an output are below, where the layer makes numbers up to that one, from 0.
    #[must_use]
    pub fn numbers_below(&self, inputs: &[TensorType], output: usize) -> Option<usize> {
        with_layer!(self, layer => layer.numbers_below(inputs, output), _custom => None)
    }

    /// Whether a sample's output follows from the other samples of the batch, too, while training.
    #[must_use]
    pub fn mixes_samples(&self) -> bool {
        with_layer!(self, layer => layer.mixes_samples())
    }

    /// Whether it looks at all of a batch that ranks share while training, and not at a piece alone.
    #[must_use]
    pub fn synchronizes(&self) -> bool {
        with_layer!(self, layer => layer.synchronizes(), _custom => false)
    }

    /// How it goes through a sequence, of a layer that does so step by step.
    #[must_use]
    pub fn through(&self) -> Option<Through> {
        with_layer!(self, layer => layer.through(), _custom => None)
    }

    /// How many states it carries from step to step, of a layer that goes through a sequence, and of a cell.
    #[must_use]
    pub fn states(&self) -> usize {
        with_layer!(self, layer => layer.states(), custom => custom.states())
    }

    /// The parts that Keras's layer of this kind has. Weights of no part are the layer's own.
    #[must_use]
    pub fn keras_parts(&self) -> Vec<Part<'_>> {
        with_layer!(self, layer => layer.keras_parts(), _custom => Vec::new())
    }

    /// Which of its weights are the layer's own variables in Keras, where these are others than those of no part.
    #[must_use]
    pub fn keras_variables(&self) -> Option<&'static [usize]> {
        with_layer!(self, layer => layer.keras_variables(), _custom => None)
    }

    /// Whether Keras makes the layer of a configuration that says whether it is trained.
    #[must_use]
    pub fn keras_is_told_trainable(&self) -> bool {
        with_layer!(self, layer => layer.keras_is_told_trainable(), _custom => true)
    }

    /// Whether it keeps its states from one call to the next.
    #[must_use]
    pub fn keeps_states(&self) -> bool {
        with_layer!(self, layer => layer.keeps_states(), _custom => false)
    }

    /// The shapes of the states that it keeps, for inputs that `infer` has accepted.
    #[must_use]
    pub fn kept_states(&self, inputs: &[TensorType]) -> Vec<Shape> {
        with_layer!(self, layer => layer.kept_states(inputs), _custom => Vec::new())
    }

    /// How the states that a call gives stand in lists within a list, of a layer that has several cells.
    #[must_use]
    pub fn states_in_lists(&self) -> Vec<usize> {
        with_layer!(self, layer => layer.states_in_lists(), _custom => Vec::new())
    }

    /// The layers that go through a sequence by this cell, or by these, named by the paths of the cells; none of what is no cell.
    #[must_use]
    pub fn over(&self, through: Through) -> Vec<Wrapped> {
        with_layer!(self, layer => layer.over(through), custom => own_cell::over(custom, through))
    }

    /// The same layer, which goes through a sequence in another way, of one that does so step by step.
    #[must_use]
    pub fn along(&self, through: Through) -> Option<Self> {
        with_layer!(self, layer => layer.along(through), _custom => None)
    }

    /// The penalty on what it gives, which the loss includes.
    #[must_use]
    pub fn activity(&self) -> Option<Regularizer> {
        with_layer!(self, layer => layer.activity(), _custom => None)
    }

    /// The functions of the user's own that are penalties on what it gives, and on what those within it give.
    #[must_use]
    pub fn activity_functions(&self) -> Vec<OwnFunction> {
        with_layer!(self, layer => layer.activity_functions(), _custom => Vec::new())
    }

    /// Whether code of the user's own runs in its passes: layers, or penalties on what it gives.
    #[must_use]
    pub fn runs_own_code(&self) -> bool {
        !self.own().is_empty() || !self.activity_functions().is_empty()
    }

    /// What running the layer works with, for inputs that `infer` has accepted. Behind a penalty on what it gives, all of that is kept, in
    /// front of what the layer itself saves.
    #[must_use]
    pub fn needs(&self, inputs: &[Shape], outputs: &[Shape]) -> Needs {
        let Some(first) = outputs.first() else { return Needs::default() };
        let needs = with_layer!(self, layer => layer.needs(inputs, first));
        match self.activity() {
            None => needs,
            Some(_) => {
                let given = outputs.iter().map(|output| Space::per_sample(output.count()));
                Needs { saved: given.fold(needs.saved, |sum, output| sum.and(&output)), ..needs }
            }
        }
    }

    /// All arguments as Keras's configuration has them.
    #[must_use]
    pub fn write(&self) -> Map<String, Value> {
        with_layer!(self, layer => layer.write())
    }

    /// The sizes among the arguments of one of the user's own that follow from constants; those of the others are in the shapes of what
    /// they give and of their weights.
    #[must_use]
    pub fn sizes_of_constants(&self) -> Vec<Dim> {
        with_layer!(self, _layer => Vec::new(), custom => custom.sizes_of_constants())
    }

    /// The arguments that the layer cannot do without: those that are not defaults.
    #[must_use]
    pub fn essential(&self) -> Map<String, Value> {
        with_layer!(self, layer => layer.essential())
    }

    /// All arguments in Keras's order, as a layer call has them; of an operation, those of its group that are its own.
    #[must_use]
    pub fn texts(&self) -> Vec<ArgumentText> {
        let texts = with_layer!(self, layer => layer.texts());
        let Some(operation) = self.operation() else { return texts };
        texts.into_iter().filter(|text| operation.is_own(text.name)).collect()
    }

    /// The layer as one would write it: `Conv2D(64, 3, activation = "relu")`.
    #[must_use]
    pub fn source(&self) -> String {
        match (self, self.operation()) {
            (Self::GetItem(layer), _) => format!("_[{}]", crate::argument::Argument::to_source(&layer.key)),
            (_, Some(operation)) => format!("ops::{}({})", operation.name, self.operation_source(operation)),
            (_, None) => format!("{}({})", self.class(), with_layer!(self, layer => layer.source())),
        }
    }

    /// An operation's operands and arguments, `_` for each tensor.
    fn operation_source(&self, operation: &Operation) -> String {
        let operands =
            self.operands().into_iter().map(|value| value.as_ref().map_or_else(|| "_".to_owned(), crate::argument::source));
        let given = self.essential().into_iter().filter(|(name, _)| operation.is_own(name));
        let given = given.map(|(name, value)| format!("{name} = {}", crate::argument::source(&value)));
        operands.chain(given).collect::<Vec<_>>().join(", ")
    }
}
