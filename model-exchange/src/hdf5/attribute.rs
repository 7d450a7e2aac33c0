//! Attributes: what is said of an object besides its data.

use super::bytes::{Bytes, until_zero};
use super::data::shape;
use super::datatype::Datatype;
use super::group::refuse_dense;
use super::header::{Message, kind};
use super::heap;
use super::{Hdf5Problem, Hdf5Result};

/// An attribute of a group or of data.
#[derive(Clone)]
pub struct Attribute<'b> {
    file: Bytes<'b>,
    datatype: Datatype,
    data: &'b [u8],
}

impl<'b> Attribute<'b> {
    /// The texts that it is: one, or a list.
    ///
    /// # Errors
    /// If it is of numbers, or not in UTF-8.
    pub fn texts(&self) -> Hdf5Result<Vec<&'b str>> {
        let size = usize::try_from(self.datatype.size()).unwrap_or(usize::MAX).max(1);
        self.data.chunks_exact(size).map(|element| self.element(element)).collect()
    }

    /// The one text that it is.
    ///
    /// # Errors
    /// If it is something else.
    pub fn text(&self) -> Hdf5Result<&'b str> {
        match *self.texts()? {
            [text] => Ok(text),
            _ => Err(Hdf5Problem::Unsupported { what: "a list where one text is expected" }),
        }
    }

    fn element(&self, element: &'b [u8]) -> Hdf5Result<&'b str> {
        let bytes = match self.datatype {
            Datatype::Text(_) => until_zero(element),
            Datatype::AnyText => {
                let mut reader = Bytes::All(element).from(0)?;
                let (length, at, number) = (reader.u32()?, reader.u64()?, reader.u32()?);
                let object = if length == 0 { &[] } else { heap::object(self.file, at, number)? };
                let damaged = Hdf5Problem::Damaged { at, expected: "a text as long as is said" };
                usize::try_from(length).ok().and_then(|length| object.get(..length)).ok_or(damaged)?
            }
            Datatype::Number(_) | Datatype::Opaque(_) => {
                return Err(Hdf5Problem::Unsupported { what: "a number where a text is expected" });
            }
        };
        std::str::from_utf8(bytes).map_err(|_| Hdf5Problem::Unsupported { what: "a text that is not in UTF-8" })
    }
}

/// The attribute of a name among the messages of an object.
pub(super) fn find<'b>(file: Bytes<'b>, messages: &[Message<'b>], name: &str) -> Hdf5Result<Option<Attribute<'b>>> {
    for message in messages {
        match message.kind {
            kind::ATTRIBUTE_INFO => refuse_dense(message.body()?, 2, "more attributes of one object than its header holds")?,
            kind::ATTRIBUTE => {
                if let Some(found) = read(file, *message, name)? {
                    return Ok(Some(found));
                }
            }
            _ => {}
        }
    }
    Ok(None)
}

/// An attribute, if it has the name that is asked for.
fn read<'b>(file: Bytes<'b>, message: Message<'b>, asked: &str) -> Hdf5Result<Option<Attribute<'b>>> {
    let mut body = message.body()?;
    let version = body.version(&[1, 2, 3], "attributes of a version newer than 3")?;
    let flags = body.u8()?;
    let [name, datatype, space] = [body.u16()?, body.u16()?, body.u16()?];
    body.skip(if version == 3 { 1 } else { 0 })?;
    let padded = |size: u16| if version == 1 { usize::from(size).next_multiple_of(8) } else { size.into() };
    if until_zero(body.take(padded(name))?) != asked.as_bytes() {
        return Ok(None);
    }
    if version > 1 && flags != 0 {
        return Err(Hdf5Problem::Unsupported { what: "a type or an attribute that several objects share" });
    }
    let datatype = Datatype::read(&mut body.part(padded(datatype))?)?;
    let shape = shape(body.part(padded(space))?)?;
    let (at, left) = (body.place(), body.left() as u64);
    let size = shape.iter().try_fold(datatype.size(), |size, &axis| size.checked_mul(axis));
    let size = size.filter(|&size| size <= left).ok_or(Hdf5Problem::Short {
        at,
        length: size.unwrap_or(u64::MAX),
        end: at.saturating_add(left),
    })?;
    Ok(Some(Attribute { file, datatype, data: body.take(usize::try_from(size).unwrap_or(usize::MAX))? }))
}
