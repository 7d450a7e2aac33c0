//! What a step of training takes on many ranks: formulas, and how their constants follow from what is measured.
//!
//! Sums over ranks cost what Thakur, Rabenseifner and Gropp say, "Optimization of Collective Communication Operations in MPICH", 2005: a message takes its
//! latency and so much for each byte, and so much for each byte that is added.

/// How many bytes are summed at a time: the library's bucket.
pub const BUCKET: f64 = (4 << 20) as f64;
/// How often ranks tell each other where they are in a step, and how often they gather a few numbers.
const WORDS: f64 = 4.0;
/// The part of a step's passes that is the way back, which sums may go beside: two products for each one of the way forward.
const BACK: f64 = 2.0 / 3.0;

/// What lies between ranks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    /// The seconds that an exchange of nothing takes.
    pub latency: f64,
    /// The seconds that a byte takes more, with half of what it takes to add it.
    pub per_byte: f64,
}

/// How numbers are summed over ranks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sum {
    /// Halves of halves there and back, Rabenseifner's way: the library's.
    Halves,
    /// From one to the next, all around, there and back.
    Ring,
    /// All of the numbers at each level of a tree. It takes no less than is said here, since all bytes are added at each level.
    Tree,
}

impl Sum {
    /// The seconds that it takes to sum so many bytes over so many ranks, a bucket after the other.
    pub fn time(self, link: Link, ranks: usize, bytes: f64) -> f64 {
        let [latencies, moved] = self.costs(ranks, bytes);
        latencies * link.latency + moved * link.per_byte
    }

    /// How many latencies it takes, and how many bytes go one after the other.
    pub fn costs(self, ranks: usize, bytes: f64) -> [f64; 2] {
        let (p, buckets) = (ranks as f64, (bytes / BUCKET).ceil().max(1.0));
        let (levels, share) = (p.log2(), (p - 1.0) / p);
        match self {
            Self::Halves => [2.0 * buckets * levels, 2.0 * share * bytes],
            Self::Ring => [2.0 * buckets * (p - 1.0), 2.0 * share * bytes],
            Self::Tree => [buckets * levels, levels * bytes],
        }
    }
}

/// What a step is on one rank.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Seconds whatever the batch: what the optimiser takes, above all.
    pub fixed: f64,
    /// Seconds more for each piece of a batch.
    pub piece: f64,
    /// Seconds more for each sample.
    pub sample: f64,
    /// The bytes of the gradients.
    pub gradients: f64,
    /// The bytes that a sample's outputs have, which are gathered.
    pub outputs: f64,
}

/// What is done about the cost of exchanges.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mend {
    /// How many batches a rank goes through for one exchange.
    pub batches: f64,
    /// Whether sums of several buckets go beside the way back of the last piece.
    pub overlaps: bool,
    /// Into how many times fewer bytes gradients are packed.
    pub packed: f64,
}

/// The library's step.
pub const AS_IT_IS: Mend = Mend { batches: 1.0, overlaps: true, packed: 1.0 };

impl Step {
    /// The seconds that so many samples and pieces take on a rank, and what is exchanged with the others behind them.
    pub fn time(&self, link: Link, ranks: usize, [samples, pieces]: [f64; 2], mend: Mend) -> f64 {
        let passes = mend.batches * (pieces * self.piece + samples * self.sample);
        if ranks < 2 {
            return self.fixed + passes;
        }
        let (p, bytes) = (ranks as f64, self.gradients / mend.packed);
        let mut sums = Sum::Halves.time(link, ranks, bytes);
        if mend.overlaps && bytes > BUCKET {
            // Ranks find out before each bucket that all are at the same place.
            let words = p.log2() * link.latency;
            let (buckets, last) = ((bytes / BUCKET).ceil(), Sum::Halves.time(link, ranks, BUCKET) + words);
            sums = (sums + buckets * words - BACK * passes / mend.batches / pieces.max(1.0)).max(last);
        }
        let outputs = p.log2() * link.latency + (p - 1.0) * samples * self.outputs * link.per_byte;
        self.fixed + passes + sums + mend.batches * outputs + WORDS * p.log2() * link.latency
    }

    /// The speed of ranks that have so many samples each, as a part of as many times the speed of one.
    pub fn efficiency(&self, link: Link, ranks: usize, samples: f64, mend: Mend) -> f64 {
        self.time(link, 1, [samples, 1.0], mend) / self.time(link, ranks, [samples, 1.0], mend)
    }

    /// The same of ranks that share so many samples, a piece each.
    pub fn efficiency_shared(&self, link: Link, ranks: usize, samples: f64) -> f64 {
        let p = ranks as f64;
        self.time(link, 1, [samples, 1.0], AS_IT_IS) / (p * self.time(link, ranks, [samples / p, 1.0], AS_IT_IS))
    }
}

/// The link whose sums take what has been measured: ranks, bytes and seconds of each.
pub fn link(measured: &[(usize, f64, f64)]) -> Link {
    let rows: Vec<_> = measured.iter().map(|&(ranks, bytes, time)| (Sum::Halves.costs(ranks, bytes), time)).collect();
    let [latency, per_byte] = fit(&rows);
    Link { latency, per_byte }
}

/// The step that takes what has been measured: samples, pieces and seconds of each.
pub fn step(measured: &[([f64; 2], f64)], gradients: f64, outputs: f64) -> Step {
    let rows: Vec<_> = measured.iter().map(|&([samples, pieces], time)| ([1.0, pieces, samples], time)).collect();
    let [fixed, piece, sample] = fit(&rows);
    Step { fixed, piece, sample, gradients, outputs }
}

/// The factors, none below 0, with which sums of so many terms come nearest to what was measured, as parts of that.
pub fn fit<const K: usize>(rows: &[([f64; K], f64)]) -> [f64; K] {
    let scaled = |(terms, measured): &([f64; K], f64)| terms.map(|term| term / measured);
    let mut factors = [0.0; K];
    // One factor after the other, with the others as they are: sums of squares come down to the least there is.
    for _ in 0..20_000 {
        for k in 0..K {
            let (mut above, mut below) = (0.0, 0.0);
            for terms in rows.iter().map(scaled) {
                let others: f64 = (0..K).filter(|&other| other != k).map(|other| factors[other] * terms[other]).sum();
                above += terms[k] * (1.0 - others);
                below += terms[k] * terms[k];
            }
            factors[k] = if below > 0.0 { (above / below).max(0.0) } else { 0.0 };
        }
    }
    factors
}
