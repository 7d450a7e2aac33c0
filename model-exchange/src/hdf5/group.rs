//! Groups: names of objects, and where these are.

use std::collections::BTreeMap;

use super::attribute::{self, Attribute};
use super::bytes::{Bytes, Reader, UNDEFINED, until_zero};
use super::data::Dataset;
use super::header::{self, Message, kind};
use super::heap::LocalHeap;
use super::{Hdf5Problem, Hdf5Result};

/// How deep the tree of a group's names may be: of two names a node, that is for more than a file can hold.
const DEEPEST: u8 = 64;

/// A group of a file, which has been read.
#[derive(Clone)]
pub struct Group<'b> {
    file: Bytes<'b>,
    messages: Vec<Message<'b>>,
    links: BTreeMap<&'b str, u64>,
}

/// What a name stands for.
pub enum Object<'b> {
    /// A group.
    Group(Group<'b>),
    /// Data.
    Dataset(Dataset<'b>),
}

impl<'b> Group<'b> {
    pub(super) fn at(file: Bytes<'b>, at: u64) -> Hdf5Result<Self> {
        Self::of(file, header::messages(file, at)?)
    }

    fn of(file: Bytes<'b>, messages: Vec<Message<'b>>) -> Hdf5Result<Self> {
        let mut links = BTreeMap::new();
        for message in &messages {
            match message.kind {
                kind::SYMBOL_TABLE => symbol_table(file, message.body()?, &mut links)?,
                kind::LINK => link(message.body()?, &mut links)?,
                kind::LINK_INFO => refuse_dense(message.body()?, 8, "more links in one group than its header holds")?,
                _ => {}
            }
        }
        Ok(Self { file, messages, links })
    }

    /// The names of its objects, in order.
    pub fn names(&self) -> impl Iterator<Item = &'b str> {
        self.links.keys().copied()
    }

    /// The object of a name, if there is one.
    ///
    /// # Errors
    /// If the object cannot be read.
    pub fn get(&self, name: &str) -> Hdf5Result<Option<Object<'b>>> {
        let Some(&at) = self.links.get(name) else { return Ok(None) };
        let read = || {
            let messages = header::messages(self.file, at)?;
            let is_data = messages.iter().any(|message| message.kind == kind::LAYOUT);
            if is_data {
                Dataset::of(self.file, &messages).map(Object::Dataset)
            } else {
                Self::of(self.file, messages).map(Object::Group)
            }
        };
        read().map(Some).map_err(|problem| problem.at(name))
    }

    /// The group of a name, if there is one.
    ///
    /// # Errors
    /// If what stands there is no group, or cannot be read.
    pub fn group(&self, name: &str) -> Hdf5Result<Option<Self>> {
        match self.get(name)? {
            None => Ok(None),
            Some(Object::Group(group)) => Ok(Some(group)),
            Some(Object::Dataset(_)) => Err(Hdf5Problem::Missing { what: "group", name: name.to_owned() }),
        }
    }

    /// The attribute of a name, if there is one.
    ///
    /// # Errors
    /// If the attributes cannot be read.
    pub fn attribute(&self, name: &str) -> Hdf5Result<Option<Attribute<'b>>> {
        attribute::find(self.file, &self.messages, name)
    }
}

/// Refuses what lies in a heap of its own: the place of one that is there. In front of it stands a counter of so many bytes, if any.
pub(super) fn refuse_dense(mut body: Reader<'_>, counter: usize, what: &'static str) -> Hdf5Result<()> {
    body.skip(1)?;
    let flags = body.u8()?;
    body.skip(if flags & 1 == 0 { 0 } else { counter })?;
    if body.u64()? == UNDEFINED { Ok(()) } else { Err(Hdf5Problem::Unsupported { what }) }
}

/// The links of an older group: a tree of names, which are in a heap.
fn symbol_table<'b>(file: Bytes<'b>, mut body: Reader<'b>, links: &mut BTreeMap<&'b str, u64>) -> Hdf5Result<()> {
    let (tree, heap) = (body.u64()?, body.u64()?);
    let heap = LocalHeap::at(file, heap)?;
    // Each node is visited once in a tree: more of them than the file has room for go in a circle.
    let mut left = file.length() / 8;
    let mut open = vec![(tree, DEEPEST)];
    while let Some((at, depth)) = open.pop() {
        let circle = Hdf5Problem::Damaged { at, expected: "a tree of names" };
        left = left.checked_sub(1).ok_or_else(|| circle.clone())?;
        let mut node = file.from(at)?;
        if node.clone().take(4)? == b"SNOD" {
            names(node, heap, links, &mut left)?;
            continue;
        }
        node.expect(b"TREE", "the names of a group")?;
        node.expect(&[0], "a tree of names")?;
        let (_level, children) = (node.u8()?, node.u16()?);
        node.skip(16)?; // its neighbours
        let deeper = depth.checked_sub(1).ok_or(circle)?;
        for _ in 0..children {
            node.skip(8)?; // the smallest name behind it
            open.push((node.u64()?, deeper));
        }
    }
    Ok(())
}

/// Names that stand together.
fn names<'b>(mut node: Reader<'b>, heap: LocalHeap<'b>, links: &mut BTreeMap<&'b str, u64>, left: &mut u64) -> Hdf5Result<()> {
    let at = node.place();
    node.skip(6)?;
    for _ in 0..node.u16()? {
        *left = left.checked_sub(1).ok_or(Hdf5Problem::Damaged { at, expected: "a tree of names" })?;
        let (name, place) = (node.u64()?, node.u64()?);
        let is_soft = node.u32()? == 2;
        node.skip(20)?;
        if is_soft {
            return Err(Hdf5Problem::Unsupported { what: "a link to another name" });
        }
        insert(links, until_zero(heap.from(name)?), place, at)?;
    }
    Ok(())
}

/// A link that stands in the header of its group.
fn link<'b>(mut body: Reader<'b>, links: &mut BTreeMap<&'b str, u64>) -> Hdf5Result<()> {
    let at = body.place();
    body.expect(&[1], "a link")?;
    let flags = body.u8()?;
    let class = if flags & 8 == 0 { 0 } else { body.u8()? };
    if class != 0 {
        return Err(Hdf5Problem::Unsupported {
            what: if class == 1 { "a link to another name" } else { "a link to another file" },
        });
    }
    body.skip(if flags & 4 == 0 { 0 } else { 8 })?; // when it was made
    body.skip(usize::from(flags >> 4 & 1))?; // how its name is written
    let length = body.sized(1 << (flags & 3))?;
    let name = body.take(usize::try_from(length).unwrap_or(usize::MAX))?;
    insert(links, name, body.u64()?, at)
}

fn insert<'b>(links: &mut BTreeMap<&'b str, u64>, name: &'b [u8], place: u64, at: u64) -> Hdf5Result<()> {
    let name = std::str::from_utf8(name).map_err(|_| Hdf5Problem::Damaged { at, expected: "a name in UTF-8" })?;
    if links.insert(name, place).is_some() {
        return Err(Hdf5Problem::Damaged { at, expected: "each name once" });
    }
    Ok(())
}
