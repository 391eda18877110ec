//! The colours of a quantity: from light to dark, so that they are as far apart in grey.

use crate::picture::Colour;

/// Every tenth of the colour map "magma" (van der Walt and Smith, CC0), without its lightest and its black: the
/// perceived lightness falls evenly.
const STOPS: [Colour; 9] = [
    Colour(0xfe, 0xcf, 0x92),
    Colour(0xfe, 0x9f, 0x6d),
    Colour(0xf7, 0x70, 0x5c),
    Colour(0xde, 0x49, 0x68),
    Colour(0xb7, 0x37, 0x79),
    Colour(0x8c, 0x29, 0x81),
    Colour(0x64, 0x1a, 0x80),
    Colour(0x3b, 0x0f, 0x70),
    Colour(0x14, 0x0e, 0x36),
];

/// The colour of a share from 0, light, to 1, dark.
pub fn heat(share: f64) -> Colour {
    let place = share.clamp(0.0, 1.0) * (STOPS.len() - 1) as f64;
    let below = (place as usize).min(STOPS.len() - 2);
    let (from, to) = (STOPS[below], STOPS[below + 1]);
    let mix =
        |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * (place - below as f64)).round() as u8;
    Colour(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CIE L* of a colour, from 0 to 100.
    fn lightness(colour: Colour) -> f64 {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        };
        let y = 0.2126 * linear(colour.0) + 0.7152 * linear(colour.1) + 0.0722 * linear(colour.2);
        116.0 * y.cbrt() - 16.0
    }

    #[test]
    fn lightness_falls_evenly() {
        let all: Vec<f64> = (0..=8).map(|i| lightness(heat(f64::from(i) / 8.0))).collect();
        let step = (all[0] - all[8]) / 8.0;
        assert!(step > 8.0, "{all:?}");
        for pair in all.windows(2) {
            assert!((pair[0] - pair[1] - step).abs() < 0.35 * step, "{all:?}");
        }
    }
}
