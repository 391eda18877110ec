//! The microarchitecture of a configuration.

use fabricsim_core::{AllocatorKind, LongStages, SwitchConfig, Switching, VcReallocation};

use super::configuration::{Configuration, Setting};
use super::error::ImportError;
use super::fabric::{Fabric, MINIMAL_ADAPTIVE, Topology};
use super::note::Note;

pub(super) fn switch(
    configuration: &Configuration,
    fabric: &Fabric,
    notes: &mut Vec<Note>,
) -> Result<SwitchConfig, ImportError> {
    Ok(SwitchConfig {
        switching: Switching::Wormhole,
        hold_switch_for_packet: configuration.is_on("hold_switch_for_packet"),
        combined_allocation: false,
        virtual_channels: virtual_channels(configuration, fabric, notes)?,
        buffer_flits: buffer_flits(configuration)?,
        routing_delay: ranged(configuration, "routing_delay", 0, u8::MAX.into())? as u8,
        vc_alloc_delay: ranged(configuration, "vc_alloc_delay", 1, u8::MAX.into())? as u8,
        sw_alloc_delay: ranged(configuration, "sw_alloc_delay", 1, u8::MAX.into())? as u8,
        st_prepare_delay: ranged(configuration, "st_prepare_delay", 0, u8::MAX.into())? as u8,
        st_final_delay: st_final_delay(configuration)?,
        credit_delay: ranged(configuration, "credit_delay", 0, u8::MAX.into())? as u8,
        speculative: configuration.is_on("speculative"),
        internal_speedup: internal_speedup(&configuration.real("internal_speedup"))?,
        long_stages: LongStages::Batched,
        vc_reallocation: reallocation(configuration, fabric, notes),
        vc_allocator: allocator(&configuration.text("vc_allocator"))?,
        sw_allocator: allocator(&configuration.text("sw_allocator"))?,
    })
}

/// An integer between `low` and `high`.
fn ranged(configuration: &Configuration, key: &'static str, low: i32, high: i32) -> Result<u32, ImportError> {
    let setting = configuration.integer(key);
    if (low..=high).contains(&setting.value) {
        return Ok(setting.value.unsigned_abs());
    }
    Err(setting.error(format!(
        "`{key}` is {}, but must be {low} to {high}",
        setting.value
    )))
}

/// Virtual channels that `min` takes on a dragonfly, however many there are.
const MINIMAL_CHANNELS: u32 = 2;

fn virtual_channels(
    configuration: &Configuration,
    fabric: &Fabric,
    notes: &mut Vec<Note>,
) -> Result<u8, ImportError> {
    let channels = ranged(configuration, "num_vcs", 1, 64)?;
    let setting = configuration.integer("num_vcs");
    if fabric.routing == "Minimal" && channels > MINIMAL_CHANNELS {
        let why = format!("`min` on a dragonfly uses {MINIMAL_CHANNELS} of them");
        notes.push(Note::new(&setting, why, "there are no others"));
        return Ok(MINIMAL_CHANNELS as u8);
    }
    if fabric.topology == Topology::Torus && channels > 1 && !channels.is_multiple_of(2) {
        let middle = channels / 2;
        let why = format!(
            "both dateline classes use virtual channel {middle}, the middle one, and can deadlock over it"
        );
        notes.push(Note::new(&setting, why, "only the lower class does"));
    }
    Ok(channels as u8)
}

/// `buf_size` shared out among the virtual channels where it is set, else `vc_buf_size`.
fn buffer_flits(configuration: &Configuration) -> Result<u16, ImportError> {
    const MOST: i32 = 32_767;
    let total = configuration.integer("buf_size");
    if total.value <= 0 {
        return Ok(ranged(configuration, "vc_buf_size", 1, MOST)? as u16);
    }
    let flits = total.value / configuration.integer("num_vcs").value;
    if (1..=MOST).contains(&flits) {
        return Ok(flits as u16);
    }
    Err(total.error(format!(
        "`buf_size` is {}, {flits} flits a virtual channel, but must be 1 to {MOST} of them",
        total.value
    )))
}

fn st_final_delay(configuration: &Configuration) -> Result<u8, ImportError> {
    let prepare = ranged(configuration, "st_prepare_delay", 0, u8::MAX.into())?;
    let low = if prepare == 0 { 1 } else { 0 };
    Ok(ranged(configuration, "st_final_delay", low, u8::MAX.into())? as u8)
}

fn internal_speedup(setting: &Setting<f64>) -> Result<u8, ImportError> {
    let speedup = setting.value;
    if speedup.fract() == 0.0 && (1.0..=64.0).contains(&speedup) {
        return Ok(speedup as u8);
    }
    let message = format!("`internal_speedup` is {speedup:?}, but must be a whole number from 1 to 64");
    Err(setting.error(message))
}

fn reallocation(configuration: &Configuration, fabric: &Fabric, notes: &mut Vec<Note>) -> VcReallocation {
    let waits = configuration.integer("wait_for_tail_credit");
    if waits.value != 0 {
        return VcReallocation::Atomic;
    }
    if fabric.routing != MINIMAL_ADAPTIVE {
        return VcReallocation::NonAtomic;
    }
    let why =
        "a packet may stretch over a buffer into which another has come, and `min_adapt` can deadlock so";
    notes.push(Note::new(&waits, why, "a packet enters where all of it has room"));
    VcReallocation::WholePacketFits
}

/// The allocators that BookSim2's iq router has and we don't.
const FOREIGN_ALLOCATORS: [&str; 3] = ["max_size", "rr_wavefront", "piggyback"];

fn allocator(setting: &Setting<String>) -> Result<AllocatorKind, ImportError> {
    let (name, parameter) = called(&setting.value);
    let iterations = || iterations(setting, name, parameter);
    match name {
        "islip" => iterations().map(|iterations| AllocatorKind::Islip { iterations }),
        "pim" => iterations().map(|iterations| AllocatorKind::Pim { iterations }),
        "select" => iterations().map(|iterations| AllocatorKind::Select { iterations }),
        "separable_input_first" => {
            round_robin(setting, parameter).map(|()| AllocatorKind::SeparableInputFirst)
        }
        "separable_output_first" => {
            round_robin(setting, parameter).map(|()| AllocatorKind::SeparableOutputFirst)
        }
        "wavefront" => Ok(AllocatorKind::Wavefront),
        "loa" => Ok(AllocatorKind::Loa),
        name => {
            let whose = if FOREIGN_ALLOCATORS.contains(&name) {
                "has no counterpart here"
            } else {
                "is none of BookSim2's"
            };
            let error = setting.error(format!("`{}` `{name}` {whose}", setting.key));
            Err(error.with_help(
                "`islip`, `pim` and `select`, with iterations as in `islip(2)` or without, `wavefront`, `loa`, \
                 `separable_input_first` and `separable_output_first` can be imported",
            ))
        }
    }
}

/// The iterations of an allocator; without a parameter 1.
fn iterations(setting: &Setting<String>, name: &str, parameter: Option<&str>) -> Result<u8, ImportError> {
    let Some(parameter) = parameter else {
        return Ok(1);
    };
    match parameter.parse() {
        Ok(iterations) if iterations > 0 => Ok(iterations),
        _ => Err(setting.error(format!("`{}` is not `{name}(1)` to `{name}(255)`", setting.value))),
    }
}

/// The arbiter of a separable allocator must be ours.
fn round_robin(setting: &Setting<String>, arbiter: Option<&str>) -> Result<(), ImportError> {
    match arbiter {
        None | Some("round_robin") => Ok(()),
        Some(arbiter) => {
            let message = format!("arbiter `{arbiter}` has no counterpart here");
            Err(setting.error(message).with_help("`round_robin` can be imported"))
        }
    }
}

/// The name of `name(parameter)`, and the parameter.
pub(super) fn called(text: &str) -> (&str, Option<&str>) {
    match text.split_once('(') {
        Some((name, rest)) => (name, Some(rest.strip_suffix(')').unwrap_or(rest))),
        None => (text, None),
    }
}
