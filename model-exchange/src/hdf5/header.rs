//! Headers of objects: the messages that say what an object is.

use super::bytes::{Bytes, Reader};
use super::{Hdf5Problem, Hdf5Result, checksum};

/// What a message is about.
pub(super) mod kind {
    pub(in super::super) const DATASPACE: u16 = 0x01;
    pub(in super::super) const LINK_INFO: u16 = 0x02;
    pub(in super::super) const DATATYPE: u16 = 0x03;
    pub(in super::super) const LINK: u16 = 0x06;
    pub(in super::super) const EXTERNAL: u16 = 0x07;
    pub(in super::super) const LAYOUT: u16 = 0x08;
    pub(in super::super) const FILTERS: u16 = 0x0b;
    pub(in super::super) const ATTRIBUTE: u16 = 0x0c;
    pub(in super::super) const SYMBOL_TABLE: u16 = 0x11;
    pub(in super::super) const ATTRIBUTE_INFO: u16 = 0x15;
    pub(super) const CONTINUATION: u16 = 0x10;
}

/// How many pieces a header may be in.
const MOST_PIECES: usize = 4096;

/// How many messages of a header are looked at.
const MOST_MESSAGES: usize = 1 << 16;

/// A message: what it is about, and its bytes.
#[derive(Clone, Copy)]
pub(super) struct Message<'b> {
    pub(super) kind: u16,
    /// Whether the message is that of another place.
    is_shared: bool,
    body: Reader<'b>,
}

impl<'b> Message<'b> {
    /// What it says.
    pub(super) fn body(self) -> Hdf5Result<Reader<'b>> {
        if self.is_shared {
            Err(Hdf5Problem::Unsupported { what: "a type or an attribute that several objects share" })
        } else {
            Ok(self.body)
        }
    }
}

/// The messages of the object at a place.
pub(super) fn messages(file: Bytes<'_>, at: u64) -> Hdf5Result<Vec<Message<'_>>> {
    let mut start = file.from(at)?;
    let first = start.take(4)?;
    if first == b"OHDR" { second(file, at) } else { first_version(file, at) }
}

/// The messages of one piece of a header, and the pieces that it goes on with.
struct Pieces<'b> {
    messages: Vec<Message<'b>>,
    /// Where further pieces are, and how long.
    more: Vec<(u64, u64)>,
    read: usize,
}

impl<'b> Pieces<'b> {
    fn add(&mut self, message: Message<'b>) -> Hdf5Result<()> {
        if self.messages.len() >= MOST_MESSAGES {
            return Err(Hdf5Problem::Damaged { at: message.body.place(), expected: "no more than 65536 messages of an object" });
        }
        if message.kind == kind::CONTINUATION {
            let mut body = message.body;
            self.more.push((body.u64()?, body.u64()?));
        } else {
            self.messages.push(message);
        }
        Ok(())
    }

    /// The next piece; too many of them go in a circle.
    fn next(&mut self) -> Hdf5Result<Option<(u64, u64)>> {
        self.read = self.read.saturating_add(1);
        match self.more.pop() {
            Some((at, _)) if self.read > MOST_PIECES => {
                Err(Hdf5Problem::Damaged { at, expected: "no more than 4096 pieces of a header" })
            }
            next => Ok(next),
        }
    }
}

fn first_version(file: Bytes<'_>, at: u64) -> Hdf5Result<Vec<Message<'_>>> {
    let mut start = file.from(at)?;
    start.expect(&[1], "the header of an object")?;
    start.skip(1)?;
    let count = start.u16()?;
    start.skip(4)?; // how many links there are to it
    let size = start.u32()?;
    start.skip(4)?;
    let mut pieces = Pieces { messages: Vec::new(), more: vec![(start.place(), size.into())], read: 0 };
    let mut left = count;
    while left > 0
        && let Some((at, length)) = pieces.next()?
    {
        let mut piece = file.reader(at, length)?;
        while left > 0 && piece.left() >= 8 {
            let (kind, size, flags) = (piece.u16()?, piece.u16()?, piece.u8()?);
            piece.skip(3)?;
            let body = piece.part(size.into())?;
            left -= 1;
            pieces.add(Message { kind, is_shared: flags & 2 != 0, body })?;
        }
    }
    Ok(pieces.messages)
}

fn second(file: Bytes<'_>, at: u64) -> Hdf5Result<Vec<Message<'_>>> {
    let mut start = file.from(at)?;
    start.expect(b"OHDR", "the header of an object")?;
    start.version(&[2], "headers of a version newer than 2")?;
    let flags = start.u8()?;
    if flags & 0x20 != 0 {
        start.skip(16)?; // times
    }
    if flags & 0x10 != 0 {
        start.skip(4)?; // how many attributes lie where
    }
    let size = start.sized(1 << (flags & 3))?;
    let has_order = flags & 4 != 0;
    let mut pieces = Pieces { messages: Vec::new(), more: Vec::new(), read: 0 };
    let body = start.place();
    in_piece(file, (at, body, body.saturating_add(size)), has_order, &mut pieces)?;
    while let Some((at, length)) = pieces.next()? {
        file.reader(at, length)?.expect(b"OCHK", "a further piece of a header")?;
        let end = at.saturating_add(length).saturating_sub(4);
        in_piece(file, (at, at.saturating_add(4), end), has_order, &mut pieces)?;
    }
    Ok(pieces.messages)
}

/// The messages of a piece, from its start by way of its messages to their end, behind which its checksum stands.
fn in_piece<'b>(
    file: Bytes<'b>,
    (start, body, end): (u64, u64, u64),
    has_order: bool,
    pieces: &mut Pieces<'b>,
) -> Hdf5Result<()> {
    checksum::check(file, start, end, file.reader(end, 4)?.u32()?)?;
    let mut piece = file.reader(body, end.saturating_sub(body))?;
    let least = if has_order { 6 } else { 4 };
    while piece.left() >= least {
        let (kind, size, flags) = (piece.u8()?, piece.u16()?, piece.u8()?);
        piece.skip(if has_order { 2 } else { 0 })?;
        let body = piece.part(size.into())?;
        pieces.add(Message { kind: kind.into(), is_shared: flags & 2 != 0, body })?;
    }
    Ok(())
}
