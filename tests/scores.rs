//! How good the compiler's errors are: every case of `tests/ui` scored by the text beside it, in `tests/scores.md`.
//!
//! To accept changes: `SCORES=overwrite cargo test --test scores`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

const TABLE: &str = "tests/scores.md";

/// Cases that may miss a mark, and why.
const EXCEPTIONS: [(&str, &str); 7] = [
    ("constants/outside_type", CONSTANT),
    ("constants/outside_undeclared", CONSTANT),
    ("names/function", NOWHERE),
    ("nested/not_declared", NOWHERE),
    ("syntax/for_without_block", NOWHERE),
    ("values/function_of_singles", FUNCTION),
    ("values/function_unknown", FUNCTION),
];

/// A constant of the code around.
const CONSTANT: &str = "rustc says it in its own words, as of any other use of such a constant";

/// A function of the code around.
const FUNCTION: &str = "rustc says it in its own words, as of any other use of such a function";

/// A name that is declared neither here nor elsewhere: only rustc knows.
const NOWHERE: &str = "rustc says first that it cannot find a macro, and knows no help; what to do is said behind it";

/// A rule whose texts are warnings of the compiler's own, in its own words.
const LINTS: &str = "unused";

/// A rule of traits that are not implemented: the compiler names the type that was given, and what to write stands in its notes.
const TRAITS: &str = "uses";

/// Rules whose errors are about shapes: what is needed and what is found are both said.
const SHAPES: [&str; 2] = ["extent", "rank"];

/// An error as rustc prints it.
struct Report {
    /// The line that says what is wrong.
    first: String,
    /// Whether some line says what to do.
    helps: bool,
    /// Whether the compiler has a note of ours.
    notes: bool,
    /// The code that carets are under: its first line, where there are several.
    marked: String,
}

/// A case with its marks.
struct Score {
    case: String,
    reports: Vec<Report>,
    marks: [bool; 4],
}

fn reports(printed: &str) -> Vec<Report> {
    let mut found: Vec<Report> = Vec::new();
    let mut code = "";
    for line in printed.lines() {
        if let Some((kind, first)) = line.split_once(": ")
            && (kind == "error" || kind.starts_with("error[") || kind == "warning")
        {
            found.push(Report { first: first.to_owned(), helps: false, notes: false, marked: String::new() });
        }
        let Some(report) = found.last_mut() else { continue };
        report.helps |= line.trim_start().starts_with("help: ");
        report.notes |= line.trim_start().starts_with("= note: ");
        let Some((number, shown)) = line.split_once('|') else { continue };
        if !number.trim().is_empty() {
            code = shown;
            // `/` before the code: it starts a place of several lines.
            if let (Some(start), true) = (shown.strip_prefix(" / "), report.marked.is_empty()) {
                report.marked = start.trim().to_owned();
            }
        } else if report.marked.is_empty() && shown.contains('^') {
            let marked = code.chars().zip(shown.chars()).filter(|(_, under)| *under == '^');
            report.marked = marked.map(|(letter, _)| letter).collect();
        }
    }
    found
}

/// What stands in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// Whether the first line says a name of the marked code or of the case, or what was expected in its place; of code without any name,
/// such as a sign, nothing more can be said than what it is.
fn names_the_fault(report: &Report, source: &str) -> bool {
    let is_there = |name: &str| words(name).next().map_or(source.contains(name), |first| words(source).any(|word| word == first));
    quoted(&report.first).any(is_there)
        || report.first.starts_with("expected ") && report.first.contains(", found ")
        || !report.marked.contains(char::is_alphabetic)
}

/// Whether the line says what is needed and what there is, a shape or a number each, or two shapes that differ.
fn says_both_sides(first: &str) -> bool {
    let is_size = |side: &str| side.contains(|c: char| c.is_ascii_digit() || c == '[');
    let sides = first.split_once(": ").or_else(|| first.split_once(", found "));
    sides.is_some_and(|(needed, found)| is_size(found) && (is_size(needed) || found.matches('[').count() > 1))
}

fn score(rule: &str, path: &Path) -> Score {
    let source = fs::read_to_string(path).unwrap();
    let reports = reports(&fs::read_to_string(path.with_extension("stderr")).unwrap());
    let all = |holds: &dyn Fn(&Report) -> bool| !reports.is_empty() && reports.iter().all(holds);
    let is_narrow = |report: &Report| !report.marked.is_empty() && !report.marked.contains("functional_model");
    let helps = |report: &Report| report.helps || rule == LINTS || rule == TRAITS && report.notes;
    let names = |report: &Report| [LINTS, TRAITS].contains(&rule) || names_the_fault(report, &source);
    let marks = [
        all(&|_| true),
        all(&is_narrow),
        all(&|report| names(report) && (!SHAPES.contains(&rule) || says_both_sides(&report.first))),
        all(&helps),
    ];
    Score { case: format!("{rule}/{}", path.file_stem().unwrap().display()), reports, marks }
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn scores() -> Vec<Score> {
    let rules = sorted(Path::new("tests/ui")).into_iter().filter(|path| path.is_dir());
    let cases = rules.flat_map(|folder| {
        let rule = folder.file_name().unwrap().display().to_string();
        let cases = sorted(&folder).into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
        cases.map(move |path| score(&rule, &path)).collect::<Vec<_>>()
    });
    cases.collect()
}

fn table(scores: &[Score]) -> String {
    let mut text = String::from(
        "# Scores\n\nWhat the text beside each case says, written by `SCORES=overwrite cargo test --test scores`. **Refused**: the case does \
not compile.\n**At the token**: every error points at code narrower than the invocation, in the last column.\n**Named**: its first line says what is \
at fault and, about shapes, what is needed and what is found. **Help**: it says what to write.\n",
    );
    text += "\n| rule | cases | refused | at the token | named | help |\n|---|---|---|---|---|---|\n";
    let mut rules: Vec<&str> = scores.iter().filter_map(|score| score.case.split('/').next()).collect();
    rules.dedup();
    let mut row = |name: &str, cases: &[&Score]| {
        let counts: Vec<String> = (0..4).map(|mark| cases.iter().filter(|score| score.marks[mark]).count().to_string()).collect();
        writeln!(text, "| {name} | {} | {} |", cases.len(), counts.join(" | ")).unwrap();
    };
    for rule in rules {
        let is_of_rule = |score: &&Score| score.case.split('/').next() == Some(rule);
        row(rule, &scores.iter().filter(is_of_rule).collect::<Vec<_>>());
    }
    row("all", &scores.iter().collect::<Vec<_>>());
    text += "\nExceptions:\n\n";
    for (case, reason) in EXCEPTIONS {
        writeln!(text, "- `{case}`: {reason}.").unwrap();
    }
    text += "\n| case | refused | at the token | named | help | at |\n|---|---|---|---|---|---|\n";
    for Score { case, reports, marks } in scores {
        let marks: Vec<&str> = marks.iter().map(|mark| if *mark { "yes" } else { "no" }).collect();
        let places: Vec<String> = reports.iter().map(|report| format!("`{}`", report.marked.replace('|', "\\|"))).collect();
        writeln!(text, "| {case} | {} | {} |", marks.join(" | "), places.join(", ")).unwrap();
    }
    text
}

#[test]
fn every_error_points_at_the_fault_names_it_and_helps() {
    let scores = scores();
    let is_excepted = |case: &str| EXCEPTIONS.iter().any(|(exception, _)| case == *exception);
    let poor: Vec<String> = scores
        .iter()
        .filter(|score| score.marks.contains(&false) && !is_excepted(&score.case))
        .map(|score| {
            let said: Vec<&str> = score.reports.iter().map(|report| report.first.as_str()).collect();
            format!("{} {:?}: {}", score.case, score.marks, said.join(" // "))
        })
        .collect();
    assert!(poor.is_empty(), "refused, at the token, named, help:\n{}", poor.join("\n"));
}

#[test]
fn the_table_of_scores_is_what_the_cases_say() {
    let table = table(&scores());
    if std::env::var_os("SCORES").is_some_and(|wish| wish == "overwrite") {
        return fs::write(TABLE, table).unwrap();
    }
    let is_same = fs::read_to_string(TABLE).is_ok_and(|known| known == table);
    assert!(is_same, "{TABLE} is out of date: SCORES=overwrite cargo test --test scores");
}
