//! What tiles write to each other: flits and credits that cross their border.

use super::Letter;
use crate::Cycle;
use crate::event::{CreditArrival, FlitArrival};
use crate::flit::Flit;

/// An event for another tile and the cycle in which it is due there. As a letter:
///
/// | word | bits 0 to 31 | 32 to 47 | 48 to 63 |
/// | --- | --- | --- | --- |
/// | 0 | cycle | | |
/// | 1 | switch of that tile | virtual channel | 1 of a flit, 0 of a credit |
/// | 2, 3 | the flit | | |
#[derive(Clone, Copy, Debug)]
pub enum Mail {
    Flit(Cycle, FlitArrival),
    Credit(Cycle, CreditArrival),
}

const FLIT: u64 = 1 << 48;

impl Mail {
    #[inline]
    pub fn write(self) -> Letter {
        let address = |node: u32, unit: u16| u64::from(node) | u64::from(unit) << 32;
        match self {
            Self::Flit(due, FlitArrival { node, unit, flit }) => {
                let [first, second] = flit.to_words();
                [due, address(node, unit) | FLIT, first, second]
            }
            Self::Credit(due, CreditArrival { node, output }) => [due, address(node, output), 0, 0],
        }
    }

    #[inline]
    pub fn read([due, address, first, second]: Letter) -> Self {
        let (node, unit) = (address as u32, (address >> 32) as u16);
        if address & FLIT == 0 {
            return Self::Credit(due, CreditArrival { node, output: unit });
        }
        let flit = Flit::from_words([first, second]);
        Self::Flit(due, FlitArrival { node, unit, flit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_say_what_was_written() {
        let mut flit = Flit::new(70_000, u32::MAX, (0, 9));
        flit.tag = 3 << 30;
        let arrival = FlitArrival {
            node: u32::MAX >> 1,
            unit: 4_095,
            flit,
        };
        let Mail::Flit(due, read) = Mail::read(Mail::Flit(1 << 40, arrival).write()) else {
            panic!("a flit was written");
        };
        assert_eq!((due, read.node, read.unit), (1 << 40, u32::MAX >> 1, 4_095));
        assert_eq!(read.flit.to_words(), flit.to_words());
        assert_eq!(read.flit.packet_flits(), 9);

        let credit = CreditArrival {
            node: 7,
            output: u16::MAX,
        };
        let Mail::Credit(due, read) = Mail::read(Mail::Credit(Cycle::MAX, credit).write()) else {
            panic!("a credit was written");
        };
        assert_eq!((due, read.node, read.output), (Cycle::MAX, 7, u16::MAX));
    }
}
