//! The font, and the width of text set in it.

use std::sync::Once;

use plotters::style::{FontDesc, FontStyle, IntoFont, register_font};

/// What viewers of SVG are asked for, and the name that the bundled font goes by here.
const FAMILY: &str = "DejaVu Sans, sans-serif";

/// DejaVu Sans; its licence is beside it.
static DEJAVU_SANS: &[u8] = include_bytes!("../assets/DejaVuSans.ttf");

/// Ascent and descent of the font together, in em: what plotters takes for the size when it draws or measures
/// glyphs.
pub const LINE_HEIGHT: f64 = 2384.0 / 2048.0;

/// The font in a size of plotters: [`LINE_HEIGHT`] times the em for glyphs.
pub fn font(size: f64) -> FontDesc<'static> {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        // A font that did not register is reported when a text is drawn in it.
        let _ = register_font(FAMILY, FontStyle::Normal, DEJAVU_SANS);
    });
    (FAMILY, size).into_font()
}

/// Width of a text at a size in em.
pub fn width(text: &str, size: f64) -> f64 {
    // Measured large, since plotters rounds to pixels.
    const ENLARGED: f64 = 100.0;
    let measured = font(ENLARGED * LINE_HEIGHT).layout_box(text);
    // Where it can't be measured it can't be drawn either.
    measured.map_or(0.0, |(_, (right, _))| f64::from(right) * size / ENLARGED)
}

/// The text; where it is wider than `room`, with an ellipsis for its middle: names differ at either end.
pub fn fitted(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_string();
    }
    let characters: Vec<char> = text.chars().collect();
    // Few characters are narrower than a quarter of an em; a longer text need not be tried.
    let most = (room / size * 4.0) as usize;
    let shortened = |kept: usize| -> String {
        let (head, tail) = (kept.div_ceil(2), characters.len() - kept / 2);
        characters[..head]
            .iter()
            .chain(&['…'])
            .chain(&characters[tail..])
            .collect()
    };
    let mut candidates = (1..characters.len().min(most)).rev().map(shortened);
    candidates
        .find(|shortened| width(shortened, size) <= room)
        .unwrap_or_else(|| "…".to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_the_font() {
        // The advance of "0" is 1303 of 2048 units.
        assert!((width("0000", 20.0) - 4.0 * 20.0 * 1303.0 / 2048.0).abs() < 0.5);
        assert_eq!(width("", 20.0), 0.0);
    }

    #[test]
    fn long_texts_are_cut_to_fit() {
        assert_eq!(fitted("short", 10.0, 100.0), "short");
        let cut = fitted(&format!("first {} last", "long ".repeat(100)), 10.0, 100.0);
        assert!(
            cut.starts_with("first l") && cut.contains('…') && cut.ends_with(" last"),
            "{cut}"
        );
        assert!((80.0..=100.0).contains(&width(&cut, 10.0)), "{cut}");
        assert_eq!(fitted("x", 10.0, 0.0), "…");
    }
}
