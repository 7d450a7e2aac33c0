//! What may be wrong with an optimiser besides the range of an argument.

/// What is wrong with an optimiser.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Gradients are to be clipped in two ways.
    #[error("`{owner}` has `{first}` and `{second}`: expected one of `clipnorm`, `clipvalue` and `global_clipnorm` at most")]
    Clips {
        /// The optimiser.
        owner: &'static str,
        /// One way.
        first: &'static str,
        /// Another.
        second: &'static str,
    },
    /// The learning rate is to be set where a schedule tells it.
    #[error(
        "the learning rate of `{owner}` follows `{schedule}` and cannot be set to a number\nhelp: make the optimizer with a number, as \
         `{owner}::new(1e-3)`, or set another schedule"
    )]
    Scheduled {
        /// The optimiser.
        owner: &'static str,
        /// What tells the rate.
        schedule: String,
    },
    /// The learning rate of several optimisers is to be set at once.
    #[error(
        "`MultiOptimizer` has no learning rate of its own: each of its optimizers has one\nhelp: give its optimizers schedules"
    )]
    ManyRates,
    /// A schedule gives what is no learning rate.
    #[error("`{schedule}` gives a learning rate of {found} after {steps} steps: expected a number from 0 to 1e6")]
    Rate {
        /// What tells the rate.
        schedule: String,
        /// For how many steps that were taken before.
        steps: u64,
        /// What it gives.
        found: f64,
    },
    /// Two patterns are those of one weight.
    #[error(
        "`{path}` has two optimizers in `optimizer_map`, by `{first}` and by `{second}`: expected one pattern for each weight"
    )]
    Patterns {
        /// The weight.
        path: String,
        /// One pattern.
        first: String,
        /// Another.
        second: String,
    },
    /// A pattern has what is not understood.
    #[error(
        "`{pattern}` in `{argument}` is not understood at `{at}`: expected a part of a path, in which `.*` stands for anything"
    )]
    Pattern {
        /// The argument.
        argument: &'static str,
        /// The pattern.
        pattern: String,
        /// What is not understood in it.
        at: char,
    },
    /// An optimiser in a [`MultiOptimizer`](super::MultiOptimizer) is one itself.
    #[error("`MultiOptimizer` has a `MultiOptimizer` in it: expected optimizers of weights, such as `Adam::new(1e-3)`")]
    Nested,
}
