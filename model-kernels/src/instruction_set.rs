//! Which instruction set kernels run with: the best that the machine has, unless another is asked for.

use std::sync::atomic::{AtomicU8, Ordering};

/// An instruction set that there are kernels for.
///
/// What is compiled for several sets from one loop gives the same bits with each. Products and convolutions, whose tiles are written for
/// each set, sum in one order with each; AVX2, AVX-512 and NEON give the same bits, and the portable tiles do where their machine multiplies and
/// adds in one instruction. Where it does not, they round once more: each product, before it is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum InstructionSet {
    /// What every machine has.
    Portable = 1,
    /// Vectors of 128 bits, which AArch64 has.
    Neon,
    /// Vectors of 256 bits, with multiplication and addition in one.
    Avx2,
    /// Vectors of 512 bits.
    Avx512,
}

/// The set in use, or zero while nobody has asked.
static CURRENT: AtomicU8 = AtomicU8::new(0);

impl InstructionSet {
    /// All, the best last.
    const ALL: [Self; 4] = [Self::Portable, Self::Neon, Self::Avx2, Self::Avx512];

    /// Whether this machine has it.
    #[must_use]
    pub fn is_available(self) -> bool {
        match self {
            Self::Portable => true,
            Self::Neon => cfg!(target_arch = "aarch64"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => {
                is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
            }
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx2 | Self::Avx512 => false,
        }
    }

    /// Those that this machine has, the best last.
    pub fn available() -> impl DoubleEndedIterator<Item = Self> {
        Self::ALL.into_iter().filter(|set| set.is_available())
    }

    /// The one in use. This machine has it.
    #[inline]
    #[must_use]
    pub fn current() -> Self {
        match CURRENT.load(Ordering::Relaxed) {
            1 => Self::Portable,
            2 => Self::Neon,
            3 => Self::Avx2,
            4 => Self::Avx512,
            _ => Self::best(),
        }
    }

    #[cold]
    fn best() -> Self {
        let best = Self::available().next_back().unwrap_or(Self::Portable);
        best.select();
        best
    }

    /// Uses this one from now on, in all threads.
    ///
    /// # Panics
    /// If this machine does not have it.
    pub fn select(self) {
        assert!(self.is_available(), "this machine does not have {self:?}");
        CURRENT.store(self as u8, Ordering::Relaxed);
    }
}
