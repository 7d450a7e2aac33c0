//! The arguments of one layer while they become today's, with what is wrong with them.

use serde_json::{Map, Value};

use super::fault::{self, Fault, Problem};
use super::values;

/// The arguments of a layer.
pub(super) struct Arguments<'f> {
    /// The layer's class, as the document has it.
    pub class: String,
    /// The arguments as far as they are today's.
    pub map: Map<String, Value>,
    /// The arguments that have another name today, by that and by the one in the document.
    pub renamed: Vec<(String, &'static str)>,
    /// The names that lead to the layer.
    pub place: &'f [String],
    /// What is wrong with the document so far.
    pub faults: &'f mut Vec<Fault>,
}

impl Arguments<'_> {
    /// Takes an argument out, unless it is null.
    pub fn take(&mut self, argument: &str) -> Option<Value> {
        self.map.shift_remove(argument).filter(|value| !value.is_null())
    }

    /// Leaves arguments out that say nothing now.
    pub fn leave_out(&mut self, arguments: &[&str]) {
        arguments.iter().for_each(|argument| drop(self.map.shift_remove(*argument)));
    }

    /// Gives an argument today's name, unless that is there.
    pub fn rename(&mut self, old: &'static str, new: &str) {
        if let Some(value) = self.map.shift_remove(old)
            && !self.map.contains_key(new)
        {
            self.map.insert(new.to_owned(), value);
            self.renamed.push((new.to_owned(), old));
        }
    }

    /// Sets an argument that is not there.
    pub fn default(&mut self, argument: &str, value: impl Into<Value>) {
        if !self.map.contains_key(argument) {
            self.map.insert(argument.to_owned(), value.into());
        }
    }

    /// Takes out an argument that must be one of these, or null.
    pub fn only(&mut self, argument: &str, allowed: &[Value], reason: &'static str, help: &'static str) {
        if let Some(found) = self.take(argument).filter(|found| !allowed.iter().any(|allowed| values::is_same(allowed, found))) {
            self.refuse(argument, found, reason, help);
        }
    }

    /// Says that an argument asks for what is not there.
    pub fn refuse(&mut self, argument: &str, found: Value, reason: &'static str, help: &'static str) {
        let written = self.renamed.iter().find(|(new, _)| new == argument).map_or(argument, |(_, old)| old);
        self.fault(Problem::Argument { class: self.class.clone(), argument: written.to_owned(), found, reason, help });
    }

    /// Says that something is wrong.
    pub fn fault(&mut self, problem: impl Into<Problem>) {
        fault::tell(self.faults, self.place, problem.into());
    }
}
