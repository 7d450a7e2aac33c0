//! Weights by name: what `layer.kernel()` and `gradients.conv2d.bias()` call.

/// Declares, for the weights of a layer, a method and its `_mut` for each weight, with its path where that is no word; the `optional` ones may be
/// missing.
macro_rules! accessors {
    ($layer:ty {
        always { $( $(#[doc = $doc:literal])* $name:ident, $name_mut:ident $(= $path:literal)?; )* }
        optional { $( $(#[doc = $optional_doc:literal])* $optional:ident, $optional_mut:ident $(= $optional_path:literal)?; )* }
    }) => {
        impl<T: crate::float::Float> crate::layer::Weights<$layer, T> {
            $(
                $(#[doc = $doc])*
                #[must_use]
                pub fn $name(&self) -> ndarray::ArrayViewD<'_, T> {
                    self.get($crate::layers::accessors::accessors!(@path $name $($path)?)).expect("a weight that the layer always has").view()
                }

                $(#[doc = $doc])*
                ///
                /// It can be changed.
                pub fn $name_mut(&mut self) -> ndarray::ArrayViewMutD<'_, T> {
                    self.get_mut($crate::layers::accessors::accessors!(@path $name $($path)?)).expect("a weight that the layer always has").view_mut()
                }
            )*
            $(
                $(#[doc = $optional_doc])*
                #[must_use]
                pub fn $optional(&self) -> Option<ndarray::ArrayViewD<'_, T>> {
                    self.get($crate::layers::accessors::accessors!(@path $optional $($optional_path)?)).map(crate::layer::Weight::view)
                }

                $(#[doc = $optional_doc])*
                ///
                /// It can be changed.
                pub fn $optional_mut(&mut self) -> Option<ndarray::ArrayViewMutD<'_, T>> {
                    self.get_mut($crate::layers::accessors::accessors!(@path $optional $($optional_path)?)).map(crate::layer::Weight::view_mut)
                }
            )*
        }
    };
    (@path $name:ident) => { stringify!($name) };
    (@path $name:ident $path:literal) => { $path };
}
pub(crate) use accessors;
