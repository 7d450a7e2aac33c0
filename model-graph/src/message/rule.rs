//! The words for inputs that do not fit the shape rule of a user's layer.

use super::Operand;
use crate::custom::{Pattern, RuleProblem, Size};
use crate::dim::Dim;
use crate::repair::word;

/// The first line.
pub fn headline(problem: &RuleProblem, layer: &str, operands: &[Operand]) -> String {
    let label = |operand: usize| operands.get(operand).map_or("", |operand| &operand.label);
    let shape = |operand: usize| operands.get(operand).map(|operand| operand.ty.to_string()).unwrap_or_default();
    match problem {
        RuleProblem::Rank { operand, pattern, found } => format!("`{layer}` needs {pattern}: `{}` is {found}", label(*operand)),
        RuleProblem::Open { operand, expected, .. } => {
            let (first, second) = (label(0), label(*operand));
            let axes = if expected.rank() == 0 { "no axes".to_owned() } else { format!("the axes {expected}") };
            format!("`{layer}` needs {axes} for `..` as in `{first}` {}: `{second}` is {}", shape(0), shape(*operand))
        }
        RuleProblem::Name { name, first, second } if first.operand == second.operand => {
            let (label, shape) = (label(first.operand), shape(first.operand));
            format!("`{layer}` needs one size for `{name}`: `{label}` is {shape}, `{name}` {} and {}", first.size, second.size)
        }
        RuleProblem::Name { name, first, second } => {
            let side = |axis: &crate::custom::AxisSize| {
                format!("`{}` is {}, `{name}` {}", label(axis.operand), shape(axis.operand), axis.size)
            };
            format!("`{layer}` needs one size for `{name}`: {}; {}", side(first), side(second))
        }
        RuleProblem::Size { rule, expected, found } => {
            let (label, shape) = (label(found.operand), shape(found.operand));
            let axis = found.axis.saturating_add(1);
            format!(
                "`{layer}` needs axis {axis} to be {}: `{label}` is {shape}, axis {axis} {}",
                sized(rule, expected),
                found.size
            )
        }
        RuleProblem::Remainder { rule, dividend, divisor, .. } => {
            let whose: Vec<String> = operands.iter().map(|operand| format!("`{}` is {}", operand.label, operand.ty)).collect();
            format!("`{layer}` needs `{rule}` without a remainder: {}, {dividend} / {divisor}", whose.join(", "))
        }
        RuleProblem::Part { name, message } => {
            let (first, _) = of_part(message);
            format!("`{layer}` cannot have its part `{name}`: {first}")
        }
        RuleProblem::Empty { what, rule, size, .. } => {
            let whose: Vec<String> = operands.iter().map(|operand| format!("`{}` is {}", operand.label, operand.ty)).collect();
            format!("`{layer}` needs `{rule}`, a size of {what}, to be at least 1: {}, `{rule}` {size}", whose.join(", "))
        }
    }
}

/// The inputs whose history may explain the fault, the likelier first.
pub fn operands(problem: &RuleProblem) -> Vec<usize> {
    match problem {
        RuleProblem::Rank { operand, .. } => vec![*operand],
        RuleProblem::Open { operand, .. } => vec![*operand, 0],
        RuleProblem::Name { first, second, .. } => vec![second.operand, first.operand],
        RuleProblem::Size { found, .. } => vec![found.operand],
        RuleProblem::Remainder { .. } | RuleProblem::Empty { .. } | RuleProblem::Part { .. } => vec![0],
    }
}

/// What to do about it.
pub fn help(problem: &RuleProblem, class: &str, operands: &[Operand]) -> String {
    match problem {
        RuleProblem::Rank { operand, pattern, found } => {
            let Some(operand) = operands.get(*operand) else { return String::new() };
            let label = word(operand);
            match pattern {
                _ if operand.kept.is_some() => operand.kept_help().unwrap_or_default(),
                Pattern { is_open: true, sizes } if sizes.len() == 1 => format!("add an axis, `Reshape([1])({label})`"),
                Pattern { sizes: axes, is_open: false }
                    if axes.len().checked_sub(1) == Some(found.rank()) && found.rank() > 0 =>
                {
                    let last = axes.last().map(Size::to_string).unwrap_or_default();
                    operand.axis_help(&last)
                }
                Pattern { is_open: false, sizes } if sizes.len() == 1 => format!("`Flatten()({label})` makes one axis of them"),
                Pattern { is_open, sizes } => {
                    let least = if *is_open { "at least " } else { "" };
                    format!("give it {least}{} axes, with `Reshape([..])({label})`", sizes.len())
                }
            }
        }
        RuleProblem::Open { .. } => "give all inputs the same axes before those that the rule names".to_owned(),
        RuleProblem::Name { name, .. } => format!("the shape rule of `{class}` calls both `{name}`: make them equal"),
        RuleProblem::Size { expected, found, .. } => {
            format!("give it an input whose axis {} is {expected}", found.axis.saturating_add(1))
        }
        RuleProblem::Remainder { rule, argument: Some(argument), .. } => {
            format!("take another `{argument}`: the shape rule of `{class}` divides `{rule}`")
        }
        RuleProblem::Remainder { rule, argument: None, .. } => {
            format!("give it another shape: the shape rule of `{class}` divides `{rule}`")
        }
        RuleProblem::Part { name, message } => match of_part(message) {
            (_, Some(help)) => format!("mend `{name}` in `parts(..)` of `{class}`: {help}"),
            (_, None) => format!("mend `{name}` in `parts(..)` of `{class}`"),
        },
        RuleProblem::Empty { argument: Some(argument), .. } => format!("take another `{argument}`, or give it a larger input"),
        RuleProblem::Empty { argument: None, .. } => "give it a larger input".to_owned(),
    }
}

/// What is wrong with a part, and what helps.
fn of_part(message: &str) -> (&str, Option<&str>) {
    match message.split_once("\nhelp: ") {
        Some((first, help)) => (first, Some(help)),
        None => (message, None),
    }
}

/// A size with what it comes to: `units` = 10, or a number alone.
fn sized(rule: &Size, expected: &Dim) -> String {
    match rule {
        Size::Number(number) => number.to_string(),
        Size::Name(_) | Size::Combined(..) => format!("`{rule}` = {expected}"),
    }
}
