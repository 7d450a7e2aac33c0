//! The arithmetic: one folder or file a kernel, forward beside derivative.
//!
//! Kernels work on slices: dense, channels last, batch first. They know no graph, no layer and no model, check nothing that a
//! layer has checked, allocate nothing, and reduce in an order that does not depend on the number of threads.
