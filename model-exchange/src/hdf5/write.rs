//! Writing: the form of the first version of the format, which every reader knows.
//!
//! All that says what is where comes first, in one piece that is put together in memory; then come the data, one array after the other, as they
//! are written.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::SIGNATURE;
use super::bytes::UNDEFINED;
use super::header::kind;
use crate::tensor::{Dtype, Tensor};

/// How many names stand together.
const NAMES_TOGETHER: usize = 8;

/// The fewest pieces of names that a group has room for.
const LEAST_PIECES: usize = 32;

/// The message that says what elements are that were never written.
const FILL: u16 = 0x05;

/// What is to be written under a name.
#[derive(Debug)]
pub enum Node<'a> {
    /// A group: its attributes, which are texts, and what is in it.
    Group(BTreeMap<String, String>, BTreeMap<String, Node<'a>>),
    /// An array of `f32`, or of `i32`.
    Data(Tensor<'a>),
}

impl<'a> Node<'a> {
    /// A group with nothing in it.
    #[must_use]
    pub const fn group() -> Self {
        Self::Group(BTreeMap::new(), BTreeMap::new())
    }

    /// The node at a path of groups, which are made where there are none; nothing where an array is in the way.
    pub fn at(&mut self, path: &str) -> Option<&mut Self> {
        path.split('/').filter(|name| !name.is_empty()).try_fold(self, |node, name| match node {
            Self::Group(_, children) => Some(children.entry(name.to_owned()).or_insert_with(Node::group)),
            Self::Data(_) => None,
        })
    }
}

/// Writes a file with this root.
///
/// # Errors
/// If it cannot be written, or the root is no group.
pub fn write(root: &Node<'_>, to: &mut dyn Write) -> io::Result<()> {
    let Node::Group(_, children) = root else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the root of a file is a group"));
    };
    let pieces = most_children(children).div_ceil(NAMES_TOGETHER).max(LEAST_PIECES).next_multiple_of(2);
    let mut head = Head { bytes: vec![0; SUPERBLOCK], data: Vec::new(), pieces };
    let root = head.add(root)?;
    head.begin(root)?;
    let mut end = head.place();
    // What has no elements is nowhere.
    for (at, tensor) in head.data.iter().filter(|(_, tensor)| !tensor.bytes.is_empty()) {
        let place = head.bytes.get_mut(*at..*at + 8).ok_or(io::ErrorKind::InvalidData)?;
        place.copy_from_slice(&end.to_le_bytes());
        end += tensor.bytes.len().next_multiple_of(8) as u64;
    }
    head.bytes[END_PLACE..END_PLACE + 8].copy_from_slice(&end.to_le_bytes());
    to.write_all(&head.bytes)?;
    head.data.iter().try_for_each(|(_, tensor)| {
        let size = tensor.bytes.len();
        tensor.bytes.try_each(|bytes| to.write_all(bytes))?;
        to.write_all(&[0; 8][..size.next_multiple_of(8) - size])
    })
}

/// The size of what a file begins with.
const SUPERBLOCK: usize = 96;

/// Where in it the file's end is told.
const END_PLACE: usize = 40;

/// The most names that stand in one group.
fn most_children(children: &BTreeMap<String, Node<'_>>) -> usize {
    let inner = children.values().map(|child| if let Node::Group(_, children) = child { most_children(children) } else { 0 });
    inner.max().unwrap_or(0).max(children.len())
}

/// A group's header, and the tree and the heap of its names.
struct Place {
    header: u64,
    tables: Option<[u64; 2]>,
}

/// All that says what is where.
struct Head<'n> {
    bytes: Vec<u8>,
    /// Arrays, each with where its place is to be told.
    data: Vec<(usize, &'n Tensor<'n>)>,
    /// How many pieces of names a group has room for.
    pieces: usize,
}

impl<'n> Head<'n> {
    fn place(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn numbers(&mut self, numbers: &[u64]) {
        numbers.iter().for_each(|number| self.put(&number.to_le_bytes()));
    }

    /// Fills up to so many bytes behind a place.
    fn fill(&mut self, start: u64, size: usize) {
        let end = usize::try_from(start).unwrap_or(usize::MAX).saturating_add(size);
        self.bytes.resize(end, 0);
    }

    fn begin(&mut self, root: Place) -> io::Result<()> {
        let mut start = Vec::from(*SIGNATURE);
        start.extend([0, 0, 0, 0, 0, 8, 8, 0]);
        start.extend(u16::try_from(NAMES_TOGETHER / 2).map_err(io::Error::other)?.to_le_bytes());
        start.extend(u16::try_from(self.pieces / 2).map_err(io::Error::other)?.to_le_bytes());
        start.extend([0; 4]);
        for number in [0, UNDEFINED, 0, UNDEFINED, 0, root.header] {
            start.extend(u64::to_le_bytes(number));
        }
        start.extend(entry_cache(root.tables));
        self.bytes[..SUPERBLOCK].copy_from_slice(&start);
        Ok(())
    }

    fn add<'a: 'n>(&mut self, node: &'n Node<'a>) -> io::Result<Place> {
        match node {
            Node::Group(attributes, children) => {
                let places =
                    children.iter().map(|(name, child)| Ok((name.as_str(), self.add(child)?))).collect::<io::Result<Vec<_>>>()?;
                let tables = self.names(&places)?;
                let mut messages = vec![(kind::SYMBOL_TABLE, tables.map(u64::to_le_bytes).concat())];
                for (name, text) in attributes {
                    messages.push((kind::ATTRIBUTE, attribute(name, text)?));
                }
                let header = self.header(&messages)?;
                Ok(Place { header, tables: Some(tables) })
            }
            Node::Data(tensor) => {
                let rank = u8::try_from(tensor.shape.len()).map_err(io::Error::other)?;
                let mut space = vec![1, rank, 0, 0, 0, 0, 0, 0];
                space.extend(tensor.shape.iter().flat_map(|&axis| (axis as u64).to_le_bytes()));
                let datatype = match tensor.dtype {
                    Dtype::F32 => FLOAT,
                    Dtype::I32 => INT,
                    other => return Err(io::Error::other(format!("elements of {other}"))),
                };
                let mut layout = vec![3, 1];
                layout.extend([UNDEFINED, tensor.bytes.len() as u64].map(u64::to_le_bytes).concat());
                let fill = vec![2, 2, 2, 1, 0, 0, 0, 0];
                let messages =
                    [(kind::DATASPACE, space), (kind::DATATYPE, datatype.to_vec()), (FILL, fill), (kind::LAYOUT, layout)];
                let header = self.header(&messages)?;
                // The layout is the last message, and ends with the place, the size, and what fills it up.
                self.data.push((self.bytes.len() - 22, tensor));
                Ok(Place { header, tables: None })
            }
        }
    }

    /// The header of an object with its messages.
    fn header(&mut self, messages: &[(u16, Vec<u8>)]) -> io::Result<u64> {
        let place = self.place();
        let size: usize = messages.iter().map(|(_, body)| 8 + body.len().next_multiple_of(8)).sum();
        let count = u16::try_from(messages.len()).map_err(io::Error::other)?;
        self.put(&[1, 0]);
        self.put(&count.to_le_bytes());
        self.put(&1_u32.to_le_bytes());
        self.put(&u32::try_from(size).map_err(io::Error::other)?.to_le_bytes());
        self.put(&[0; 4]);
        for (kind, body) in messages {
            let size = body.len().next_multiple_of(8);
            self.put(&kind.to_le_bytes());
            self.put(&u16::try_from(size).map_err(|_| io::Error::other("a text of more than 64 kB"))?.to_le_bytes());
            self.put(&[0; 4]);
            let start = self.place();
            self.put(body);
            self.fill(start, size);
        }
        Ok(place)
    }

    /// The names of a group: where their tree is, and their heap.
    fn names(&mut self, objects: &[(&str, Place)]) -> io::Result<[u64; 2]> {
        let mut heap = vec![0; 8];
        let mut offsets = Vec::new();
        for (name, _) in objects {
            offsets.push(heap.len() as u64);
            heap.extend(name.as_bytes());
            heap.resize((heap.len() + 1).next_multiple_of(8), 0);
        }
        let heap_place = self.place();
        self.put(b"HEAP\0\0\0\0");
        self.numbers(&[heap.len() as u64, 1, heap_place + 32]);
        self.put(&heap);
        let mut pieces = Vec::new();
        for (objects, offsets) in objects.chunks(NAMES_TOGETHER).zip(offsets.chunks(NAMES_TOGETHER)) {
            let place = self.place();
            pieces.push((place, offsets.last().copied().unwrap_or_default()));
            self.put(b"SNOD\x01\0");
            self.put(&u16::try_from(objects.len()).map_err(io::Error::other)?.to_le_bytes());
            for ((_, object), offset) in objects.iter().zip(offsets) {
                self.numbers(&[*offset, object.header]);
                self.put(&entry_cache(object.tables));
            }
            self.fill(place, 8 + NAMES_TOGETHER * 40);
        }
        let tree = self.place();
        self.put(b"TREE\0\0");
        self.put(
            &u16::try_from(pieces.len())
                .map_err(|_| io::Error::other("more names in a group than it has room for"))?
                .to_le_bytes(),
        );
        self.numbers(&[UNDEFINED, UNDEFINED, 0]);
        pieces.iter().for_each(|&(place, last)| self.numbers(&[place, last]));
        self.fill(tree, 24 + (2 * self.pieces + 1) * 8);
        Ok([tree, heap_place])
    }
}

/// What an entry says besides name and place: for a group where its names are.
fn entry_cache(tables: Option<[u64; 2]>) -> Vec<u8> {
    let kind = u64::from(tables.is_some());
    let [tree, heap] = tables.unwrap_or_default();
    [kind, tree, heap].map(u64::to_le_bytes).concat()
}

/// The type `f32`.
const FLOAT: &[u8] = &[0x11, 0x20, 0x1f, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0];

/// The type `i32`.
const INT: &[u8] = &[0x10, 8, 0, 0, 4, 0, 0, 0, 0, 0, 32, 0];

/// An attribute that is one text.
fn attribute(name: &str, text: &str) -> io::Result<Vec<u8>> {
    let too_long = |_| io::Error::other("a text of more than 64 kB");
    let mut name = [name.as_bytes(), &[0]].concat();
    let size = u16::try_from(name.len()).map_err(too_long)?;
    let datatype = [&[0x13, 0x11, 0, 0], u32::try_from(text.len().max(1)).map_err(too_long)?.to_le_bytes().as_slice()].concat();
    let space = [1, 0, 0, 0, 0, 0, 0, 0];
    name.resize(name.len().next_multiple_of(8), 0);
    let mut message = vec![1, 0];
    message.extend([size, 8, 8].map(u16::to_le_bytes).concat());
    message.extend([name, datatype, space.to_vec()].concat());
    message.extend(if text.is_empty() { &[0] } else { text.as_bytes() });
    Ok(message)
}
