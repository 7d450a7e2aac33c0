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
        a = a.wrapping_sub(c) ^ c.rotate_left(4);
        c = c.wrapping_add(b);
        b = b.wrapping_sub(a) ^ a.rotate_left(6);
        a = a.wrapping_add(c);
        c = c.wrapping_sub(b) ^ b.rotate_left(8);
        b = b.wrapping_add(a);
        a = a.wrapping_sub(c) ^ c.rotate_left(16);
        c = c.wrapping_add(b);
        b = b.wrapping_sub(a) ^ a.rotate_left(19);
        a = a.wrapping_add(c);
        c = c.wrapping_sub(b) ^ b.rotate_left(4);
        b = b.wrapping_add(a);
        rest = behind;
    }
    if rest.is_empty() {
        return c;
    }
    [a, b, c] = added([a, b, c], rest);
    c = (c ^ b).wrapping_sub(b.rotate_left(14));
    a = (a ^ c).wrapping_sub(c.rotate_left(11));
    b = (b ^ a).wrapping_sub(a.rotate_left(25));
    c = (c ^ b).wrapping_sub(b.rotate_left(16));
    a = (a ^ c).wrapping_sub(c.rotate_left(4));
    b = (b ^ a).wrapping_sub(a.rotate_left(14));
    (c ^ b).wrapping_sub(b.rotate_left(24))
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
