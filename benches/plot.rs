//! Throughput against the size of a chunk, as a picture.
use std::{collections::BTreeMap, error::Error, path::Path};

use plotters::prelude::*;

use crate::results::Measured;

/// Of the picture, in pixels.
const SIZE: (u32, u32) = (760, 400);

/// Dark enough on white, and apart for those who see fewer colours (Okabe and Ito).
const COLOURS: [RGBColor; 3] = [RGBColor(0, 114, 178), RGBColor(213, 94, 0), RGBColor(0, 128, 96)];

/// Draws the medians of `chunk_bytes/SHAPE/BYTES`; nothing if there are none.
pub(crate) fn draw(measured: &[Measured], path: &Path) -> Result<(), Box<dyn Error>> {
    let mut lines: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
    for one in measured {
        let mut words = one.name.split('/');
        if words.next() != Some("chunk_bytes") {
            continue;
        }
        if let (Some(shape), Some(Ok(bytes))) = (words.next(), words.next().map(str::parse)) {
            lines.entry(shape).or_default().push((bytes, one.rate() / 1e6));
        }
    }
    let points = || lines.values().flatten();
    let (Some(least), Some(most)) =
        (points().map(|point| point.0).reduce(f64::min), points().map(|point| point.0).reduce(f64::max))
    else {
        return Ok(());
    };
    let top = points().map(|point| point.1).fold(0.0, f64::max) * 1.1;
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .margin(14)
        .x_label_area_size(42)
        .y_label_area_size(52)
        .build_cartesian_2d((least..most).log_scale().base(4.0), 0.0..top)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(RGBColor(220, 220, 220))
        .x_desc("bytes of a chunk on disk")
        .y_desc("MB/s of payload, two lanes")
        .x_label_formatter(&|bytes| size(*bytes))
        .draw()?;
    for ((shape, mut points), colour) in lines.into_iter().zip(COLOURS) {
        points.sort_by(|one, other| one.0.total_cmp(&other.0));
        chart.draw_series(points.iter().map(|point| Circle::new(*point, 3, colour.filled())))?;
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(2)))?
            .label(shape)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerRight)
        .background_style(WHITE)
        .border_style(RGBColor(200, 200, 200))
        .draw()?;
    root.present()?;
    Ok(())
}

/// `64 kB`, `16 MB`, in powers of two as the sizes are.
fn size(bytes: f64) -> String {
    let kilobytes = bytes / 1024.0;
    if kilobytes < 1024.0 { format!("{kilobytes:.0} kB") } else { format!("{:.0} MB", kilobytes / 1024.0) }
}
