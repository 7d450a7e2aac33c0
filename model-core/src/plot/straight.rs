//! Straightens a layout: a chain of layers becomes a column, and edges past it run beside. Only the horizontal places change, and not
//! their order.
//!
//! Row by row, up and down, everything moves to the middle of what it is connected to, as far as its neighbours in the row let it.

use std::collections::BTreeMap;

use super::shape::{Area, Point};

/// The number of times that all rows are passed through.
const SWEEPS: usize = 16;

/// What stands in a row: a card, or an edge that passes.
struct Item {
    x: f64,
    /// Its row, and its place there.
    row: (usize, usize),
    width: f64,
    /// How much it minds being moved aside.
    weight: f64,
    /// What it is connected to, and how strongly.
    links: Vec<(usize, f64)>,
}

/// Straightens a layout without frames, in which the points of edges are in turns between rows and in rows.
pub(super) fn straighten(edges: &[(usize, usize)], cards: &mut [Area], routes: &mut [Vec<Point>]) {
    let mut items: Vec<Item> = cards.iter().map(|card| item(card.middle(), card.width, 1.0)).collect();
    let mut rows: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (i, card) in cards.iter().enumerate() {
        rows.entry(row(card.y + card.height / 2.0)).or_default().push(i);
    }
    let mut places: Vec<(usize, usize, usize)> = Vec::new();
    for (edge, (route, &(from, to))) in routes.iter().zip(edges).enumerate() {
        let mut before = from;
        for point in in_rows(route) {
            items.push(item(route[point].x, 0.0, 1e-6));
            let passing = items.len() - 1;
            rows.entry(row(route[point].y)).or_default().push(passing);
            places.push((edge, point, passing));
            link(&mut items, before, passing, if before == from { 0.5 } else { 2.0 });
            before = passing;
        }
        link(&mut items, before, to, if before == from { 8.0 } else { 0.5 });
    }
    let mut rows: Vec<Vec<usize>> = rows.into_values().collect();
    rows.iter_mut().for_each(|row| row.sort_by(|&a, &b| items[a].x.total_cmp(&items[b].x)));
    for (i, row) in rows.iter().enumerate() {
        row.iter().enumerate().for_each(|(place, &item)| items[item].row = (i, place));
    }
    for _ in 0..SWEEPS {
        rows.iter().for_each(|row| settle(&mut items, row));
        rows.iter().rev().for_each(|row| settle(&mut items, row));
    }
    let columns = columns(&items);
    for _ in 0..SWEEPS {
        columns.iter().for_each(|column| upright(&mut items, column, &rows));
    }
    for (card, item) in cards.iter_mut().zip(&items) {
        card.x = item.x - card.width / 2.0;
    }
    for (edge, point, item) in places {
        routes[edge][point].x = items[item].x;
    }
}

fn item(x: f64, width: f64, weight: f64) -> Item {
    Item { x, row: (0, 0), width, weight, links: Vec::new() }
}

#[allow(clippy::cast_possible_truncation)] // coordinates of a drawing are small
fn row(y: f64) -> i64 {
    (y * 4.0).round() as i64
}

/// The points of an edge that lie in rows, not between them.
fn in_rows(route: &[Point]) -> impl Iterator<Item = usize> {
    (2..route.len().saturating_sub(1)).step_by(2)
}

fn link(items: &mut [Item], a: usize, b: usize, weight: f64) {
    items[a].links.push((b, weight));
    items[b].links.push((a, weight));
}

/// Moves the items of a row as near as they can get to where they want to be, in their order and apart.
fn settle(items: &mut [Item], row: &[usize]) {
    let mut blocks: Vec<Block> = Vec::new();
    let mut offset = 0.0;
    for (i, &this) in row.iter().enumerate() {
        if let Some(&before) = i.checked_sub(1).and_then(|before| row.get(before)) {
            offset += distance(&items[before], &items[this]);
        }
        let weight = items[this].weight;
        blocks.push(Block { place: wish(items, this) - offset, weight, items: vec![(this, offset)] });
        while let [.., left, right] = blocks.as_slice()
            && left.place > right.place
        {
            let last = blocks.pop();
            if let (Some(left), Some(right)) = (blocks.last_mut(), last) {
                left.join(right);
            }
        }
    }
    for block in blocks {
        block.items.iter().for_each(|&(item, offset)| items[item].x = block.place + offset);
    }
}

/// Items that touch, and so move together.
struct Block {
    place: f64,
    weight: f64,
    items: Vec<(usize, f64)>,
}

impl Block {
    fn join(&mut self, other: Self) {
        let weight = self.weight + other.weight;
        self.place = (self.place * self.weight + other.place * other.weight) / weight;
        self.weight = weight;
        self.items.extend(other.items);
    }
}

fn distance(left: &Item, right: &Item) -> f64 {
    let gap = if left.width > 0.0 && right.width > 0.0 { 32.0 } else { 22.0 };
    f64::midpoint(left.width, right.width) + gap
}

/// Items below one another that are connected to each other more strongly than to anything else in the next row.
fn columns(items: &[Item]) -> Vec<Vec<usize>> {
    let strongest = |item: usize, below: bool| {
        let links = items[item].links.iter().filter(|(other, _)| (items[*other].row.0 > items[item].row.0) == below);
        let most = links.clone().map(|(_, weight)| *weight).fold(0.0, f64::max);
        let mut best = links.filter(|(_, weight)| *weight >= most).map(|(other, _)| *other);
        best.next().filter(|_| best.next().is_none())
    };
    let next = |item: usize| strongest(item, true).filter(|&below| strongest(below, false) == Some(item));
    let is_top = |item: &usize| strongest(*item, false).is_none_or(|above| next(above) != Some(*item));
    (0..items.len()).filter(is_top).map(|top| std::iter::successors(Some(top), |&item| next(item)).collect()).collect()
}

/// Puts the items of a column below one another, as near as its neighbours let it to what it is connected to.
fn upright(items: &mut [Item], column: &[usize], rows: &[Vec<usize>]) {
    let mut room = (f64::NEG_INFINITY, f64::INFINITY);
    for &item in column {
        let (row, place) = items[item].row;
        let beside = |place: Option<usize>| place.and_then(|place| rows[row].get(place)).map(|&other| &items[other]);
        if let Some(left) = beside(place.checked_sub(1)) {
            room.0 = room.0.max(left.x + distance(left, &items[item]));
        }
        if let Some(right) = beside(Some(place + 1)) {
            room.1 = room.1.min(right.x - distance(&items[item], right));
        }
    }
    if room.0 <= room.1 {
        let outside = column.iter().flat_map(|&item| &items[item].links).filter(|(other, _)| !column.contains(other));
        let x = median(outside.map(|&(other, weight)| (items[other].x, weight)).collect()).unwrap_or(items[column[0]].x);
        column.iter().for_each(|&item| items[item].x = x.clamp(room.0, room.1));
    }
}

/// The middle of what an item is connected to.
fn wish(items: &[Item], item: usize) -> f64 {
    let others = items[item].links.iter().map(|&(other, weight)| (items[other].x, weight));
    median(others.collect()).unwrap_or(items[item].x)
}

/// The weighted median.
fn median(mut places: Vec<(f64, f64)>) -> Option<f64> {
    places.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = places.iter().map(|(_, weight)| weight).sum::<f64>() / 2.0;
    let mut sum = 0.0;
    let mut below = None;
    for (x, weight) in places {
        if let Some(below) = below {
            return Some(f64::midpoint(below, x));
        }
        sum += weight;
        if sum > half {
            return Some(x);
        }
        if sum >= half {
            below = Some(x);
        }
    }
    below
}
