//! What a crew is built from, by the thread that will simulate it: memory belongs to the processor that first writes to it.

use crate::crew::Crew;
use crate::measure::Meter;
use crate::model::Model;
use crate::pipeline::Scratch;
use crate::tile::{Border, Tile};
use crate::watch::Watch;
use crate::wiring::Wiring;
use crate::workspace::Workspace;
use crate::{PortBuffers, Routing, Source, SwitchConfig};

/// What all crews have alike.
#[derive(Debug)]
pub struct Common<'a, R> {
    pub switch: SwitchConfig,
    pub buffers: Vec<PortBuffers>,
    pub routing: &'a R,
    pub seed: u64,
    pub fetches_ahead: bool,
    /// The lowest port that any switch uses.
    pub first_port: usize,
    pub watch: Watch,
}

// Not derived: the routing itself is only referred to.
impl<R> Clone for Common<'_, R> {
    fn clone(&self) -> Self {
        Self {
            buffers: self.buffers.clone(),
            watch: self.watch.clone(),
            ..*self
        }
    }
}

/// A tile that is not built yet.
#[derive(Debug)]
pub struct TilePlan<S> {
    pub number: u32,
    pub wiring: Wiring,
    pub sources: Vec<S>,
    pub border: Border,
}

/// A crew that is not built yet.
#[derive(Debug)]
pub struct Blueprint<'a, R, S> {
    pub thread: usize,
    pub common: Common<'a, R>,
    pub tiles: Vec<TilePlan<S>>,
}

impl<'a, R: Routing, S: Source> Blueprint<'a, R, S> {
    pub fn build<const W: usize>(self) -> Crew<'a, R, S, W> {
        let Common {
            switch,
            buffers,
            routing,
            seed,
            fetches_ahead,
            first_port,
            watch,
        } = self.common;
        let build = |plan: TilePlan<S>| {
            let model = Model::new(plan.wiring, switch, &buffers, routing);
            // Into memory that this thread is the first to write to.
            let mut sources = Vec::with_capacity(plan.sources.len());
            sources.extend(plan.sources);
            Tile::new(plan.number, model, sources, seed, plan.border, fetches_ahead)
        };
        let tiles: Vec<Tile<R, S, W>> = self.tiles.into_iter().map(build).collect();
        let workspace = Workspace {
            scratch: Scratch::new(&tiles[0].model, first_port),
            meter: Meter::new(),
            watch,
            flit_hops: 0,
        };
        Crew::new(self.thread, tiles, workspace)
    }
}
