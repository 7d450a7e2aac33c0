//! The order that NumPy's older generator of random numbers gives: data sets are split by it, and only the same order gives Keras's split.

/// The numbers of the generator's state.
const SIZE: usize = 624;
const MIDDLE: usize = 397;

/// NumPy's `RandomState`: the Mersenne Twister of 32 bits.
pub(super) struct RandomState {
    state: [u32; SIZE],
    next: usize,
}

impl RandomState {
    pub(super) fn new(seed: u32) -> Self {
        let mut state = [seed; SIZE];
        for i in 1..SIZE {
            let before = state[i - 1];
            state[i] = (before ^ (before >> 30)).wrapping_mul(1_812_433_253).wrapping_add(i as u32);
        }
        Self { state, next: SIZE }
    }

    fn twist(&mut self) {
        for i in 0..SIZE {
            let both = (self.state[i] & 0x8000_0000) | (self.state[(i + 1) % SIZE] & 0x7fff_ffff);
            let odd = if both & 1 == 1 { 0x9908_b0df } else { 0 };
            self.state[i] = self.state[(i + MIDDLE) % SIZE] ^ (both >> 1) ^ odd;
        }
        self.next = 0;
    }

    fn bits(&mut self) -> u32 {
        if self.next == SIZE {
            self.twist();
        }
        let mut y = self.state[self.next];
        self.next += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    /// A number up to `most`: the lowest bits that can be one, drawn until they are.
    fn up_to(&mut self, most: u32) -> u32 {
        let mask = u32::MAX.checked_shr(most.leading_zeros()).unwrap_or_default();
        loop {
            let value = self.bits() & mask;
            if value <= most {
                return value;
            }
        }
    }

    /// `shuffle(numpy.arange(count))`, for counts of up to 2^32. The next one gives another order.
    pub(super) fn shuffled(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for last in (1..count).rev() {
            order.swap(last, self.up_to(last as u32) as usize);
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::RandomState;

    fn shuffled(seed: u32, count: usize) -> Vec<usize> {
        RandomState::new(seed).shuffled(count)
    }

    /// What NumPy 2.4 gives.
    #[test]
    fn the_order_is_that_of_numpy() {
        assert_eq!(shuffled(113, 20), [14, 11, 19, 17, 1, 4, 8, 3, 13, 15, 16, 9, 0, 7, 6, 18, 12, 10, 2, 5]);
        assert_eq!(shuffled(0, 10), [2, 8, 4, 9, 1, 6, 7, 3, 0, 5]);
        let long = shuffled(u32::MAX, 1000);
        assert_eq!((&long[..8], &long[997..]), (&[94, 405, 819, 632, 217, 169, 449, 275][..], &[12, 290, 419][..]));
        assert_eq!((shuffled(7, 1), shuffled(7, 0)), (vec![0], vec![]));
        let reviews = shuffled(113, 25_000);
        assert_eq!(reviews[..6], [7798, 13226, 18078, 793, 17499, 23003]);
        let sum: usize = reviews.iter().enumerate().map(|(place, number)| place * number).sum();
        assert_eq!(sum, 3_919_982_184_325);
    }
}
