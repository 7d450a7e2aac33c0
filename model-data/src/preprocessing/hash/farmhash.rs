//! FarmHash's `Fingerprint64`, which never changes.
//!
//! Source: <https://github.com/google/farmhash>, `farmhashna::Hash64`.

const K0: u64 = 0xc3a5_c85c_97cb_3127;
const K1: u64 = 0xb492_b66f_be98_f273;
const K2: u64 = 0x9ae1_6a3b_2f90_404f;

/// The fingerprint of some bytes.
pub(super) fn fingerprint(s: &[u8]) -> u64 {
    match s.len() {
        0..=16 => up_to_16(s),
        17..=32 => up_to_32(s),
        33..=64 => up_to_64(s),
        _ => longer(s),
    }
}

/// The eight bytes from a place on.
fn word(s: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(std::array::from_fn(|i| s[at + i]))
}

/// The four bytes from a place on.
fn half(s: &[u8], at: usize) -> u64 {
    u32::from_le_bytes(std::array::from_fn(|i| s[at + i])).into()
}

const fn mul(a: u64, b: u64) -> u64 {
    a.wrapping_mul(b)
}

fn sum<const N: usize>(parts: [u64; N]) -> u64 {
    parts.into_iter().fold(0, u64::wrapping_add)
}

const fn mix(x: u64) -> u64 {
    x ^ (x >> 47)
}

const fn join(u: u64, v: u64, by: u64) -> u64 {
    let a = mix(mul(u ^ v, by));
    mul(mix(mul(v ^ a, by)), by)
}

fn factor(s: &[u8]) -> u64 {
    sum([K2, 2 * s.len() as u64])
}

fn up_to_16(s: &[u8]) -> u64 {
    let (length, by) = (s.len(), factor(s));
    match length {
        8.. => {
            let (a, b) = (sum([word(s, 0), K2]), word(s, length - 8));
            let c = sum([mul(b.rotate_right(37), by), a]);
            join(c, mul(sum([a.rotate_right(25), b]), by), by)
        }
        4.. => join(length as u64 + (half(s, 0) << 3), half(s, length - 4), by),
        1.. => {
            let [a, b, c] = [s[0], s[length >> 1], s[length - 1]].map(u64::from);
            mul(mix(mul(a + (b << 8), K2) ^ mul(length as u64 + (c << 2), K0)), K2)
        }
        0 => K2,
    }
}

/// What lengths of 17 to 64 begin with: the first two words and the last two, mixed.
fn ends(s: &[u8]) -> [u64; 3] {
    let (length, by) = (s.len(), factor(s));
    let first = if length <= 32 { K1 } else { K2 };
    let (a, b) = (mul(word(s, 0), first), word(s, 8));
    let (c, d) = (mul(word(s, length - 8), by), mul(word(s, length - 16), K2));
    let y = sum([sum([a, b]).rotate_right(43), c.rotate_right(30), d]);
    [a, y, join(y, sum([a, sum([b, K2]).rotate_right(18), c]), by)]
}

fn up_to_32(s: &[u8]) -> u64 {
    ends(s)[2]
}

fn up_to_64(s: &[u8]) -> u64 {
    let (length, by) = (s.len(), factor(s));
    let [a, y, z] = ends(s);
    let (e, f) = (mul(word(s, 16), by), word(s, 24));
    let g = mul(sum([y, word(s, length - 32)]), by);
    let h = mul(sum([z, word(s, length - 24)]), by);
    join(sum([sum([e, f]).rotate_right(43), g.rotate_right(30), h]), sum([e, sum([f, a]).rotate_right(18), g]), by)
}

/// What is carried along longer texts.
struct State {
    x: u64,
    y: u64,
    z: u64,
    v: [u64; 2],
    w: [u64; 2],
}

impl State {
    /// Takes in 64 bytes; the last of a text are weighed otherwise.
    fn take(&mut self, s: &[u8], by: u64, weight: u64) {
        let Self { x, y, z, v, w } = self;
        *x = mul(sum([*x, *y, v[0], word(s, 8)]).rotate_right(37), by);
        *y = mul(sum([*y, v[1], word(s, 48)]).rotate_right(42), by);
        *x ^= mul(w[1], weight);
        *y = sum([*y, mul(v[0], weight), word(s, 40)]);
        *z = mul(sum([*z, w[0]]).rotate_right(33), by);
        *v = weak(s, mul(v[1], by), sum([*x, w[0]]));
        *w = weak(&s[32..], sum([*z, w[1]]), sum([*y, word(s, 16)]));
        std::mem::swap(z, x);
    }
}

fn weak(s: &[u8], a: u64, b: u64) -> [u64; 2] {
    let a = sum([a, word(s, 0)]);
    let b = sum([b, a, word(s, 24)]).rotate_right(21);
    let all = sum([a, word(s, 8), word(s, 16)]);
    [sum([all, word(s, 24)]), sum([b, all.rotate_right(44), a])]
}

fn longer(s: &[u8]) -> u64 {
    const SEED: u64 = 81;
    let y = sum([mul(SEED, K1), 113]);
    let z = mul(mix(sum([mul(y, K2), 113])), K2);
    let mut state = State { x: sum([mul(SEED, K2), word(s, 0)]), y, z, v: [0; 2], w: [0; 2] };
    let before_the_last = (s.len() - 1) / 64 * 64;
    for at in (0..before_the_last).step_by(64) {
        state.take(&s[at..], K1, 1);
    }
    let by = sum([K1, (state.z & 0xff) << 1]);
    state.w[0] = sum([state.w[0], (s.len() as u64 - 1) & 63]);
    state.v[0] = sum([state.v[0], state.w[0]]);
    state.w[0] = sum([state.w[0], state.v[0]]);
    state.take(&s[s.len() - 64..], by, 9);
    let State { x, y, z, v, w } = state;
    join(sum([join(v[0], w[0], by), mul(mix(y), K0), z]), sum([join(v[1], w[1], by), x]), by)
}
