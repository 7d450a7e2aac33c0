//! The header of an array: how it is written, and how it is read without trusting it.

use std::io::Read;

use super::NpyProblem;

const MAGIC: &[u8] = b"\x93NUMPY";

/// NumPy refuses longer ones, too, unless it is told to trust the file.
const LONGEST: u64 = 10_000;

/// Headers end so that elements begin at a multiple of this.
const ALIGNMENT: usize = 64;

/// What an array's header says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// The elements' type, such as `<f4`.
    pub description: String,
    /// Whether the first axis runs fastest.
    pub is_fortran: bool,
    /// The sizes of the axes.
    pub shape: Vec<usize>,
}

impl Header {
    /// Reads a header; the reader then stands in front of the elements.
    pub(crate) fn read(reader: &mut dyn Read) -> Result<Self, NpyProblem> {
        let mut start = Vec::new();
        reader.take(8).read_to_end(&mut start)?;
        let Some([major, minor]) = start.strip_prefix(MAGIC) else { return Err(NpyProblem::Magic) };
        let length = match (major, minor) {
            (1, 0) => u64::from(u16::from_le_bytes(exactly(reader)?)),
            (2 | 3, 0) => u64::from(u32::from_le_bytes(exactly(reader)?)),
            (&major, &minor) => return Err(NpyProblem::Version { major, minor }),
        };
        if length > LONGEST {
            return Err(NpyProblem::LongHeader { most: LONGEST, found: length });
        }
        let mut text = Vec::new();
        reader.take(length).read_to_end(&mut text)?;
        let text = String::from_utf8_lossy(&text);
        let is_whole = text.len() as u64 == length;
        let parsed = if is_whole { Parser(&text).header() } else { None };
        parsed.ok_or_else(|| NpyProblem::Header { found: text.trim_end().chars().take(100).collect() })
    }

    /// The bytes of a header of version 1.0.
    pub(super) fn write(&self) -> Vec<u8> {
        let sizes: String = self.shape.iter().map(|size| format!("{size}, ")).collect();
        let shape = if self.shape.len() == 1 { sizes.trim_end() } else { sizes.trim_end_matches(", ") };
        let order = if self.is_fortran { "True" } else { "False" };
        let text = format!("{{'descr': '{}', 'fortran_order': {order}, 'shape': ({shape}), }}", self.description);
        let start = MAGIC.len() + 4;
        let length = (start + text.len() + 1).next_multiple_of(ALIGNMENT) - start;
        let mut bytes = [MAGIC, &[1, 0]].concat();
        bytes.extend((length as u16).to_le_bytes()); // 32 axes of 20 digits are far below 65,536 bytes
        bytes.extend(format!("{text:<width$}\n", width = length - 1).bytes());
        bytes
    }

    /// How many elements there are. A size of zero does not excuse the others: `ndarray` counts without it.
    pub(super) fn elements(&self) -> Result<usize, NpyProblem> {
        let overflow = || NpyProblem::Overflow { found: self.shape.clone() };
        let mut sizes = self.shape.iter().filter(|&&size| size != 0);
        let product = sizes.try_fold(1usize, |product, &size| product.checked_mul(size)).ok_or_else(overflow)?;
        isize::try_from(product).map_err(|_| overflow())?;
        Ok(if self.shape.contains(&0) { 0 } else { product })
    }
}

fn exactly<const N: usize>(reader: &mut dyn Read) -> Result<[u8; N], NpyProblem> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes).map_err(|_| NpyProblem::Header { found: String::new() })?;
    Ok(bytes)
}

/// A dictionary as Python writes it, from left to right.
struct Parser<'a>(&'a str);

impl<'a> Parser<'a> {
    fn header(mut self) -> Option<Header> {
        let (mut description, mut is_fortran, mut shape) = (None, None, None);
        self.token("{")?;
        while self.token("}").is_none() {
            let key = self.text()?;
            self.token(":")?;
            match key {
                "descr" if description.is_none() => description = Some(self.text()?.to_owned()),
                "fortran_order" if is_fortran.is_none() => is_fortran = Some(self.boolean()?),
                "shape" if shape.is_none() => shape = Some(self.shape()?),
                _ => return None,
            }
            if self.token(",").is_none() {
                self.token("}")?;
                break;
            }
        }
        self.0.trim().is_empty().then_some(())?;
        Some(Header { description: description?, is_fortran: is_fortran?, shape: shape? })
    }

    fn token(&mut self, token: &str) -> Option<()> {
        self.0 = self.0.trim_start().strip_prefix(token)?;
        Some(())
    }

    fn text(&mut self) -> Option<&'a str> {
        let quote = if self.token("'").is_some() { '\'' } else { self.token("\"").map(|()| '"')? };
        let (text, rest) = self.0.split_once(quote)?;
        self.0 = rest;
        Some(text)
    }

    fn boolean(&mut self) -> Option<bool> {
        self.token("True").map(|()| true).or_else(|| self.token("False").map(|()| false))
    }

    /// `(3, 4)`, `(3,)`, `()`; Python 2 wrote `(3L,)`.
    fn shape(&mut self) -> Option<Vec<usize>> {
        let mut shape = Vec::new();
        self.token("(")?;
        while self.token(")").is_none() {
            self.0 = self.0.trim_start();
            let digits = self.0.find(|c: char| !c.is_ascii_digit())?;
            shape.push(self.0[..digits].parse().ok()?);
            self.0 = self.0[digits..].strip_prefix('L').unwrap_or(&self.0[digits..]);
            if self.token(",").is_none() {
                self.token(")")?;
                break;
            }
        }
        Some(shape)
    }
}

#[cfg(test)]
mod tests {
    use super::{Header, LONGEST, Parser};

    fn header(description: &str, is_fortran: bool, shape: &[usize]) -> Header {
        Header { description: description.to_owned(), is_fortran, shape: shape.to_vec() }
    }

    fn file(version: [u8; 2], text: &str) -> Vec<u8> {
        let length = text.len() as u32;
        let bytes = length.to_le_bytes();
        let length = if version[0] == 1 { &bytes[..2] } else { &bytes[..] };
        [b"\x93NUMPY", &version[..], length, text.as_bytes()].concat()
    }

    #[test]
    fn what_is_written_is_read_and_aligned() {
        for header in [header("<f4", false, &[]), header("|b1", true, &[3]), header("<i8", false, &[2, 0, usize::MAX])] {
            let bytes = header.write();
            assert!(bytes.len().is_multiple_of(64) && bytes.ends_with(b"\n"));
            assert_eq!(Header::read(&mut &bytes[..]).unwrap(), header);
        }
    }

    #[test]
    fn reads_what_pythons_write() {
        let cases = [
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }     \n", header("<f4", false, &[3, 4])),
            ("{'shape': (3L,), \"descr\": \"|u1\", 'fortran_order': True}\n", header("|u1", true, &[3])),
            ("{ 'descr':'>i2','fortran_order':False,'shape':() }", header(">i2", false, &[])),
        ];
        for (text, expected) in cases {
            for version in [[1, 0], [2, 0], [3, 0]] {
                assert_eq!(Header::read(&mut &file(version, text)[..]).unwrap(), expected);
            }
        }
    }

    #[test]
    fn refuses_what_is_no_header() {
        let whole = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }";
        for end in 0..whole.len() {
            assert!(Parser(&whole[..end]).header().is_none(), "{end}");
        }
        let others = [
            "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (3,), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (-3,), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
            "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3,), }",
            "{'descr': '<f4', 'fortran_order': 0, 'shape': (3,), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (3 4), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), } more",
        ];
        for text in others {
            let error = Header::read(&mut &file([1, 0], text)[..]).unwrap_err().to_string();
            assert!(error.starts_with("expected a header such as `{'descr': "), "{error}");
        }
    }

    #[test]
    fn refuses_other_starts() {
        let error = |bytes: &[u8]| Header::read(&mut &bytes[..]).unwrap_err().to_string();
        assert!(error(b"PK\x03\x04....").starts_with("expected an array of NumPy's"));
        assert!(error(b"\x93NUM").starts_with("expected an array of NumPy's"));
        assert_eq!(error(&file([4, 0], "")), "expected version 1.0, 2.0 or 3.0 of the format, found 4.0");
        let long = [b"\x93NUMPY\x02\0", &u32::MAX.to_le_bytes()[..]].concat();
        assert_eq!(error(&long), format!("expected a header of at most {LONGEST} bytes, found {}", u32::MAX));
        assert!(error(b"\x93NUMPY\x01\0\x10").starts_with("expected a header such as"));
    }
}
