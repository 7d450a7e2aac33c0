//! What training prints: on a terminal Keras's bar, elsewhere a line an epoch. What judges or predicts has a bar, too, of its one round.

mod bar;
mod screen;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use self::bar::{PLAIN, bar, clock, lines, per_step};
use self::screen::Screen;
pub use self::screen::print_to_stderr;
use super::notice;
use super::scores::Number;

/// What is printed while a model is trained, judged, or predicts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbose {
    /// In `fit`, a bar if the output is a terminal, otherwise lines. In `evaluate` and `predict`, a bar if the output is a terminal and it takes
    /// longer than half a second, otherwise nothing.
    #[default]
    Auto,
    /// A bar that grows with the steps.
    Bar,
    /// A line an epoch; behind `evaluate` or `predict`, one line.
    Lines,
    /// Nothing.
    Silent,
}

/// The least time between two drawings.
const INTERVAL: Duration = Duration::from_millis(50);

/// How long a call may take before it is worth a bar that nobody has asked for: what is over at once would only flash, and what is called in
/// a loop would fill the screen.
const PATIENCE: Duration = Duration::from_millis(500);

/// How far what is printed within another's lines, by a callback, is moved to the right.
const INDENT: usize = 2;

thread_local! {
    /// How many of this thread's have begun to print and not ended.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Prints how training, judging or predicting goes.
pub(crate) struct Progress {
    /// `Auto` while it is not known whether there is anything to print.
    verbose: Verbose,
    /// What values are called.
    names: Vec<String>,
    /// The steps of an epoch, where they are known: those of a stream are, once it has ended.
    steps: Option<usize>,
    /// The steps of this epoch so far.
    seen: usize,
    /// What a line begins with, of an epoch.
    head: String,
    started: Instant,
    /// When the first step of the epoch, which takes longer than others, was done.
    first_step: Instant,
    drawn: Instant,
    interval: Duration,
    /// How far lines are moved to the right, and whether those within them are moved further.
    indent: usize,
    holds_others: bool,
    /// This bar, as the screen knows it.
    bar: u64,
    screen: &'static Mutex<Screen>,
}

impl Progress {
    /// That of epochs, whose steps may not be known before the first has ended.
    pub(crate) fn new(verbose: Verbose, names: Vec<String>, steps: Option<usize>) -> Self {
        let screen = screen::standard();
        let verbose = match verbose {
            Verbose::Auto if screen::lock(screen).is_terminal() => Verbose::Bar,
            Verbose::Auto => Verbose::Lines,
            Verbose::Bar | Verbose::Lines | Verbose::Silent => verbose,
        };
        Self::of_call(verbose, names, steps)
    }

    /// That of one round through the data, which starts now. It allocates nothing before it prints.
    pub(crate) fn of_call(verbose: Verbose, names: Vec<String>, steps: Option<usize>) -> Self {
        static BARS: AtomicU64 = AtomicU64::new(0);
        let (now, bar) = (Instant::now(), BARS.fetch_add(1, Ordering::Relaxed));
        let (depth, holds_others) = (DEPTH.get(), matches!(verbose, Verbose::Bar | Verbose::Lines));
        DEPTH.set(depth + usize::from(holds_others));
        Self {
            verbose,
            names,
            steps,
            seen: 0,
            head: String::new(),
            started: now,
            first_step: now,
            drawn: now,
            interval: INTERVAL,
            indent: INDENT * depth,
            holds_others,
            bar,
            screen: screen::standard(),
        }
    }

    /// An epoch starts, one of `epochs`; `before` have been trained in all.
    pub(crate) fn start(&mut self, epoch: usize, epochs: usize, before: u64) {
        notice::say_once(self.verbose);
        self.started = Instant::now();
        self.drawn = self.started;
        self.seen = 0;
        if matches!(self.verbose, Verbose::Auto | Verbose::Silent) {
            return;
        }
        self.head = format!("Epoch {epoch}/{epochs}");
        // Training that goes on: which epoch it is cannot be seen from the two numbers.
        if before >= epoch as u64 {
            self.head.push_str(&format!(" ({} in all)", before + 1));
        }
        let is_line = self.verbose == Verbose::Lines;
        self.print(is_line, |text| self.begin(text, if is_line { " - " } else { "\n" }));
    }

    /// A step of the epoch is done, counted from 1.
    pub(crate) fn step(&mut self, step: usize, values: impl Iterator<Item = f64>) {
        self.seen = step;
        if matches!(self.verbose, Verbose::Lines | Verbose::Silent) {
            return;
        }
        let now = Instant::now();
        if step == 1 {
            self.first_step = now;
        }
        if now - self.drawn < self.interval || Some(step) == self.steps || !self.is_bar(now) {
            return;
        }
        let mut screen = screen::lock(self.screen);
        if screen.is_taken() {
            return;
        }
        self.drawn = now;
        let pace =
            if step > 1 { (now - self.first_step).as_secs_f64() / (step - 1) as f64 } else { (now - self.started).as_secs_f64() };
        // What is left, or what it has taken where nobody knows that.
        let left = |steps: usize| Some(Duration::from_secs_f64(pace * steps.checked_sub(step)? as f64));
        let time = self.steps.and_then(left).unwrap_or(now - self.started);
        let start = format!("{} {}", bar(step, self.steps, time), per_step(pace));
        let columns = screen.columns().saturating_sub(self.indent);
        let line = lines(&self.parts(start, values.map(Some)), columns).swap_remove(0);
        screen.print(self.bar, true, |text| write!(text, "\r\x1b[K{}{line}{PLAIN}", self.margin()));
    }

    /// Whether there is a bar to draw; a call that nobody has asked to print finds out once it has taken long.
    fn is_bar(&mut self, now: Instant) -> bool {
        if self.verbose == Verbose::Auto && now - self.started >= PATIENCE {
            let is_terminal = screen::lock(self.screen).is_terminal();
            self.verbose = if is_terminal { Verbose::Bar } else { Verbose::Silent };
        }
        self.verbose == Verbose::Bar
    }

    /// An epoch is done. One whose number of steps was not known has told it, as Keras has it.
    pub(crate) fn end(&mut self, values: impl Iterator<Item = Option<f64>>) {
        let steps = self.steps.map_or(self.seen, |steps| steps.max(self.seen));
        self.steps = Some(steps);
        // What prints nothing formats nothing: predictions into an array allocate nothing.
        match self.verbose {
            Verbose::Bar => self.end_bar(steps, values),
            Verbose::Lines => self.end_line(steps, values),
            Verbose::Auto | Verbose::Silent => {}
        }
    }

    fn end_bar(&self, steps: usize, values: impl Iterator<Item = Option<f64>>) {
        let (taken, pace) = self.taken();
        let parts = self.parts(format!("{} {pace}", bar(steps, self.steps, taken)), values);
        let columns = screen::lock(self.screen).columns().saturating_sub(self.indent);
        let margin = self.margin();
        let lines = lines(&parts, columns).join(&format!("\n{margin}"));
        self.print(false, |text| writeln!(text, "\r\x1b[K{margin}{lines}"));
    }

    fn end_line(&mut self, steps: usize, values: impl Iterator<Item = Option<f64>>) {
        if self.head.is_empty() {
            self.head = format!("{steps}/{steps}");
        }
        let (taken, pace) = self.taken();
        let line = self.parts(format!("{} {pace}", clock(taken)), values).concat();
        // What others have printed meanwhile stands behind the head of the line.
        let is_begun = screen::lock(self.screen).is_open(self.bar);
        self.print(false, |text| {
            if !is_begun {
                self.begin(text, " - ")?;
            }
            writeln!(text, "{line}")
        });
    }

    /// How long it has taken, and a step of it.
    fn taken(&self) -> (Duration, String) {
        let taken = self.started.elapsed();
        (taken, per_step(taken.as_secs_f64() / self.seen.max(1) as f64))
    }

    /// Prints lines, which are then none any more.
    pub(crate) fn say(&mut self, lines: &mut Vec<String>) {
        for line in lines.drain(..) {
            if self.verbose != Verbose::Silent {
                let mut screen = screen::lock(self.screen);
                screen.close(self.bar);
                screen.print(self.bar, false, |text| writeln!(text, "{line}"));
            }
        }
    }

    /// What a line tells, in pieces between which it may be broken.
    fn parts(&self, start: String, values: impl Iterator<Item = Option<f64>>) -> Vec<String> {
        let values = self.names.iter().zip(values).filter_map(|(name, value)| Some((name, value?)));
        let values = values.map(|(name, value)| format!(" - {name}: {}", Number(value)));
        std::iter::once(start).chain(values).collect()
    }

    /// What an epoch, or a line, begins with.
    fn begin(&self, text: &mut String, end: &str) -> std::fmt::Result {
        write!(text, "{}{}{end}", self.margin(), self.head)
    }

    fn margin(&self) -> String {
        " ".repeat(self.indent)
    }

    fn print(&self, stays_open: bool, write: impl FnOnce(&mut String) -> std::fmt::Result) {
        screen::lock(self.screen).print(self.bar, stays_open, write);
    }
}

/// What follows an epoch that was broken off starts a line of its own.
impl Drop for Progress {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get().saturating_sub(usize::from(self.holds_others)));
        if matches!(self.verbose, Verbose::Bar | Verbose::Lines) {
            screen::lock(self.screen).close(self.bar);
        }
    }
}
