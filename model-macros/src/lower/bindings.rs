//! What names stand for in a body: scopes within scopes, each with its own bindings.

use std::collections::HashMap;

use super::value::Value;

/// The bindings of a body, the innermost scope last.
#[derive(Debug)]
pub struct Bindings(Vec<HashMap<String, Binding>>);

#[derive(Debug)]
struct Binding {
    value: Value,
    is_mutable: bool,
}

/// Why a name cannot be assigned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unassignable {
    /// It is not bound.
    Unbound,
    /// It is bound without `mut`.
    Immutable,
}

impl Default for Bindings {
    fn default() -> Self {
        Self(vec![HashMap::new()])
    }
}

impl Bindings {
    /// Opens a scope: what is bound in it is forgotten when it is left.
    pub fn enter(&mut self) {
        self.0.push(HashMap::new());
    }

    /// Leaves the innermost scope.
    pub fn leave(&mut self) {
        self.0.pop();
    }

    /// What a name stands for.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.find(name).map(|binding| &binding.value)
    }

    /// Whether a name stands for something.
    pub fn contains(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn find(&self, name: &str) -> Option<&Binding> {
        self.0.iter().rev().find_map(|scope| scope.get(name))
    }

    /// Binds a name in the innermost scope.
    pub fn bind(&mut self, name: String, value: Value, is_mutable: bool) {
        if let Some(scope) = self.0.last_mut() {
            scope.insert(name, Binding { value, is_mutable });
        }
    }

    /// Lets a name stand for something else, where it was bound.
    pub fn assign(&mut self, name: &str, value: Value) -> Result<(), Unassignable> {
        let binding = self.0.iter_mut().rev().find_map(|scope| scope.get_mut(name)).ok_or(Unassignable::Unbound)?;
        let is_allowed = binding.is_mutable || binding.value.is_broken();
        binding.value = value; // in any case: nothing more is to be said of it
        if is_allowed { Ok(()) } else { Err(Unassignable::Immutable) }
    }

    /// All names, sorted.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.0.iter().flat_map(|scope| scope.keys().map(String::as_str)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The tensors that names of the outermost scope stand for.
    pub fn tensors(&self) -> impl Iterator<Item = (&str, model_graph::graph::TensorId)> {
        self.0.first().into_iter().flatten().filter_map(|(name, binding)| match binding.value {
            Value::Tensor(tensor) => Some((name.as_str(), tensor)),
            _ => None,
        })
    }
}
