//! How many machine words a set of all virtual channels of a switch takes: the engine is compiled for a few widths.

use crate::SwitchConfig;

/// A width that is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    W1,
    W2,
    W4,
    W16,
    W64,
}

/// The least that has room for the virtual channels of so many ports.
pub fn width(ports: usize, switch: &SwitchConfig) -> Width {
    let units = ports * usize::from(switch.virtual_channels);
    match units.div_ceil(64) {
        0..=1 => Width::W1,
        2 => Width::W2,
        3..=4 => Width::W4,
        5..=16 => Width::W16,
        _ => Width::W64,
    }
}

/// An expression with the width of a switch as a constant: `with_width!(ports, &switch, W => run::<W>())`.
macro_rules! with_width {
    ($ports:expr, $switch:expr, $width:ident => $run:expr) => {
        match $crate::width::width($ports, $switch) {
            $crate::width::Width::W1 => $crate::width::with_constant!($width, 1, $run),
            $crate::width::Width::W2 => $crate::width::with_constant!($width, 2, $run),
            $crate::width::Width::W4 => $crate::width::with_constant!($width, 4, $run),
            $crate::width::Width::W16 => $crate::width::with_constant!($width, 16, $run),
            $crate::width::Width::W64 => $crate::width::with_constant!($width, 64, $run),
        }
    };
}

macro_rules! with_constant {
    ($name:ident, $value:expr, $run:expr) => {{
        const $name: usize = $value;
        $run
    }};
}

pub(crate) use {with_constant, with_width};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_switch_has_room() {
        for ports in 1..=64_usize {
            for virtual_channels in 1..=64 {
                let switch = SwitchConfig {
                    virtual_channels,
                    ..SwitchConfig::default()
                };
                let words = with_width!(ports, &switch, W => W);
                let units = ports * usize::from(virtual_channels);
                assert!(
                    units <= 64 * words && (words == 1 || units > 16 * words),
                    "{units} in {words}"
                );
            }
        }
    }
}
