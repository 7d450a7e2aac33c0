//! The fields of a model's or block's struct: one a layer, in the order of first calls.

use std::collections::{HashMap, HashSet};

use model_graph::Graph;
use model_graph::graph::{Kind, LayerId};
use model_graph::names::{Counter, snake_case};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;

use super::identifier;

/// Where a layer lies.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name in the struct, its gradients and its tape.
    pub name: Ident,
    /// Where it lies in the model that a view looks into.
    path: Option<TokenStream>,
    /// The view that it is looked at through: of a model that is called with masks.
    through: Option<Ident>,
    /// The view that has it besides its model's layers: an operation that computes a mask.
    owner: Option<Ident>,
}

impl Field {
    /// The expression that reads it.
    pub fn at(&self) -> TokenStream {
        let Self { name, path, through, owner } = self;
        if let Some(owner) = owner {
            return quote!(#owner::#name());
        }
        let at = path.as_ref().map_or_else(|| quote!(self.#name), |path| quote!(self.base().#path));
        through.as_ref().map_or_else(|| at.clone(), |view| quote!(#view::of(&#at)))
    }

    /// The expression that changes it.
    pub fn at_mut(&self) -> TokenStream {
        let Self { name, path, through, .. } = self;
        let at = path.as_ref().map_or_else(|| quote!(self.#name), |path| quote!(self.base_mut().#path));
        through.as_ref().map_or_else(|| at.clone(), |view| quote!(#view::of(&mut #at)))
    }

    /// Whether a view has it besides its model's layers, once for all.
    pub const fn is_of_view(&self) -> bool {
        self.owner.is_some()
    }
}

/// The fields of a struct.
#[derive(Debug)]
pub struct Fields {
    all: Vec<(LayerId, Field)>,
    /// Where each layer stands among them.
    positions: HashMap<LayerId, usize>,
    /// Their names.
    names: HashSet<String>,
}

impl Fields {
    /// A model's: layers under the names that they have in its configuration, blocks under their own, numbered.
    pub fn of_model(graph: &Graph, flat: &Graph) -> Self {
        let mut names = flat.layers.iter().map(|layer| layer.name().to_owned());
        let mut own = Vec::new();
        for id in graph.call_order() {
            let kind = &graph.layers[id.0].kind;
            own.push(match kind {
                Kind::Block(block) => {
                    names.by_ref().take(flat_layers(block)).for_each(drop);
                    None
                }
                Kind::Layer(_) | Kind::Model(_) => names.next(),
            });
        }
        Self::unique(graph, own)
    }

    /// A block's: layers under the names that they would have if the block were a model.
    pub fn of_block(graph: &Graph) -> Self {
        let mut counter = Counter::default();
        let mut names = vec![None; graph.layers.len()];
        for (i, layer) in graph.layers.iter().enumerate().filter(|(_, layer)| layer.built.is_some()) {
            names[i] = match &layer.kind {
                Kind::Layer(_) => Some(layer.name.clone().unwrap_or_else(|| counter.next(layer.kind.class()))),
                Kind::Model(model) => Some(layer.name.clone().unwrap_or_else(|| counter.next(&model.name))),
                Kind::Block(_) => None,
            };
        }
        let own = graph.call_order().into_iter().map(|id| names[id.0].take()).collect();
        Self::unique(graph, own)
    }

    fn unique(graph: &Graph, own: Vec<Option<String>>) -> Self {
        let mut taken: HashSet<String> = own.iter().flatten().cloned().collect();
        let mut counter = Counter::default();
        let fields = graph.call_order().into_iter().zip(own).map(|(id, name)| {
            let name = name.unwrap_or_else(|| {
                let base = snake_case(graph.layers[id.0].kind.class());
                loop {
                    let name = counter.next(&base);
                    if taken.insert(name.clone()) {
                        break name;
                    }
                }
            });
            let name = identifier(&name, Span::call_site());
            (id, Field { name, path: None, through: None, owner: None })
        });
        Self::of(fields.collect())
    }

    fn of(all: Vec<(LayerId, Field)>) -> Self {
        let positions = all.iter().enumerate().map(|(position, (id, _))| (*id, position)).collect();
        let names = all.iter().map(|(_, field)| field.name.to_string()).collect();
        Self { all, positions, names }
    }

    /// Whether a field has this name.
    pub fn is_taken(&self, name: &Ident) -> bool {
        self.names.contains(&name.to_string())
    }

    /// A view's: its layers lie in the model that it looks into, but for those without a place there.
    pub fn of_view(view: &Ident, flat: &Graph, places: &[Option<String>]) -> Self {
        let called = flat.layers.iter().enumerate().zip(places).filter(|((_, layer), _)| layer.built.is_some());
        let fields = called.map(|((i, layer), place)| {
            let name = identifier(layer.name(), Span::call_site());
            let parts =
                |place: &String| -> Vec<Ident> { place.split('.').map(|part| identifier(part, Span::call_site())).collect() };
            let path = place.as_ref().map(parts).map(|path| quote!(#(#path).*));
            let owner = path.is_none().then(|| view.clone());
            (LayerId(i), Field { name, path, through: None, owner })
        });
        Self::of(fields.collect())
    }

    /// The same, where these models are looked at through views.
    pub fn through(mut self, view: impl Fn(LayerId) -> Option<Ident>) -> Self {
        self.all.iter_mut().for_each(|(id, field)| field.through = view(*id));
        self
    }

    /// The layers with their fields, in order.
    pub fn iter(&self) -> impl Iterator<Item = (LayerId, &Field)> {
        self.all.iter().map(|(id, field)| (*id, field))
    }

    /// The field of a layer.
    pub fn get(&self, layer: LayerId) -> Option<&Field> {
        self.all.get(*self.positions.get(&layer)?).map(|(_, field)| field)
    }

    /// The name of a layer's field.
    pub fn name(&self, layer: LayerId) -> Ident {
        self.get(layer).map_or_else(|| Ident::new("layer", Span::call_site()), |field| field.name.clone())
    }

    /// Where a layer lies.
    pub fn at(&self, layer: LayerId) -> TokenStream {
        self.get(layer).map(Field::at).unwrap_or_default()
    }
}

/// Where the layers of a model lie in its struct: for the path of each, `conv2d` or `encoder/conv2d`, the fields that lead to it.
pub type Places = HashMap<String, String>;

/// The places of a model's layers, those of the models in it included, whose own are known.
pub fn places(graph: &Graph, flat: &Graph, models: &HashMap<String, Places>) -> Places {
    let mut places = Places::new();
    let mut names = flat.layers.iter().map(|layer| layer.name().to_owned());
    collect(graph, &Fields::of_model(graph, flat), "", &mut names, models, &mut places);
    places
}

fn collect(
    graph: &Graph,
    fields: &Fields,
    before: &str,
    names: &mut impl Iterator<Item = String>,
    models: &HashMap<String, Places>,
    places: &mut Places,
) {
    for (id, Field { name, .. }) in fields.iter() {
        let place = format!("{before}{}", name.unraw());
        match &graph.layers[id.0].kind {
            Kind::Block(block) => collect(block, &Fields::of_block(block), &format!("{place}."), names, models, places),
            Kind::Layer(_) => drop(names.next().map(|name| places.insert(name, place))),
            Kind::Model(model) => {
                let Some(name) = names.next() else { continue };
                let inner = models.get(&model.name).into_iter().flatten();
                places.extend(inner.map(|(path, inner)| (format!("{name}/{path}"), format!("{place}.{inner}"))));
                places.insert(name, place);
            }
        }
    }
}

/// The number of layers that a block adds to a flat graph.
fn flat_layers(graph: &Graph) -> usize {
    let count = |id: &LayerId| match &graph.layers[id.0].kind {
        Kind::Block(block) => flat_layers(block),
        Kind::Layer(_) | Kind::Model(_) => 1,
    };
    graph.call_order().iter().map(count).sum()
}
