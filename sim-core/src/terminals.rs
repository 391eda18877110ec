//! Terminals: packets are created, injected a flit a cycle, and ejected.

use crate::active_set::ActiveSet;
use crate::engine::Engine;
use crate::event::{CreditArrival, FlitArrival, Wheel};
use crate::flit::{Flit, restore};
use crate::switches::Switches;
use crate::wiring::Wiring;
use crate::{Cycle, NEVER, Routing, Source, SwitchConfig, VcReallocation, WatchRequest, WatchStage};

/// No virtual channel chosen.
const NO_VC: u8 = u8::MAX;

/// The packet that a terminal is sending.
#[derive(Clone, Copy, Debug)]
struct Injector {
    dest: u32,
    /// Creation, low 32 bits.
    created: u32,
    /// Packets created so far, modulo 2^32.
    packets: u32,
    /// Length; 0 when there is no packet.
    flits: u16,
    sent: u16,
    /// Virtual channels of the injection link that it may take: the first, and the end.
    first_vc: u8,
    end_vc: u8,
    /// The one that it takes, or [`NO_VC`].
    vc: u8,
    last_vc: u8,
    /// Number of the packet in the watch list, if it is there.
    watched: Option<u32>,
}

/// All terminals.
#[derive(Debug)]
pub struct Terminals<S> {
    sources: Vec<S>,
    injectors: Vec<Injector>,
    /// Free places behind each virtual channel of the injection link, by terminal x virtual channels.
    pub credits: Vec<u16>,
    /// Terminals that may inject.
    pub active: ActiveSet,
    vcs: usize,
    /// Flits injected and ejected so far.
    pub injected: u64,
    pub ejected: u64,
}

impl<S> Terminals<S> {
    /// Bytes that so many terminals take.
    pub fn bytes(terminals: usize, config: &SwitchConfig, source: usize) -> usize {
        let each = source + size_of::<Injector>() + 2 * usize::from(config.virtual_channels);
        terminals * each + ActiveSet::bytes(terminals)
    }
}

impl<S: Source> Terminals<S> {
    pub fn new<const W: usize>(
        sources: Vec<S>,
        config: &SwitchConfig,
        wiring: &Wiring,
        switches: &Switches<W>,
        wakes: &mut Wheel<u32>,
    ) -> Self {
        let vcs = usize::from(config.virtual_channels);
        let entries = (0..sources.len()).map(|terminal| usize::from(wiring.entry(terminal).port) * vcs);
        let idle = Injector {
            dest: 0,
            created: 0,
            packets: 0,
            flits: 0,
            sent: 0,
            first_vc: 0,
            end_vc: 0,
            vc: NO_VC,
            last_vc: config.virtual_channels - 1,
            watched: None,
        };
        let mut terminals = Self {
            injectors: vec![idle; sources.len()],
            credits: entries
                .flat_map(|unit| &switches.capacity[unit..unit + vcs])
                .copied()
                .collect(),
            active: ActiveSet::new(sources.len()),
            vcs,
            injected: 0,
            ejected: 0,
            sources,
        };
        for terminal in 0..terminals.len() {
            terminals.sleep_until_creation(terminal, wakes);
        }
        terminals
    }

    pub fn len(&self) -> usize {
        self.sources.len()
    }

    pub fn sources(&self) -> &[S] {
        &self.sources
    }

    /// A credit comes back of a buffer that has `capacity` places: a packet that was held up may go on.
    pub fn credit(&mut self, terminal: usize, vc: u16, capacity: u16) {
        let credits = &mut self.credits[terminal * self.vcs + usize::from(vc)];
        *credits += 1;
        debug_assert!(*credits <= capacity, "a credit too many");
        if self.injectors[terminal].flits > 0 {
            self.active.insert(terminal);
        }
    }

    /// Nothing to send: wakes when the next packet is created.
    fn sleep_until_creation(&mut self, terminal: usize, wakes: &mut Wheel<u32>) {
        self.active.remove(terminal);
        match self.sources[terminal].next_creation() {
            0 => self.active.insert(terminal),
            NEVER => {}
            creation => wakes.push(creation, terminal as u32),
        }
    }
}

impl<R: Routing, S: Source, const W: usize> Engine<'_, R, S, W> {
    /// Terminals whose next packet is created now.
    pub fn wake_terminals(&mut self) {
        self.events.wakes.advance(self.now);
        let wakes = self.events.wakes.take();
        for &terminal in &wakes {
            self.terminals.active.insert(terminal as usize);
        }
        self.events.wakes.recycle(wakes);
    }

    /// Every terminal that has a flit and a credit injects it.
    pub fn inject(&mut self) {
        for word in 0..self.terminals.active.words() {
            let mut bits = self.terminals.active.word(word);
            while bits != 0 {
                let terminal = word * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                self.inject_from(terminal);
            }
        }
    }

    fn inject_from(&mut self, terminal: usize) {
        if self.terminals.injectors[terminal].flits == 0 && !self.create_packet(terminal) {
            return self
                .terminals
                .sleep_until_creation(terminal, &mut self.events.wakes);
        }
        if self.terminals.injectors[terminal].vc == NO_VC {
            match self.choose_vc(terminal) {
                Some(vc) => self.terminals.injectors[terminal].vc = vc,
                // A credit wakes it.
                None => return self.terminals.active.remove(terminal),
            }
        }
        let vc = self.terminals.injectors[terminal].vc;
        let credits = &mut self.terminals.credits[terminal * self.terminals.vcs + usize::from(vc)];
        if *credits == 0 {
            return self.terminals.active.remove(terminal);
        }
        *credits -= 1;
        self.send_flit(terminal);
        let idle = self.terminals.injectors[terminal].flits == 0;
        if idle && self.terminals.sources[terminal].next_creation() > self.now + 1 {
            self.terminals
                .sleep_until_creation(terminal, &mut self.events.wakes);
        }
    }

    /// The first virtual channel, from the one after the last used, that the new packet may enter.
    fn choose_vc(&self, terminal: usize) -> Option<u8> {
        let injector = &self.terminals.injectors[terminal];
        let vcs = self.terminals.vcs;
        let open = |&vc: &usize| {
            let capacity = self.injection_capacity(terminal, vc);
            let needed = match self.config.vc_reallocation {
                VcReallocation::NonAtomic => 1,
                VcReallocation::WholePacketFits => injector.flits.min(capacity),
                VcReallocation::Atomic => capacity,
            };
            capacity > 0 && self.terminals.credits[terminal * vcs + vc] >= needed
        };
        let allowed = usize::from(injector.first_vc)..usize::from(injector.end_vc);
        let last = usize::from(injector.last_vc);
        (1..=vcs)
            .map(|i| if last + i < vcs { last + i } else { last + i - vcs })
            .filter(|vc| allowed.contains(vc))
            .find(open)
            .map(|vc| vc as u8)
    }

    /// Places behind a virtual channel of a terminal's injection link; 0 where there is none.
    pub fn injection_capacity(&self, terminal: usize, vc: usize) -> u16 {
        let port = usize::from(self.wiring.entry(terminal).port);
        self.switches.capacity[port * self.switches.vcs + vc]
    }

    /// Takes the next packet from the source, if it has been created by now.
    fn create_packet(&mut self, terminal: usize) -> bool {
        let source = &mut self.terminals.sources[terminal];
        let created = source.next_creation();
        if created > self.now {
            return false;
        }
        let packet = source.create();
        let port = self.wiring.entry(terminal).port;
        let vcs = self
            .routing
            .injection_vcs(&packet, self.switches.channels_of(port));
        let injector = &mut self.terminals.injectors[terminal];
        (injector.first_vc, injector.end_vc) = (vcs.start, vcs.end);
        let number = injector.packets;
        injector.packets = number.wrapping_add(1);
        injector.dest = packet.dest;
        injector.flits = packet.flits;
        injector.created = created as u32;
        injector.sent = 0;
        let request = WatchRequest {
            terminal: terminal as u32,
            packet: number.into(),
        };
        injector.watched = self.watch.created(request, created, packet);
        true
    }

    fn send_flit(&mut self, terminal: usize) {
        let injector = &mut self.terminals.injectors[terminal];
        let number = injector.sent;
        injector.sent += 1;
        let (vc, watched) = (injector.vc, injector.watched);
        let place = (number, injector.flits);
        let mut flit = Flit::new(injector.dest, injector.created, place, vc);
        if flit.is_head() {
            let created = restore(self.now, injector.created);
            self.meter.count_injected(created, self.now);
        }
        if flit.is_tail() {
            injector.flits = 0;
            injector.vc = NO_VC;
            injector.last_vc = vc;
        }
        if let Some(number) = watched {
            flit.watch(number);
            self.watch.note(self.now, &flit, WatchStage::Injected { vc });
        }
        self.terminals.injected += 1;
        let entry = self.wiring.entry(terminal);
        let arrival = FlitArrival {
            node: entry.node,
            port: entry.port,
            flit,
        };
        let flight = 1 + Cycle::from(self.wiring.terminal_latency());
        self.events.flits.push(self.now + flight, arrival);
    }

    /// A flit reaches its destination, which takes it at once.
    pub fn eject(&mut self, arrival: &FlitArrival) {
        let terminal = (arrival.node - self.wiring.switches) as usize;
        let flit = &arrival.flit;
        debug_assert_eq!(
            terminal, flit.dest as usize,
            "a packet arrives at the wrong terminal"
        );
        self.terminals.ejected += 1;
        self.meter.count_ejected(terminal);
        if flit.is_tail() {
            let low = if flit.is_watched() {
                self.watch.creation(flit)
            } else {
                flit.created
            };
            let created = restore(self.now, low);
            self.meter.record(created, self.now, flit.hops());
        }
        if flit.is_watched() {
            let terminal = terminal as u32;
            self.watch.note(self.now, flit, WatchStage::Ejected { terminal });
        }
        let entry = self.wiring.entry(terminal);
        let credit = CreditArrival {
            node: entry.node,
            output: (usize::from(entry.port) * self.switches.vcs + usize::from(flit.vc())) as u16,
        };
        let flight = 1 + Cycle::from(self.wiring.terminal_latency()) + Cycle::from(self.config.credit_delay);
        self.events.credits.push(self.now + flight, credit);
    }
}
