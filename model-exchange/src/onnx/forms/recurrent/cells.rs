//! Cells, which are recurrent layers of one step, and layers that run others.

use model_graph::dim::Dim;
use model_graph::layer::Manner;
use model_graph::layers::{GRUCell, INITIAL_STATE, LSTMCell, Link, RNN, STEPS_MASK, SimpleRNNCell, StackedRNNCells};
use model_graph::shape::{Shape, TensorType};

use super::super::super::call::{Call, Formed, Reason, Value};
use super::super::super::weights::Weight;
use super::Form;

impl<'w> Call<'_, 'w> {
    /// A layer that this one runs, of these tensors, with the next of its weights.
    pub fn link(
        &mut self,
        link: &Link,
        x: &Value,
        states: &[Value],
        mask: Option<&Value>,
        weights: &mut &[Weight<'w>],
    ) -> Formed {
        let (own, rest) = weights.split_at_checked(link.weights.len()).unwrap_or((weights, &[]));
        *weights = rest;
        let named = own.iter().zip(&link.weights);
        let own = named.map(|(weight, spec)| Weight { name: spec.name.to_string(), ..weight.clone() }).collect();
        let slot = |name: &str| link.layer.slots().iter().position(|slot| slot.name == name);
        let states = slot("initial_state").filter(|_| !states.is_empty()).map(|slot| (slot, states.to_vec()));
        let mask = slot("mask").zip(mask).map(|(slot, mask)| (slot, vec![mask.clone()]));
        let (inputs, manner) = Manner::arranged(vec![x.clone()], states.into_iter().chain(mask).collect());
        let mut call = self.within(&link.path, inputs, link.outputs.clone(), manner, own);
        super::super::form(&link.layer, &mut call)
    }

    /// Layers one behind the other: what the last gives, then the states of all.
    fn series(&mut self, links: &[Link], states: &[Value], mask: Option<&Value>) -> Formed {
        let (mut x, mut left, mut all) = (self.input(0)?, states, Vec::new());
        let weights = self.weights.clone();
        let mut weights = weights.as_slice();
        for link in links {
            let (own, rest) = left.split_at(left.len().min(link.layer.states()));
            left = rest;
            let given = self.link(link, &x, own, mask, &mut weights)?;
            let [output, states @ ..] = given.as_slice() else { return Err("it has no output".into()) };
            all.extend(states.iter().cloned());
            let ty = link.outputs.first().cloned().unwrap_or_default();
            x = Value { name: output.clone(), ty };
        }
        Ok(std::iter::once(x.name).chain(all).collect())
    }

    /// A step of a cell: a sequence of one.
    fn one_step(&mut self, links: &[Link]) -> Formed {
        let x = self.input(0)?;
        let states: Vec<Value> = self.manner.slot(0, &self.inputs).to_vec();
        let name = self.unsqueeze(&x.name, &[1]);
        let dims = std::iter::once(Dim::from(1)).chain(x.ty.shape.0.iter().cloned()).collect();
        if let Some(first) = self.inputs.first_mut() {
            *first = Value { name, ty: x.ty.with_shape(Shape(dims)) };
        }
        self.series(links, &states, None)
    }
}

/// The types of what a call is given.
fn types(call: &Call<'_, '_>) -> Vec<TensorType> {
    call.inputs.iter().map(|input| input.ty.clone()).collect()
}

impl Form for RNN {
    const ONNX: &'static str = "what its cells' layers become, one behind the other; none with a cell of the user's own";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        if self.own_cell().is_some() {
            return Err("its cell is code of the user's own".into());
        }
        let links = self.links(&types(call), call.manner).map_err(|_| Reason::from("its cells do not fit its input"))?;
        let states: Vec<Value> = call.manner.slot(INITIAL_STATE, &call.inputs).to_vec();
        let mask = call.slot(STEPS_MASK);
        let mut given = call.series(&links, &states, mask.as_ref())?;
        given.truncate(call.outputs.len());
        Ok(given)
    }
}

macro_rules! cells {
    ($($layer:ident),*) => {
        $(impl Form for $layer {
            const ONNX: &'static str = "what its layer becomes, of a sequence of one step";

            fn form(&self, call: &mut Call<'_, '_>) -> Formed {
                let rnn = RNN {
                    cell: model_graph::argument::Cell(model_graph::argument::Wrapped::new(self.clone().into(), None, true)),
                    return_sequences: false,
                    return_state: true,
                    go_backwards: false,
                    stateful: false,
                    unroll: false,
                    zero_output_for_mask: false,
                };
                let x = call.input(0)?;
                let dims = std::iter::once(Dim::from(1)).chain(x.ty.shape.0.iter().cloned()).collect();
                let sequence = x.ty.with_shape(Shape(dims));
                let links = rnn.links(&[sequence], Manner::default()).map_err(|_| Reason::from("its cell does not fit its input"))?;
                call.one_step(&links)
            }
        })*
    };
}

cells!(GRUCell, LSTMCell, SimpleRNNCell, StackedRNNCells);
