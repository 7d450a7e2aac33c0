//! How much memory models may take. What takes memory says first how much, and is refused, in words, where that is more than there is.
//!
//! The limit is what the machine has: on Linux the smaller of its memory and what its control group allows; elsewhere [`ELSEWHERE`]. A
//! program may set another one.
//!
//! ```
//! use model_core::interpret::Model;
//! use model_core::memory;
//!
//! let config = r#"{"class_name": "Sequential", "config": {"name": "wide", "layers": [
//!     {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 1024]}},
//!     {"class_name": "Dense", "config": {"name": "dense", "units": 262144}}]}}"#;
//! memory::set_limit(Some(256 << 20));
//! let error = Model::from_config(config, 42).unwrap_err().to_string();
//! assert!(error.starts_with("the weights of `dense` would take 1.0 GiB of memory: expected at most 256.0 MiB"), "{error}");
//! memory::set_limit(None);
//! ```

use std::fmt::{self, Display};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use model_graph::Graph;
use model_graph::dim::Dim;
use model_graph::graph::{Kind, Parameters};
use model_graph::layer::Memory;

use crate::error::plural;
use crate::network::Network;
use crate::optimizers::Optimizer;

/// The limit in bytes on systems that are not asked what they have: 64 GiB.
pub const ELSEWHERE: u64 = 64 << 30;

/// What the program has set; the largest number stands for nothing.
static SET: AtomicU64 = AtomicU64::new(u64::MAX);

/// The most bytes that anything may take.
#[must_use]
pub fn limit() -> u64 {
    match SET.load(Ordering::Relaxed) {
        u64::MAX => machine(),
        set => set,
    }
}

/// Sets the most bytes that anything may take, for all threads, or goes back to what the machine has.
///
/// It is compared with what a model, a batch or a training takes as a whole; nothing is counted that is in use already.
pub fn set_limit(bytes: Option<u64>) {
    SET.store(bytes.unwrap_or(u64::MAX), Ordering::Relaxed);
}

/// What the machine has.
fn machine() -> u64 {
    static MACHINE: OnceLock<u64> = OnceLock::new();
    *MACHINE.get_or_init(|| found().unwrap_or(ELSEWHERE))
}

/// The smallest of the limits that Linux tells: its memory, and what the process's control groups allow.
#[cfg(target_os = "linux")]
fn found() -> Option<u64> {
    let read = |path: &str| std::fs::read_to_string(path).ok();
    let total = read("/proc/meminfo").and_then(|text| total(&text));
    let groups = read("/proc/self/cgroup").map_or_else(Vec::new, |text| groups(&text));
    let allowed = groups.iter().filter_map(|path| read(path)?.trim().parse().ok());
    total.into_iter().chain(allowed).min()
}

/// The files with the limits of the groups of `/proc/self/cgroup`, versions 2 (`0::/user/7`) and 1 (`4:memory:/user/7`), and of the groups
/// that those lie in. Within a container some are not there.
#[cfg(target_os = "linux")]
fn groups(text: &str) -> Vec<String> {
    let files = text.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (controllers, path) = (parts.next()?, parts.next()?);
        let (root, file) = match controllers {
            "" => ("/sys/fs/cgroup", "memory.max"),
            _ if controllers.split(',').any(|controller| controller == "memory") => {
                ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
            }
            _ => return None,
        };
        let groups =
            std::iter::successors(Some(path.trim_end_matches('/')), |path| path.rsplit_once('/').map(|(outer, _)| outer));
        Some(groups.map(move |group| format!("{root}{group}/{file}")))
    });
    files.flatten().collect()
}

#[cfg(not(target_os = "linux"))]
fn found() -> Option<u64> {
    None
}

/// The bytes of `/proc/meminfo`'s line `MemTotal:       24589812 kB`.
#[cfg(target_os = "linux")]
fn total(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1 << 10)
}

/// What would take more memory than there is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} would take {} of memory: expected at most {}\nhelp: {why}", Size(*bytes), Size(*limit))]
pub struct TooLarge {
    /// What it is.
    pub what: String,
    /// How many bytes it would take.
    pub bytes: u64,
    /// The most that it may take.
    pub limit: u64,
    /// Where the limit comes from.
    pub why: Why,
}

/// Where a limit comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// The machine has no more.
    Machine,
    /// The program has set it.
    Program,
    /// The system has refused as much, though the limit allows it.
    System,
}

impl Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Machine => "that is what this machine has; `memory::set_limit` sets another limit",
            Self::Program => "that is what `memory::set_limit` has set",
            Self::System => "the system gives this program less than that limit: free some memory",
        })
    }
}

/// A number of bytes in a unit that can be read: `14.9 GiB`.
struct Size(u64);

impl Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
        match units.into_iter().find(|(_, bits)| self.0 >> bits > 0) {
            Some((unit, bits)) => write!(f, "{:.1} {unit}", self.0 as f64 / (1_u64 << bits) as f64),
            None => write!(f, "{} bytes", self.0),
        }
    }
}

/// What is smaller than this is not asked of the system in advance.
const SMALL: u64 = 64 << 20;

/// Lets something take so many bytes, or refuses it.
///
/// What the limit allows is asked of the system, which may have less to give: as much is reserved and given back. Memory that is only
/// reserved costs nothing.
#[doc(hidden)]
pub fn claim(bytes: u64, what: impl FnOnce() -> String) -> Result<(), TooLarge> {
    let limit = limit();
    let refuse = |why| Err(TooLarge { what: what(), bytes, limit, why });
    if bytes > limit {
        return refuse(if SET.load(Ordering::Relaxed) == limit { Why::Program } else { Why::Machine });
    }
    let is_given = |bytes| usize::try_from(bytes).is_ok_and(|bytes| Vec::<u8>::new().try_reserve_exact(bytes).is_ok());
    if bytes >= SMALL && !is_given(bytes) { refuse(Why::System) } else { Ok(()) }
}

/// The same, where there is no result to tell it by.
///
/// # Panics
/// With the words of the refusal.
#[track_caller]
#[doc(hidden)]
pub fn sure<T>(result: Result<T, TooLarge>) -> T {
    result.unwrap_or_else(|refusal| panic!("{refusal}"))
}

/// The bytes of so many elements of a type.
#[doc(hidden)]
pub fn bytes_of<T>(elements: usize) -> u64 {
    (elements as u64).saturating_mul(size_of::<T>() as u64)
}

/// The bytes of an array of a type and shape.
#[doc(hidden)]
pub fn bytes_of_array<T>(shape: &[usize]) -> u64 {
    shape.iter().fold(size_of::<T>() as u64, |bytes, &size| bytes.saturating_mul(size as u64))
}

/// Lets the weights of a graph be made of elements of a type. One layer that is too large alone is named.
pub(crate) fn claim_weights<T>(graph: &Graph) -> Result<(), TooLarge> {
    let bytes = |elements: u64| elements.saturating_mul(size_of::<T>() as u64);
    let all = bytes(elements(&graph.parameters()));
    let largest = if all > limit() { largest_layer(graph, "") } else { None };
    let alone = largest.map(|(path, elements)| (path, bytes(elements))).filter(|(_, bytes)| *bytes > limit());
    let (name, bytes) = alone.unwrap_or_else(|| (graph.name.clone(), all));
    claim(bytes, || format!("the weights of `{name}`"))
}

/// The number of elements of all weights.
fn elements(parameters: &Parameters) -> u64 {
    parameters.total.size().map_or(u64::MAX, |elements| elements as u64)
}

/// The path of the layer with the most elements, and how many those are.
fn largest_layer(graph: &Graph, before: &str) -> Option<(String, u64)> {
    let layers = graph.layers.iter().filter(|layer| layer.built.is_some()).filter_map(|layer| {
        let path = format!("{before}{}", layer.name());
        match &layer.kind {
            Kind::Layer(_) => Some((path, elements(&layer.parameters()))),
            Kind::Model(inner) | Kind::Block(inner) => largest_layer(inner, &format!("{path}/")),
        }
    });
    layers.max_by_key(|(_, elements)| *elements)
}

/// Lets a pass take what it works with for a batch, and its outputs, of so many elements.
pub(crate) fn claim_pass(graph: &Graph, memory: Memory, batch: usize, outputs: usize) -> Result<(), TooLarge> {
    let bytes = bytes_of::<f32>(memory.elements(batch).saturating_add(outputs));
    claim(bytes, || format!("the activations of a batch of {} in `{}`", samples(batch), graph.name))
}

/// `32 samples`
pub(crate) fn samples(count: usize) -> String {
    format!("{count} sample{}", plural(count))
}

/// The largest batch that a pass has been let take, which is not asked for again.
#[derive(Debug, Default)]
pub(crate) struct Passes {
    batch: usize,
    named: Vec<usize>,
}

impl Passes {
    /// Lets a model pass over a batch, forward and backward or forward only, with outputs of so many elements.
    pub(crate) fn claim<N: Network>(
        &mut self,
        model: &N,
        training: bool,
        (batch, named): (usize, &[usize]),
        outputs: usize,
    ) -> Result<(), TooLarge> {
        if batch <= self.batch && named == self.named {
            return Ok(());
        }
        claim_pass(model.graph(), model.memory(training, named), batch, outputs)?;
        self.batch = batch;
        self.named.clear();
        self.named.extend_from_slice(named);
        Ok(())
    }
}

/// Lets training take the weights of a graph, their gradients, and what an optimiser remembers of each that is trained.
pub(crate) fn claim_training(graph: &Graph, optimizer: Option<&Optimizer>) -> Result<(), TooLarge> {
    let parameters = graph.parameters();
    let elements = |count: &Dim| count.size().map_or(u64::MAX, |elements| elements as u64);
    let slots = optimizer.map_or(0, Optimizer::copies);
    let state = elements(&parameters.trainable).saturating_mul(slots);
    let all = elements(&parameters.total).saturating_mul(2).saturating_add(state);
    let what = || match optimizer {
        None => format!("the weights of `{}` and their gradients", graph.name),
        Some(rule) => format!("the weights of `{}`, their gradients and what `{}` remembers of them", graph.name, rule.class()),
    };
    claim(all.saturating_mul(size_of::<f32>() as u64), what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_can_be_read() {
        let check = |bytes: u64, expected: &str| assert_eq!(Size(bytes).to_string(), expected);
        check(0, "0 bytes");
        check(1023, "1023 bytes");
        check(1536, "1.5 KiB");
        check(64 << 20, "64.0 MiB");
        check(16_000_000_000_000, "14901.2 GiB");
        check(u64::MAX, "17179869184.0 GiB");
    }

    #[test]
    fn what_is_beyond_the_limit_is_refused_in_words() {
        assert_eq!(claim(1 << 10, || unreachable!()), Ok(()));
        let refusal = claim(u64::MAX, || "the weights of `dense`".to_owned()).unwrap_err();
        assert_eq!((refusal.limit, refusal.why), (machine(), Why::Machine));
        let words = TooLarge { limit: 24 << 30, bytes: 128_000_000_000, ..refusal };
        assert_eq!(
            words.to_string(),
            "the weights of `dense` would take 119.2 GiB of memory: expected at most 24.0 GiB\n\
             help: that is what this machine has; `memory::set_limit` sets another limit"
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_machine_is_asked() {
        assert_eq!(total("MemTotal:       24589812 kB\nMemFree:  1 kB\n"), Some(24_589_812 << 10));
        assert_eq!(total("MemFree:  1 kB\n"), None);
        let old = ["/user/7/", "/user/", "/"].map(|group| format!("/sys/fs/cgroup/memory{group}memory.limit_in_bytes"));
        assert_eq!(groups("5:devices:/\n4:cpu,memory:/user/7\n"), old);
        assert_eq!(groups("0::/\n"), ["/sys/fs/cgroup/memory.max"]);
        assert!((64 << 20..1 << 50).contains(&machine()), "{}", machine());
    }
}
