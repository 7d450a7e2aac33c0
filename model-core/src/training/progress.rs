//! What training prints: on a terminal Keras's bar, elsewhere a line an epoch.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use super::notice;
use super::scores::Number;

/// What training prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbose {
    /// A bar if the output is a terminal, otherwise lines.
    #[default]
    Auto,
    /// A bar that grows with the steps.
    Bar,
    /// A line an epoch.
    Lines,
    /// Nothing.
    Silent,
}

/// The least time between two drawings.
const INTERVAL: Duration = Duration::from_millis(50);

/// The bar's length.
const WIDTH: usize = 20;

const BOLD: &str = "\x1b[1m";
const GREEN: &str = "\x1b[32m";
const GREY: &str = "\x1b[37m";
const PLAIN: &str = "\x1b[0m";

/// Prints how training goes.
pub(crate) struct Progress {
    verbose: Verbose,
    /// What values are called.
    names: Vec<String>,
    /// The steps of an epoch, where they are known: those of a stream are, once it has ended.
    steps: Option<usize>,
    /// The steps of this epoch so far.
    seen: usize,
    started: Instant,
    /// When the first step of the epoch, which takes longer than others, was done.
    first_step: Instant,
    drawn: Instant,
    /// Whether the cursor stands behind an unfinished line.
    is_open: bool,
    text: String,
}

impl Progress {
    pub(crate) fn new(verbose: Verbose, names: Vec<String>, steps: Option<usize>) -> Self {
        let verbose = match verbose {
            Verbose::Auto if std::io::stdout().is_terminal() => Verbose::Bar,
            Verbose::Auto => Verbose::Lines,
            Verbose::Bar | Verbose::Lines | Verbose::Silent => verbose,
        };
        let now = Instant::now();
        Self { verbose, names, steps, seen: 0, started: now, first_step: now, drawn: now, is_open: false, text: String::new() }
    }

    /// An epoch has so many steps, as is known from now on.
    pub(crate) fn known(&mut self, steps: usize) {
        self.steps = Some(steps);
    }

    /// An epoch starts, one of `epochs`; `before` have been trained in all.
    pub(crate) fn start(&mut self, epoch: usize, epochs: usize, before: u64) {
        notice::say_once(self.verbose);
        self.started = Instant::now();
        self.drawn = self.started;
        self.seen = 0;
        let end = if self.verbose == Verbose::Bar { "\n" } else { " - " };
        self.print(|text| {
            write!(text, "Epoch {epoch}/{epochs}")?;
            // Training that goes on: which epoch it is cannot be seen from the two numbers.
            if before >= epoch as u64 {
                write!(text, " ({} in all)", before + 1)?;
            }
            text.write_str(end)
        });
        self.is_open = self.verbose == Verbose::Lines;
    }

    /// A step of the epoch is done, counted from 1.
    pub(crate) fn step(&mut self, step: usize, values: impl Iterator<Item = f64>) {
        self.seen = step;
        if self.verbose != Verbose::Bar {
            return;
        }
        let now = Instant::now();
        if step == 1 {
            self.first_step = now;
        }
        if now - self.drawn < INTERVAL || Some(step) == self.steps {
            return;
        }
        self.drawn = now;
        let pace =
            if step > 1 { (now - self.first_step).as_secs_f64() / (step - 1) as f64 } else { (now - self.started).as_secs_f64() };
        // What is left, or what it has taken where nobody knows that.
        let left = |steps: usize| Duration::from_secs_f64(pace * steps.saturating_sub(step) as f64);
        let time = self.steps.map_or(now - self.started, left);
        let parts = self.parts(step, time, pace, values.map(Some));
        let line = lines(&parts, columns()).swap_remove(0);
        self.print(|text| write!(text, "\r\x1b[K{line}{PLAIN}"));
        self.is_open = true;
    }

    /// An epoch is done. One whose number of steps was not known has told it, as Keras has it.
    pub(crate) fn end(&mut self, values: impl Iterator<Item = Option<f64>>) {
        let steps = self.steps.map_or(self.seen, |steps| steps.max(self.seen));
        self.steps = Some(steps);
        if self.verbose == Verbose::Silent {
            return;
        }
        let taken = self.started.elapsed();
        let pace = taken.as_secs_f64() / self.seen.max(1) as f64;
        let parts = self.parts(steps, taken, pace, values);
        let (start, width) = if self.verbose == Verbose::Bar { ("\r\x1b[K", columns()) } else { ("", usize::MAX) };
        self.print(|text| writeln!(text, "{start}{}", lines(&parts, width).join("\n")));
        self.is_open = false;
    }

    /// Prints lines, which are then none any more.
    pub(crate) fn say(&mut self, lines: &mut Vec<String>) {
        for line in lines.drain(..) {
            let start = if std::mem::take(&mut self.is_open) { "\n" } else { "" };
            self.print(|text| writeln!(text, "{start}{line}"));
        }
    }

    /// What a line tells, in pieces between which it may be broken.
    fn parts(&self, step: usize, time: Duration, pace: f64, values: impl Iterator<Item = Option<f64>>) -> Vec<String> {
        let start = match self.verbose {
            Verbose::Bar => self.bar(step, time),
            Verbose::Auto | Verbose::Lines | Verbose::Silent => clock(time),
        };
        let mut parts = vec![format!("{start} {}", per_step(pace))];
        let values = self.names.iter().zip(values).filter_map(|(name, value)| Some((name, value?)));
        parts.extend(values.map(|(name, value)| format!(" - {name}: {}", Number(value))));
        parts
    }

    fn bar(&self, step: usize, time: Duration) -> String {
        let time = clock(time);
        // A stream may give more than it gave before.
        let Some(steps) = self.steps.filter(|&steps| steps >= step.max(1)) else {
            return format!("{step:>7}/Unknown {BOLD}{time}{PLAIN}");
        };
        let (digits, done) = (steps.to_string().len(), WIDTH * step / steps);
        let (full, rest) = ("━".repeat(done), "━".repeat(WIDTH - done));
        format!("{BOLD}{step:>digits$}/{steps}{PLAIN} {GREEN}{full}{PLAIN}{GREY}{rest}{PLAIN} {BOLD}{time}{PLAIN}")
    }

    /// Prints at once. Where nobody listens any more, training goes on.
    fn print(&mut self, write: impl FnOnce(&mut String) -> std::fmt::Result) {
        if self.verbose == Verbose::Silent {
            return;
        }
        self.text.clear();
        let _ = write(&mut self.text);
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(self.text.as_bytes()).and_then(|()| out.flush());
    }
}

/// What follows an epoch that was broken off starts a line of its own.
impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_open {
            self.print(|text| text.write_char('\n'));
        }
    }
}

fn clock(time: Duration) -> String {
    let seconds = time.as_secs_f64().round() as u64;
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}:{:02}", seconds / 60, seconds % 60),
        3600.. => format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60),
    }
}

fn per_step(seconds: f64) -> String {
    match seconds {
        1.0.. => format!("{seconds:.0}s/step"),
        1e-3.. => format!("{:.0}ms/step", seconds * 1e3),
        _ => format!("{:.0}us/step", seconds * 1e6),
    }
}

/// The width of the terminal, less the last column, in which some terminals break a line already.
fn columns() -> usize {
    terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0)).saturating_sub(1)
}

/// The pieces in lines of at most `columns` visible characters, broken between pieces only. The first line, which is drawn again and again,
/// is cut where even its first piece is longer.
fn lines(parts: &[String], columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut width = 0;
    for part in parts {
        let own = visible(part);
        if width > 0 && width + own > columns {
            lines.push(String::new());
            width = 0;
        }
        width += own;
        if let Some(line) = lines.last_mut() {
            line.push_str(part);
        }
    }
    let first = cut(&lines[0], columns).to_owned();
    lines[0] = first;
    lines
}

/// The number of visible characters; codes for colours are not.
fn visible(text: &str) -> usize {
    let mut in_code = false;
    text.chars()
        .filter(|&character| {
            let was_in_code = in_code;
            in_code = character == '\x1b' || (in_code && character != 'm');
            !was_in_code && !in_code
        })
        .count()
}

/// The first `columns` visible characters of a line; codes for colours are not visible.
fn cut(line: &str, columns: usize) -> &str {
    let (mut visible, mut in_code) = (0, false);
    for (place, character) in line.char_indices() {
        match character {
            '\x1b' => in_code = true,
            'm' if in_code => in_code = false,
            _ if in_code => {}
            _ if visible == columns => return &line[..place],
            _ => visible += 1,
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_read_as_keras_s() {
        let names = vec!["accuracy".to_owned(), "loss".to_owned()];
        let progress = Progress::new(Verbose::Bar, names.clone(), Some(157));
        let parts = progress.parts(40, Duration::from_millis(3400), 0.019, [0.4123, 1.6e-5].map(Some).into_iter());
        let line = parts.concat();
        let plain = [BOLD, GREEN, GREY, PLAIN].iter().fold(line.clone(), |line, code| line.replace(code, ""));
        assert_eq!(plain, format!(" 40/157 {} 3s 19ms/step - accuracy: 0.4123 - loss: 1.6000e-5", "━".repeat(20)));
        assert!(line.contains(&format!("{GREEN}━━━━━{PLAIN}")));
        assert_eq!(cut(&line, 8), format!("{BOLD} 40/157{PLAIN} {GREEN}"));
        let lines = Progress::new(Verbose::Lines, names, Some(157));
        assert_eq!(lines.parts(157, Duration::from_secs(75), 2.0, [].into_iter()), ["1:15 2s/step"]);
    }

    /// `keras.utils.Progbar(None)` writes the same; what has ended is known.
    #[test]
    fn steps_may_be_unknown() {
        let mut progress = Progress::new(Verbose::Bar, vec!["loss".to_owned()], None);
        let plain =
            |parts: Vec<String>| [BOLD, GREEN, GREY, PLAIN].iter().fold(parts.concat(), |line, code| line.replace(code, ""));
        let line = |progress: &Progress, step| plain(progress.parts(step, Duration::from_secs(3), 0.25, [Some(0.5)].into_iter()));
        assert_eq!(line(&progress, 12), "     12/Unknown 3s 250ms/step - loss: 0.5000");
        progress.known(16);
        assert_eq!(line(&progress, 12), format!("12/16 {} 3s 250ms/step - loss: 0.5000", "━".repeat(20)));
        assert_eq!(line(&progress, 17), "     17/Unknown 3s 250ms/step - loss: 0.5000");
        progress.verbose = Verbose::Silent;
        progress.steps = None;
        progress.step(7, std::iter::empty());
        progress.end(std::iter::empty());
        assert_eq!(progress.steps, Some(7));
    }

    /// On a terminal of 40 columns no number is broken.
    #[test]
    fn narrow_terminals_break_lines_between_values() {
        let names = vec!["accuracy".to_owned(), "loss".to_owned(), "val_accuracy".to_owned()];
        let progress = Progress::new(Verbose::Bar, names, Some(9));
        let parts = progress.parts(9, Duration::from_secs(3), 0.019, [0.4123, 1.25, 0.5].map(Some).into_iter());
        let plain = |line: &String| [BOLD, GREEN, GREY, PLAIN].iter().fold(line.clone(), |line, code| line.replace(code, ""));
        let narrow = lines(&parts, 39);
        assert_eq!(
            narrow.iter().map(plain).collect::<Vec<_>>(),
            [
                format!("9/9 {} 3s 19ms/step", "━".repeat(20)),
                " - accuracy: 0.4123 - loss: 1.2500".to_owned(),
                " - val_accuracy: 0.5000".to_owned(),
            ]
        );
        assert_eq!(plain(&lines(&parts, 6)[0]), "9/9 ━━");
        assert_eq!(lines(&parts, 200), [parts.concat()]);
    }
}
