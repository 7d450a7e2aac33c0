//! SipHash-2-4: two rounds for every eight bytes, four at the end.
//!
//! Source: Aumasson and Bernstein, <https://www.aumasson.jp/siphash/siphash.pdf>.

/// The hash of some bytes under a key.
pub(super) fn hash(bytes: &[u8], [k0, k1]: [u64; 2]) -> u64 {
    let mut state =
        [k0 ^ 0x736f_6d65_7073_6575, k1 ^ 0x646f_7261_6e64_6f6d, k0 ^ 0x6c79_6765_6e65_7261, k1 ^ 0x7465_6462_7974_6573];
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        take(&mut state, u64::from_le_bytes(*word));
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    last[7] = bytes.len() as u8; // the length, modulo 256
    take(&mut state, u64::from_le_bytes(last));
    state[2] ^= 0xff;
    (0..4).for_each(|_| round(&mut state));
    state.iter().fold(0, |hash, word| hash ^ word)
}

fn take(state: &mut [u64; 4], word: u64) {
    state[3] ^= word;
    (0..2).for_each(|_| round(state));
    state[0] ^= word;
}

fn round([a, b, c, d]: &mut [u64; 4]) {
    *a = a.wrapping_add(*b);
    *b = b.rotate_left(13) ^ *a;
    *a = a.rotate_left(32);
    *c = c.wrapping_add(*d);
    *d = d.rotate_left(16) ^ *c;
    *a = a.wrapping_add(*d);
    *d = d.rotate_left(21) ^ *a;
    *c = c.wrapping_add(*b);
    *b = b.rotate_left(17) ^ *c;
    *c = c.rotate_left(32);
}

#[cfg(test)]
mod tests {
    use super::hash;

    #[test]
    fn it_is_the_paper_s() {
        // Appendix A: the key 00 01 .. 0f, and the bytes 00 01 .. 0e.
        let bytes: Vec<u8> = (0..15).collect();
        assert_eq!(hash(&bytes, [0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908]), 0xa129_ca61_49be_45e5);
    }
}
