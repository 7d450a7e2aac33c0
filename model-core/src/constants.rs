//! Checks that the compiler makes of constants which the sizes of a model are made of: generated code calls them in items that it
//! evaluates.

/// Refuses a size that is too small, or larger than any axis of a tensor; the texts stand before its value and behind.
///
/// # Panics
/// While compiling, if it is not from `least` to 4,294,967,295.
#[track_caller]
pub const fn check_size(size: i128, least: u32, [before, rest]: [&str; 2]) {
    if size < least as i128 || size > u32::MAX as i128 {
        let message = Message::new().text(before).number(size).text(rest);
        panic!("{}", message.as_str());
    }
}

/// Refuses two sizes that differ; the texts stand before the first value, between the two, and behind.
///
/// # Panics
/// While compiling, if they differ.
#[track_caller]
pub const fn check_equal([found, expected]: [i128; 2], [before, between, rest]: [&str; 3]) {
    if found != expected {
        let message = Message::new().text(before).number(found).text(between).number(expected).text(rest);
        panic!("{}", message.as_str());
    }
}

/// A size, or 1 where it is none that an axis of a tensor can have, which [`check_size`] tells: nothing more is to be told then.
#[must_use]
pub const fn size(size: usize) -> usize {
    if size < 1 || size > u32::MAX as usize { 1 } else { size }
}

/// How long a message may be; what goes beyond is left out.
const LONGEST: usize = 4096;

/// A message that is put together while compiling.
struct Message {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Message {
    const fn new() -> Self {
        Self { bytes: [0; LONGEST], length: 0 }
    }

    const fn text(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut i = 0;
        while i < bytes.len() && self.length < LONGEST {
            self.bytes[self.length] = bytes[i];
            self.length += 1;
            i += 1;
        }
        self
    }

    const fn number(self, number: i128) -> Self {
        let sign = if number < 0 { self.text("-") } else { self };
        sign.digits(number.unsigned_abs())
    }

    const fn digits(self, number: u128) -> Self {
        const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
        let before = if number >= 10 { self.digits(number / 10) } else { self };
        before.text(DIGITS[(number % 10) as usize])
    }

    /// The text; the last character may be cut in two where there was no room for it.
    const fn as_str(&self) -> &str {
        let (text, _) = self.bytes.split_at(self.length);
        match core::str::from_utf8(text) {
            Ok(text) => text,
            Err(_) => "a constant makes sizes that do not fit",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_that_fit_are_let_through() {
        const { check_size(1, 1, ["", ""]) };
        const { check_equal([64, 64], ["", "", ""]) };
    }

    #[test]
    #[should_panic(expected = "expected a size: `SIZE - 4` is -12, and so on")]
    fn a_size_that_is_none_is_told() {
        check_size(-12, 0, ["expected a size: `SIZE - 4` is ", ", and so on"]);
    }

    #[test]
    #[should_panic(expected = "`HIDDEN` is 128, not 64\nhelp: ..")]
    fn sizes_that_differ_are_told() {
        check_equal([128, 64], ["`HIDDEN` is ", ", not ", "\nhelp: .."]);
    }
}
