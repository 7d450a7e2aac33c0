//! Which names bodies mention, and which they assign to: where a fault lies before them or in them, nothing more is said of these.

use proc_macro2::Ident;

use crate::syntax::{Assign, Body, Expr, ExprKind, If, Items, Let, Pattern, Statement, Subscript};

/// What a body does with a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// It binds it.
    Bound,
    /// It calls what is called so, with arguments.
    Called,
    /// It mentions it otherwise.
    Named,
}

/// Names with what is done with them.
type Uses<'e> = Vec<(&'e Ident, Use)>;

impl Expr {
    /// All names that it uses, in whatever place.
    fn uses<'e>(&'e self, found: &mut Uses<'e>) {
        match &self.kind {
            ExprKind::Name(name) => found.push((name, Use::Named)),
            ExprKind::Unread(names) => found.extend(names.iter().map(|name| (name, Use::Named))),
            ExprKind::Path(_) | ExprKind::Literal(_) | ExprKind::Operation(_) => {}
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Format(items) | ExprKind::Foreign(items) => {
                items.iter().for_each(|item| item.uses(found))
            }
            ExprKind::Call(callee, arguments) => {
                match &callee.kind {
                    ExprKind::Name(name) if !arguments.is_empty() => found.push((name, Use::Called)),
                    _ => callee.uses(found),
                }
                arguments.iter().for_each(|argument| argument.value.uses(found));
            }
            ExprKind::Binary(_, left, right) | ExprKind::Index(left, right) => {
                left.uses(found);
                right.uses(found);
            }
            ExprKind::Subscript(base, subscripts) => {
                base.uses(found);
                subscripts.iter().flat_map(Subscript::parts).for_each(|part| part.uses(found));
            }
            ExprKind::Negative(value) | ExprKind::Not(value) | ExprKind::Member(value, _) => value.uses(found),
            ExprKind::If(choice) => {
                choice.condition.uses(found);
                choice.branches().for_each(|branch| branch.uses(found));
            }
        }
    }

    /// The names that its branches assign to.
    fn assigned<'e>(&'e self, found: &mut Vec<&'e Ident>) {
        if let ExprKind::If(choice) = &self.kind {
            choice.branches().for_each(|branch| found.extend(branch.assigned()));
        }
    }
}

impl If {
    /// The bodies of which one is taken.
    fn branches(&self) -> impl Iterator<Item = &Body> {
        std::iter::once(&self.then).chain(&self.otherwise)
    }
}

impl Body {
    /// All names that it mentions.
    pub fn mentioned(&self) -> Vec<&Ident> {
        self.all_uses().into_iter().filter(|(_, how)| *how != Use::Bound).map(|(name, _)| name).collect()
    }

    /// The names that it calls and binds nowhere, in branches that are not taken as well.
    pub fn called(&self) -> Vec<&Ident> {
        let uses = self.all_uses();
        let is_bound = |name: &Ident| uses.iter().any(|(bound, how)| *how == Use::Bound && *bound == name);
        uses.iter().filter(|(name, how)| *how == Use::Called && !is_bound(name)).map(|(name, _)| *name).collect()
    }

    fn all_uses(&self) -> Uses<'_> {
        let mut found = Vec::new();
        self.uses(&mut found);
        found
    }

    fn uses<'e>(&'e self, found: &mut Uses<'e>) {
        for statement in &self.statements {
            match statement {
                Statement::Let(Let { names, value, .. }) => {
                    value.uses(found);
                    found.extend(names.iter().map(|name| (name, Use::Bound)));
                }
                Statement::Assign(Assign { value, .. }) | Statement::Expr(value, _) => value.uses(found),
                Statement::For(repetition) => {
                    match &repetition.items {
                        Items::List(list) => list.uses(found),
                        Items::Range { from, to, .. } => [from, to].into_iter().for_each(|end| end.uses(found)),
                    }
                    repetition.pattern.binds(found);
                    repetition.body.uses(found);
                }
            }
        }
        self.result.iter().for_each(|result| result.uses(found));
    }

    /// All names that it assigns to, and those that it may: of statements that could not be read.
    pub fn assigned(&self) -> Vec<&Ident> {
        let mut found = Vec::new();
        for statement in &self.statements {
            match statement {
                Statement::Let(Let { names, value: Expr { kind: ExprKind::Unread(_), .. }, .. }) => found.extend(names),
                Statement::Let(Let { value, .. }) | Statement::Expr(value, _) => value.assigned(&mut found),
                Statement::Assign(Assign { names, value }) => {
                    found.extend(names);
                    value.assigned(&mut found);
                }
                Statement::For(repetition) => found.extend(repetition.body.assigned()),
            }
        }
        self.result.iter().for_each(|result| result.assigned(&mut found));
        found
    }
}

impl Pattern {
    fn binds<'e>(&'e self, found: &mut Uses<'e>) {
        match self {
            Self::Name(name) => found.push((name, Use::Bound)),
            Self::Tuple(parts, _) => parts.iter().for_each(|part| part.binds(found)),
        }
    }
}
