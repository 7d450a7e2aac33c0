//! What ranks do together, on numbers.

use std::thread;

use super::{Collective, DataParallel, Meeting, Moment, Seat, Sums, Threads, together};
use crate::error::{Error, Result};

/// Numbers whose sum has other bits in another order.
fn numbers(piece: usize, len: usize) -> Vec<f32> {
    (0..len).map(|i| ((piece * 31 + i * 17) as f32 * 0.37).sin() * 10_f32.powi((piece % 5) as i32)).collect()
}

/// The sum of numbers for each of 8 pieces, on each of so many ranks.
fn sums(ranks: usize, len: usize) -> Result<Vec<Vec<f32>>> {
    Threads::run(ranks, |group| {
        let mut sums = Sums::default();
        for piece in group.cut(len).own() {
            sums.add(len, |sum| {
                sum.copy_from_slice(&numbers(piece, len));
                Ok::<_, Error>(())
            })?;
        }
        group.sum(sums.sum())?;
        Ok(sums.sum().to_vec())
    })
}

#[test]
fn sums_have_the_same_bits_on_any_number_of_ranks() -> Result<()> {
    for len in [0, 1, 3, 7, 1000, (1 << 20) + 5] {
        let alone = sums(1, len)?.swap_remove(0);
        for ranks in [2, 4, 8] {
            assert!(sums(ranks, len)?.iter().all(|sum| *sum == alone), "{len} numbers on {ranks} ranks");
        }
    }
    Ok(())
}

#[test]
fn ranks_gather_parts_of_any_sizes() -> Result<()> {
    let start = |rank: usize| [0, 3, 3, 10, 11][rank];
    let all = Threads::run(4, |group| {
        let mut all = [0; 11];
        all[start(group.rank())..start(group.rank() + 1)].fill(group.rank() as u8 + 1);
        group.gather(&mut all, &start)?;
        Ok(all)
    })?;
    assert!(all.iter().all(|all| *all == [1, 1, 1, 3, 3, 3, 3, 3, 3, 3, 4]), "{all:?}");
    Ok(())
}

/// What each of so many ranks ends with.
fn ends(ranks: usize, run: impl Fn(&DataParallel) -> Result<()> + Sync) -> Result<Vec<String>> {
    Threads::run(ranks, |group| {
        Ok(together(Some(&group), || run(&group)).err().map_or_else(|| "well".to_owned(), |error| error.to_string()))
    })
}

#[test]
fn flags_of_one_are_those_of_all() -> Result<()> {
    let all = Threads::run(4, |group| group.agree(Moment::StepEnd, 0, u8::from(group.rank() == 2) << 1))?;
    assert_eq!(all, [2; 4]);
    Ok(())
}

#[test]
fn an_error_of_one_ends_all() -> Result<()> {
    let own = "`pieces` of `test` is out of range: expected fewer, found 3";
    let fail = |group: &DataParallel| {
        group.agree(Moment::Forward, 0, 0)?;
        if group.rank() == 1 {
            let (owner, argument, expected) = ("test", "pieces", "fewer");
            return Err(Error::Argument { owner, argument, expected, found: "3".to_owned() });
        }
        group.agree(Moment::Backward, 0, 0).map(drop)
    };
    let other = format!("rank 1 has failed: {own}");
    assert_eq!(ends(4, fail)?, [&other, own, &other, &other]);
    // One that fails where the others are done.
    let late = |group: &DataParallel| if group.rank() == 1 { fail(group) } else { group.agree(Moment::Forward, 0, 0).map(drop) };
    assert_eq!(ends(2, late)?, [&other, own]);
    Ok(())
}

#[test]
fn ranks_at_different_places_are_told_so() -> Result<()> {
    let apart = |group: &DataParallel| {
        let moment = if group.rank() == 3 { Moment::Judging } else { Moment::Forward };
        group.agree(moment, 7, 0).map(drop)
    };
    let expected = "rank 3 is at a batch that is judged while rank 0 is at a step\nhelp: all ranks must call the same in the same order, and \
                    callbacks decide the same on all";
    assert_eq!(ends(4, apart)?, [expected; 4]);
    let differing = |group: &DataParallel| group.agree(Moment::Backward, group.rank() as u64 / 2, 0).map(drop);
    let expected = "rank 2 has another number at the gradients of a step than rank 0: expected 0, found 1\nhelp: run the same program on all \
                    ranks, on the same data";
    assert_eq!(ends(4, differing)?, [expected; 4]);
    Ok(())
}

#[test]
fn what_a_rank_has_else_is_named() -> Result<()> {
    let meet = |group: &DataParallel| {
        let size = if group.rank() == 1 { "64" } else { "32" };
        group.meet(&[("model".to_owned(), "`net`".to_owned()), ("batch_size".to_owned(), size.to_owned())])
    };
    let expected = "rank 1 has another batch_size than rank 0: expected 32, found 64\nhelp: run the same program on all ranks, on the same data";
    assert_eq!(ends(2, meet)?, [expected; 2]);
    Ok(())
}

#[test]
fn numbers_of_ranks_and_pieces_are_checked() -> Result<()> {
    let well = |_: &DataParallel| Ok(());
    let expected = "3 ranks cannot share a batch: expected 1, 2, 4, 8, or another power of two\nhelp: start as many";
    assert_eq!(ends(3, well).unwrap_err().to_string(), expected);
    let check = |pieces| together(Some(&DataParallel::alone().pieces(pieces)), || Ok(())).unwrap_err().to_string();
    assert_eq!(check(6), "`pieces` of `DataParallel` is out of range: expected a power of two, found 6");
    assert_eq!(check(0), "`pieces` of `DataParallel` is out of range: expected a power of two, found 0");
    assert!(
        ends(16, well)?[0].starts_with("16 ranks cannot share 8 pieces of a batch: expected a piece at least for each\nhelp: ")
    );
    Ok(())
}

#[test]
fn a_rank_that_panics_or_leaves_ends_the_others() {
    let lost = |run: fn(&DataParallel) -> Result<()>| {
        let ended = Threads::run(4, |group| {
            (0..5).try_for_each(|_| group.agree(Moment::Forward, 0, 0).map(drop))?;
            run(&group)?;
            (0..5).try_for_each(|_| group.agree(Moment::Backward, 0, 0).map(drop))
        });
        ended.unwrap_err().to_string()
    };
    let panic = |group: &DataParallel| {
        assert!(group.rank() != 2, "out of luck");
        Ok(())
    };
    assert_eq!(lost(panic), "rank 2 is gone: it panicked");
    let leave = |group: &DataParallel| {
        let (owner, argument, expected) = ("test", "luck", "some");
        if group.rank() == 2 { Err(Error::Argument { owner, argument, expected, found: "none".to_owned() }) } else { Ok(()) }
    };
    assert_eq!(lost(leave), "rank 2 has failed: `luck` of `test` is out of range: expected some, found none");
}

#[test]
fn an_end_of_a_rank_is_seen() {
    let mut ranks = Threads::group(2);
    drop(ranks.pop());
    let lost = ranks[0].exchange(1, &[0], &mut [0]).unwrap_err();
    assert_eq!(lost.to_string(), "rank 1 is gone: it has ended before the others");
    assert_eq!(ranks[0].exchange(2, &[], &mut []).unwrap_err().to_string(), "rank 2 is gone: there are 2 ranks");
}

#[test]
fn an_error_is_told_once_where_one_call_is_within_another() -> Result<()> {
    let within = |group: &DataParallel| {
        let fails = || match group.rank() {
            1 => Err(Error::NoLosses),
            _ => group.agree(Moment::Forward, 0, 0).map(drop),
        };
        // One that has been got over does not keep the next from being told.
        assert!(together(Some(group), fails).is_err());
        group.agree(Moment::Backward, 0, 0)?;
        together(Some(group), fails)
    };
    let ended = ends(2, within)?;
    assert!(ended[0].starts_with("rank 1 has failed: ") && !ended[1].contains("rank"), "{ended:?}");
    Ok(())
}

/// What the 8 pieces of a batch come to on so many ranks, each on a thread of its own, and how the meetings end.
fn met(ranks: usize, run: impl Fn(usize, Seat<'_>) -> Result<f64> + Sync) -> Result<(Vec<f64>, String)> {
    let run = &run;
    let all = Threads::run(ranks, |group| {
        let own = group.cut(8).own();
        let meeting = Meeting::new(&group, own.len(), 0..own.len());
        let ended = thread::scope(|scope| {
            let pass = |place| meeting.pass(place, true, |seat| run(own.start + place, seat));
            let threads: Vec<_> = (0..own.len()).map(|place| scope.spawn(move || pass(place))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        let ended: Result<Vec<f64>> = together(Some(&group), || {
            let ended = ended.into_iter().collect::<Result<Vec<_>>>()?;
            meeting.end().map(|()| ended)
        });
        Ok(ended.map_or_else(|error| (Vec::new(), error.to_string()), |ended| (ended, "well".to_owned())))
    })?;
    let how = all[0].1.clone();
    Ok((all.into_iter().flat_map(|(ended, _)| ended).collect(), how))
}

#[test]
fn pieces_meet_in_the_middle_of_their_passes() -> Result<()> {
    let twice = |piece: usize, seat: Seat<'_>| {
        let mut sums: Vec<f64> = numbers(piece, 5).into_iter().map(f64::from).collect();
        seat.sum(&mut sums);
        let mut again = [sums[4] * piece as f64];
        seat.sum(&mut again);
        Ok(again[0])
    };
    let (alone, how) = met(1, twice)?;
    let sum: f64 = (0..8).map(|piece| f64::from(numbers(piece, 5)[4])).sum();
    assert!(alone.iter().all(|found| (found - 28.0 * sum).abs() < 1e-9 * sum.abs()) && how == "well", "{alone:?}");
    for ranks in [2, 4, 8] {
        assert_eq!(met(ranks, twice)?, (alone.clone(), how.clone()), "{ranks} ranks");
    }
    Ok(())
}

#[test]
fn a_piece_that_fails_ends_the_meetings() -> Result<()> {
    let fail = |piece: usize, seat: Seat<'_>| {
        seat.sum(&mut [1.0]);
        if piece == 3 {
            return Err(Error::NoLosses);
        }
        seat.sum(&mut [1.0]);
        Ok(0.0)
    };
    let own = Error::NoLosses.to_string();
    assert_eq!(met(1, fail)?.1, own);
    assert_eq!(met(2, fail)?.1, own);
    assert_eq!(met(4, fail)?.1, format!("rank 1 has failed: {own}"));
    Ok(())
}
