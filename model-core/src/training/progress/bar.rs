//! The text of bars: Keras's.

use std::time::Duration;

/// The bar's length.
const WIDTH: usize = 20;

const BOLD: &str = "\x1b[1m";
const GREEN: &str = "\x1b[32m";
const GREY: &str = "\x1b[37m";
pub(super) const PLAIN: &str = "\x1b[0m";

/// ` 40/157 ━━━━━━━━ 3s`, or `     40/Unknown 3s` where nobody knows how many steps there are, or there are more than was known.
pub(super) fn bar(step: usize, steps: Option<usize>, time: Duration) -> String {
    let time = clock(time);
    let Some(steps) = steps.filter(|&steps| steps >= step.max(1)) else {
        return format!("{step:>7}/Unknown {BOLD}{time}{PLAIN}");
    };
    let (digits, done) = (steps.to_string().len(), WIDTH * step / steps);
    let (full, rest) = ("━".repeat(done), "━".repeat(WIDTH - done));
    format!("{BOLD}{step:>digits$}/{steps}{PLAIN} {GREEN}{full}{PLAIN}{GREY}{rest}{PLAIN} {BOLD}{time}{PLAIN}")
}

pub(super) fn clock(time: Duration) -> String {
    let seconds = time.as_secs_f64().round() as u64;
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}:{:02}", seconds / 60, seconds % 60),
        3600.. => format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60),
    }
}

pub(super) fn per_step(seconds: f64) -> String {
    match seconds {
        1.0.. => format!("{seconds:.0}s/step"),
        1e-3.. => format!("{:.0}ms/step", seconds * 1e3),
        _ => format!("{:.0}us/step", seconds * 1e6),
    }
}

/// The pieces in lines of at most `columns` visible characters, broken between pieces only. The first line, which is drawn again and again,
/// is cut where even its first piece is longer.
pub(super) fn lines(parts: &[String], columns: usize) -> Vec<String> {
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
pub(super) fn plain(line: &str) -> String {
    [BOLD, GREEN, GREY, PLAIN].iter().fold(line.to_owned(), |line, code| line.replace(code, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_read_as_keras_s() {
        let line = bar(40, Some(157), Duration::from_millis(3400));
        assert_eq!(plain(&line), format!(" 40/157 {} 3s", "━".repeat(20)));
        assert!(line.contains(&format!("{GREEN}━━━━━{PLAIN}")));
        assert_eq!(cut(&line, 8), format!("{BOLD} 40/157{PLAIN} {GREEN}"));
        assert_eq!(clock(Duration::from_secs(75)), "1:15");
        assert_eq!(clock(Duration::from_secs(3671)), "1:01:11");
        assert_eq!([1.6, 0.019, 5e-6].map(per_step), ["2s/step", "19ms/step", "5us/step"]);
    }

    /// `keras.utils.Progbar(None)` writes the same.
    #[test]
    fn steps_may_be_unknown() {
        let line = |step, steps| plain(&bar(step, steps, Duration::from_secs(3)));
        assert_eq!(line(12, None), "     12/Unknown 3s");
        assert_eq!(line(12, Some(16)), format!("12/16 {} 3s", "━".repeat(20)));
        // More than a stream gave before.
        assert_eq!(line(17, Some(16)), "     17/Unknown 3s");
        assert_eq!(line(0, Some(0)), "      0/Unknown 3s");
    }

    /// On a terminal of 40 columns no number is broken.
    #[test]
    fn narrow_terminals_break_lines_between_values() {
        let first = format!("{} 19ms/step", bar(9, Some(9), Duration::from_secs(3)));
        let values = ["accuracy: 0.4123", "loss: 1.2500", "val_accuracy: 0.5000"].map(|value| format!(" - {value}"));
        let parts: Vec<String> = std::iter::once(first).chain(values).collect();
        let narrow = lines(&parts, 39);
        assert_eq!(
            narrow.iter().map(|line| plain(line)).collect::<Vec<_>>(),
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
