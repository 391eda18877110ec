//! Runs a fabric to a verdict.
//!
//! All decisions (precise, saturated, drained, deadlocked) are taken at fixed cycles and on integer totals.

use std::ops::ControlFlow;

use crate::deadlock::WaitGraph;
use crate::engine::Engine;
use crate::measure::{RESERVED_BATCHES, complete_batches, relative_half_width};
use crate::width::with_width;
use crate::{
    Census, Cycle, Execution, Link, MeasurePlan, Network, Outcome, PortBuffers, Progress, Routing, Source,
    SwitchConfig, Verdict, WatchRequest, Window,
};

/// What to simulate.
#[derive(Debug)]
pub struct Setup<'a, R, S> {
    /// The fabric.
    pub network: &'a Network,
    /// Its switches; valid by [`SwitchConfig::validate`].
    pub switch: SwitchConfig,
    /// The buffers of its input ports, by port, where they differ: at most the virtual channels and flits of `switch`.
    /// Empty where all have these. The ports at both ends of a link have the same virtual channels.
    pub buffers: Vec<PortBuffers>,
    /// Its routing.
    pub routing: &'a R,
    /// The traffic, a source a terminal.
    pub sources: Vec<S>,
    /// Keys every random stream.
    pub seed: u64,
    /// The threads that simulate it.
    pub execution: Execution,
}

/// Accepted traffic below this share of generated is a sign of saturation: what waits in the fabric, or for it, grows.
const ACCEPTED_SHARE: f64 = 0.98;

/// The backlog of the sources grows if the second half of the window adds this share of what was generated.
const BACKLOG_GROWTH: f64 = 0.005;

/// Batches after which precision is first looked at, and how much longer the window gets each time it falls
/// short: few looks, since each is a chance to stop on a lucky one.
const FIRST_LOOK: usize = 20;
const LOOK_GROWTH: f64 = 1.25;

/// Batches before which a fabric is not called saturated, so that a slow start is not mistaken for it.
const BATCHES_TO_SATURATE: usize = 32;

/// What remains to arrive when the window closes changes the interval a little: aim below what is asked.
const PRECISION_MARGIN: f64 = 0.95;

/// Cycles between looks at whether all measured packets have arrived.
const DRAIN_STEP: Cycle = 16;

/// Cycles that a head flit may stand still before a deadlock is looked for; longer on long links and slow ones, and with slow
/// pipelines.
const PATIENCE: Cycle = 1_024;

/// Runs to an outcome; `None` if `progress`, called at each epoch, breaks it off.
pub fn simulate<R: Routing, S: Source>(
    setup: Setup<R, S>,
    plan: &MeasurePlan,
    watch: &[WatchRequest],
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Option<Outcome> {
    let (ports, switch) = (setup.network.ports().into(), setup.switch);
    with_width!(ports, &switch, W => run::<R, S, W>(setup, plan, watch, progress))
}

fn run<R: Routing, S: Source, const W: usize>(
    setup: Setup<R, S>,
    plan: &MeasurePlan,
    watch: &[WatchRequest],
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Option<Outcome> {
    std::thread::scope(|scope| {
        let network = setup.network;
        let engine = Engine::<R, S, W>::new(setup, watch, scope);
        Run::new(engine, network, plan, progress).outcome()
    })
}

/// Why a run ends before its plan.
enum Halt {
    /// Broken off by the caller.
    Interrupted,
    Verdict(Ending),
}

/// How a run ended, and why.
type Ending = (Verdict, String);

/// A window that is closed.
#[derive(Clone, Debug, Default)]
struct Closed {
    window: Cycle,
    generated: Census,
    accepted: u64,
    accepted_min: u64,
    /// Flits on each output's link in it, by switch x ports + port.
    link_flits: Vec<u64>,
    batches: usize,
}

struct Run<'a, R, S, const W: usize> {
    engine: Engine<'a, R, S, W>,
    network: &'a Network,
    plan: MeasurePlan,
    progress: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
    patience: Cycle,
    /// Cycle and flit-hops of the watchdog's last look.
    watched: (Cycle, u64),
    /// Who waited for whom then, if some head was stuck.
    waits: WaitGraph,
    /// By batch: packets created in it, and flits waiting at the sources at its end.
    created: Vec<u64>,
    backlog: Vec<u64>,
    backlog_at_start: u64,
    /// Cycle in which the window was opened, and what the sources had created by then; `None` during warm-up.
    opened: Option<(Cycle, Census)>,
    /// The window, once it is closed.
    closed: Option<Closed>,
}

impl<'a, R: Routing, S: Source, const W: usize> Run<'a, R, S, W> {
    fn new(
        engine: Engine<'a, R, S, W>,
        network: &'a Network,
        plan: &MeasurePlan,
        progress: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Self {
        let latency = engine.tiles().map(|tile| tile.model.wiring.max_latency()).max();
        let flit_time = engine.tiles().map(|tile| tile.model.wiring.max_flit_time()).max();
        let pipeline = engine.tiles().map(|tile| tile.model.config.slowest_pass()).max();
        let hop = Cycle::from(latency.unwrap_or(0)) + pipeline.unwrap_or(0);
        let delays = 64 + 8 * hop + 2 * flit_time.unwrap_or(1);
        Self {
            patience: PATIENCE.max(delays),
            engine,
            network,
            plan: *plan,
            progress,
            watched: (0, 0),
            waits: WaitGraph::default(),
            created: Vec::new(),
            backlog: Vec::new(),
            backlog_at_start: 0,
            opened: None,
            closed: None,
        }
    }

    fn outcome(mut self) -> Option<Outcome> {
        let ended = self.measure();
        self.engine.check_conservation();
        self.engine.check_blocked_heads();
        let (verdict, reason) = match ended {
            Ok(ended) | Err(Halt::Verdict(ended)) => ended,
            Err(Halt::Interrupted) => return None,
        };
        if self.closed.is_none() {
            self.close();
        }
        Some(self.report(verdict, reason))
    }

    fn measure(&mut self) -> Result<Ending, Halt> {
        self.advance(self.plan.warmup)?;
        match self.plan.window {
            Window::Fixed(cycles) => self.measure_fixed(cycles),
            Window::UntilPrecise => self.measure_until_precise(),
        }
    }

    /// Exactly so many cycles; then, unless the fabric is saturated, until every measured packet has arrived.
    fn measure_fixed(&mut self, cycles: Cycle) -> Result<Ending, Halt> {
        let shift = (cycles / FIRST_LOOK as Cycle).max(1).ilog2();
        let batches = (cycles >> shift).max(1);
        self.open(shift, batches as usize);
        for batch in 1..batches {
            self.finish_batch(self.plan.warmup + (batch << shift))?;
        }
        self.finish_batch(self.plan.warmup + cycles)?;
        self.close();
        if let Some(reason) = self.saturated() {
            return Ok((Verdict::Saturated, reason));
        }
        while !self.drained() {
            self.advance(self.engine.now + DRAIN_STEP)?;
        }
        Ok(match self.imprecision() {
            None => (Verdict::Converged, self.precision_reached()),
            Some(lack) => (
                Verdict::TimeLimit,
                format!("{cycles} cycles were asked for, and {lack}"),
            ),
        })
    }

    /// Batch by batch until the mean latency is precise, the fabric saturated or the time nearly over.
    fn measure_until_precise(&mut self) -> Result<Ending, Halt> {
        let shift = (self.plan.warmup / 8)
            .next_power_of_two()
            .clamp(256, 65_536)
            .ilog2();
        self.open(shift, usize::MAX);
        // The rest is for what is still on its way when the window closes.
        let last_end = self.plan.max_cycles - self.plan.max_cycles / 10;
        let mut next_look = FIRST_LOOK;
        loop {
            let out_of_time = self.batch_end(shift) > last_end;
            if !out_of_time {
                self.finish_batch(self.batch_end(shift))?;
                if self.created.len() < next_look {
                    continue;
                }
                next_look = (next_look as f64 * LOOK_GROWTH).ceil() as usize;
            }
            self.close();
            let settled = self.created.len() >= BATCHES_TO_SATURATE || out_of_time;
            if let Some(reason) = self.saturated().filter(|_| settled) {
                return Ok((Verdict::Saturated, reason));
            }
            if out_of_time || self.looks_precise() {
                self.drain_by_batches(shift)?;
                match self.imprecision() {
                    None => return Ok((Verdict::Converged, self.precision_reached())),
                    Some(lack) if out_of_time => {
                        let limit = self.plan.max_cycles;
                        return Ok((
                            Verdict::TimeLimit,
                            format!("the limit of {limit} cycles is near, and {lack}"),
                        ));
                    }
                    Some(_) => {}
                }
            }
            self.reopen();
        }
    }

    /// The end of the batch that comes next.
    fn batch_end(&self, shift: u32) -> Cycle {
        self.plan.warmup + ((self.created.len() as Cycle + 1) << shift)
    }

    /// Waits for the packets of the closed window, and notes the batches that go by, should it be reopened.
    fn drain_by_batches(&mut self, shift: u32) -> Result<(), Halt> {
        while !self.drained() {
            let (step, end) = (self.engine.now + DRAIN_STEP, self.batch_end(shift));
            if end <= step {
                self.finish_batch(end)?;
            } else {
                self.advance(step)?;
            }
        }
        Ok(())
    }

    /// Every packet of the closed window has arrived.
    fn drained(&self) -> bool {
        let expected = self.closed.as_ref().map_or(0, |closed| closed.generated.packets);
        self.engine.arrived() == expected
    }

    /// What a closed window still waits for, in words.
    fn still_under_way(&self) -> String {
        let Some(closed) = &self.closed else {
            return String::new();
        };
        let (all, arrived) = (closed.generated.packets, self.engine.arrived());
        format!(": {} of {all} measured packets had not arrived", all - arrived)
    }

    fn open(&mut self, shift: u32, batches: usize) {
        let created = self.engine.census(self.engine.now);
        self.backlog_at_start = created.flits - self.engine.injected();
        self.created.reserve(batches.min(RESERVED_BATCHES));
        self.backlog.reserve(batches.min(RESERVED_BATCHES));
        self.opened = Some((self.engine.now, created));
        self.engine.open_window(shift, batches);
    }

    /// Simulates to the end of a batch and notes what the sources have done in it.
    fn finish_batch(&mut self, end: Cycle) -> Result<(), Halt> {
        self.advance(end)?;
        let created = self.engine.census(end);
        let before: u64 = self.created.iter().sum();
        let (_, at_start) = self.opened.unwrap_or_default();
        self.created.push(created.packets - at_start.packets - before);
        self.backlog.push(created.flits - self.engine.injected());
        Ok(())
    }

    /// Closes the window now, on trial. One that ends before it begins is empty.
    fn close(&mut self) {
        let Some((start, at_start)) = self.opened else {
            self.closed = Some(Closed {
                link_flits: vec![0; self.engine.link_flits().len()],
                ..Closed::default()
            });
            return;
        };
        let created = self.engine.census(self.engine.now);
        self.engine.close_window();
        let (accepted, accepted_min) = self.engine.accepted();
        self.closed = Some(Closed {
            window: self.engine.now - start,
            generated: Census {
                packets: created.packets - at_start.packets,
                flits: created.flits - at_start.flits,
            },
            accepted,
            accepted_min,
            link_flits: self.engine.link_flits(),
            batches: self.created.len(),
        });
    }

    fn reopen(&mut self) {
        self.closed = None;
        self.engine.reopen_window();
    }

    /// Simulates to `end`, with the watchdog looking on.
    fn advance(&mut self, end: Cycle) -> Result<(), Halt> {
        while self.engine.now < end {
            let look = (self.engine.now / self.patience + 1) * self.patience;
            let stop = end.min(look).min(self.plan.max_cycles);
            self.engine.run_to(stop);
            self.tell_progress(end)?;
            if stop == look {
                self.look_for_deadlock()?;
            }
            if stop == self.plan.max_cycles && stop < end {
                let reason = format!("the limit of {stop} cycles came first{}", self.still_under_way());
                return Err(Halt::Verdict((Verdict::TimeLimit, reason)));
            }
        }
        Ok(())
    }

    fn tell_progress(&mut self, expected: Cycle) -> Result<(), Halt> {
        if cfg!(debug_assertions) {
            self.engine.check_conservation();
            self.engine.check_blocked_heads();
        }
        let planned = match self.plan.window {
            Window::Fixed(cycles) => self.plan.warmup + cycles,
            Window::UntilPrecise => self.plan.warmup,
        };
        let told = (self.progress)(Progress {
            cycle: self.engine.now,
            expected: expected.max(planned),
            flit_hops: self.engine.flit_hops(),
            waited: self.engine.waited(),
        });
        match told {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Halt::Interrupted),
        }
    }

    fn look_for_deadlock(&mut self) -> Result<(), Halt> {
        let (since, hops) = std::mem::replace(&mut self.watched, (self.engine.now, self.engine.flit_hops()));
        let is_stuck = self.engine.some_head_is_stuck();
        let found = match is_stuck {
            true => self.engine.find_deadlock(&mut self.waits, since),
            false => None,
        };
        self.engine.note_heads();
        let now = self.engine.now;
        if let Some(cycle) = found {
            let reason = format!(
                "packets in {} channels wait for each other; found in cycle {now}",
                cycle.len()
            );
            return Err(Halt::Verdict((Verdict::Deadlocked(cycle), reason)));
        }
        if is_stuck && hops == self.engine.flit_hops() {
            let reason = format!("nothing has moved since cycle {since}, yet no packets wait for each other");
            return Err(Halt::Verdict((Verdict::Stalled, reason)));
        }
        Ok(())
    }

    /// The reason to call the fabric saturated in the closed window, if it is.
    fn saturated(&self) -> Option<String> {
        let closed = self.closed.as_ref()?;
        let growing = self.backlog_growth() as f64 > BACKLOG_GROWTH * closed.generated.flits as f64;
        if let Some(share) = self.unaccepted().filter(|_| growing) {
            return Some(format!(
                "accepted {share:.1} % of what was generated, and the sources' backlog keeps growing"
            ));
        }
        let overloaded = "more is offered than some channel can carry: queues grow for ever";
        self.plan.is_overloaded.then(|| overloaded.to_owned())
    }

    /// What the closed window accepted of what was generated \[%\], if that is so little that something must have grown.
    fn unaccepted(&self) -> Option<f64> {
        let closed = self.closed.as_ref()?;
        let (generated, accepted) = (closed.generated.flits as f64, closed.accepted as f64);
        (accepted < ACCEPTED_SHARE * generated).then(|| 100.0 * accepted / generated)
    }

    /// Flits more that wait at the sources at the end of the window than in its middle.
    fn backlog_growth(&self) -> i64 {
        let backlog = &self.backlog[..self.batches()];
        let middle = match backlog.len() / 2 {
            0 => self.backlog_at_start,
            half => backlog[half - 1],
        };
        let end = backlog.last().copied().unwrap_or(middle);
        end as i64 - middle as i64
    }

    /// Batches of the closed window.
    fn batches(&self) -> usize {
        self.closed.as_ref().map_or(0, |closed| closed.batches)
    }

    /// Half-width of the 95 % confidence interval of mean latency over the first batches, relative to it.
    fn half_width(&self, batches: usize) -> Option<f64> {
        let all = self.engine.batches();
        relative_half_width(&all[..batches.min(all.len())])
    }

    /// Judged by the batches of which every packet has arrived.
    fn looks_precise(&self) -> bool {
        if self.unaccepted().is_some() {
            return false;
        }
        let complete = complete_batches(&self.engine.batches(), &self.created[..self.batches()]);
        let width = self.half_width(complete);
        complete >= FIRST_LOOK / 2 && width.is_some_and(|w| w <= PRECISION_MARGIN * self.plan.precision)
    }

    /// What the closed window lacks of the precision that was asked for.
    fn imprecision(&self) -> Option<String> {
        let asked = 100.0 * self.plan.precision;
        if let Some(share) = self.unaccepted() {
            return Some(format!(
                "only {share:.1} % of what was generated was accepted: what waits in the fabric grows"
            ));
        }
        match self.half_width(self.batches()) {
            Some(width) if width <= self.plan.precision => None,
            Some(width) => Some(format!(
                "mean latency is known to ±{:.2} %, not ±{asked} %",
                100.0 * width
            )),
            None => Some(format!(
                "there were too few packets to know mean latency to ±{asked} %"
            )),
        }
    }

    fn precision_reached(&self) -> String {
        let width = self.half_width(self.batches()).unwrap_or(0.0);
        format!(
            "mean latency is known to ±{:.2} %, and every measured packet arrived",
            100.0 * width
        )
    }

    fn report(self, verdict: Verdict, reason: String) -> Outcome {
        let backlog_growth = self.backlog_growth();
        let Self {
            engine,
            network,
            closed,
            ..
        } = self;
        let closed = closed.unwrap_or_default();
        let (cycles, flit_hops) = (engine.now, engine.flit_hops());
        let (meter, watched) = engine.into_results();
        // A mean over those that happened to arrive would be too low.
        let complete = meter.arrived() == closed.generated.packets;
        let settled = matches!(verdict, Verdict::Converged | Verdict::TimeLimit);
        let latency = meter.summary(closed.batches).filter(|_| complete && settled);
        let latency_distribution = match latency {
            Some(_) => meter.latency_distribution(),
            None => Vec::new(),
        };
        let ports = usize::from(network.ports());
        let slot = |link: &Link| link.from.switch as usize * ports + usize::from(link.from.port);
        Outcome {
            verdict,
            reason,
            window: closed.window,
            generated: closed.generated.flits,
            accepted: closed.accepted,
            accepted_min: closed.accepted_min,
            backlog_growth,
            latency,
            latency_distribution,
            packets: meter.arrived(),
            cycles,
            flit_hops,
            link_flits: network
                .links()
                .map(|link| closed.link_flits[slot(link)])
                .collect(),
            watched,
        }
    }
}
