//! Lists of whole numbers of different lengths, which NumPy can only keep as objects of Python's.
//!
//! Such objects are a program for a small machine, which may be told to run any function. This machine knows numbers, texts, tuples and lists of numbers,
//! and the three names that an array is put together from. Everything else is refused by name.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};

use model_core::memory;

use super::NpyProblem;
use super::header::Header;

/// The longest text that an array of lists needs is far shorter.
const LONGEST_TEXT: u64 = 64;

/// As many bytes of memory can come of one of the file: empty lists take most.
const GROWTH: u64 = 16;

/// Python adds a thousand values at a time to a list, and remembers a dozen names and texts of an array.
const MOST_VALUES: usize = 1 << 14;

/// The only names that an array of lists is put together from; `numpy.core` is called `numpy._core` since NumPy 2.
const RECONSTRUCT: [&str; 2] = ["numpy.core.multiarray _reconstruct", "numpy._core.multiarray _reconstruct"];
const ARRAY: &str = "numpy ndarray";
const DTYPE: &str = "numpy dtype";

/// Reads an array of lists, of `size` bytes with its header.
pub(crate) fn read(reader: &mut dyn Read, size: u64) -> Result<Vec<Vec<i32>>, NpyProblem> {
    let header = Header::read(reader)?;
    if header.description != "|O" {
        return Err(NpyProblem::Element { expected: "lists", found: header.description });
    }
    let &[count] = &header.shape[..] else { return Err(NpyProblem::Rank { expected: 1, found: header.shape }) };
    memory::claim(size.saturating_mul(GROWTH), || "the lists".to_owned())?;
    let lists =
        Machine { reader: BufReader::new(reader), stack: Vec::new(), marks: Vec::new(), memo: HashMap::new(), remembered: 0 }
            .run()?;
    if lists.len() != count {
        return Err(objects(format!("{} lists for {count} places", lists.len())));
    }
    Ok(lists)
}

fn objects(found: impl Into<String>) -> NpyProblem {
    NpyProblem::Objects { found: found.into() }
}

/// What lies on the machine's stack.
#[derive(Clone, Debug)]
enum Value {
    /// What an array is described by, whatever it is: its type, its flags, `None`.
    Other,
    Integer(i64),
    Text(String),
    Name(String),
    Tuple(Vec<Value>),
    Numbers(Vec<i32>),
    Lists(Vec<Vec<i32>>),
    /// An array, and what it holds as soon as that is known.
    Array(Option<Vec<Vec<i32>>>),
}

struct Machine<'a> {
    reader: BufReader<&'a mut dyn Read>,
    stack: Vec<Value>,
    /// Where the stack was when the machine was told to remember it.
    marks: Vec<usize>,
    /// What may be asked for again: texts and names. Lists are not kept: no list stands in two places.
    memo: HashMap<u32, Value>,
    /// Protocol 4 counts what is remembered, lists and all, where others say the place.
    remembered: u32,
}

impl Machine<'_> {
    fn run(mut self) -> Result<Vec<Vec<i32>>, NpyProblem> {
        loop {
            let [code] = self.bytes()?;
            if code == b'.' {
                break;
            }
            self.step(code)?;
        }
        match (self.stack.pop(), self.stack.is_empty()) {
            (Some(Value::Array(Some(lists))), true) => Ok(lists),
            _ => Err(objects("something that is no array of lists")),
        }
    }

    fn step(&mut self, code: u8) -> Result<(), NpyProblem> {
        match code {
            0x80 => self.bytes::<1>().map(drop), // the protocol
            0x95 => self.bytes::<8>().map(drop), // a frame's length
            b'(' if self.marks.len() < MOST_VALUES => {
                self.marks.push(self.stack.len());
                Ok(())
            }
            b'K' | b'M' | b'J' | 0x8a => self.integer(code),
            b'N' | 0x88 | 0x89 => self.push(Value::Other),
            b'U' | b'C' | 0x8c | b'T' | b'B' | b'X' => self.text(code),
            b']' => self.push(Value::Numbers(Vec::new())),
            b'a' | b'e' => self.append(code),
            b')' | 0x85..=0x87 | b't' => self.tuple(code),
            b'q' | b'r' | 0x94 => self.remember(code),
            b'h' | b'j' => self.recall(code),
            b'c' | 0x93 => self.name(code),
            b'R' => self.call(),
            b'b' => self.fill(),
            code => Err(objects(format!("the instruction `{code:02x}`"))),
        }
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], NpyProblem> {
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn push(&mut self, value: Value) -> Result<(), NpyProblem> {
        if self.stack.len() >= MOST_VALUES {
            return Err(objects("too many values at once"));
        }
        self.stack.push(value);
        Ok(())
    }

    fn pop(&mut self) -> Result<Value, NpyProblem> {
        let least = self.marks.last().copied().unwrap_or_default();
        if self.stack.len() <= least {
            return Err(objects("an instruction without a value"));
        }
        self.stack.pop().ok_or_else(|| objects("an instruction without a value"))
    }

    /// What lies above the last mark.
    fn marked(&mut self) -> Result<Vec<Value>, NpyProblem> {
        let mark = self.marks.pop().ok_or_else(|| objects("an instruction without a mark"))?;
        Ok(self.stack.split_off(mark))
    }

    fn integer(&mut self, code: u8) -> Result<(), NpyProblem> {
        let value = match code {
            b'K' => i64::from(self.bytes::<1>()?[0]),
            b'M' => i64::from(u16::from_le_bytes(self.bytes()?)),
            b'J' => i64::from(i32::from_le_bytes(self.bytes()?)),
            _ => self.long()?,
        };
        self.push(Value::Integer(value))
    }

    /// A number of up to eight bytes, with its sign in the last.
    fn long(&mut self) -> Result<i64, NpyProblem> {
        let [length] = self.bytes()?;
        let length = usize::from(length);
        if length > 8 {
            return Err(objects(format!("a number of {length} bytes")));
        }
        let mut bytes = [0; 8];
        self.reader.read_exact(&mut bytes[..length])?;
        let unused = 8 * (8 - length as u32);
        Ok(i64::from_le_bytes(bytes).checked_shl(unused).map_or(0, |value| value >> unused))
    }

    fn text(&mut self, code: u8) -> Result<(), NpyProblem> {
        let length = match code {
            b'U' | b'C' | 0x8c => u64::from(self.bytes::<1>()?[0]),
            _ => u64::from(u32::from_le_bytes(self.bytes()?)),
        };
        if length > LONGEST_TEXT {
            return Err(objects(format!("a text of {length} bytes")));
        }
        let mut bytes = Vec::new();
        self.reader.by_ref().take(length).read_to_end(&mut bytes)?;
        self.push(Value::Text(String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Adds one value, or all above the mark, to the list below.
    fn append(&mut self, code: u8) -> Result<(), NpyProblem> {
        let values = if code == b'a' { vec![self.pop()?] } else { self.marked()? };
        for value in values {
            let list = self.stack.last_mut().ok_or_else(|| objects("a value without a list"))?;
            add(list, value)?;
        }
        Ok(())
    }

    fn tuple(&mut self, code: u8) -> Result<(), NpyProblem> {
        let values = match code {
            b')' => Vec::new(),
            b't' => self.marked()?,
            code => {
                let mut values = Vec::new();
                for _ in 0x84..code {
                    values.insert(0, self.pop()?);
                }
                values
            }
        };
        self.push(Value::Tuple(values))
    }

    fn remember(&mut self, code: u8) -> Result<(), NpyProblem> {
        let key = match code {
            b'q' => u32::from(self.bytes::<1>()?[0]),
            b'r' => u32::from_le_bytes(self.bytes()?),
            _ => self.remembered,
        };
        self.remembered = self.remembered.wrapping_add(1);
        if self.memo.len() >= MOST_VALUES {
            return Err(objects("too many texts"));
        }
        if let Some(value @ (Value::Text(_) | Value::Name(_) | Value::Other)) = self.stack.last() {
            self.memo.insert(key, value.clone());
        }
        Ok(())
    }

    fn recall(&mut self, code: u8) -> Result<(), NpyProblem> {
        let key = if code == b'h' { u32::from(self.bytes::<1>()?[0]) } else { u32::from_le_bytes(self.bytes()?) };
        let value = self.memo.get(&key).cloned().ok_or_else(|| objects("a list that stands in two places"))?;
        self.push(value)
    }

    fn name(&mut self, code: u8) -> Result<(), NpyProblem> {
        let (module, name) = if code == b'c' {
            (self.line()?, self.line()?)
        } else {
            match (self.pop()?, self.pop()?) {
                (Value::Text(name), Value::Text(module)) => (module, name),
                _ => return Err(objects("a name that is no text")),
            }
        };
        let full = format!("{module} {name}");
        if RECONSTRUCT.contains(&full.as_str()) || full == ARRAY || full == DTYPE {
            return self.push(Value::Name(full));
        }
        Err(objects(format!("`{module}.{name}`, which is not run")))
    }

    fn line(&mut self) -> Result<String, NpyProblem> {
        let mut bytes = Vec::new();
        self.reader.by_ref().take(LONGEST_TEXT).read_until(b'\n', &mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
    }

    /// An array that is to be filled, or a type.
    fn call(&mut self) -> Result<(), NpyProblem> {
        match (self.pop()?, self.pop()?) {
            (Value::Tuple(_), Value::Name(name)) if RECONSTRUCT.contains(&name.as_str()) => self.push(Value::Array(None)),
            (Value::Tuple(_), Value::Name(name)) if name == DTYPE => self.push(Value::Other),
            _ => Err(objects("a call of something else than an array")),
        }
    }

    /// The state of a type says nothing new; that of an array ends with its lists.
    fn fill(&mut self) -> Result<(), NpyProblem> {
        let state = self.pop()?;
        match (self.pop()?, state) {
            (Value::Other, Value::Tuple(_)) => self.push(Value::Other),
            (Value::Array(None), Value::Tuple(mut state)) => match state.pop() {
                Some(Value::Lists(lists)) => self.push(Value::Array(Some(lists))),
                Some(Value::Numbers(numbers)) if numbers.is_empty() => self.push(Value::Array(Some(Vec::new()))),
                _ => Err(objects("an array that does not hold lists")),
            },
            _ => Err(objects("a state of something else than an array")),
        }
    }
}

/// Adds a number to a list of numbers, or a list of numbers to a list of lists.
fn add(list: &mut Value, value: Value) -> Result<(), NpyProblem> {
    match (&mut *list, value) {
        (Value::Numbers(numbers), Value::Integer(number)) => {
            numbers.push(i32::try_from(number).map_err(|_| objects(format!("the number {number}, beyond 32 bits")))?);
        }
        (Value::Numbers(numbers), Value::Numbers(first)) if numbers.is_empty() => *list = Value::Lists(vec![first]),
        (Value::Lists(lists), Value::Numbers(next)) => lists.push(next),
        _ => return Err(objects("a list that holds something else")),
    }
    Ok(())
}
