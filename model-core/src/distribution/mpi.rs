//! Ranks that are processes, on one machine or on many, which `mpirun` starts.

use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use mpi::Threading;
use mpi::environment::initialize_with_threading;
use mpi::point_to_point::send_receive_into;
use mpi::topology::{Communicator, SimpleCommunicator};

use super::{Collective, DataParallel, Problem};
use crate::error::Result;

/// How many bytes go in one message at most: MPI counts in `int`.
const MESSAGE: usize = 1 << 30;

/// What `mpirun` of Open MPI and of MPICH tell processes of how many they are, and which.
const STARTED: [[&str; 2]; 2] = [["OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"], ["PMI_SIZE", "PMI_RANK"]];

/// A rank that is a process, of those that `mpirun` has started together; by itself where nobody has.
///
/// Processes exchange by MPI, Open MPI or MPICH, of which this needs the library and the header files, `libopenmpi-dev`, and `libclang-dev` to be built.
/// Each uses as many threads as there are cores that `mpirun` gives it, or as `FUNCTIONAL_MODEL_THREADS` says.
pub struct Mpi {
    rank: usize,
    size: usize,
}

impl Mpi {
    /// Runs the same on all ranks, the whole of a `main`. An error of one ends all, and is printed once, by the first.
    ///
    /// A rank that panics, or that is killed, ends the job with a line that says which it is; `mpirun` says so of those that are killed.
    ///
    /// ```no_run
    /// use functional_model::distribution::Mpi;
    /// use functional_model::prelude::*;
    /// use ndarray::Array1;
    ///
    /// functional_model! {
    ///     model Line(x: [1]) -> [1] { Dense(1)(x) }
    /// }
    ///
    /// fn main() -> std::process::ExitCode {
    ///     Mpi::run(|ranks| {
    ///         let (x, mut model) = (Array1::linspace(0.0, 1.0, 64), Line::new(42));
    ///         let mut trainer = model.compile(SGD::new(0.1), MeanSquaredError::new()).distribute(ranks);
    ///         trainer.fit((&x, &x), Fit::epochs(10))?;
    ///         trainer.save("line.safetensors")
    ///     })
    /// }
    /// ```
    pub fn run(run: impl FnOnce(DataParallel) -> Result<()>) -> ExitCode {
        // One thread at a time calls MPI, whichever has the trainer.
        let Some((universe, _)) = initialize_with_threading(Threading::Serialized) else {
            eprintln!("error: MPI has been started before: expected one `Mpi::run` in the life of a program");
            return ExitCode::FAILURE;
        };
        let world = universe.world();
        let [rank, size] = [world.rank(), world.size()].map(|number| usize::try_from(number).unwrap_or(0));
        if let Some((processes, number)) = started().filter(|(processes, _)| size == 1 && *processes > 1) {
            if number == 0 {
                eprintln!(
                    "error: `mpirun` has started {processes} processes, of which this program's MPI knows one\nhelp: start it with the `mpirun` of the library \
                     that it was built with"
                );
            }
            return ExitCode::FAILURE;
        }
        let ranks = DataParallel::new(Self { rank, size });
        let ended = catch_unwind(AssertUnwindSafe(|| ranks.share(|| run(ranks.clone()))));
        let Ok(ended) = ended else {
            eprintln!("error: rank {rank} panicked, which ends the job");
            world.abort(101)
        };
        match ended {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                if rank == 0 {
                    eprintln!("error: {error}");
                }
                ExitCode::FAILURE
            }
        }
    }
}

/// How many processes were started together, and which this one is, as far as `mpirun` tells.
fn started() -> Option<(usize, usize)> {
    let number = |name: &str| env::var(name).ok()?.parse().ok();
    STARTED.iter().find_map(|[size, rank]| number(size).zip(number(rank)))
}

impl Collective for Mpi {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.size
    }

    fn exchange(&self, with: usize, give: &[u8], take: &mut [u8]) -> Result<()> {
        let rank = i32::try_from(with).ok().filter(|_| with < self.size && with != self.rank);
        let Some(rank) = rank else {
            return Err(Problem::Lost { rank: with, why: format!("there are {} ranks", self.size) }.into());
        };
        let world = SimpleCommunicator::world();
        let other = world.process_at_rank(rank);
        // Both know how many messages there are: as many as the longer way needs, of which the last may be empty on the other.
        let messages = give.len().max(take.len()).div_ceil(MESSAGE);
        let (mut give, mut take) = (give, take);
        for _ in 0..messages {
            let (first, rest) = give.split_at(give.len().min(MESSAGE));
            let (place, behind) = take.split_at_mut(take.len().min(MESSAGE));
            send_receive_into(first, &other, place, &other);
            (give, take) = (rest, behind);
        }
        Ok(())
    }
}
