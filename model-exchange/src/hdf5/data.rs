//! Data sets: arrays of numbers.

use super::attribute;
use super::bytes::{Bytes, Reader, UNDEFINED};
use super::datatype::Datatype;
use super::header::{Message, kind};
use super::{Hdf5Problem, Hdf5Result};
use crate::tensor::{Dtype, Elements, Tensor};

/// How many axes an array may have.
const MOST_AXES: u8 = 32;

/// An array of a file.
#[derive(Clone)]
pub struct Dataset<'b> {
    /// Its elements.
    pub tensor: Tensor<'b>,
}

impl<'b> Dataset<'b> {
    pub(super) fn of(file: Bytes<'b>, messages: &[Message<'b>]) -> Hdf5Result<Self> {
        let find = |wanted: u16, what| {
            let found = messages.iter().find(|message| message.kind == wanted);
            found.ok_or(Hdf5Problem::Missing { what: "part of its header", name: str::to_owned(what) })?.body()
        };
        let has = |wanted: u16| messages.iter().any(|message| message.kind == wanted);
        if has(kind::EXTERNAL) {
            return Err(Hdf5Problem::Unsupported { what: "data in another file" });
        }
        if has(kind::FILTERS) {
            return Err(Hdf5Problem::Unsupported { what: "data that are compressed or filtered" });
        }
        let datatype = Datatype::read(&mut find(kind::DATATYPE, "the type of its elements")?)?;
        let dtype = match datatype {
            Datatype::Number(dtype) => dtype,
            // NumPy knows no such type, and h5py writes its two bytes as they are.
            Datatype::Opaque(2)
                if attribute::find(file, messages, "dtype")?.is_some_and(|name| name.text() == Ok("bfloat16")) =>
            {
                Dtype::BF16
            }
            _ => return Err(Hdf5Problem::Unsupported { what: "data that are no numbers" }),
        };
        let shape = shape(find(kind::DATASPACE, "its shape")?)?;
        let too_large = Hdf5Problem::Damaged { at: 0, expected: "a shape of fewer elements" };
        let bytes =
            shape.iter().try_fold(datatype.size(), |size, &axis| size.checked_mul(axis)).ok_or_else(|| too_large.clone())?;
        let data = layout(file, find(kind::LAYOUT, "where its data are")?, bytes)?;
        let shape = shape.into_iter().map(usize::try_from).collect::<Result<_, _>>().map_err(|_| too_large)?;
        Ok(Self { tensor: Tensor { dtype, shape, bytes: data } })
    }
}

/// The sizes of the axes that a message tells.
pub(super) fn shape(mut body: Reader<'_>) -> Hdf5Result<Vec<u64>> {
    let at = body.place();
    let version = body.version(&[1, 2], "shapes of a version newer than 2")?;
    let (axes, _flags) = (body.u8()?, body.u8()?);
    let class = body.u8()?;
    if version == 1 {
        body.skip(4)?;
    } else if class == 2 {
        return Err(Hdf5Problem::Unsupported { what: "data without elements" });
    }
    if axes > MOST_AXES {
        return Err(Hdf5Problem::Damaged { at, expected: "no more than 32 axes" });
    }
    (0..axes).map(|_| body.u64()).collect()
}

/// The bytes of data, by the message that says how they lie.
fn layout<'b>(file: Bytes<'b>, mut body: Reader<'b>, bytes: u64) -> Hdf5Result<Elements<'b>> {
    let start = body.place();
    let version = body.version(&[1, 2, 3, 4], "layouts of a version newer than 4")?;
    let class = if version < 3 {
        let (axes, class) = (body.u8()?, body.u8()?);
        body.skip(5)?;
        if class == 1 {
            return lying(file, body.u64()?, bytes);
        }
        body.skip(usize::from(axes).saturating_mul(4))?;
        class
    } else {
        body.u8()?
    };
    match class {
        0 => {
            let size = if version < 3 { body.u32()?.into() } else { u64::from(body.u16()?) };
            if size != bytes {
                return Err(Hdf5Problem::Damaged { at: start, expected: "as many bytes as the shape has" });
            }
            body.take(usize::try_from(bytes).unwrap_or(usize::MAX)).map(Elements::from)
        }
        1 => {
            let (place, size) = (body.u64()?, body.u64()?);
            if place != UNDEFINED && size != bytes {
                return Err(Hdf5Problem::Damaged { at: start, expected: "as many bytes as the shape has" });
            }
            lying(file, place, bytes)
        }
        2 => Err(Hdf5Problem::Unsupported { what: "data in chunks" }),
        3 => Err(Hdf5Problem::Unsupported { what: "data that lie in other files (a virtual data set)" }),
        _ => Err(Hdf5Problem::Damaged { at: start, expected: "a layout" }),
    }
}

/// Data in one piece. Such as were never written are nowhere.
fn lying(file: Bytes<'_>, place: u64, bytes: u64) -> Hdf5Result<Elements<'_>> {
    if bytes == 0 {
        return Ok(Elements::default());
    }
    if place == UNDEFINED {
        return Err(Hdf5Problem::Unsupported { what: "data that were never written" });
    }
    file.data(place, bytes)
}
