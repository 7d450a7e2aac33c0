//! Ctrl-C while a model is trained.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use signal_hook::consts::SIGINT;
use signal_hook::flag;

/// What the handler of the signal and the trainings know of each other.
struct Shared {
    /// Whether Ctrl-C ends the program, as it does without this.
    is_default: Arc<AtomicBool>,
    /// Whether it has been pressed.
    is_pressed: Arc<AtomicBool>,
    /// The trainings that watch.
    watching: AtomicUsize,
}

/// Watches for Ctrl-C until it is dropped.
pub(super) struct Interrupt(Option<&'static Shared>);

/// The handler, put in place when it is first asked for: none, where the system does not allow it.
fn shared() -> Option<&'static Shared> {
    static SHARED: OnceLock<Option<Shared>> = OnceLock::new();
    let make = || {
        let (is_default, is_pressed) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(false)));
        // In this order: the first press only tells, and lets the second end the program.
        flag::register_conditional_default(SIGINT, is_default.clone()).ok()?;
        flag::register(SIGINT, is_default.clone()).ok()?;
        flag::register(SIGINT, is_pressed.clone()).ok()?;
        Some(Shared { is_default, is_pressed, watching: AtomicUsize::new(0) })
    };
    SHARED.get_or_init(make).as_ref()
}

impl Interrupt {
    /// Watches, if that is asked for, or by itself where the output is a terminal.
    pub(super) fn watch(is_asked: Option<bool>) -> Self {
        let shared = if is_asked.unwrap_or_else(|| std::io::stdout().is_terminal()) { shared() } else { None };
        if let Some(shared) = shared
            && shared.watching.fetch_add(1, Ordering::SeqCst) == 0
        {
            shared.is_pressed.store(false, Ordering::SeqCst);
            shared.is_default.store(false, Ordering::SeqCst);
        }
        Self(shared)
    }

    /// Whether Ctrl-C was pressed.
    pub(super) fn is_asked_for(&self) -> bool {
        self.0.is_some_and(|shared| shared.is_pressed.load(Ordering::Relaxed))
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        if let Some(shared) = self.0
            && shared.watching.fetch_sub(1, Ordering::SeqCst) == 1
        {
            shared.is_default.store(true, Ordering::SeqCst);
        }
    }
}
