//! From a validated experiment to points that are ready to be simulated: fabrics built and analysed, each once, and
//! refused where they can deadlock or don't fit the machine.

use std::collections::HashMap;
use std::sync::Arc;

use fabricsim_core::{CutSize, MeasurePlan, NetworkError, Setup, TrafficInside};
use fabricsim_topologies::{MessageClasses, Proof};
use fabricsim_traffic::{Destinations, Flow, Pattern, TerminalSource, source_bytes};

use crate::analysis::Analysis;
use crate::any_routing::AnyRouting;
use crate::execution::{Asked, Cut, Schedule};
use crate::experiment::{Diagnostic, FabricSpec, FlowSpec, Plan, Point, Queueing, Refused};
use crate::fabric::Fabric;
use crate::{estimate, memory, warmup};

/// What breaks a cycle of channels where there can be no second virtual channel.
pub(crate) const FIFO_ON_A_RING: &str = "a `Fifo` is one virtual channel, for which `BubbleDimensionOrder` with `switching: CutThrough` \
                              is safe; `allow_deadlock: true` runs it all the same";

/// The steps of a preparation that can take long.
const BUILDING: &str = "building the fabric";
const PROVING: &str = "looking whether its packets can wait for each other in a circle";
const BOUNDING: &str = "following its traffic, for bounds";

/// Packets of a deadlock that are told.
const MOST_PACKETS: usize = 4;

/// An experiment that is ready to be simulated.
#[derive(Debug)]
pub struct Prepared {
    /// Its plan.
    pub plan: Plan,
    /// Its points, in the order of the sweep.
    pub points: Vec<PreparedPoint>,
}

/// A point that is ready to be simulated.
#[derive(Clone, Debug)]
pub struct PreparedPoint {
    /// Key of its result.
    pub hash: String,
    /// Shared by all points that have the same.
    pub fabric: Arc<Fabric>,
    /// Whether the fabric can deadlock; likewise.
    pub proof: Arc<Proof>,
    /// Of the traffic on the fabric; likewise.
    pub analysis: Arc<Analysis>,
    /// What every terminal sends.
    pub flows: Vec<Flow>,
    /// How long to measure.
    pub measure: MeasurePlan,
    /// How much of that is inside the fabric at a time.
    pub inside: TrafficInside,
    /// Memory of its simulation on one thread.
    pub bytes: u64,
}

impl PreparedPoint {
    /// How it is cut.
    pub fn cut(&self, schedule: Schedule) -> Cut {
        Cut::choose(&self.fabric.spec, self.bytes, self.inside, schedule)
    }

    /// Its simulation.
    pub fn setup(&self, seed: u64, cut: Cut) -> Setup<'_, MessageClasses<AnyRouting>, TerminalSource> {
        let execution = cut.execution(&self.fabric);
        self.fabric.setup(&self.flows, seed, execution)
    }
}

impl Prepared {
    /// Builds and analyses what the points need.
    ///
    /// # Errors
    /// Where a point does not fit the machine's memory.
    pub fn new(plan: Plan) -> Result<Self, Refused> {
        Self::telling(plan, &|_| {})
    }

    /// The same, and tells what it is about to do: each step may take long where a fabric is large.
    ///
    /// # Errors
    /// As [`Prepared::new`].
    pub fn telling(plan: Plan, tell: &dyn Fn(String)) -> Result<Self, Refused> {
        let available = memory::available();
        let mut workshop = Workshop::default();
        let mut points = Vec::with_capacity(plan.points.len());
        let mut refused = Vec::new();
        for (number, point) in plan.points.iter().enumerate() {
            match workshop.point(&plan, point, available, &|step| tell(plan.step(number, step))) {
                Ok(point) => points.push(point),
                Err(diagnostic) => refused.push(*diagnostic),
            }
        }
        match Refused::from_all(refused) {
            Some(refused) => Err(refused),
            None => Ok(Self { plan, points }),
        }
    }

    /// Why it is not run: its routes can deadlock, and it does not allow for that.
    pub fn deadlocks(&self) -> Option<Refused> {
        if self.plan.allow_deadlock {
            return None;
        }
        let both = self.plan.points.iter().zip(&self.points);
        Refused::from_all(both.filter_map(|(point, prepared)| deadlock(&self.plan, point, &prepared.proof)))
    }

    /// Memory of the largest of its simulations.
    pub fn bytes(&self) -> u64 {
        self.points.iter().map(|point| point.bytes).max().unwrap_or(0)
    }

    /// How so many of its points share the threads.
    pub fn schedule(&self, points: usize, asked: Asked) -> Schedule {
        let fitting = memory::available().map_or(u64::MAX, |available| available / self.bytes().max(1));
        let fitting = usize::try_from(fitting).unwrap_or(usize::MAX);
        Schedule::new(points, fitting, asked)
    }
}

fn deadlock(plan: &Plan, point: &Point, proof: &Proof) -> Option<Diagnostic> {
    let at_routing = |message: &str| plan.at(point, "fabric.routing", message);
    match proof {
        Proof::Proved { .. } => None,
        Proof::Deadlock {
            summary,
            path,
            packets,
            help,
            ..
        } => {
            let help = match point.spec.fabric.queueing {
                Queueing::Fifo => FIFO_ON_A_RING,
                _ => help.as_str(),
            };
            let told = at_routing("this experiment can deadlock")
                .note(summary)
                .note(path);
            let told = packets
                .iter()
                .take(MOST_PACKETS)
                .fold(told, |told, packet| told.note(&packet.words));
            let told = match packets.len().checked_sub(MOST_PACKETS) {
                None | Some(0) => told,
                Some(more) => told.note(format!("and so on, {more} more")),
            };
            Some(told.help(help))
        }
        Proof::NotProved { reason } => Some(
            at_routing("this experiment is not proved free of deadlock")
                .note(reason)
                .help("`allow_deadlock: true` runs it all the same"),
        ),
    }
}

/// What has been built so far, by what it was built from.
#[derive(Default)]
struct Workshop {
    fabrics: HashMap<String, (Arc<Fabric>, Arc<Proof>)>,
    destinations: HashMap<(String, Pattern), Destinations>,
    analyses: HashMap<(String, String), Arc<Analysis>>,
}

impl Workshop {
    fn point(
        &mut self,
        plan: &Plan,
        point: &Point,
        available: Option<u64>,
        tell: &dyn Fn(&str),
    ) -> Result<PreparedPoint, Box<Diagnostic>> {
        let spec = &point.spec;
        // Before anything is built, to which sources add little.
        let empty = TrafficInside::default();
        let source = size_of::<TerminalSource>();
        let least = Fabric::simulation_bytes(&spec.fabric, source, empty, CutSize::WHOLE);
        check_memory(plan, point, least, available)?;
        let key = key(&spec.fabric);
        let (fabric, proof) = self.fabric(&key, plan, point, tell)?;
        let mut flows = Vec::with_capacity(spec.traffic.len());
        for (i, flow) in spec.traffic.iter().enumerate() {
            flows.push(
                self.flow(&key, &fabric, flow)
                    .map_err(|reason| Box::new(plan.at(point, &format!("traffic[{i}].pattern"), reason)))?,
            );
        }
        let analysis = self
            .analysis(key, &fabric, &flows, &spec.traffic, tell)
            .map_err(|error| Box::new(plan.at(point, "fabric.link", error.to_string())))?;
        let inside = estimate::inside(spec, &analysis);
        let source = source_bytes(&flows, inside.waiting > 0.0);
        let bytes = |cut| Fabric::simulation_bytes(&spec.fabric, source, inside, cut);
        let cut = Cut::choose(&spec.fabric, bytes(CutSize::WHOLE), inside, Schedule::ALONE);
        let bytes = bytes(cut.size(&fabric));
        check_memory(plan, point, bytes, available)?;
        let measure = MeasurePlan {
            is_overloaded: analysis.is_overloaded_by(spec.offered()),
            ..spec.measure.plan(warmup::automatic(analysis.zero_load_mean))
        };
        Ok(PreparedPoint {
            hash: spec.hash(),
            measure,
            fabric,
            proof,
            analysis,
            flows,
            inside,
            bytes,
        })
    }

    fn fabric(
        &mut self,
        key: &str,
        plan: &Plan,
        point: &Point,
        tell: &dyn Fn(&str),
    ) -> Result<(Arc<Fabric>, Arc<Proof>), Box<Diagnostic>> {
        if let Some(known) = self.fabrics.get(key) {
            return Ok(known.clone());
        }
        tell(BUILDING);
        let fabric = Fabric::new(point.spec.fabric.clone())
            .map_err(|error| Box::new(plan.at(point, "fabric.topology", error.to_string())))?;
        tell(PROVING);
        let proof = Arc::new(fabric.prove());
        let built = (Arc::new(fabric), proof);
        self.fabrics.insert(key.to_owned(), built.clone());
        Ok(built)
    }

    fn flow(&mut self, key: &str, fabric: &Fabric, spec: &FlowSpec) -> Result<Flow, String> {
        let place = (key.to_owned(), spec.pattern());
        let destinations = match self.destinations.get(&place) {
            Some(known) => known.clone(),
            None => {
                let made = spec
                    .pattern()
                    .destinations(fabric.spec.topology.shape())
                    .map_err(|error| error.to_string())?;
                self.destinations.insert(place, made.clone());
                made
            }
        };
        Ok(spec.flow(destinations))
    }

    /// An analysis depends on how the flows share the load, not on how much it is.
    fn analysis(
        &mut self,
        key: String,
        fabric: &Fabric,
        flows: &[Flow],
        specs: &[FlowSpec],
        tell: &dyn Fn(&str),
    ) -> Result<Arc<Analysis>, NetworkError> {
        let total: f64 = specs.iter().map(|flow| flow.load).sum();
        // Shares of loads that a sweep scaled differ in their last digits.
        let share = |flow: &FlowSpec| format!("{:.9}", flow.load / total);
        let shares: Vec<_> = specs
            .iter()
            .map(|flow| (flow.pattern(), flow.packet_flits, share(flow)))
            .collect();
        let place = (key, format!("{shares:?}"));
        if let Some(known) = self.analyses.get(&place) {
            return Ok(Arc::clone(known));
        }
        tell(BOUNDING);
        let analysis = Arc::new(Analysis::new(fabric, flows)?);
        self.analyses.insert(place, Arc::clone(&analysis));
        Ok(analysis)
    }
}

/// A text that is the same for equal fabrics only.
fn key(fabric: &FabricSpec) -> String {
    format!("{fabric:?}")
}

fn check_memory(
    plan: &Plan,
    point: &Point,
    bytes: u64,
    available: Option<u64>,
) -> Result<(), Box<Diagnostic>> {
    let Some(available) = available.filter(|&available| bytes > available) else {
        return Ok(());
    };
    let message = format!(
        "this fabric needs {} of memory, and {} are available",
        memory::in_words(bytes),
        memory::in_words(available)
    );
    let terminals = point.spec.fabric.topology.terminals();
    let diagnostic = plan
        .at(point, "fabric.topology", message)
        .label(format!("{terminals} terminals"));
    Err(Box::new(diagnostic.help(
        "fewer switches or virtual channels need less; a machine with more memory has room for it",
    )))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::experiment::parse;

    fn told(sweep: &str) -> Vec<String> {
        let text = format!(
            "Experiment(name: \"x\", fabric: Fabric(topology: Torus(sides: [4, 4]), routing: DimensionOrder), \
             traffic: [Traffic(pattern: Uniform, load: 0.1)]{sweep})"
        );
        let told = RefCell::new(Vec::new());
        Prepared::telling(parse("x.ron", &text).unwrap(), &|step| {
            told.borrow_mut().push(step)
        })
        .unwrap();
        told.into_inner()
    }

    #[test]
    fn it_tells_each_step_before_it_is_taken_and_none_twice() {
        assert_eq!(
            told(""),
            [BUILDING, PROVING, BOUNDING].map(|step| format!("x: {step}"))
        );
        let buffers = ", sweep: [BufferFlits([4, 8])]";
        let of_each =
            |point| [BUILDING, PROVING, BOUNDING].map(|step| format!("x, point {point} of 2: {step}"));
        assert_eq!(told(buffers), [of_each(1), of_each(2)].concat());
        let loads = ", sweep: [Load([0.1, 0.2])]";
        assert_eq!(
            told(loads),
            of_each(1),
            "points of one fabric share what was found"
        );
    }
}
