//! Constants: computed once, when something first asks for them.

use super::Lowering;
use super::frame::Frame;
use super::value::Value;
use crate::diagnostics;
use crate::syntax::Program;

impl<'p> Lowering<'p, '_> {
    /// The value of a constant, if there is one of this name.
    pub fn constant(&mut self, items: &'p Program, name: &str) -> Option<Value> {
        let constant = items.constant(name)?;
        let key = std::ptr::from_ref(constant) as usize;
        if let Some(value) = self.constants.get(&key) {
            return Some(value.clone());
        }
        let mut frame = Frame::new(String::new(), items, Vec::new());
        if self.is_circle(&frame, &constant.name) {
            self.constants.insert(key, Value::Broken);
            return Some(Value::Broken);
        }
        self.open.push(name.to_owned());
        let mut value = self.expression(&mut frame, &constant.value);
        self.open.pop();
        if !matches!(value, Value::Data(_)) {
            if !value.is_broken() {
                let (found, is_known) = (value.describe(&frame), !value.holds_layers());
                self.diagnostics.error(constant.value.range, diagnostics::constant(name, &found, is_known));
            }
            value = Value::Broken;
        }
        self.constants.insert(key, value.clone());
        Some(value)
    }
}
