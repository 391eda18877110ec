//! A running fabric: its tiles, and the threads that simulate them.

use std::sync::Arc;
use std::thread::Scope;
use std::time::Duration;

use crate::blueprint::{Blueprint, Common, TilePlan};
use crate::crew::Crew;
use crate::exchange::{Address, Outgoing, Signals, mailbox};
use crate::fetch_ahead::pays_off;
use crate::flit::Flit;
use crate::measure::{Batch, Meter, add_batches, census};
use crate::model::Model;
use crate::switches::Switches;
use crate::team::Team;
use crate::tile::{Border, Neighbour, Tile};
use crate::tiling::{Home, Homes};
use crate::watch::Watch;
use crate::wiring::Wiring;
use crate::workspace::Workspace;
use crate::{Census, Cycle, Routing, Setup, Source, SwitchConfig, WatchEvent, WatchRequest};

/// A tile is never further ahead of its neighbours than this \[cycles\].
pub const LONGEST_LOOKAHEAD: Cycle = 32;

/// A running fabric whose switches have at most `64 * W` virtual channels over all ports. Between calls of
/// [`Engine::run_to`] all its tiles are at the same cycle and nothing is on its way between them.
pub struct Engine<'a, R, S, const W: usize> {
    pub now: Cycle,
    homes: Homes,
    crews: Vec<Crew<'a, R, S, W>>,
    /// The crew of each tile.
    crew_of: Vec<u32>,
    signals: Arc<Signals>,
    team: Team<'a, R, S, W>,
}

impl<'a, R: Routing, S: Source, const W: usize> Engine<'a, R, S, W> {
    /// A fabric of which nothing is simulated yet. Its threads live as long as `scope`.
    pub fn new<'scope>(
        setup: Setup<'a, R, S>,
        watch: &[WatchRequest],
        scope: &'scope Scope<'scope, '_>,
    ) -> Self
    where
        'a: 'scope,
        S: 'scope,
    {
        let Setup {
            network,
            switch,
            buffers,
            routing,
            sources,
            seed,
            execution,
        } = setup;
        let threads = execution.threads();
        let homes = Homes::new(network, &execution.tiling);
        let wirings = Wiring::of_tiles(network, &switch, &homes);
        let lookahead = lookahead(&wirings, &switch);
        let (switches, ports) = (network.switches() as usize, network.ports().into());
        let bytes = Switches::<W>::bytes(switches, ports, &switch, routing.max_candidates());
        let common = Common {
            switch,
            buffers,
            routing,
            seed,
            fetches_ahead: pays_off(bytes),
            first_port: wirings.iter().filter_map(Wiring::first_port).min().unwrap_or(0),
            watch: Watch::new(watch),
        };
        let crew_of = share(homes.tiles, threads);
        let blueprint = |thread| Blueprint {
            thread,
            common: common.clone(),
            tiles: Vec::new(),
        };
        let mut blueprints: Vec<_> = (0..threads).map(blueprint).collect();
        let mailboxes = connect(&wirings, &switch, lookahead);
        let parts = wirings.into_iter().zip(by_tile(sources, &homes)).zip(mailboxes);
        for (number, ((wiring, sources), (neighbours, outgoing))) in (0..).zip(parts) {
            let crew = crew_of[number as usize];
            blueprints[crew as usize].tiles.push(TilePlan {
                number,
                wiring,
                sources,
                border: Border {
                    watched_by: other_crews(crew, &neighbours, &crew_of),
                    neighbours,
                    outgoing,
                },
            });
        }
        let signals = Arc::new(Signals::new(homes.tiles, threads, lookahead));
        let (team, crews) = Team::assemble(blueprints, execution.pinned, &signals, scope);
        Self {
            now: 0,
            homes,
            crews,
            crew_of,
            signals,
            team,
        }
    }

    /// Simulates the cycles before `end`.
    pub fn run_to(&mut self, end: Cycle) {
        self.team.run_to(end, &mut self.crews, &self.signals);
        if self.homes.tiles > 1 {
            self.tiles_mut().for_each(Tile::collect_mail);
        }
        self.now = end;
    }

    /// All tiles, in the order of their numbers.
    pub fn tiles(&self) -> impl Iterator<Item = &Tile<'a, R, S, W>> {
        self.crews.iter().flat_map(|crew| &crew.tiles)
    }

    pub fn tiles_mut(&mut self) -> impl Iterator<Item = &mut Tile<'a, R, S, W>> {
        self.crews.iter_mut().flat_map(|crew| &mut crew.tiles)
    }

    /// What holds for every tile alike.
    pub fn model(&self) -> &Model<'a, R> {
        &self.crews[0].tiles[0].model
    }

    /// The tile of a switch, and its number there.
    #[inline]
    pub fn locate(&self, switch: u32) -> (&Tile<'a, R, S, W>, usize) {
        let Home { tile, local } = self.homes.switch(switch);
        (self.tile(tile), local as usize)
    }

    /// The same of a terminal.
    pub fn locate_terminal(&self, terminal: u32) -> (&Tile<'a, R, S, W>, usize) {
        let Home { tile, local } = self.homes.terminal(terminal);
        (self.tile(tile), local as usize)
    }

    /// The number in the fabric of a switch that a tile has at an end of a link.
    pub fn switch_name(&self, tile: &Tile<'a, R, S, W>, node: u32) -> u32 {
        let wiring = &tile.model.wiring;
        match wiring.home(node) {
            Some(Home { tile, local }) => self.tile(tile).model.wiring.switch_name(local as usize),
            None => wiring.switch_name(node as usize),
        }
    }

    fn tile(&self, number: u32) -> &Tile<'a, R, S, W> {
        let crew = &self.crews[self.crew_of[number as usize] as usize];
        &crew.tiles[(number - crew.tiles[0].number) as usize]
    }

    /// Creation of a flit's packet, low 32 bits.
    pub fn creation(&self, flit: &Flit) -> u32 {
        match flit.is_watched() {
            // All threads know the packets that are watched.
            true => self.crews[0].workspace.watch.creation(flit),
            false => flit.created,
        }
    }

    /// Switches of the fabric.
    pub fn switches(&self) -> u32 {
        self.tiles().map(|tile| tile.model.wiring.switches).sum()
    }

    /// Flits through switches so far.
    pub fn flit_hops(&self) -> u64 {
        self.crews.iter().map(|crew| crew.workspace.flit_hops).sum()
    }

    /// Flits injected so far.
    pub fn injected(&self) -> u64 {
        self.tiles().map(|tile| tile.terminals.injected).sum()
    }

    /// What the sources create before `end`.
    pub fn census(&mut self, end: Cycle) -> Census {
        census(
            self.tiles_mut().flat_map(|tile| tile.terminals.sources_mut()),
            end,
        )
    }

    /// Flits ejected in the measured window: of all terminals, and of the one that received least.
    pub fn accepted(&self) -> (u64, u64) {
        let by_terminal = || self.tiles().flat_map(|tile| &tile.terminals.accepted);
        let all = by_terminal().map(|&flits| u64::from(flits)).sum();
        (all, by_terminal().min().copied().unwrap_or(0).into())
    }

    /// Flits on the link of each output port in the measured window, by switch x ports + port.
    pub fn link_flits(&self) -> Vec<u64> {
        let ports = self.model().ports;
        let mut flits = vec![0; self.switches() as usize * ports];
        for tile in self.tiles() {
            for (switch, of_switch) in tile.switches.by_port.chunks_exact(ports).enumerate() {
                let first = tile.model.wiring.switch_name(switch) as usize * ports;
                for (port, state) in of_switch.iter().enumerate() {
                    let waiting = tile.flits_before_link(switch * ports + port);
                    flits[first + port] = state.flits - waiting;
                }
            }
        }
        flits
    }

    /// Opens the measured window now (see [`Meter::open`]).
    pub fn open_window(&mut self, batch_shift: u32, batches: usize) {
        let now = self.now;
        self.meters()
            .for_each(|meter| meter.open(now, batch_shift, batches));
        for tile in self.tiles_mut() {
            for slot in 0..tile.switches.by_port.len() {
                tile.switches.by_port[slot].flits = tile.flits_before_link(slot);
            }
        }
    }

    /// Closes it now, on trial.
    pub fn close_window(&mut self) {
        let now = self.now;
        self.meters().for_each(|meter| meter.close(now));
    }

    /// The trial failed.
    pub fn reopen_window(&mut self) {
        self.meters().for_each(Meter::reopen);
    }

    fn meters(&mut self) -> impl Iterator<Item = &mut Meter> {
        self.crews.iter_mut().map(|crew| &mut crew.workspace.meter)
    }

    /// Packets of the window that have arrived.
    pub fn arrived(&self) -> u64 {
        self.crews.iter().map(|crew| crew.workspace.meter.arrived()).sum()
    }

    /// Their latencies by batch of creation.
    pub fn batches(&self) -> Vec<Batch> {
        let mut sums = Vec::new();
        for crew in &self.crews {
            add_batches(&mut sums, crew.workspace.meter.batches());
        }
        sums
    }

    /// Time that threads have waited for each other, added up.
    pub fn waited(&self) -> Duration {
        self.crews.iter().map(|crew| crew.waited).sum()
    }

    /// What was measured, and the timetable of what was watched.
    pub fn into_results(self) -> (Meter, Vec<WatchEvent>) {
        let workspaces = self.crews.into_iter().map(|crew| crew.workspace);
        let (meters, watches): (Vec<_>, Vec<_>) = workspaces
            .map(|Workspace { meter, watch, .. }| (meter, watch))
            .unzip();
        let all = meters.into_iter().reduce(|mut all, meter| {
            all.absorb(meter);
            all
        });
        (all.unwrap_or_else(Meter::new), Watch::timetable(watches))
    }
}

/// The lookahead of the borders between tiles. A longer one than any fabric needs would make the mailboxes large.
fn lookahead(wirings: &[Wiring], switch: &SwitchConfig) -> Cycle {
    let latencies = wirings.iter().filter_map(Wiring::least_latency_abroad);
    let least = latencies
        .min()
        .map_or(Cycle::MAX, |latency| switch.lookahead(latency));
    least.min(LONGEST_LOOKAHEAD)
}

/// Both ends of the mailboxes of each tile.
fn connect(wirings: &[Wiring], switch: &SwitchConfig, lookahead: Cycle) -> Vec<(Vec<Neighbour>, Outgoing)> {
    let mut neighbours: Vec<Vec<Neighbour>> = wirings.iter().map(|_| Vec::new()).collect();
    let mut outgoing = Vec::with_capacity(wirings.len());
    for (tile, wiring) in (0..).zip(wirings) {
        let mut links: Vec<u32> = wiring.abroad.iter().map(|home| home.tile).collect();
        links.sort_unstable();
        let mut outboxes = Vec::new();
        let mut leads_to = Vec::new();
        for shared in links.chunk_by(|a, b| a == b) {
            // Each link takes a flit, or in the other direction a credit, in a pass.
            let letters = shared.len() * usize::from(switch.internal_speedup);
            let (outbox, inbox) = mailbox(letters * 2 * lookahead as usize);
            outboxes.push(outbox);
            leads_to.push(shared[0]);
            neighbours[shared[0] as usize].push(Neighbour { tile, inbox });
        }
        let address = |home: &Home| Address {
            outbox: leads_to.partition_point(|&tile| tile < home.tile) as u32,
            switch: home.local,
        };
        outgoing.push(Outgoing::new(
            wiring.abroad.iter().map(address).collect(),
            outboxes,
        ));
    }
    neighbours.into_iter().zip(outgoing).collect()
}

/// The sources of each tile, which moves them into memory of their own size when it is built.
fn by_tile<S>(sources: Vec<S>, homes: &Homes) -> Vec<Vec<S>> {
    if homes.tiles == 1 {
        return vec![sources];
    }
    let mut of_tiles: Vec<Vec<S>> = std::iter::repeat_with(Vec::new).take(homes.tiles).collect();
    for (terminal, source) in (0..).zip(sources) {
        of_tiles[homes.terminal(terminal).tile as usize].push(source);
    }
    of_tiles
}

/// The crew of each tile. Tiles are about as large as each other, and so are their numbers.
fn share(tiles: usize, crews: usize) -> Vec<u32> {
    (0..tiles).map(|tile| (tile * crews / tiles) as u32).collect()
}

/// The crews beside its own that have neighbours of a tile.
fn other_crews(own: u32, neighbours: &[Neighbour], crew_of: &[u32]) -> Vec<u32> {
    let crews = neighbours
        .iter()
        .map(|neighbour| crew_of[neighbour.tile as usize]);
    let mut others: Vec<u32> = crews.filter(|&crew| crew != own).collect();
    others.sort_unstable();
    others.dedup();
    others
}
