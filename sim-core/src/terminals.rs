//! Terminals: packets are created, injected a flit a cycle, and ejected.

use prefetch_index::prefetch_index;

use crate::active_set::{ActiveSet, Walk};
use crate::event::{CreditArrival, FlitArrival, Wheel};
use crate::flit::{Flit, restore};
use crate::model::Model;
use crate::tile::Tile;
use crate::workspace::Workspace;
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

/// The terminals of a tile.
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
    /// Flits ejected in the measured window, by terminal.
    pub accepted: Vec<u32>,
}

impl<S> Terminals<S> {
    /// Bytes that so many terminals take.
    pub fn bytes(terminals: usize, config: &SwitchConfig, source: usize) -> usize {
        let each =
            source + size_of::<Injector>() + size_of::<u32>() + 2 * usize::from(config.virtual_channels);
        terminals * each + ActiveSet::bytes(terminals)
    }
}

impl<S: Source> Terminals<S> {
    pub fn new<R>(sources: Vec<S>, model: &Model<R>, wakes: &mut Wheel<u32>) -> Self {
        let vcs = model.vcs;
        let entries = (0..sources.len()).map(|terminal| usize::from(model.wiring.entry(terminal).first));
        let idle = Injector {
            dest: 0,
            created: 0,
            packets: 0,
            flits: 0,
            sent: 0,
            first_vc: 0,
            end_vc: 0,
            vc: NO_VC,
            last_vc: model.config.virtual_channels - 1,
            watched: None,
        };
        let mut terminals = Self {
            injectors: vec![idle; sources.len()],
            credits: entries
                .flat_map(|unit| &model.capacity[unit..unit + vcs])
                .copied()
                .collect(),
            active: ActiveSet::new(sources.len()),
            vcs,
            injected: 0,
            ejected: 0,
            accepted: vec![0; sources.len()],
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

    pub fn sources_mut(&mut self) -> &mut [S] {
        &mut self.sources
    }

    /// Free places behind a virtual channel of the injection link.
    pub fn credits_of(&self, terminal: usize, vc: u16) -> u16 {
        self.credits[terminal * self.vcs + usize::from(vc)]
    }

    /// Takes a credit of a virtual channel, if there is one.
    #[inline(always)]
    fn take_credit(&mut self, terminal: usize, vc: u8) -> bool {
        let credits = &mut self.credits[terminal * self.vcs + usize::from(vc)];
        let has_any = *credits > 0;
        *credits -= u16::from(has_any);
        has_any
    }

    /// A credit comes back: a packet that was held up may go on.
    #[inline(always)]
    pub fn credit(&mut self, terminal: usize, vc: u16) {
        self.credits[terminal * self.vcs + usize::from(vc)] += 1;
        if self.injectors[terminal].flits > 0 {
            self.active.insert(terminal);
        }
    }

    /// Fetches what injects from a terminal into the cache.
    #[inline(always)]
    pub fn fetch(&self, terminal: usize) {
        prefetch_index(&self.injectors, terminal);
        // A source is some two lines of it.
        prefetch_index(&self.sources, terminal);
        prefetch_index(&self.sources, terminal + 1);
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

impl<R: Routing, S: Source, const W: usize> Tile<'_, R, S, W> {
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
    #[inline(never)]
    pub fn inject(&mut self, workspace: &mut Workspace<W>) {
        let mut walk = Walk::default();
        let mut ahead = self.start_fetching_sources();
        while let Some(terminal) = self.terminals.active.next(&mut walk) {
            if self.fetches_ahead {
                self.fetch_next_source(&mut ahead);
            }
            self.inject_from(terminal, workspace);
        }
    }

    fn inject_from(&mut self, terminal: usize, workspace: &mut Workspace<W>) {
        let mut injector = self.terminals.injectors[terminal];
        if injector.flits == 0 && !self.create_packet(terminal, &mut injector, workspace) {
            return self
                .terminals
                .sleep_until_creation(terminal, &mut self.events.wakes);
        }
        if injector.vc == NO_VC {
            injector.vc = self.choose_vc(terminal, &injector).unwrap_or(NO_VC);
        }
        let may_send = injector.vc != NO_VC && self.terminals.take_credit(terminal, injector.vc);
        if may_send {
            self.send_flit(terminal, &mut injector, workspace);
        }
        self.terminals.injectors[terminal] = injector;
        if !may_send {
            // A credit wakes it.
            self.terminals.active.remove(terminal);
        } else if injector.flits == 0 && self.terminals.sources[terminal].next_creation() > self.now + 1 {
            self.terminals
                .sleep_until_creation(terminal, &mut self.events.wakes);
        }
    }

    /// The first virtual channel, from the one after the last used, that the new packet may enter.
    #[inline(always)]
    fn choose_vc(&self, terminal: usize, injector: &Injector) -> Option<u8> {
        let vcs = self.model.vcs;
        let credits = &self.terminals.credits[terminal * vcs..][..vcs];
        let first = usize::from(self.model.wiring.entry(terminal).first);
        let capacity = &self.model.capacity[first..][..vcs];
        let allowed = usize::from(injector.first_vc)..usize::from(injector.end_vc);
        let mut vc = usize::from(injector.last_vc);
        for _ in 0..vcs {
            vc = if vc + 1 == vcs { 0 } else { vc + 1 };
            if allowed.contains(&vc) && self.is_open(injector.flits, credits[vc], capacity[vc]) {
                return Some(vc as u8);
            }
        }
        None
    }

    /// A new packet of so many flits may enter a virtual channel of a terminal's injection link.
    #[inline(always)]
    fn is_open(&self, flits: u16, credits: u16, capacity: u16) -> bool {
        let needed = match self.model.config.vc_reallocation {
            VcReallocation::NonAtomic => 1,
            VcReallocation::WholePacketFits => flits.min(capacity),
            VcReallocation::Atomic => capacity,
        };
        capacity > 0 && credits >= needed
    }

    /// Places behind a virtual channel of a terminal's injection link; 0 where there is none.
    #[inline(always)]
    pub fn injection_capacity(&self, terminal: usize, vc: usize) -> u16 {
        self.model.capacity[usize::from(self.model.wiring.entry(terminal).first) + vc]
    }

    /// Takes the next packet from the source, if it has been created by now.
    #[inline(always)]
    fn create_packet(
        &mut self,
        terminal: usize,
        injector: &mut Injector,
        workspace: &mut Workspace<W>,
    ) -> bool {
        let source = &mut self.terminals.sources[terminal];
        let created = source.next_creation();
        if created > self.now {
            return false;
        }
        let packet = source.create();
        let port = self.model.port(self.model.wiring.entry(terminal).first.into());
        let vcs = self
            .model
            .routing
            .injection_vcs(&packet, self.model.channels_of(port as u8));
        (injector.first_vc, injector.end_vc) = (vcs.start, vcs.end);
        let number = injector.packets;
        injector.packets = number.wrapping_add(1);
        injector.dest = packet.dest;
        injector.flits = packet.flits;
        injector.created = created as u32;
        injector.sent = 0;
        let request = WatchRequest {
            terminal: self.model.wiring.terminal_name(terminal),
            packet: number.into(),
        };
        injector.watched = workspace.watch.created(request, created, packet);
        true
    }

    #[inline(always)]
    fn send_flit(&mut self, terminal: usize, injector: &mut Injector, workspace: &mut Workspace<W>) {
        let number = injector.sent;
        injector.sent += 1;
        let (vc, watched) = (injector.vc, injector.watched);
        let place = (number, injector.flits);
        let mut flit = Flit::new(injector.dest, injector.created, place);
        if flit.is_head() {
            let created = restore(self.now, injector.created);
            workspace.meter.count_injected(created, self.now);
        }
        if flit.is_tail() {
            injector.flits = 0;
            injector.vc = NO_VC;
            injector.last_vc = vc;
            if !flit.is_head() {
                flit.tag = self.model.wiring.terminal_name(terminal);
            }
        }
        if let Some(number) = watched {
            flit.watch(number);
            // A copy, so that the flit itself need not be in memory.
            let flit = flit;
            workspace.watch.note(self.now, &flit, WatchStage::Injected { vc });
        }
        self.terminals.injected += 1;
        let entry = self.model.wiring.entry(terminal);
        let arrival = || FlitArrival {
            node: entry.node,
            unit: entry.first + u16::from(vc),
            flit,
        };
        let flight = Cycle::from(self.model.wiring.injection_flight);
        self.events.flits.push_with(self.now + flight, arrival);
    }

    /// A flit reaches its destination, which takes it at once.
    #[inline(never)]
    pub fn eject(&mut self, arrival: &FlitArrival, workspace: &mut Workspace<W>) {
        let terminal = (arrival.node - self.model.wiring.switches) as usize;
        let flit = &arrival.flit;
        debug_assert_eq!(
            self.model.wiring.terminal_name(terminal),
            flit.dest,
            "a packet arrives at the wrong terminal"
        );
        self.terminals.ejected += 1;
        if workspace.meter.is_open() {
            self.terminals.accepted[terminal] += 1;
        }
        if flit.is_tail() {
            let low = if flit.is_watched() {
                workspace.watch.creation(flit)
            } else {
                flit.created
            };
            let created = restore(self.now, low);
            workspace.meter.record(created, self.now, flit.hops());
        }
        if flit.is_watched() {
            let terminal = flit.dest;
            workspace
                .watch
                .note(self.now, flit, WatchStage::Ejected { terminal });
        }
        let entry = self.model.wiring.entry(terminal);
        let credit = CreditArrival {
            node: entry.node,
            output: entry.first + arrival.unit,
        };
        let flight = Cycle::from(self.model.wiring.ejection_credit_flight);
        self.events.credits.push(self.now + flight, credit);
    }
}
