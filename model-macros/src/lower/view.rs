//! Views: models that are a part of another's graph and share its weights.

use std::collections::HashMap;
use std::sync::Arc;

use model_graph::Graph;
use model_graph::custom::{Registry, Signature};
use model_graph::graph::{Source, TensorId};
use model_graph::view::{Apart, Inside};
use serde_json::{Value as Json, json};

use super::{LoweredModel, Lowering};
use crate::diagnostics;
use crate::syntax::{Path, View};

impl<'p> Lowering<'p, '_> {
    /// Lowers a view, once.
    pub fn view(&mut self, view: &'p View) -> Option<LoweredModel> {
        self.once(&view.name, |lowering| lowering.lower_view(view))
    }

    fn lower_view(&mut self, view: &'p View) -> Option<LoweredModel> {
        if view.outputs.is_empty() || view.inputs.is_empty() {
            return None; // it could not be read
        }
        let base = self.base(view)?;
        let mut inside = Inside::new(&base.flat, base.names.iter().cloned());
        for path in view.inputs.iter().chain(&view.outputs) {
            self.open_models(&mut inside, view, path)?;
        }
        let inputs = self.tensors_of(&inside, view, &view.inputs)?;
        let mut outputs = self.tensors_of(&inside, view, &view.outputs)?;
        if let Some(i) = outputs.iter().position(|(_, output)| inputs.iter().any(|(_, input)| input == output)) {
            self.diagnostics.error(view.outputs[i].range, diagnostics::output_is_input(&outputs[i].0));
            return None;
        }
        if let [(name, tensor)] = outputs.as_mut_slice()
            && let Source::Node(node, _) = inside.graph.tensors[tensor.0].source
        {
            let node = &inside.graph.nodes[node.0];
            inside.graph.layers[node.layer.0].called(node.manner).clone_into(name);
        }
        match inside.between(&view.name.to_string(), &inputs, &outputs) {
            Ok((graph, _)) if self.has_too_many_calls(&view.name, graph.calls()) => None,
            Ok((graph, paths)) => {
                let view = Some(paths.iter().map(|path| path.join("/")).collect());
                Some(LoweredModel { graph: Arc::new(graph.clone()), flat: graph, names: Vec::new(), view, fields: None })
            }
            Err(Apart::Needs(missing)) => {
                let range = view.inputs.first().map_or(view.name.span().into(), |path| path.range);
                self.diagnostics.error(range, diagnostics::view_needs(&view.name.to_string(), &missing));
                None
            }
            Err(Apart::Mask(output, error)) => {
                self.diagnostics.error(view.outputs[output].range, error);
                None
            }
            Err(Apart::Unread(input)) => {
                let message = diagnostics::view_unread(&view.name.to_string(), &inputs[input].0);
                self.diagnostics.error(view.inputs[input].range, message);
                None
            }
        }
    }

    /// The model that a view looks into.
    fn base(&mut self, view: &'p View) -> Option<LoweredModel> {
        let name = view.base.to_string();
        let program = self.program;
        let declared = program.models.iter().map(|model| &model.name).chain(program.views.iter().map(|view| &view.name));
        let declared: Vec<String> = declared.map(ToString::to_string).collect();
        if declared.contains(&name) {
            if let Some(start) = self.open.iter().position(|open| *open == name) {
                let circle = [&self.open[start..], std::slice::from_ref(&name)].concat();
                self.diagnostics.error(view.base.span(), diagnostics::cycle(&circle));
                return None;
            }
            return self.declared_model(&view.base);
        }
        if let Some(known) = self.models.get(&name) {
            return known.clone();
        }
        let known: Vec<&str> = declared.iter().map(String::as_str).filter(|known| view.name != known).collect();
        if model_graph::layers::Class::find(&name).is_some()
            || known.iter().any(|known| model_graph::message::is_slip(&name, known))
        {
            self.diagnostics.error(view.base.span(), diagnostics::view_base(&name, &known));
        } else if !self.missing.contains(&view.base) {
            self.missing.push(view.base.clone());
        }
        None
    }

    /// Opens the models that a path leads through.
    fn open_models(&mut self, inside: &mut Inside, view: &View, path: &Path) -> Option<()> {
        let names: Vec<String> = path.names.iter().map(ToString::to_string).collect();
        for depth in 1..names.len() {
            let is_open = inside.paths.iter().any(|other| other.len() > depth && other.starts_with(&names[..depth]));
            if !is_open && !inside.open(&names[..depth]) {
                let (base, name, valid) = (view.base.to_string(), names[..depth].join("."), inside.names(&names[..depth - 1]));
                let message = match inside.find_model(&names[..depth]) {
                    Some(model) => diagnostics::view_steps(&base, &name, &model),
                    None => diagnostics::view_model(&base, &name, &valid),
                };
                self.diagnostics.error(path.names[depth - 1].span(), message);
                return None;
            }
        }
        Some(())
    }

    /// The tensors that paths name, each under its last name.
    fn tensors_of(&mut self, inside: &Inside, view: &View, paths: &[Path]) -> Option<Vec<(String, TensorId)>> {
        let mut found: Vec<(String, TensorId)> = Vec::new();
        let mut is_sound = true;
        for path in paths {
            let names: Vec<String> = path.names.iter().map(ToString::to_string).collect();
            let (last, before) = names.split_last()?;
            let calls = inside.find(&names);
            let call = match (calls.len(), path.call) {
                (0, _) => None,
                (1, None) => Some(0),
                (count, Some(call)) => Some(call).filter(|call| *call < count),
                (_, None) => None,
            };
            let Some(call) = call else {
                let message = match calls.len() {
                    0 => diagnostics::view_tensor(&view.base.to_string(), &names.join("."), &inside.names(before)),
                    count => diagnostics::view_calls(&names.join("."), count),
                };
                self.diagnostics.error(path.range, message);
                is_sound = false;
                continue;
            };
            let name = path.call.filter(|_| calls.len() > 1).map_or_else(|| last.clone(), |call| format!("{last}_{call}"));
            if found.iter().any(|(other, _)| *other == name) {
                self.diagnostics.error(path.range, diagnostics::view_twice(&name));
                is_sound = false;
            }
            found.push((name, calls[call]));
        }
        is_sound.then_some(found)
    }
}

/// What is to be known of a model besides its configuration, as its companion carries it: names of tensors, where layers lie, and the user's
/// own layers.
pub fn write_inside(lowered: &LoweredModel, fields: &HashMap<String, String>) -> String {
    let flat = &lowered.flat;
    let tensors = lowered.names.iter().filter_map(|(name, tensor)| {
        let Source::Node(node, output) = flat.tensors[tensor.0].source else { return None };
        let node = &flat.nodes[node.0];
        let layer = flat.layers[node.layer.0].name();
        (flat.layers[node.layer.0].called(node.manner) != name).then(|| (name.clone(), json!([layer, node.call, output])))
    });
    let tensors: serde_json::Map<String, Json> = tensors.collect();
    let mut fields: Vec<(&String, &String)> = fields.iter().filter(|(path, field)| path.replace('/', ".") != **field).collect();
    fields.sort();
    let fields: serde_json::Map<String, Json> = fields.into_iter().map(|(path, field)| (path.clone(), json!(field))).collect();
    let layers: Vec<Json> = flat.custom_layers().iter().map(|signature| signature.to_json()).collect();
    match (tensors.is_empty() && fields.is_empty(), layers.is_empty()) {
        (true, true) => String::new(),
        (_, true) => json!({ "tensors": tensors, "fields": fields }).to_string(),
        (_, false) => json!({ "tensors": tensors, "fields": fields, "layers": layers }).to_string(),
    }
}

/// The layers of the user's own that `write_inside` has written.
pub fn read_layers(inside: &Json) -> Registry {
    let mut registry = Registry::default();
    let layers = inside.get("layers").and_then(Json::as_array).into_iter().flatten();
    layers.filter_map(Signature::from_json).for_each(|signature| registry.insert(Arc::new(signature)));
    registry
}

/// Reads what `write_inside` has written.
pub fn read_inside(inside: &Json, flat: &Graph) -> (Vec<(String, TensorId)>, HashMap<String, String>) {
    let entries = |key: &str| inside.get(key).and_then(Json::as_object).into_iter().flatten();
    let tensor = |place: &Json| {
        let (layer, call, output) = (place.get(0)?.as_str()?, place.get(1)?.as_u64()?, place.get(2)?.as_u64()?);
        let node = flat.nodes.iter().find(|node| flat.layers[node.layer.0].name() == layer && node.call as u64 == call)?;
        node.outputs.get(usize::try_from(output).ok()?).copied()
    };
    let tensors = entries("tensors").filter_map(|(name, place)| Some((name.clone(), tensor(place)?))).collect();
    let fields = entries("fields").filter_map(|(path, field)| Some((path.clone(), field.as_str()?.to_owned()))).collect();
    (tensors, fields)
}
