//! Vectors of elements: what the register tiles are written in, for each instruction set.

#[cfg(target_arch = "aarch64")]
pub(crate) mod neon;
pub(crate) mod portable;
#[cfg(target_arch = "x86_64")]
pub(crate) mod x86;

use crate::float::Float;

/// Asks for the memory at an address, which need not be valid.
#[allow(unsafe_code)] // an intrinsic
#[inline(always)]
pub(crate) fn prefetch<T>(address: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch of any address is only a hint, and all machines of this kind have it.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(address.cast());
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: as above.
    unsafe {
        std::arch::asm!("prfm pldl1keep, [{0}]", in(reg) address, options(nostack, preserves_flags, readonly));
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let _ = address;
}

/// Asks for the memory at an address, which need not be valid, to come as near as the second cache.
#[allow(unsafe_code)] // an intrinsic
#[inline(always)]
pub(crate) fn prefetch_far<T>(address: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: as above.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T1>(address.cast());
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: as above.
    unsafe {
        std::arch::asm!("prfm pldl2keep, [{0}]", in(reg) address, options(nostack, preserves_flags, readonly));
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let _ = address;
}

/// A vector of an instruction set.
///
/// All functions are unsafe alike: the machine must have the instruction set, and pointers must be valid for the lanes they are used for.
#[allow(clippy::missing_safety_doc, unsafe_code)] // said once, above
pub(crate) trait Simd: Copy + 'static {
    /// What a lane holds.
    type Element: Float;
    /// A register.
    type Vector: Copy;
    /// Which lanes of a register are loaded and stored.
    type Mask: Copy;
    /// How many elements a register holds.
    const LANES: usize;

    unsafe fn splat(element: Self::Element) -> Self::Vector;
    /// The mask of the first `lanes` lanes, at least one.
    unsafe fn mask(lanes: usize) -> Self::Mask;
    unsafe fn load(from: *const Self::Element) -> Self::Vector;
    /// Lanes outside the mask become zero; their memory is not touched.
    unsafe fn load_masked(from: *const Self::Element, mask: Self::Mask) -> Self::Vector;
    unsafe fn store(to: *mut Self::Element, vector: Self::Vector);
    unsafe fn store_masked(to: *mut Self::Element, mask: Self::Mask, vector: Self::Vector);
    /// `a * b + c`.
    unsafe fn mul_add(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    unsafe fn add(a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// The greater of zero and `a`; NaN where `a` is.
    unsafe fn relu(a: Self::Vector) -> Self::Vector;
}
