//! Work shared among threads.
//!
//! `parallel(tasks, f)` runs `f(0), f(1), …, f(tasks - 1)`, in any order and on any thread. Which thread runs a task is not fixed,
//! so a task's result may depend on its index only: a kernel cuts its work by sizes, never by the number of threads, and
//! results are the same bits whatever that number is.

/// Runs `task(i)` for every `i` below `tasks`, on the caller and the pool's threads, and returns when all have run.
pub fn parallel(tasks: usize, task: impl Fn(usize) + Sync) {
    (0..tasks).for_each(task);
}
