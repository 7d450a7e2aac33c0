//! Which names bodies mention, and which they assign to: where a fault lies before them or in them, nothing more is said of these.

use proc_macro2::Ident;

use crate::syntax::{Assign, Body, Expr, ExprKind, If, Items, Let, Statement, Subscript};

impl Expr {
    /// All names that it mentions, in whatever place.
    fn mentions<'e>(&'e self, found: &mut Vec<&'e Ident>) {
        match &self.kind {
            ExprKind::Name(name) => found.push(name),
            ExprKind::Unread(names) => found.extend(names),
            ExprKind::Path(_) | ExprKind::Literal(_) | ExprKind::Operation(_) => {}
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Format(items) | ExprKind::Foreign(items) => {
                items.iter().for_each(|item| item.mentions(found))
            }
            ExprKind::Call(callee, arguments) => {
                callee.mentions(found);
                arguments.iter().for_each(|argument| argument.value.mentions(found));
            }
            ExprKind::Binary(_, left, right) | ExprKind::Index(left, right) => {
                left.mentions(found);
                right.mentions(found);
            }
            ExprKind::Subscript(base, subscripts) => {
                base.mentions(found);
                subscripts.iter().flat_map(Subscript::parts).for_each(|part| part.mentions(found));
            }
            ExprKind::Negative(value) | ExprKind::Not(value) | ExprKind::Member(value, _) => value.mentions(found),
            ExprKind::If(choice) => {
                choice.condition.mentions(found);
                choice.branches().for_each(|branch| found.extend(branch.mentioned()));
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
        let mut found = Vec::new();
        for statement in &self.statements {
            match statement {
                Statement::Let(Let { value, .. }) | Statement::Assign(Assign { value, .. }) | Statement::Expr(value, _) => {
                    value.mentions(&mut found);
                }
                Statement::For(repetition) => {
                    match &repetition.items {
                        Items::List(list) => list.mentions(&mut found),
                        Items::Range { from, to, .. } => [from, to].into_iter().for_each(|end| end.mentions(&mut found)),
                    }
                    found.extend(repetition.body.mentioned());
                }
            }
        }
        self.result.iter().for_each(|result| result.mentions(&mut found));
        found
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
