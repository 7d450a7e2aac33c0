//! The checksum of the newer parts of a file: Bob Jenkins's `lookup3`, <http://burtleburtle.net/bob/c/lookup3.c>.

use super::bytes::Bytes;
use super::{Hdf5Problem, Hdf5Result};

/// Holds the bytes between two places against their checksum.
pub(super) fn check(file: Bytes<'_>, start: u64, end: u64, expected: u32) -> Hdf5Result<()> {
    let bytes = file.at(start, end.saturating_sub(start))?;
    if lookup3(bytes) == expected {
        Ok(())
    } else {
        Err(Hdf5Problem::Damaged { at: end, expected: "the checksum of what stands before it" })
    }
}

fn lookup3(bytes: &[u8]) -> u32 {
    let start = 0xdead_beef_u32.wrapping_add(bytes.len() as u32);
    let (mut a, mut b, mut c) = (start, start, start);
    let mut rest = bytes;
    while rest.len() > 12 {
        let (block, behind) = rest.split_at(12);
        [a, b, c] = added([a, b, c], block);
        for turn in [4, 6, 8, 16, 19, 4] {
            a = a.wrapping_sub(c) ^ c.rotate_left(turn);
            c = c.wrapping_add(b);
            (a, b, c) = (b, c, a);
        }
        rest = behind;
    }
    if rest.is_empty() {
        return c;
    }
    [a, b, c] = added([a, b, c], rest);
    for turn in [14, 11, 25, 16, 4, 14, 24] {
        c = (c ^ b).wrapping_sub(b.rotate_left(turn));
        (a, b, c) = (b, c, a);
    }
    b
}

/// Three numbers with the next twelve bytes added, or with as many as there are.
fn added(state: [u32; 3], bytes: &[u8]) -> [u32; 3] {
    let mut block = [0; 12];
    block.iter_mut().zip(bytes).for_each(|(to, byte)| *to = *byte);
    let (words, _) = block.as_chunks();
    let mut sums = state;
    sums.iter_mut().zip(words).for_each(|(sum, &word)| *sum = sum.wrapping_add(u32::from_le_bytes(word)));
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_author_s_own_values_come_out() {
        assert_eq!(lookup3(b""), 0xdead_beef);
        assert_eq!(lookup3(b"Four score and seven years ago"), 0x1777_0551);
    }
}
