//! Work shared among threads: a fork-join pool.
//!
//! `parallel(tasks, f)` runs `f(0), f(1), …, f(tasks - 1)`, in any order and on any thread. Which thread runs a task is not fixed,
//! so a task's result may depend on its index only: a kernel cuts its work by sizes, never by the number of threads, and
//! results are the same bits whatever that number is.
//!
//! This is not rayon because a job injected there allocates, and waking its threads takes longer than a small layer: here a
//! region costs about a microsecond, and workers spin for [`SPIN`] before they sleep.
#![allow(unsafe_code)] // a job borrows the caller's stack while workers run it

use std::any::Any;
use std::cell::UnsafeCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// How long a worker without work spins before it sleeps.
pub const SPIN: Duration = Duration::from_micros(100);

/// The most threads that [`set_threads`] accepts; larger numbers mean this one.
pub const MAX_THREADS: usize = 512;

/// Runs `task(i)` for every `i` below `tasks`, on the caller and the pool's threads, and returns when all have run.
///
/// A call from within a task, or while another thread's call is running, runs its tasks one after another on its caller. A panic in a
/// task ends the call with that panic, once no thread runs a task of it any more.
pub fn parallel(tasks: usize, task: impl Fn(usize) + Sync) {
    // SAFETY: `task` outlives the call.
    unsafe { POOL.run(Job::new(tasks, &task)) };
}

/// Sets how many threads [`parallel`] uses from now on, its caller included. Zero means one.
pub fn set_threads(n: usize) {
    POOL.threads.store(n.clamp(1, MAX_THREADS), Ordering::Relaxed);
}

/// How many threads [`parallel`] uses, its caller included.
///
/// Until [`set_threads`] is called, that is the environment's `FUNCTIONAL_MODEL_THREADS`, or the number of processors available where
/// this is not set or is not a positive number (a wrong value cannot make results wrong, so it is ignored).
#[must_use]
pub fn threads() -> usize {
    match POOL.threads.load(Ordering::Relaxed) {
        0 => {
            // A `set_threads` that comes between the two wins.
            let _ = POOL.threads.compare_exchange(0, default_threads(), Ordering::Relaxed, Ordering::Relaxed);
            POOL.threads.load(Ordering::Relaxed)
        }
        n => n,
    }
}

fn default_threads() -> usize {
    let configured = std::env::var("FUNCTIONAL_MODEL_THREADS").ok().and_then(|value| value.trim().parse().ok());
    let n = configured.filter(|&n: &usize| n > 0).or_else(|| thread::available_parallelism().ok().map(Into::into));
    n.unwrap_or(1).min(MAX_THREADS)
}

/// The bit of [`Pool::state`] that says whether workers may still join the current job; below it, how many run it; above it, the job's number.
const OPEN: u64 = 1 << 16;

struct Pool {
    /// The number of threads in use, or zero while nobody has asked.
    threads: AtomicUsize,
    /// Whether a job is running.
    busy: AtomicBool,
    /// The job's number, whether it is open, and how many workers are in it.
    state: AtomicU64,
    /// The next task that nobody has taken.
    next: AtomicUsize,
    job: UnsafeCell<Job>,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
    workers: [OnceLock<Worker>; MAX_THREADS - 1],
}

/// A task function of any type, without its type.
#[derive(Clone, Copy)]
struct Job {
    tasks: usize,
    data: *const (),
    call: unsafe fn(*const (), usize),
}

impl Job {
    fn new<F: Fn(usize) + Sync>(tasks: usize, task: &F) -> Self {
        /// Calls the task function behind `data`.
        ///
        /// # Safety
        /// `data` points to a living `F`.
        unsafe fn call<F: Fn(usize)>(data: *const (), index: usize) {
            // SAFETY: the caller's promise.
            unsafe { (*data.cast::<F>())(index) }
        }
        Self { tasks, data: std::ptr::from_ref(task).cast(), call: call::<F> }
    }

    /// Runs one of the tasks.
    ///
    /// # Safety
    /// The task function is living.
    unsafe fn task(&self, index: usize) {
        // SAFETY: `data` points to what `call` is made for, which is living by the caller's promise.
        unsafe { (self.call)(self.data, index) }
    }
}

struct Worker {
    thread: Thread,
    is_asleep: AtomicBool,
}

// SAFETY: `job` is written only by the thread that holds `busy`, while the job is closed and no worker is in it.
unsafe impl Sync for Pool {}

unsafe fn no_task(_: *const (), _: usize) {}

static POOL: Pool = Pool {
    threads: AtomicUsize::new(0),
    busy: AtomicBool::new(false),
    state: AtomicU64::new(0),
    next: AtomicUsize::new(0),
    job: UnsafeCell::new(Job { tasks: 0, data: std::ptr::null(), call: no_task }),
    panic: Mutex::new(None),
    workers: [const { OnceLock::new() }; MAX_THREADS - 1],
};

impl Pool {
    /// Runs a job, and returns when all of its tasks have run. It does not know the type of the task, so that it is compiled once.
    ///
    /// # Safety
    /// The task lives until this returns.
    unsafe fn run(&'static self, job: Job) {
        if job.tasks <= 1 || threads() == 1 || self.busy.swap(true, Ordering::Acquire) {
            // SAFETY: the caller's promise.
            (0..job.tasks).for_each(|index| unsafe { job.task(index) });
            return;
        }
        // SAFETY: this thread holds `busy`, the last job is closed and all workers have left it.
        unsafe { *self.job.get() = job }
        self.next.store(0, Ordering::Relaxed);
        let number = (self.state.load(Ordering::Relaxed) / OPEN + 2) | 1;
        self.state.store(number * OPEN, Ordering::SeqCst);
        self.wake(threads().min(job.tasks) - 1);

        self.work(job);

        self.state.fetch_and(!OPEN, Ordering::AcqRel);
        let mut spins = 0_u32;
        while !self.state.load(Ordering::Acquire).is_multiple_of(OPEN) {
            spins += 1;
            if spins.is_multiple_of(1 << 12) { thread::yield_now() } else { std::hint::spin_loop() }
        }
        let panic = self.panic.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.busy.store(false, Ordering::Release);
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
    }

    /// Makes sure that the first `count` workers exist and are awake.
    fn wake(&'static self, count: usize) {
        for (index, slot) in self.workers[..count].iter().enumerate() {
            match slot.get() {
                Some(worker) => {
                    if worker.is_asleep.load(Ordering::SeqCst) && worker.is_asleep.swap(false, Ordering::SeqCst) {
                        worker.thread.unpark();
                    }
                }
                None => self.spawn(index),
            }
        }
    }

    /// Starts a worker. Where the system has no thread to give, its work is left to the others.
    fn spawn(&'static self, index: usize) {
        let builder = thread::Builder::new().name(format!("functional-model-{}", index + 1));
        if let Ok(handle) = builder.spawn(move || self.serve(index)) {
            let _ = self.workers[index].set(Worker { thread: handle.thread().clone(), is_asleep: AtomicBool::new(false) });
        }
    }

    /// A worker's life.
    fn serve(&self, index: usize) {
        let mut last = 0;
        loop {
            let mut idle_since = None;
            let mut spins = 0_u32;
            while !self.join(index, &mut last) {
                spins += 1;
                if spins.is_multiple_of(64) && idle_since.get_or_insert_with(Instant::now).elapsed() > SPIN {
                    self.sleep(index, last);
                    idle_since = None;
                }
                std::hint::spin_loop();
            }
            // SAFETY: this worker has joined, so the job stays what it is until this worker leaves.
            let job = unsafe { *self.job.get() };
            self.work(job);
            self.state.fetch_sub(1, Ordering::Release);
        }
    }

    /// Whether there is a job that worker `index` is to help with and has not seen.
    fn has_work(&self, index: usize, state: u64, last: u64) -> bool {
        state & OPEN != 0 && state / OPEN != last && index + 1 < self.threads.load(Ordering::Relaxed)
    }

    /// Joins the current job if it is open and new to this worker.
    fn join(&self, index: usize, last: &mut u64) -> bool {
        let state = self.state.load(Ordering::Relaxed);
        if !self.has_work(index, state, *last) {
            return false;
        }
        let joined = self.state.compare_exchange(state, state + 1, Ordering::Acquire, Ordering::Relaxed).is_ok();
        if joined {
            *last = state / OPEN;
        }
        joined
    }

    /// Sleeps until woken, unless work has come meanwhile.
    fn sleep(&self, index: usize, last: u64) {
        let Some(worker) = self.workers[index].get() else { return };
        worker.is_asleep.store(true, Ordering::SeqCst);
        if self.has_work(index, self.state.load(Ordering::SeqCst), last) {
            worker.is_asleep.store(false, Ordering::SeqCst);
        }
        while worker.is_asleep.load(Ordering::SeqCst) {
            thread::park();
        }
    }

    /// Takes tasks until none is left. It never panics: `run` must not leave its stack while others work with it.
    fn work(&self, job: Job) {
        let result = catch_unwind(AssertUnwindSafe(|| {
            loop {
                let index = self.next.fetch_add(1, Ordering::Relaxed);
                if index >= job.tasks {
                    break;
                }
                // SAFETY: the task lives on the stack of the thread in `run`, which waits there for everyone who has joined.
                unsafe { job.task(index) }
            }
        }));
        if let Err(panic) = result {
            self.next.store(job.tasks, Ordering::Relaxed);
            let mut first = self.panic.lock().unwrap_or_else(PoisonError::into_inner);
            if first.is_none() {
                *first = Some(panic);
            } else {
                // What a panic carries may panic when it is dropped: that would leave the job with others still in it.
                std::mem::forget(panic);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[test]
    fn every_task_runs_once_nested_or_not() {
        let counts: Vec<AtomicUsize> = (0..1000).map(|_| AtomicUsize::new(0)).collect();
        for _ in 0..100 {
            parallel(10, |i| parallel(100, |j| _ = counts[100 * i + j].fetch_add(1, Ordering::Relaxed)));
        }
        assert!(counts.iter().all(|count| count.load(Ordering::Relaxed) == 100));
    }

    #[test]
    fn callers_may_be_many() {
        let total = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..200).for_each(|_| parallel(7, |_| _ = total.fetch_add(1, Ordering::Relaxed))));
            }
        });
        assert_eq!(total.into_inner(), 4 * 200 * 7);
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_pool_lives_on() {
        for _ in 0..20 {
            let result = catch_unwind(|| {
                parallel(8, |i| {
                    if i == 5 {
                        resume_unwind(Box::new("five"))
                    }
                })
            });
            assert_eq!(result.unwrap_err().downcast_ref(), Some(&"five"));
        }
        let total = AtomicUsize::new(0);
        parallel(8, |i| _ = total.fetch_add(i, Ordering::Relaxed));
        assert_eq!(total.into_inner(), 28);
    }
}
