//! What packets ask for from where they stand, as sets of bits.

/// What was asked for from one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// The output port.
    pub port: u8,
    /// Virtual channels of it.
    pub channels: u64,
    /// Nothing else was.
    pub is_only: bool,
}

/// A set of requests for each of many places. What a switch is asked for is the same few requests again and again, which
/// have numbers.
pub(crate) struct RequestSets {
    /// By switch, then by number.
    numbered: Vec<Vec<Request>>,
    /// By switch and port: the request that was numbered last, and its number.
    last: Vec<Option<(Request, u32)>>,
    /// Ports of a switch.
    ports: usize,
    /// Words of a set.
    words: usize,
    /// By place.
    sets: Vec<u64>,
}

impl RequestSets {
    /// Empty ones, of switches with so many ports and places.
    pub fn new(switches: usize, ports: usize, places: usize) -> Self {
        Self {
            numbered: vec![Vec::new(); switches],
            last: vec![None; switches * ports],
            ports,
            words: 1,
            sets: vec![0; switches * places],
        }
    }

    /// The number of a request at a switch, from 0.
    pub fn number(&mut self, switch: usize, request: Request) -> usize {
        let last = switch * self.ports + usize::from(request.port);
        match self.last[last] {
            Some((known, number)) if known == request => return number as usize,
            _ => {}
        }
        let known = &mut self.numbered[switch];
        let number = known
            .iter()
            .position(|&other| other == request)
            .unwrap_or_else(|| {
                known.push(request);
                known.len() - 1
            });
        if number / 64 == self.words {
            self.widen();
        }
        self.last[last] = Some((request, number as u32));
        number
    }

    /// Adds a request to the set of a place of its switch.
    #[inline]
    pub fn insert(&mut self, place: usize, number: usize) {
        self.sets[place * self.words + number / 64] |= 1 << (number % 64);
    }

    /// The set of a place, which is at `switch`.
    pub fn of(&self, place: usize, switch: usize) -> impl Iterator<Item = Request> {
        let set = &self.sets[place * self.words..][..self.words];
        let numbered = self.numbered[switch].iter().enumerate();
        let members = numbered.filter(|(number, _)| set[number / 64] >> (number % 64) & 1 == 1);
        members.map(|(_, &request)| request)
    }

    /// What is in any set, by switch.
    pub fn all(&self) -> impl Iterator<Item = (usize, Request)> {
        let by_switch = self.numbered.iter().enumerate();
        by_switch.flat_map(|(switch, numbered)| numbered.iter().map(move |&request| (switch, request)))
    }

    /// Makes room for twice as many requests in each set.
    fn widen(&mut self) {
        let mut wider = Vec::with_capacity(2 * self.sets.len());
        for set in self.sets.chunks(self.words) {
            wider.extend_from_slice(set);
            wider.resize(wider.len() + self.words, 0);
        }
        self.sets = wider;
        self.words *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_keep_their_members_as_they_grow() {
        let mut sets = RequestSets::new(2, 200, 3);
        let request = |port| Request {
            port,
            channels: 1,
            is_only: true,
        };
        for port in 0..200 {
            let number = sets.number(1, request(port));
            assert_eq!(number, usize::from(port));
            sets.insert(3 + usize::from(port % 3), number);
        }
        assert_eq!(sets.number(1, request(7)), 7);
        // The places of switch 0 come first.
        for place in 3..6 {
            let ports: Vec<u8> = sets.of(place, 1).map(|request| request.port).collect();
            let expected: Vec<u8> = (0..200)
                .filter(|port| 3 + usize::from(port % 3) == place)
                .collect();
            assert_eq!(ports, expected);
        }
        assert_eq!(sets.of(0, 0).count(), 0);
        assert_eq!(sets.all().count(), 200);
    }
}
