//! What a tensor is: its shape without the batch, and the type of its elements.

use std::fmt;

use crate::dim::Dim;

/// The shape of one sample of a tensor: the batch is left out, as in Keras.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Shape(pub Vec<Dim>);

impl Shape {
    /// The number of axes, the batch not counted.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.0.len()
    }

    /// The number of elements of a sample, or `None` on overflow.
    #[must_use]
    pub fn elements(&self) -> Option<Dim> {
        self.0.iter().try_fold(Dim::constant(1), |product, dim| product.mul(dim))
    }

    /// The number of elements of a sample of a tensor, which has been counted.
    #[must_use]
    pub fn count(&self) -> Dim {
        self.0.iter().fold(Dim::constant(1), |product, dim| product.saturating_mul(dim))
    }

    /// The sizes, where all of them are known.
    #[must_use]
    pub fn sizes(&self) -> Option<Vec<usize>> {
        self.0.iter().map(Dim::size).collect()
    }

    /// The shape of what two tensors are merged into, element by element: their own, but that an axis of size 1 is stretched to the other's
    /// size. `None` if they differ in more.
    #[must_use]
    pub fn merged(&self, other: &Self) -> Option<Self> {
        let one_size = |(a, b): (&Dim, &Dim)| match (a.is_one(), b.is_one()) {
            (true, _) => Some(b.clone()),
            (false, true) => Some(a.clone()),
            (false, false) => (a == b).then(|| a.clone()),
        };
        let dims = self.0.iter().zip(&other.0).map(one_size);
        if self.rank() == other.rank() { dims.collect::<Option<_>>().map(Self) } else { None }
    }

    /// This shape with another size of one axis.
    #[must_use]
    pub fn with(&self, axis: usize, dim: Dim) -> Self {
        let mut shape = self.clone();
        shape.0[axis] = dim;
        shape
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    fn from(sizes: [usize; N]) -> Self {
        Self(sizes.into_iter().map(Dim::from).collect())
    }
}

impl<const N: usize> From<[Dim; N]> for Shape {
    fn from(dims: [Dim; N]) -> Self {
        Self(dims.into())
    }
}

impl From<&[usize]> for Shape {
    fn from(sizes: &[usize]) -> Self {
        Self(sizes.iter().copied().map(Dim::from).collect())
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dims: Vec<String> = self.0.iter().map(Dim::to_string).collect();
        write!(f, "[{}]", dims.join(", "))
    }
}

/// The type of a tensor's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum DType {
    /// 32-bit floating point, the default.
    #[default]
    F32,
    /// 32-bit integers, for indices.
    I32,
    /// True or false: a mask says by it what to look at.
    Bool,
}

impl DType {
    /// Every type, in the order in which messages list them.
    pub const ALL: [Self; 3] = [Self::F32, Self::I32, Self::Bool];

    /// Rust's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::I32 => "i32",
            Self::Bool => "bool",
        }
    }

    /// Keras's name.
    #[must_use]
    pub const fn keras_name(self) -> &'static str {
        match self {
            Self::F32 => "float32",
            Self::I32 => "int32",
            Self::Bool => "bool",
        }
    }

    /// Whether it has gradients: numbers of something and what is true or false have none.
    #[must_use]
    pub const fn has_gradient(self) -> bool {
        matches!(self, Self::F32)
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The shape and element type of a tensor.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct TensorType {
    /// The type of the elements.
    pub dtype: DType,
    /// The shape of a sample.
    pub shape: Shape,
}

impl TensorType {
    /// A tensor of `f32`.
    #[must_use]
    pub fn f32(shape: impl Into<Shape>) -> Self {
        Self { dtype: DType::F32, shape: shape.into() }
    }

    /// This type where names stand for these sizes, or `None` if a coefficient overflows.
    #[must_use]
    pub fn substitute(&self, meanings: &[(String, Dim)]) -> Option<Self> {
        let dims = self.shape.0.iter().map(|dim| dim.substitute(&|name| crate::named::meaning(meanings, name)));
        dims.collect::<Option<_>>().map(|dims| self.with_shape(Shape(dims)))
    }

    /// This type with another shape.
    #[must_use]
    pub fn with_shape(&self, shape: Shape) -> Self {
        Self { dtype: self.dtype, shape }
    }
}

impl fmt::Display for TensorType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.dtype {
            DType::F32 => write!(f, "{}", self.shape),
            other => write!(f, "{other}{}", self.shape),
        }
    }
}
