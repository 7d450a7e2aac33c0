//! Loops compiled for each of the vector instruction sets; which one runs is chosen at run time.
//!
//! What is compiled are plain loops in which no operation is fused or reordered, so that every choice gives the same bits.
#![allow(unsafe_code)] // calling functions whose instruction set was detected

use crate::instruction_set::InstructionSet;

/// Runs `work`, compiled for the instruction set in use. Mark the closure and what it calls `#[inline(always)]`: only code that is
/// inlined is compiled so.
#[inline]
pub fn vectorize<R>(work: impl FnOnce() -> R) -> R {
    match InstructionSet::current() {
        // SAFETY: the machine has these instructions.
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx512 => unsafe { avx512(work) },
        // SAFETY: the machine has these instructions.
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx2 => unsafe { avx2(work) },
        _ => work(),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
fn avx512<R>(work: impl FnOnce() -> R) -> R {
    work()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2<R>(work: impl FnOnce() -> R) -> R {
    work()
}
