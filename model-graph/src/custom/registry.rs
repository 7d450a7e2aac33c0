//! The declarations that configurations are read by.

use std::sync::Arc;

use super::Signature;

/// The layers of the user's own that are known, each by its name.
#[derive(Clone, Debug, Default)]
pub struct Registry(Vec<Arc<Signature>>);

impl Registry {
    /// Adds a layer. One of the same registered name takes the other's place.
    pub fn insert(&mut self, signature: Arc<Signature>) {
        self.0.retain(|other| other.registered_name() != signature.registered_name());
        self.0.push(signature);
    }

    /// The layer of a registered name, `Custom>CustomDense`. A name without a package, as Keras gives to what nobody has registered, is a
    /// class's, if only one layer has it.
    #[must_use]
    pub fn find(&self, registered: &str) -> Option<&Arc<Signature>> {
        let mut of_class = self.0.iter().filter(|signature| signature.name == registered);
        let only = || of_class.next().filter(|_| of_class.next().is_none());
        self.0.iter().find(|signature| signature.registered_name() == registered).or_else(only)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Signature>> {
        self.0.iter()
    }
}
