//! The first bytes of a file: its version, and where its root is.

use super::bytes::{Bytes, UNDEFINED};
use super::group::Group;
use super::{Hdf5Problem, Hdf5Result, SIGNATURE, checksum};

/// What the sizes of places and lengths are in every file of our time.
const SIZE: u8 = 8;

pub(super) fn root(file: Bytes<'_>) -> Hdf5Result<Group<'_>> {
    let mut reader = file.from(0)?;
    reader.expect(SIGNATURE, "a file of HDF5")?;
    let version = reader.version(&[0, 1, 2, 3], "a version of the format that is newer than 3")?;
    let (base, end, root) = match version {
        0 | 1 => {
            reader.skip(4)?; // versions of parts
            sizes([reader.u8()?, reader.u8()?])?;
            reader.skip(if version == 0 { 9 } else { 13 })?; // a spare byte, nodes' sizes, flags
            let (base, _free, end, driver) = (reader.u64()?, reader.u64()?, reader.u64()?, reader.u64()?);
            refuse_driver(driver)?;
            reader.skip(8)?; // the root's name
            (base, end, reader.u64()?)
        }
        _ => {
            sizes([reader.u8()?, reader.u8()?])?;
            reader.skip(1)?; // flags
            let (base, extension, end, root) = (reader.u64()?, reader.u64()?, reader.u64()?, reader.u64()?);
            checksum::check(file, 0, reader.place(), reader.u32()?)?;
            refuse_driver(extension)?;
            (base, end, root)
        }
    };
    if base != 0 {
        return Err(Hdf5Problem::Unsupported { what: "another file in front of it" });
    }
    if end > file.length() {
        return Err(Hdf5Problem::Short { at: 0, length: end, end: file.length() });
    }
    Group::at(file, root)
}

fn sizes(sizes: [u8; 2]) -> Hdf5Result<()> {
    if sizes == [SIZE; 2] { Ok(()) } else { Err(Hdf5Problem::Unsupported { what: "places of another size than 8 bytes" }) }
}

fn refuse_driver(place: u64) -> Hdf5Result<()> {
    if place == UNDEFINED {
        Ok(())
    } else {
        Err(Hdf5Problem::Unsupported { what: "parts of it in other files, or settings of its own" })
    }
}
