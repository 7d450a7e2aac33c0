//! What names stand for in a body: scopes within scopes, each with its own bindings.

use std::collections::{HashMap, HashSet};

use super::value::Value;

/// The bindings of a body.
#[derive(Debug)]
pub struct Bindings {
    /// The innermost scope last.
    scopes: Vec<HashMap<String, Binding>>,
    /// The names of scopes that have been left.
    left: HashSet<String>,
}

#[derive(Debug)]
struct Binding {
    value: Value,
    by: Binder,
}

/// What binds a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binder {
    /// A header, or a loop's pattern.
    Header,
    /// `let`
    Let,
    /// `let mut`
    LetMut,
}

/// Why a name cannot be assigned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unassignable {
    /// It is not bound.
    Unbound,
    /// It is bound without `mut`.
    Immutable(Immutable),
}

/// A name that is bound without `mut`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Immutable {
    /// Whether a header or a loop's pattern binds it.
    pub is_given: bool,
    /// Whether it is bound outside of the loop or branch.
    pub is_around: bool,
}

impl Default for Bindings {
    fn default() -> Self {
        Self { scopes: vec![HashMap::new()], left: HashSet::new() }
    }
}

impl Bindings {
    /// Opens a scope: what is bound in it is forgotten when it is left.
    pub fn enter(&mut self) {
        self.scopes.push(HashMap::new());
    }

    /// Leaves the innermost scope.
    pub fn leave(&mut self) {
        self.left.extend(self.scopes.pop().into_iter().flat_map(HashMap::into_keys));
    }

    /// What a name stands for.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.find(name).map(|binding| &binding.value)
    }

    /// Whether a name stands for something.
    pub fn contains(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Whether a name was bound in a scope that has been left.
    pub fn has_left(&self, name: &str) -> bool {
        self.left.contains(name)
    }

    fn find(&self, name: &str) -> Option<&Binding> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name))
    }

    /// Binds a name in the innermost scope.
    pub fn bind(&mut self, name: String, value: Value, by: Binder) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name, Binding { value, by });
        }
    }

    /// Lets a name stand for something else, where it was bound.
    pub fn assign(&mut self, name: &str, value: Value) -> Result<(), Unassignable> {
        let is_around = self.scopes.last().is_some_and(|scope| !scope.contains_key(name));
        let binding = self.scopes.iter_mut().rev().find_map(|scope| scope.get_mut(name)).ok_or(Unassignable::Unbound)?;
        let is_allowed = binding.by == Binder::LetMut || binding.value.is_broken();
        binding.value = value; // in any case: nothing more is to be said of it
        let is_given = binding.by == Binder::Header;
        if is_allowed { Ok(()) } else { Err(Unassignable::Immutable(Immutable { is_given, is_around })) }
    }

    /// Says no more of a name, in whatever scope it is bound.
    pub fn give_up(&mut self, name: &str) {
        self.scopes.iter_mut().filter_map(|scope| scope.get_mut(name)).for_each(|binding| binding.value = Value::Broken);
    }

    /// All names, sorted.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.scopes.iter().flat_map(|scope| scope.keys().map(String::as_str)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The tensors that names of the outermost scope stand for.
    pub fn tensors(&self) -> impl Iterator<Item = (&str, model_graph::graph::TensorId)> {
        self.scopes.first().into_iter().flatten().filter_map(|(name, binding)| match binding.value {
            Value::Tensor(tensor) => Some((name.as_str(), tensor)),
            _ => None,
        })
    }
}
