/** A run from a text to a result, and pumps and rigs that differ from the true ones in one respect. */
import type { PumpOutput } from '#firmware-sim/messages'
import { modelPump } from '#hil/pump/model'
import { definePump, type Pump, type PumpDefinition } from '#hil/pump/pump'
import { idealRig } from '#hil/rig/ideal'
import { defineRig, type Rig, type RigDefinition } from '#hil/rig/rig'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import type { CheckResult, RunResult } from '#hil/run/result'
import type { Trace } from '#hil/run/trace'
import { as, type Time_us } from '#units/quantity'
import { add, compare, type Rational } from '#units/rational'
import { scenarioOf } from './scenario.ts'

export interface Finished {
  readonly trace: Trace
  readonly result: RunResult
}

export async function finish(
  text: string,
  pump: PumpDefinition = modelPump,
  rig: RigDefinition = idealRig,
): Promise<Finished> {
  const trace = await execute(scenarioOf(text), pump, rig)
  return { trace, result: judge(trace, { file: 'draft.yaml', wall_s: 0 }) }
}

/** The results of one check, by name. */
export function checksNamed(result: RunResult, check: string): readonly CheckResult[] {
  return result.checks.filter((one) => one.check === check)
}

/** The true pump with every output changed on its way out. */
export function distorted(name: string, distort: (output: PumpOutput) => readonly PumpOutput[]): PumpDefinition {
  return definePump({
    name,
    create: (setup): Pump => {
      const inner = modelPump.create(setup)
      return {
        react: (at_us, input) => inner.react(at_us, input).flatMap(distort),
        nextWake: () => inner.nextWake(),
      }
    },
  })
}

/** The true pump, woken at many more instants than it asked for. */
export function sleepless(interval_us: Rational): PumpDefinition {
  return definePump({
    name: modelPump.name,
    create: (setup): Pump => {
      const inner = modelPump.create(setup)
      let next: Time_us = as(interval_us)
      return {
        react: (at_us, input) => {
          while (compare(next, at_us) <= 0) next = as(add(next, interval_us))
          return inner.react(at_us, input)
        },
        nextWake: () => {
          const wake = inner.nextWake()
          return wake === null || compare(next, wake) < 0 ? next : wake
        },
      }
    },
  })
}

/** A rig that stops for breath after at most so many ticks; the ideal one unless told otherwise. */
export function breathless(ticks: number, rig: RigDefinition = idealRig): RigDefinition {
  return defineRig({
    name: rig.name,
    clock: 'virtual',
    firmware: null,
    create: () => {
      const inner = rig.create()
      let now = 0
      return {
        get identity() {
          return inner.identity
        },
        provenance: inner.provenance,
        open: () => inner.open(),
        send: (command) => inner.send(command),
        hold: (held, at_tick) => inner.hold?.(held, at_tick),
        ...(inner.wire === undefined ? {} : { wire: () => inner.wire?.() }),
        close: () => inner.close(),
        advance: async (to_tick) => {
          const report = await inner.advance(Math.min(to_tick, now + ticks))
          now = report.now_tick
          return report
        },
      }
    },
  })
}

/** The ideal rig with some of its parts replaced. */
export function rigWith(replace: (inner: Rig) => Partial<Rig>): RigDefinition {
  return defineRig({
    name: 'altered',
    clock: 'virtual',
    firmware: null,
    create: () => {
      const inner = idealRig.create()
      return {
        identity: inner.identity,
        provenance: inner.provenance,
        open: () => inner.open(),
        send: (command) => inner.send(command),
        advance: (tick) => inner.advance(tick),
        hold: (held, at_tick) => inner.hold?.(held, at_tick),
        close: () => inner.close(),
        ...replace(inner),
      }
    },
  })
}
