//! What a thread allocates and how long it computes, for tests that hold limits.
#![allow(unsafe_code)] // an allocator that counts

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::{Duration, Instant};

thread_local! {
    /// The bytes that this thread has allocated and not freed; what others allocated and it freed makes it less.
    static HELD: Cell<isize> = const { Cell::new(0) };
    /// The most that it ever was since `measured` began.
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

struct Counting;

/// Notes that this thread holds so many bytes more. A thread that ends is not counted any more.
fn grow(by: isize) {
    let _ = HELD.try_with(|held| {
        held.set(held.get() + by);
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(held.get())));
    });
}

fn bytes(size: usize) -> isize {
    isize::try_from(size).unwrap_or(isize::MAX)
}

// SAFETY: the system's allocator does the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(bytes(layout.size()));
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        grow(-bytes(layout.size()));
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What something took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Taken {
    /// The time that the thread computed, or by the clock where the system does not tell.
    pub time: Duration,
    /// The most bytes that it held at a time, beyond those before.
    pub bytes: usize,
}

/// Runs something, and tells what it took.
pub fn measured<T>(run: impl FnOnce() -> T) -> (T, Taken) {
    let (clock, computed, held) = (Instant::now(), computed(), HELD.get());
    PEAK.set(held);
    let result = run();
    let bytes = usize::try_from(PEAK.get() - held).unwrap_or(0);
    let time = computed.and_then(|before| Some(self::computed()?.saturating_sub(before))).unwrap_or_else(|| clock.elapsed());
    (result, Taken { time, bytes })
}

/// How long this thread has computed, which a busy machine does not change, where the system tells.
fn computed() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}
