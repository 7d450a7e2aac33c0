//! A metric of an output whose targets are class numbers or values: which, is told by those that come.

use super::{AnyRule, State};
use crate::error::Result;
use crate::given::{Judged, Port, Target, TargetForm};

/// What a metric remembers, in the form of the targets that came last.
#[derive(Debug)]
struct Either {
    rule: AnyRule,
    port: Port,
    form: TargetForm,
    state: Box<dyn State>,
}

/// The state of a metric that takes one of the forms at least.
pub(super) fn state(rule: &AnyRule, port: &Port) -> Result<Box<dyn State>> {
    let of = |form| -> Result<_> { Ok((form, rule.state(form, port)?)) };
    let (form, state) = of(TargetForm::Labels).or_else(|_| of(TargetForm::Values))?;
    Ok(Box::new(Either { rule: rule.clone(), port: port.clone(), form, state }))
}

impl State for Either {
    fn add(&mut self, judged: Judged<'_>) -> Result<()> {
        let form = if let Target::Labels(_) = judged.target { TargetForm::Labels } else { TargetForm::Values };
        if form != self.form {
            self.state = self.rule.state(form, &self.port)?;
            self.form = form;
        }
        self.state.add(judged)
    }

    fn count(&self) -> usize {
        self.state.count()
    }

    fn value(&self, place: usize) -> f64 {
        self.state.value(place)
    }

    fn clear(&mut self) {
        self.state.clear();
    }
}
