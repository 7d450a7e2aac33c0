//! How edges run: out of a card's lower edge, down and across between the rows, into the next card's upper edge.

use std::collections::BTreeMap;

use super::shape::{Area, Point};

/// The distance between edges that leave or enter a card.
const APART: f64 = 24.0;

/// How far to the side an edge may go and still count as straight.
const STRAIGHT: f64 = 6.0;

/// The distance between edges that run across side by side.
const TRACK: f64 = 7.0;

/// The distance from cards at which edges run across.
const CLEAR: f64 = 15.0;

/// A way across: at this height, to that place.
#[derive(Clone, Copy)]
struct Move {
    y: f64,
    to: f64,
}

/// An edge: where it starts and ends, and its ways across from top to bottom.
struct Route {
    from: usize,
    to: usize,
    start: Point,
    end: Point,
    moves: Vec<Move>,
}

/// Lets edges run upright and across only. `in_turns` says that points lie in turns between rows and in rows.
pub(super) fn run(edges: &[(usize, usize)], points: &[Vec<Point>], cards: &[Area], in_turns: bool) -> Vec<Vec<Point>> {
    let route = |(&(from, to), points): (&(usize, usize), &Vec<Point>)| Route {
        from,
        to,
        start: Point { x: cards[from].middle(), y: cards[from].bottom() },
        end: Point { x: cards[to].middle(), y: cards[to].y },
        moves: if in_turns { between_rows(points) } else { between_points(points, cards[from].bottom(), cards[to].y) },
    };
    let mut routes: Vec<Route> = edges.iter().zip(points).map(route).collect();
    for (card, area) in cards.iter().enumerate() {
        spread(&mut routes, |route| (route.from == card).then(|| route.heading()), |route| &mut route.start.x, area);
        spread(&mut routes, |route| (route.to == card).then(|| route.coming()), |route| &mut route.end.x, area);
    }
    routes.iter_mut().for_each(Route::tidy);
    separate(&mut routes);
    routes.into_iter().map(|route| route.corners()).collect()
}

/// The edge goes across at the points between rows, to where it passes the next row.
fn between_rows(points: &[Point]) -> Vec<Move> {
    let pairs = points.iter().skip(1).step_by(2).zip(points.iter().skip(2).step_by(2));
    pairs.map(|(gap, next)| Move { y: gap.y, to: next.x }).collect()
}

/// The edge goes across half-way between one point and the next, but at some distance from both cards.
fn between_points(points: &[Point], top: f64, bottom: f64) -> Vec<Move> {
    let mut moves: Vec<Move> =
        points.windows(2).map(|pair| Move { y: f64::midpoint(pair[0].y, pair[1].y), to: pair[1].x }).collect();
    if let Some(first) = moves.first_mut() {
        first.y = top + CLEAR;
    }
    if let Some(last) = moves.last_mut() {
        last.y = bottom - CLEAR;
    }
    moves
}

impl Route {
    /// Where it goes from its start.
    fn heading(&self) -> f64 {
        let inner = self.moves.len().saturating_sub(1);
        let away = self.moves.iter().take(inner).map(|step| step.to).find(|to| (to - self.start.x).abs() > STRAIGHT);
        away.unwrap_or(self.end.x)
    }

    /// Where it comes from to its end.
    fn coming(&self) -> f64 {
        let inner = self.moves.len().saturating_sub(1);
        let away = self.moves.iter().take(inner).rev().map(|step| step.to).find(|to| (to - self.end.x).abs() > STRAIGHT);
        away.unwrap_or(self.start.x)
    }

    /// Ends the ways across at the end, and leaves out those that go nowhere.
    fn tidy(&mut self) {
        if let Some(last) = self.moves.last_mut() {
            last.to = self.end.x;
        }
        let mut x = self.start.x;
        self.moves.retain(|step| {
            let goes = (step.to - x).abs() > STRAIGHT;
            x = if goes { step.to } else { x };
            goes
        });
        self.end.x = x;
    }

    fn corners(&self) -> Vec<Point> {
        let mut corners = vec![self.start];
        let mut x = self.start.x;
        for &Move { y, to } in &self.moves {
            corners.extend([Point { x, y }, Point { x: to, y }]);
            x = to;
        }
        corners.push(self.end);
        corners
    }
}

/// Sets the edges apart that meet a card: a straight one in the middle, the others on the side they come from or go to.
fn spread(routes: &mut [Route], other: impl Fn(&Route) -> Option<f64>, end: impl Fn(&mut Route) -> &mut f64, area: &Area) {
    let way = |(i, route): (usize, &Route)| other(route).map(|x| (i, x - area.middle()));
    let mut meeting: Vec<(usize, f64)> = routes.iter().enumerate().filter_map(way).collect();
    if meeting.len() < 2 {
        return;
    }
    meeting.sort_by(|a, b| a.1.total_cmp(&b.1));
    let left = meeting.iter().filter(|(_, way)| *way < -STRAIGHT).count() as f64;
    let straight = meeting.iter().filter(|(_, way)| way.abs() <= STRAIGHT).count() as f64;
    let middle = if straight > 0.0 { left + (straight - 1.0) / 2.0 } else { (meeting.len() as f64 - 1.0) / 2.0 };
    let apart = APART.min((area.width / 2.0 - 20.0).max(8.0) * 2.0 / meeting.len() as f64);
    for (place, (i, _)) in meeting.into_iter().enumerate() {
        *end(&mut routes[i]) = area.middle() + (place as f64 - middle) * apart;
    }
}

/// Lets edges that run across between the same rows run at different heights where they would cover one another.
fn separate(routes: &mut [Route]) {
    let mut gaps: BTreeMap<i64, Vec<Crossing>> = BTreeMap::new();
    for (route, crossing) in crossings(routes) {
        #[allow(clippy::cast_possible_truncation)] // coordinates of a drawing are small
        gaps.entry(routes[route].moves[crossing.step].y.round() as i64).or_default().push(crossing);
    }
    for mut gap in gaps.into_values() {
        gap.sort_by(|a, b| a.wish.total_cmp(&b.wish));
        let mut tracks: Vec<Vec<(f64, f64)>> = Vec::new();
        let mut chosen = Vec::new();
        for crossing in &gap {
            let covers =
                |track: &Vec<(f64, f64)>| track.iter().any(|(from, to)| *from < crossing.span.1 && crossing.span.0 < *to);
            let free = tracks.iter().rposition(covers).map_or(0, |covered| covered + 1);
            if free == tracks.len() {
                tracks.push(Vec::new());
            }
            tracks[free].push(crossing.span);
            chosen.push(free);
        }
        let apart = TRACK.min(20.0 / tracks.len() as f64);
        for (crossing, track) in gap.iter().zip(chosen) {
            let middle = (tracks.len() as f64 - 1.0) / 2.0;
            routes[crossing.route].moves[crossing.step].y += (track as f64 - middle) * apart;
        }
    }
}

/// A way across of one of the edges.
struct Crossing {
    route: usize,
    step: usize,
    span: (f64, f64),
    /// Higher or lower: an edge that leaves a card beside others crosses none if the farthest runs highest, and lowest where it arrives.
    wish: f64,
}

fn crossings(routes: &[Route]) -> Vec<(usize, Crossing)> {
    let mut found = Vec::new();
    for (i, route) in routes.iter().enumerate() {
        let mut x = route.start.x;
        for (step, &Move { to, .. }) in route.moves.iter().enumerate() {
            let length = (to - x).abs();
            let leaves = step == 0 && routes.iter().filter(|other| other.from == route.from).count() > 1;
            let arrives = step + 1 == route.moves.len() && routes.iter().filter(|other| other.to == route.to).count() > 1;
            let wish = if arrives { length } else { 0.0 } - if leaves { length } else { 0.0 };
            found.push((i, Crossing { route: i, step, span: (x.min(to) - 4.0, x.max(to) + 4.0), wish }));
            x = to;
        }
    }
    found
}
