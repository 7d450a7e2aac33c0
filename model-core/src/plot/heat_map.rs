//! A confusion matrix: a cell for each pair of classes, the darker the larger its share of the class.

use ndarray::ArrayView2;

use super::font::{Weight, width};
use super::shade::{is_dark, shade};
use super::shape::{Anchor, Area, Look, Picture, Point, Shape, shortened};
use super::style::{DETAIL, GREY, INK, MARGIN, NAME};

/// The widest name of a class.
const WIDEST: f64 = 150.0;
/// The room for the title.
const TITLE: f64 = 30.0;
/// The room for what an axis says.
const SAYS: f64 = 22.0;
/// The room between a name and its cell.
const GAP: f64 = 8.0;
/// How wide what says the colours is, and how far away from the cells.
const SCALE: (f64, f64) = (12.0, 20.0);

const QUIET: Look = (DETAIL, Weight::Regular, GREY);
const BOLD: Look = (NAME, Weight::SemiBold, INK);

/// How cells of so many classes look.
struct Manner {
    /// The least size of a cell.
    cell: f64,
    /// The size of a name.
    name: f64,
    /// The size of a count, where there is room for any, and of a share.
    count: Option<f64>,
    share: Option<f64>,
    /// Whether a count of none is written, too.
    has_zeros: bool,
}

impl Manner {
    const fn of(classes: usize) -> Self {
        match classes {
            0..=10 => Self { cell: 52.0, name: DETAIL, count: Some(13.0), share: Some(10.0), has_zeros: true },
            11..=20 => Self { cell: 36.0, name: DETAIL, count: Some(11.0), share: None, has_zeros: true },
            21..=40 => Self { cell: 26.0, name: 10.0, count: Some(9.0), share: None, has_zeros: false },
            _ => Self { cell: 13.0, name: 9.0, count: None, share: None, has_zeros: false },
        }
    }
}

/// The matrix with the names of its classes.
struct HeatMap<'m> {
    counts: ArrayView2<'m, u64>,
    names: Vec<String>,
    manner: Manner,
    /// Where the cells are, and the size of one.
    area: Area,
    cell: f64,
    /// Whether the names of the columns run upwards, and how high they are.
    is_upright: bool,
    below: f64,
}

/// The picture of a matrix whose classes have these names.
pub(crate) fn picture(counts: ArrayView2<'_, u64>, names: &[String]) -> Picture {
    let manner = Manner::of(names.len());
    let look = (manner.name, Weight::Regular, INK);
    let names: Vec<String> = names.iter().map(|name| shortened(name, look, WIDEST)).collect();
    let widest = names.iter().map(|name| width(name, Weight::Regular, manner.name)).fold(0.0, f64::max).ceil();
    let count = |size| counts.iter().map(move |count| width(&count.to_string(), Weight::Regular, size)).fold(0.0, f64::max);
    let cell = manner.count.map_or(0.0, |size| count(size).ceil() + 10.0).max(manner.cell);
    let is_upright = widest > cell - 6.0;
    let size = cell * names.len() as f64;
    let area = Area { x: MARGIN + SAYS + widest + GAP, y: MARGIN + TITLE, width: size, height: size };
    let below = if is_upright { widest + GAP } else { manner.name + GAP };
    let map = HeatMap { counts, names, manner, area, cell, is_upright, below };
    let mut shapes = Vec::new();
    let right = map.draw_title(&mut shapes).max(map.draw_scale(&mut shapes));
    map.draw_names(&mut shapes);
    map.draw_cells(&mut shapes);
    let size = (right + MARGIN, area.bottom() + map.below + SAYS + MARGIN);
    Picture { title: "confusion matrix".to_owned(), size: (size.0.ceil(), size.1.ceil()), shapes }
}

impl HeatMap<'_> {
    /// How many samples there are, and which share is right. This and the others say how far they go to the right.
    fn draw_title(&self, shapes: &mut Vec<Shape>) -> f64 {
        let (all, right) = (self.counts.sum(), self.counts.diag().sum());
        let (text, start) = ("Confusion matrix", Point { x: MARGIN, y: MARGIN + 12.0 });
        let said = format!("{all} samples, {:.1} % right", 100.0 * right as f64 / all.max(1) as f64);
        let after = Point { x: start.x + width(text, BOLD.1, BOLD.0) + 12.0, ..start };
        let end = after.x + width(&said, QUIET.1, QUIET.0);
        shapes.push(Shape::text(text, start, BOLD, Anchor::Start));
        shapes.push(Shape::text(said, after, QUIET, Anchor::Start));
        end
    }

    /// What the colours mean.
    fn draw_scale(&self, shapes: &mut Vec<Shape>) -> f64 {
        const STEPS: usize = 40;
        let (x, top, height) = (self.area.right() + SCALE.1, self.area.y, self.area.height.min(220.0));
        let step = height / STEPS as f64;
        for i in 0..STEPS {
            let area = Area { x, y: top + step * i as f64, width: SCALE.0, height: step };
            shapes.push(Shape::block(&area, shade((1.0 - i as f64 / (STEPS - 1) as f64).powi(2))));
        }
        let (x, widest) = (x + SCALE.0 + 6.0, width("100 %", QUIET.1, QUIET.0));
        for (text, y) in [("100 %", 9.0), ("25 %", height / 2.0 + 4.0), ("0 %", height)] {
            shapes.push(Shape::text(text, Point { x, y: top + y }, QUIET, Anchor::Start));
        }
        let says = Point { x: x + widest + 14.0, y: top + height / 2.0 };
        if height < 100.0 {
            return x + widest;
        }
        shapes.push(Shape::upright("of the true class", says, QUIET, Anchor::Middle));
        says.x
    }

    fn draw_names(&self, shapes: &mut Vec<Shape>) {
        let look: Look = (self.manner.name, Weight::Regular, INK);
        let down = self.manner.name * 0.36;
        for (i, name) in self.names.iter().enumerate() {
            let middle = self.cell * (i as f64 + 0.5);
            let row = Point { x: self.area.x - GAP, y: self.area.y + middle + down };
            shapes.push(Shape::text(name, row, look, Anchor::End));
            let (x, y) = (self.area.x + middle, self.area.bottom() + GAP);
            shapes.push(if self.is_upright {
                Shape::upright(name, Point { x: x + down, y }, look, Anchor::End)
            } else {
                Shape::text(name, Point { x, y: y + self.manner.name * 0.8 }, look, Anchor::Middle)
            });
        }
        let (middle, beside) = (self.area.middle(), self.area.y + self.area.height / 2.0);
        let below = self.area.bottom() + self.below + SAYS - 4.0;
        shapes.push(Shape::text("predicted", Point { x: middle, y: below }, QUIET, Anchor::Middle));
        shapes.push(Shape::upright("true", Point { x: MARGIN + 10.0, y: beside }, QUIET, Anchor::Middle));
    }

    fn draw_cells(&self, shapes: &mut Vec<Shape>) {
        let gap = if self.manner.count.is_some() { 1.0 } else { 0.0 };
        for (i, row) in self.counts.rows().into_iter().enumerate() {
            let all = row.sum().max(1) as f64;
            for (j, &count) in row.iter().enumerate() {
                let (x, y) = (self.area.x + self.cell * j as f64, self.area.y + self.cell * i as f64);
                let (area, share) = (Area { x, y, width: self.cell - gap, height: self.cell - gap }, count as f64 / all);
                shapes.push(Shape::block(&area, shade(share)));
                self.draw_count(shapes, (count, share), &area);
            }
        }
    }

    /// A count, and what share that is of its class, in a colour that can be read on the cell's.
    fn draw_count(&self, shapes: &mut Vec<Shape>, (count, share): (u64, f64), area: &Area) {
        let Some(size) = self.manner.count.filter(|_| count > 0 || self.manner.has_zeros) else { return };
        let colour = match count {
            0 => "#94a3b8",
            _ if is_dark(share) => "#ffffff",
            _ => INK,
        };
        let middle = area.y + area.height / 2.0;
        let below = self.manner.share.filter(|_| count > 0);
        let y = if below.is_some() { middle - 1.0 } else { middle + size * 0.36 };
        let at = |y| Point { x: area.middle(), y };
        shapes.push(Shape::text(count.to_string(), at(y), (size, Weight::Regular, colour), Anchor::Middle));
        if let Some(size) = below {
            let text = if share <= 0.005 { "<1 %".to_owned() } else { format!("{:.0} %", 100.0 * share) };
            shapes.push(Shape::text(text, at(middle + 13.0), (size, Weight::Regular, colour), Anchor::Middle));
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::super::legible::{area_of, check, texts};
    use super::*;

    fn names(classes: usize, name: impl Fn(usize) -> String) -> Vec<String> {
        (0..classes).map(name).collect()
    }

    #[test]
    fn every_picture_can_be_read() {
        for classes in [1, 2, 3, 10, 11, 20, 21, 40, 41, 100] {
            for largest in [0, 9, 1_234_567] {
                let counts = Array2::from_elem((classes, classes), largest);
                check(&picture(counts.view(), &names(classes, |class| class.to_string())));
                if classes < 50 {
                    check(&picture(
                        counts.view(),
                        &names(classes, |_| "a class whose name is longer than there is room".to_owned()),
                    ));
                }
            }
        }
        check(&picture(Array2::from_elem((2, 2), u64::MAX / 4).view(), &names(2, |_| String::new())));
    }

    #[cfg(feature = "png")]
    #[test]
    fn pixels_are_the_picture_s() {
        let counts = array![[8, 0], [1, 199]];
        super::super::legible::check_pixels(&picture(counts.view(), &names(2, |_| "class".to_owned())));
    }

    #[test]
    fn counts_stand_in_their_cells() {
        let picture = picture(array![[8, 0], [1, 199]].view(), &["cat".to_owned(), "dog".to_owned()]);
        let written: Vec<&str> = texts(&picture).map(|text| text.text.as_str()).collect();
        let cells = &written[written.len() - 7..];
        assert_eq!(cells, ["8", "100 %", "0", "1", "<1 %", "199", "100 %"]);
        assert!(written.contains(&"208 samples, 99.5 % right"), "{written:?}");
        let place = |count: &str| texts(&picture).filter(|text| text.text == count).last().map(area_of).unwrap();
        let (eight, none, one, most) = (place("8"), place("0"), place("1"), place("199"));
        assert!(eight.x < none.x && one.x < most.x && eight.y < one.y && (one.y - most.y).abs() < 1e-9);
    }
}
