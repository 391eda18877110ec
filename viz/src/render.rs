//! Renders a picture as SVG or PNG with plotters.

use plotters::backend::{BitMapBackend, DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontTransform, RGBColor, ShapeStyle, TextStyle};
use thiserror::Error;

use crate::picture::{Anchor, At, Colour, Picture, Shape, Text};
use crate::text::{LINE_HEIGHT, font};

/// Why a picture can't be rendered.
#[derive(Debug, Error)]
pub enum RenderError {
    /// A shape can't be drawn.
    #[error("drawing: {0}")]
    Draw(String),
    /// The pixels can't be encoded.
    #[error("PNG: {0}")]
    Encode(#[from] png::EncodingError),
}

/// How a backend of plotters sets text and how fine its grid is.
struct Surface {
    /// Units of the backend for one of the picture.
    scale: u32,
    /// What plotters is told for a font of one em.
    font_size: f64,
    /// From the middle of a text to where plotters takes it to be, downwards, in em; brings the capitals'
    /// middle there.
    lowered: f64,
}

/// Coordinates are whole numbers in plotters: half a pixel.
const SVG: Surface = Surface {
    scale: 2,
    // The SVG backend divides by 1.24, and sets the baseline half the height of an x below the middle.
    font_size: 1.24,
    lowered: 0.09,
};

/// Twice the pixels of the result in each direction, since plotters does not smooth edges.
const PIXELS: Surface = Surface {
    scale: 4,
    font_size: LINE_HEIGHT,
    lowered: 0.25,
};

/// The picture as an SVG document of its nominal size.
pub fn svg(picture: &Picture) -> Result<String, RenderError> {
    let (width, height) = (picture.width * SVG.scale, picture.height * SVG.scale);
    let mut document = String::new();
    render(
        picture,
        SVGBackend::with_string(&mut document, (width, height)),
        &SVG,
    )?;
    let drawn = format!("width=\"{width}\" height=\"{height}\"");
    let nominal = format!("width=\"{}\" height=\"{}\"", picture.width, picture.height);
    Ok(document.replacen(&drawn, &nominal, 1))
}

/// The picture as a PNG file of twice its nominal size.
pub fn png(picture: &Picture) -> Result<Vec<u8>, RenderError> {
    let (width, height) = (picture.width * PIXELS.scale, picture.height * PIXELS.scale);
    let mut pixels = vec![255; 3 * width as usize * height as usize];
    render(
        picture,
        BitMapBackend::with_buffer(&mut pixels, (width, height)),
        &PIXELS,
    )?;
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width / 2, height / 2);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    // The best takes twice as long, for files of the same size.
    encoder.set_compression(png::Compression::Default);
    encoder.set_filter(png::FilterType::Up);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&halved(&pixels, width as usize))?;
    writer.finish()?;
    Ok(file)
}

/// Averages squares of four pixels of an RGB image with an even number of rows and columns.
fn halved(pixels: &[u8], width: usize) -> Vec<u8> {
    let row = 3 * width;
    let mut halved = Vec::with_capacity(pixels.len() / 4);
    for rows in pixels.chunks_exact(2 * row) {
        let (upper, lower) = rows.split_at(row);
        for (above, below) in upper.chunks_exact(6).zip(lower.chunks_exact(6)) {
            for c in 0..3 {
                let sum = [above[c], above[c + 3], below[c], below[c + 3]]
                    .map(u16::from)
                    .iter()
                    .sum::<u16>();
                halved.push(((sum + 2) / 4) as u8);
            }
        }
    }
    halved
}

fn render<B: DrawingBackend>(
    picture: &Picture,
    mut backend: B,
    surface: &Surface,
) -> Result<(), RenderError> {
    for shape in &picture.shapes {
        surface.draw(shape, &mut backend)?;
    }
    backend.present().map_err(failed)
}

fn failed(error: impl std::error::Error) -> RenderError {
    RenderError::Draw(error.to_string())
}

impl Surface {
    fn draw<B: DrawingBackend>(&self, shape: &Shape, backend: &mut B) -> Result<(), RenderError> {
        let drawn = match shape {
            &Shape::Line {
                from,
                to,
                colour,
                width,
            } => {
                let (from, to) = (self.at(from), self.at(to));
                if from == to {
                    return Ok(());
                }
                let stroke_width = self.length(width).max(1) as u32;
                backend.draw_line(from, to, &rgb(colour).stroke_width(stroke_width))
            }
            &Shape::Rectangle { from, to, fill } => {
                backend.draw_rect(self.at(from), self.at(to), &filled(fill), true)
            }
            Shape::Polygon { corners, fill } => {
                backend.fill_polygon(corners.iter().map(|&corner| self.at(corner)), &filled(*fill))
            }
            &Shape::Circle { centre, radius, fill } => {
                backend.draw_circle(self.at(centre), self.length(radius) as u32, &filled(fill), true)
            }
            Shape::Text(text) => return self.draw_text(text, backend),
        };
        drawn.map_err(failed)
    }

    fn draw_text<B: DrawingBackend>(&self, text: &Text, backend: &mut B) -> Result<(), RenderError> {
        let h_pos = match text.anchor {
            Anchor::Left => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::Right => HPos::Right,
        };
        let lowered = self.lowered * text.size;
        // Turned to read upwards, down is to the right.
        let (transform, at) = match text.upright {
            true => (FontTransform::Rotate270, (text.at.0 + lowered, text.at.1)),
            false => (FontTransform::None, (text.at.0, text.at.1 + lowered)),
        };
        let size = text.size * f64::from(self.scale) * self.font_size;
        let colour = rgb(text.colour);
        let style = TextStyle::from(font(size).transform(transform))
            .color(&colour)
            .pos(Pos::new(h_pos, VPos::Center));
        backend
            .draw_text(&printable(&text.text), &style, self.at(at))
            .map_err(failed)
    }

    fn length(&self, length: f64) -> i32 {
        (length * f64::from(self.scale)).round() as i32
    }

    fn at(&self, at: At) -> (i32, i32) {
        (self.length(at.0), self.length(at.1))
    }
}

/// XML knows no control characters.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') {
                ' '
            } else {
                c
            }
        })
        .collect()
}

fn rgb(colour: Colour) -> RGBColor {
    RGBColor(colour.0, colour.1, colour.2)
}

fn filled(colour: Colour) -> ShapeStyle {
    rgb(colour).filled()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture() -> Picture {
        let mut picture = Picture::new(40, 20);
        picture.rectangle((10.0, 5.0), (20.0, 10.0), Colour(255, 0, 0));
        picture
    }

    #[test]
    fn both_formats_have_the_shapes_in_their_places() {
        let file = png(&picture()).unwrap();
        let mut reader = png::Decoder::new(&file[..]).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height), (80, 40), "twice the nominal size");
        let pixel = |x: usize, y: usize| &pixels[3 * (y * 80 + x)..][..3];
        assert_eq!(pixel(30, 15), [255, 0, 0]);
        assert_eq!(pixel(10, 15), [255; 3]);
        let svg = svg(&picture()).unwrap();
        assert!(
            svg.starts_with(r#"<svg width="40" height="20" viewBox="0 0 80 40""#),
            "{svg}"
        );
        assert!(
            svg.contains(r#"<rect x="20" y="10" width="20" height="10""#),
            "{svg}"
        );
        assert!(svg.trim_end().ends_with("</svg>"));
    }

    #[test]
    fn text_is_text_in_svg_and_escaped() {
        let mut picture = picture();
        picture.text(Text {
            at: (0.0, 10.0),
            text: "a < b\u{7}".to_string(),
            size: 10.0,
            colour: Colour::BLACK,
            anchor: Anchor::Left,
            upright: false,
        });
        let svg = svg(&picture).unwrap();
        assert!(svg.contains("a &lt; b "), "{svg}");
        assert!(svg.contains(r#"font-size="20""#), "em of the nominal size: {svg}");
    }
}
