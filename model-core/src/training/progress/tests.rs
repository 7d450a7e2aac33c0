//! What bars and lines print, on a screen that keeps it.

use super::bar::plain;
use super::*;

/// A bar that draws every step on a screen of the test's own.
fn progress(screen: &'static Mutex<Screen>, verbose: Verbose, steps: Option<usize>) -> Progress {
    let mut progress = Progress::of_call(verbose, vec!["accuracy".to_owned(), "loss".to_owned()], steps);
    (progress.interval, progress.screen) = (Duration::ZERO, screen);
    progress
}

fn values() -> impl Iterator<Item = f64> {
    [0.25, 1.5].into_iter()
}

/// What was printed, without colours and without what depends on time.
fn printed(screen: &Mutex<Screen>) -> String {
    let text = plain(&screen::lock(screen).take()).replace("\x1b[K", "");
    let timeless = |word: &str| word.find("/step").map_or_else(|| word.to_owned(), |place| format!("T{}", &word[place..]));
    text.split_inclusive([' ', '\n']).map(timeless).collect()
}

#[test]
fn an_epoch_of_unknown_length_is_known_behind_it() {
    let screen = Screen::kept();
    let mut progress = progress(screen, Verbose::Bar, None);
    progress.start(1, 2, 0);
    progress.step(1, values());
    progress.step(2, values());
    progress.end(values().map(Some));
    let (values_text, full) = ("accuracy: 0.2500 - loss: 1.5000", "━".repeat(20));
    assert_eq!(
        printed(screen),
        format!(
            "Epoch 1/2\n\r      1/Unknown 0s T/step - {values_text}\r      2/Unknown 0s T/step - {values_text}\r2/2 {full} 0s \
             T/step - {values_text}\n"
        )
    );
    progress.start(2, 2, 1);
    progress.step(1, values());
    assert_eq!(printed(screen), format!("Epoch 2/2\n\r1/2 {full} 0s T/step - {values_text}"));
    // What breaks off starts a line of its own.
    drop(progress);
    assert_eq!(printed(screen), "\n");
}

#[test]
fn a_stream_says_how_many_steps_it_has() {
    let screen = Screen::kept();
    let mut progress = progress(screen, Verbose::Bar, Some(4));
    progress.step(3, values());
    assert!(printed(screen).starts_with("\r3/4 ━"));
    progress.step(5, values());
    assert!(printed(screen).starts_with("\r      5/Unknown "));
    progress.end(values().map(Some));
    assert!(printed(screen).starts_with("\r5/5 ━"));
}

#[test]
fn lines_name_the_epoch_or_the_steps() {
    let screen = Screen::kept();
    let mut of_epochs = progress(screen, Verbose::Lines, Some(9));
    of_epochs.start(1, 3, 0);
    (1..10).for_each(|step| of_epochs.step(step, values()));
    of_epochs.end([None, Some(1.5)].into_iter());
    assert_eq!(printed(screen), "Epoch 1/3 - 0s T/step - loss: 1.5000\n");
    drop(of_epochs);
    let mut of_call = progress(screen, Verbose::Lines, Some(9));
    of_call.step(9, values());
    of_call.end(values().map(Some));
    assert_eq!(printed(screen), "9/9 - 0s T/step - accuracy: 0.2500 - loss: 1.5000\n");
}

/// A `fit` or an `evaluate` within a callback of another.
#[test]
fn a_bar_within_another_stands_below_it() {
    let screen = Screen::kept();
    let mut outer = progress(screen, Verbose::Bar, Some(3));
    outer.start(1, 1, 0);
    outer.step(1, values());
    printed(screen);
    let mut inner = progress(screen, Verbose::Bar, Some(2));
    inner.step(1, values());
    assert!(printed(screen).starts_with("\n\r  1/2 ━"), "the outer line is finished first");
    inner.end(values().map(Some));
    assert!(printed(screen).ends_with("\n"));
    outer.step(2, values());
    assert!(printed(screen).starts_with("\r2/3 ━"), "the outer bar is drawn again on a line of its own");
}

#[test]
fn a_line_that_was_broken_off_is_begun_again() {
    let screen = Screen::kept();
    let mut outer = progress(screen, Verbose::Lines, Some(3));
    outer.start(1, 1, 0);
    let mut inner = progress(screen, Verbose::Lines, Some(2));
    inner.step(2, values());
    inner.end(std::iter::empty());
    outer.end(std::iter::empty());
    assert_eq!(printed(screen), "Epoch 1/1 - \n  2/2 - 0s T/step\nEpoch 1/1 - 0s T/step\n");
}

/// Two that take turns on one line would overwrite each other, or fill the screen.
#[test]
fn another_thread_s_bar_is_left_alone() {
    let screen = Screen::kept();
    let mut here = progress(screen, Verbose::Bar, Some(3));
    here.step(1, values());
    printed(screen);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut there = progress(screen, Verbose::Bar, Some(3));
            there.step(1, values());
            assert_eq!(printed(screen), "");
            there.end(values().map(Some));
            assert!(printed(screen).starts_with("\n\r3/3 ━"));
        });
    });
    here.step(2, values());
    assert!(printed(screen).starts_with("\r2/3 ━"));
}

#[test]
fn what_nobody_asked_for_prints_nothing_where_nobody_looks() {
    let screen = Screen::kept();
    let mut progress = progress(screen, Verbose::Auto, Some(3));
    progress.step(1, values());
    progress.started -= 2 * PATIENCE;
    progress.step(2, values());
    assert_eq!(progress.verbose, Verbose::Silent);
    progress.end(values().map(Some));
    assert_eq!(printed(screen), "");
}

/// What follows one that has ended is in nothing any more.
#[test]
fn only_what_is_within_another_is_moved() {
    let screen = Screen::kept();
    let indent = |verbose| progress(screen, verbose, None).indent;
    assert_eq!([indent(Verbose::Bar), indent(Verbose::Bar)], [0, 0]);
    let outer = progress(screen, Verbose::Silent, None);
    assert_eq!(indent(Verbose::Bar), 0, "nothing is seen of the outer one");
    let inner = progress(screen, Verbose::Lines, None);
    assert_eq!([indent(Verbose::Auto), indent(Verbose::Lines)], [2, 2]);
    drop((inner, outer));
    assert_eq!(indent(Verbose::Lines), 0);
}

#[test]
fn callbacks_lines_stand_behind_the_bar() {
    let screen = Screen::kept();
    let mut progress = progress(screen, Verbose::Bar, Some(3));
    progress.step(1, values());
    printed(screen);
    let mut said = vec!["restored".to_owned(), "stopped".to_owned()];
    progress.say(&mut said);
    assert_eq!((printed(screen).as_str(), said.len()), ("\nrestored\nstopped\n", 0));
}
