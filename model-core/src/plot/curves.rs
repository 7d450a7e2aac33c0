//! Curves over epochs: a panel for the loss and one for each metric, with a line of training and one of validation.

use super::axis::{Axis, LARGEST};
use super::font::{Weight, width};
use super::shape::{Anchor, Area, Look, Picture, Point, Shape, Stroke, shortened};
use super::style::{AXIS, DETAIL, GREY, GRID, INK, MARGIN, NAME, TRAINING, VALIDATION};

/// What is drawn in one panel.
pub(crate) struct Panel<'p> {
    pub name: &'p str,
    /// The values epoch by epoch; none of what was not measured.
    pub training: Option<Vec<Option<f64>>>,
    pub validation: Option<Vec<Option<f64>>>,
}

/// The size of a panel, without what is written around it.
const PANEL: (f64, f64) = (330.0, 200.0);
/// The room above a panel for its name, and below for the epochs.
const ABOVE: f64 = 26.0;
/// See [`ABOVE`].
const BELOW: f64 = 40.0;
/// The room between panels.
const BETWEEN: f64 = 30.0;
/// The height of the legend.
const LEGEND: f64 = 28.0;
/// How far the first and the last epoch are from the sides.
const INSET: f64 = 10.0;
/// Up to so many values, each is marked by a dot.
const DOTTED: usize = 30;
/// From so many epochs on, lines are fine and none is dashed: rough ones would come to bits.
const FINE: usize = 60;

const SMALL: Look = (DETAIL, Weight::Regular, GREY);

/// The panels side by side, of epochs that are numbered from this one.
pub(crate) fn picture(first_epoch: u64, panels: &[Panel<'_>]) -> Picture {
    let axes: Vec<Option<Axis>> = panels.iter().map(values_of).collect();
    let labels = axes.iter().flatten().flat_map(|axis| &axis.marks).map(|(_, text)| width(text, Weight::Regular, DETAIL));
    let left = labels.fold(0.0, f64::max).ceil() + 10.0;
    let columns = columns(panels.len());
    let (across, down) = (left + PANEL.0 + BETWEEN, ABOVE + PANEL.1 + BELOW);
    let has_both = panels.iter().any(|panel| panel.validation.is_some());
    let top = MARGIN + if has_both { LEGEND } else { 0.0 };
    let looks = looks(panels.iter().map(Panel::epochs).max().unwrap_or(0));
    let mut shapes = Vec::new();
    if has_both {
        legend(&mut shapes, Point { x: MARGIN + left, y: MARGIN }, looks);
    }
    for (i, (panel, axis)) in panels.iter().zip(&axes).enumerate() {
        let (x, y) = (MARGIN + left + across * (i % columns) as f64, top + ABOVE + (down + 8.0) * (i / columns) as f64);
        let area = Area { x, y, width: PANEL.0, height: PANEL.1 };
        draw(&mut shapes, (first_epoch, panel, axis.as_ref()), &area, looks);
    }
    let rows = panels.len().div_ceil(columns) as f64;
    let size = (2.0 * MARGIN + across * columns as f64 - BETWEEN, top + (down + 8.0) * rows - 8.0 + MARGIN);
    Picture { title: "loss and metrics over epochs".to_owned(), size, shapes }
}

impl Panel<'_> {
    fn epochs(&self) -> usize {
        self.training.iter().chain(&self.validation).map(Vec::len).max().unwrap_or(0)
    }
}

/// How a line is drawn.
#[derive(Clone, Copy)]
struct Line {
    colour: &'static str,
    width: f64,
    is_dashed: bool,
}

/// The lines of training and of validation, over so many epochs.
const fn looks(epochs: usize) -> [Line; 2] {
    let is_fine = epochs >= FINE;
    let width = if is_fine { 1.2 } else { 1.8 };
    [Line { colour: TRAINING, width, is_dashed: false }, Line { colour: VALIDATION, width, is_dashed: !is_fine }]
}

const fn columns(panels: usize) -> usize {
    match panels {
        0..=1 => 1,
        2 | 4 => 2,
        _ => 3,
    }
}

/// Whether a value has a place in a panel.
fn is_drawn(value: f64) -> bool {
    value.abs() <= LARGEST
}

/// The axis of a panel's values, if it has any.
fn values_of(panel: &Panel<'_>) -> Option<Axis> {
    let values = panel.training.iter().chain(&panel.validation).flatten().flatten().copied().filter(|&value| is_drawn(value));
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (value.min(low), value.max(high)));
    (low <= high).then(|| Axis::around(low, high, 5))
}

fn legend(shapes: &mut Vec<Shape>, at: Point, looks: [Line; 2]) {
    let mut x = at.x;
    for (text, look) in ["training", "validation"].into_iter().zip(looks) {
        let (from, to) = (Point { x, y: at.y + 6.0 }, Point { x: x + 24.0, y: at.y + 6.0 });
        shapes.push(curve(&[from, to], look));
        shapes.push(Shape::text(text, Point { x: x + 31.0, y: at.y + 10.0 }, SMALL, Anchor::Start));
        x += 31.0 + width(text, Weight::Regular, DETAIL) + 22.0;
    }
}

fn draw(shapes: &mut Vec<Shape>, (first, panel, axis): (u64, &Panel<'_>, Option<&Axis>), area: &Area, looks: [Line; 2]) {
    let name: Look = (NAME, Weight::SemiBold, INK);
    let at = Point { x: area.x, y: area.y - 11.0 };
    shapes.push(Shape::text(shortened(panel.name, name, area.width), at, name, Anchor::Start));
    let Some(axis) = axis else {
        let at = Point { x: area.middle(), y: area.y + area.height / 2.0 };
        shapes.push(Shape::text("nothing finite was measured", at, SMALL, Anchor::Middle));
        return;
    };
    for (mark, text) in &axis.marks {
        let y = height(*mark, axis, area);
        shapes.push(Shape::line(Point { x: area.x, y }, Point { x: area.right(), y }, GRID));
        shapes.push(Shape::text(text, Point { x: area.x - 8.0, y: y + 4.0 }, SMALL, Anchor::End));
    }
    let epochs = Axis::counting(first, first + (panel.epochs() as u64).max(1) - 1, 6);
    draw_epochs(shapes, &epochs, area);
    for (values, look) in [&panel.training, &panel.validation].into_iter().zip(looks) {
        if let Some(values) = values {
            draw_values(shapes, &stretches(first, values, (&epochs, axis), area), look);
        }
    }
}

fn draw_epochs(shapes: &mut Vec<Shape>, epochs: &Axis, area: &Area) {
    let y = area.bottom();
    shapes.push(Shape::line(Point { x: area.x, y }, Point { x: area.right(), y }, AXIS));
    for (mark, text) in &epochs.marks {
        let x = across(*mark, epochs, area);
        shapes.push(Shape::line(Point { x, y }, Point { x, y: y + 4.0 }, AXIS));
        shapes.push(Shape::text(text, Point { x, y: y + 17.0 }, SMALL, Anchor::Middle));
    }
    shapes.push(Shape::text("epoch", Point { x: area.middle(), y: y + 34.0 }, SMALL, Anchor::Middle));
}

fn across(epoch: f64, epochs: &Axis, area: &Area) -> f64 {
    area.x + INSET + epochs.share(epoch) * (area.width - 2.0 * INSET)
}

fn height(value: f64, axis: &Axis, area: &Area) -> f64 {
    area.bottom() - axis.share(value) * area.height
}

/// The points of a line, apart where a value between them is not finite. What was not measured lies on the way.
fn stretches(first: u64, values: &[Option<f64>], (epochs, axis): (&Axis, &Axis), area: &Area) -> Vec<Vec<Point>> {
    let mut stretches = vec![Vec::new()];
    for (epoch, value) in (first..).zip(values).filter_map(|(epoch, &value)| Some((epoch, value?))) {
        if is_drawn(value) {
            let point = Point { x: across(epoch as f64, epochs, area), y: height(value, axis, area) };
            stretches.last_mut().into_iter().for_each(|stretch| stretch.push(point));
        } else {
            stretches.push(Vec::new());
        }
    }
    stretches.retain(|stretch| !stretch.is_empty());
    stretches
}

/// A line through the points of each stretch. Few points are marked, and so is one that has no line to it.
fn draw_values(shapes: &mut Vec<Shape>, stretches: &[Vec<Point>], look: Line) {
    let are_few = stretches.iter().map(Vec::len).sum::<usize>() <= DOTTED;
    for stretch in stretches {
        if stretch.len() > 1 {
            shapes.push(curve(stretch, look));
        }
        if are_few || stretch.len() == 1 {
            shapes.extend(stretch.iter().map(|&point| Shape::dot(point, 2.0, look.colour)));
        }
    }
}

fn curve(points: &[Point], Line { colour, width, is_dashed }: Line) -> Shape {
    let mut strokes: Vec<Stroke> = points.iter().copied().map(Stroke::To).collect();
    if let Some(first) = points.first() {
        strokes[0] = Stroke::From(*first);
    }
    Shape::Line { strokes, colour, width, is_dashed }
}

#[cfg(test)]
mod tests {
    use super::super::legible::{check, texts};
    use super::*;

    const NAN: Option<f64> = Some(f64::NAN);

    fn panel(name: &str, training: Vec<Option<f64>>, validation: Option<Vec<Option<f64>>>) -> Panel<'_> {
        Panel { name, training: Some(training), validation }
    }

    fn falling(epochs: usize) -> Vec<Option<f64>> {
        (1..=epochs).map(|epoch| Some(2.0 / epoch as f64)).collect()
    }

    #[test]
    fn every_picture_can_be_read() {
        let long = "sparse_top_k_categorical_accuracy_of_an_output_with_a_long_name";
        let check = |panels: &[Panel<'_>]| check(&picture(1, panels));
        check(&[]);
        check(&[panel("loss", Vec::new(), None)]);
        check(&[panel("loss", vec![Some(0.5)], Some(vec![Some(-0.5)]))]);
        check(&[panel("loss", vec![NAN; 3], None), panel(long, falling(12), Some(falling(12)))]);
        check(&[panel("loss", falling(700), Some(falling(700)))]);
        check(&[panel("loss", vec![Some(1e300), Some(-1e300), Some(1e308)], None), panel("tiny", vec![Some(3e-300)], None)]);
        let many: Vec<Panel<'_>> = (0..7).map(|_| panel(long, vec![Some(123_456.7), Some(1e-7)], None)).collect();
        for panels in 1..=many.len() {
            check(&many[..panels]);
        }
    }

    #[cfg(feature = "png")]
    #[test]
    fn pixels_are_the_picture_s() {
        super::super::legible::check_pixels(&picture(1, &[panel("loss", falling(5), Some(falling(5)))]));
    }

    #[test]
    fn lines_break_off_at_what_is_not_finite_and_pass_what_was_not_measured() {
        let area = Area { x: 10.0, y: 20.0, width: 100.0 + 2.0 * INSET, height: 50.0 };
        let axes = (&Axis::counting(1, 6, 6), &Axis::around(0.0, 1.0, 5));
        let values = [Some(0.0), None, Some(1.0), NAN, Some(0.5), Some(f64::INFINITY)];
        let points: Vec<Vec<(f64, f64)>> = stretches(1, &values, axes, &area)
            .iter()
            .map(|stretch| stretch.iter().map(|point| (point.x - INSET, point.y)).collect())
            .collect();
        assert_eq!(points, [vec![(10.0, 70.0), (50.0, 20.0)], vec![(90.0, 45.0)]]);
        let shapes = |values: &[Option<f64>]| {
            let mut shapes = Vec::new();
            draw_values(&mut shapes, &stretches(1, values, axes, &area), looks(6)[0]);
            let lines = shapes.iter().filter(|shape| matches!(shape, Shape::Line { .. })).count();
            (lines, shapes.len() - lines)
        };
        assert_eq!(shapes(&values), (1, 3), "a line, and a dot for each value");
        assert_eq!(shapes(&[NAN, None]), (0, 0));
        let mut many = vec![Some(0.5); 40];
        many[1] = NAN;
        assert_eq!(shapes(&many), (1, 1), "of many values only one that stands alone has a dot");
    }

    #[test]
    fn a_legend_stands_where_there_are_two_lines() {
        let words = |panels: &[Panel<'_>]| texts(&picture(1, panels)).map(|text| text.text.clone()).collect::<Vec<_>>();
        assert!(!words(&[panel("loss", falling(3), None)]).contains(&"training".to_owned()));
        let both = words(&[panel("loss", falling(3), None), panel("auc", falling(3), Some(falling(3)))]);
        assert_eq!(both[..3], ["training", "validation", "loss"]);
    }
}
