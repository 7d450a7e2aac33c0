//! Records whose fields are set one by one.

/// The methods that set a field each: to what is given, or to what comes of it.
macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $type:ty $(=> $value:expr)?,)*) => {
        $($(#[$doc])*
        #[must_use]
        pub fn $name(self, $name: $type) -> Self {
            $(let $name = $value;)?
            Self { $name, ..self }
        })*
    };
}
pub(crate) use setters;
