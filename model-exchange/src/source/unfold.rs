//! Source with its blocks and loops written out again: what must be as it was.

use std::collections::HashMap;

use super::unit::{Argument, Block, Body, Head, Operand, Place, Unit, Value, quoted};

/// A call as it comes out: what is called and with what values, the tensors that it is called with, and those that it gives.
pub type Call = (Head, Vec<(String, String)>, Vec<Operand>, usize);

/// All calls of a body in order, with tensors numbered as they come about.
pub fn unfolded(body: &Body, blocks: &[Block]) -> (Vec<Call>, Vec<usize>) {
    let mut unfolding = Unfolding { blocks, calls: Vec::new(), next: 0 };
    let mut tensors = HashMap::new();
    unfolding.units(&body.units, &mut tensors, &HashMap::new());
    let results = body.results.iter().map(|result| unfolding.tensor(&tensors, *result)).collect();
    (unfolding.calls, results)
}

struct Unfolding<'b> {
    blocks: &'b [Block],
    calls: Vec<Call>,
    /// The number that the next tensor gets.
    next: usize,
}

/// What from outside of a body is numbered by itself: far behind all that come about in it.
const OUTSIDE: usize = 1 << 40;

type Values = HashMap<String, String>;

impl Unfolding<'_> {
    fn tensor(&self, tensors: &HashMap<usize, usize>, tensor: usize) -> usize {
        tensors.get(&tensor).copied().unwrap_or_else(|| tensor.saturating_add(OUTSIDE))
    }

    fn units(&mut self, units: &[Unit], tensors: &mut HashMap<usize, usize>, values: &Values) {
        units.iter().for_each(|unit| self.unit(unit, tensors, values));
    }

    fn unit(&mut self, unit: &Unit, tensors: &mut HashMap<usize, usize>, values: &Values) {
        let outputs = match &unit.head {
            Head::Block(number) => self.block(*number, unit, tensors, values),
            Head::Loop(repetition) => {
                let (from, to) = repetition.carried;
                let mut carried = unit.inputs().first().map_or(0, |&first| self.tensor(tensors, first));
                for round in &repetition.rounds {
                    let mut inner = values.clone();
                    inner.extend(repetition.variables.iter().cloned().zip(round.iter().map(|value| evaluated(value, values))));
                    let mut round = tensors.clone();
                    round.insert(from, carried);
                    self.units(&repetition.units, &mut round, &inner);
                    carried = self.tensor(&round, to);
                }
                vec![carried]
            }
            head => {
                let arguments = |arguments: &[Argument]| -> Vec<(String, String)> {
                    let texts = arguments.iter().filter(|argument| argument.place != Place::Leading || !argument.name.is_empty());
                    texts.map(|argument| (argument.name.clone(), evaluated(&argument.value, values))).collect()
                };
                let operands = unit.operands.iter().map(|operand| self.operand(operand, tensors)).collect();
                self.calls.push((head.clone(), arguments(&unit.arguments), operands, unit.outputs.len()));
                let outputs = (self.next..).take(unit.outputs.len()).collect();
                self.next = self.next.saturating_add(unit.outputs.len());
                outputs
            }
        };
        tensors.extend(unit.outputs.iter().copied().zip(outputs));
    }

    fn block(&mut self, number: usize, unit: &Unit, tensors: &HashMap<usize, usize>, values: &Values) -> Vec<usize> {
        let Some(block) = self.blocks.get(number) else { return Vec::new() };
        let inputs = unit.inputs().into_iter().map(|input| self.tensor(tensors, input));
        let mut inner: HashMap<usize, usize> = block.inputs.iter().copied().zip(inputs).collect();
        let given: Values =
            unit.arguments.iter().map(|argument| (argument.name.clone(), evaluated(&argument.value, values))).collect();
        self.units(&block.body.units, &mut inner, &given);
        block.body.results.iter().map(|result| self.tensor(&inner, *result)).collect()
    }

    fn operand(&self, operand: &Operand, tensors: &HashMap<usize, usize>) -> Operand {
        match operand {
            Operand::Tensor(tensor) => Operand::Tensor(self.tensor(tensors, *tensor)),
            Operand::List(list) => {
                Operand::List(list.iter().map(|tensor| tensor.map(|tensor| self.tensor(tensors, tensor))).collect())
            }
            Operand::Named(name, inner) => Operand::Named(name.clone(), Box::new(self.operand(inner, tensors))),
            Operand::Text(text) => Operand::Text(text.clone()),
        }
    }
}

/// A value where parameters have these.
fn evaluated(value: &Value, values: &Values) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Longer(name, behind) => {
            let text = Value::Text(values.get(name).cloned().unwrap_or_default());
            quoted(&format!("{}{behind}", text.string().unwrap_or_default()))
        }
        Value::Parameter(name, factor) => {
            let text = values.get(name).cloned().unwrap_or_default();
            match text.parse::<u64>().ok().and_then(|number| number.checked_mul(*factor)) {
                Some(number) if *factor > 1 => number.to_string(),
                _ => text,
            }
        }
    }
}
