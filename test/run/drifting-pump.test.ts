/**
 * A pump on a clock that drifts: between two clocks nothing is lost, doubled or moved.
 *
 * The pump here is a fake that follows a list; what it means by each of its own instants is known, so what the bench has
 * to hear of it can be worked out one step at a time.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BookedRun, PumpInput, PumpOutput, Status } from '#firmware-sim/messages'
import { DriftingPump } from '#hil/fault/drifting-pump'
import { type ClockDrift, LocalClock } from '#hil/fault/local-clock'
import type { Pump } from '#hil/pump/pump'
import { as, type Fraction, type Time_us } from '#units/quantity'
import {
  add,
  compare,
  equal,
  multiply,
  ONE,
  type Rational,
  ratio,
  subtract,
  sum,
  times,
  whole,
  ZERO,
} from '#units/rational'

const us = (value: number | Rational): Time_us => as(typeof value === 'number' ? whole(value) : value)

function drift(at_us: number, for_us: number | null, ppm: number): ClockDrift {
  const lasting = for_us === null ? null : us(for_us)
  return {
    fault: 'clock-drift',
    at_us: us(at_us),
    for_us: lasting,
    drift: as<Fraction>(ratio(BigInt(ppm), 1_000_000n)),
    text: '',
  }
}

/** What a drifting crystal has counted, added up from what each drift gained by then. */
function counted(drifts: readonly ClockDrift[], true_us: Rational): Rational {
  const gains = drifts.map(({ at_us, for_us, drift: rate }) => {
    const end_us = for_us === null || compare(true_us, add(at_us, for_us)) < 0 ? true_us : add(at_us, for_us)
    return compare(end_us, at_us) <= 0 ? ZERO : multiply(subtract(end_us, at_us), rate)
  })
  return add(true_us, sum(gains))
}

const drifts: fc.Arbitrary<ClockDrift[]> = fc.array(
  fc
    .tuple(
      fc.integer({ min: 0, max: 10_000 }),
      fc.option(fc.integer({ min: 1, max: 5000 }), { nil: null }),
      fc.integer({ min: -200_000, max: 200_000 }).filter((ppm) => ppm !== 0),
    )
    .map(([at, lasting, ppm]) => drift(at, lasting, ppm)),
  { maxLength: 4 },
)

function run(first_us: Rational, interval_us: Rational, count: number): BookedRun {
  const step = { step_uL: as<BookedRun['step_uL']>(ONE), drug: 'baclofen', step_ug: as<BookedRun['step_ug']>(ONE) }
  return { first_us: us(first_us), interval_us: us(interval_us), count, ...step }
}

function dues({ first_us, interval_us, count }: Pick<BookedRun, 'first_us' | 'interval_us' | 'count'>): Rational[] {
  return Array.from({ length: count }, (_, j) => add(first_us, times(interval_us, j)))
}

const runs = fc
  .tuple(
    fc.integer({ min: 1, max: 9000 }),
    fc.integer({ min: 1, max: 4000 }),
    fc.integer({ min: 1, max: 7 }),
    fc.integer({ min: 1, max: 60 }),
  )
  .map(([first, n, d, count]) => run(whole(first), ratio(BigInt(n), BigInt(d)), count))

/** A pump that says what it is given to say, and remembers what it heard. */
class Scripted implements Pump {
  readonly heard: { readonly at_us: Time_us; readonly input: PumpInput }[] = []
  says: readonly PumpOutput[] = []
  wake_us: Time_us | null = null

  react(at_us: Time_us, input: PumpInput): readonly PumpOutput[] {
    this.heard.push({ at_us, input })
    return this.says
  }

  nextWake(): Time_us | null {
    return this.wake_us
  }
}

function status(open: BookedRun | null): Status {
  return {
    state: 'flex',
    steps: 0,
    volume_uL: as(ZERO),
    dose_ug: [],
    reservoir_uL: as(ZERO),
    open,
    clock_us: us(0),
  }
}

/** What the bench has heard of steps, one by one. */
function heardSteps(outputs: readonly PumpOutput[]): Rational[] {
  return outputs.flatMap((output) => {
    if (output.kind === 'order') return dues(output)
    return output.kind === 'booked' || output.kind === 'withdrawn' ? dues(output.run) : []
  })
}

describe('a clock that drifts', () => {
  it('counts what each drift gains on top of true time, and back', () => {
    fc.assert(
      fc.property(drifts, fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 1, max: 9 }), (faults, n, d) => {
        const clock = new LocalClock(faults)
        const at_us = us(ratio(BigInt(n), BigInt(d)))
        expect(equal(clock.local(at_us), counted(faults, at_us))).toBe(true)
        expect(equal(clock.true(clock.local(at_us)), at_us)).toBe(true)
        expect(equal(clock.local(clock.true(at_us)), at_us)).toBe(true)
      }),
    )
  })

  it('that would stand still is refused', () => {
    expect(() => new LocalClock([drift(0, null, -600_000), drift(10, 10, -400_000)])).toThrow(RangeError)
  })
})

describe('a pump on such a clock', () => {
  it('hears and is woken by its own time, and never learns of the true one', () => {
    fc.assert(
      fc.property(
        drifts,
        fc.integer({ min: 0, max: 20_000 }),
        fc.integer({ min: 0, max: 20_000 }),
        (faults, at, due) => {
          const inner = new Scripted()
          const pump = new DriftingPump(inner, faults)
          inner.wake_us = us(counted(faults, whole(at)))
          expect(equal(pump.nextWake() ?? ZERO, whole(at))).toBe(true)
          pump.react(us(at), { kind: 'rotor', due_us: us(due), moved: true })
          const [{ at_us, input } = { at_us: us(-1), input: { kind: 'wake' } as PumpInput }] = inner.heard
          expect(equal(at_us, counted(faults, whole(at)))).toBe(true)
          expect(input.kind === 'rotor' && equal(input.due_us, counted(faults, whole(due)))).toBe(true)
        },
      ),
    )
  })

  it('orders, books and withdraws each step at the true instant of its own time', () => {
    fc.assert(
      fc.property(drifts, runs, fc.constantFrom('order', 'booked', 'withdrawn'), (faults, steps, kind) => {
        const inner = new Scripted()
        const pump = new DriftingPump(inner, faults)
        const at_us = us(0)
        inner.says = [
          kind === 'order' ? { kind, at_us, ...steps } : { kind: kind as 'booked' | 'withdrawn', at_us, run: steps },
        ]
        const heard = heardSteps(pump.react(at_us, { kind: 'wake' }))
        expect(heard.map((due) => counted(faults, due))).toEqual(dues(steps))
      }),
    )
  })

  it('has booked every step once, however often it is asked in between', () => {
    fc.assert(
      fc.property(drifts, runs, fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 5 }), (faults, steps, asked) => {
        const inner = new Scripted()
        const pump = new DriftingPump(inner, faults)
        const at_us = us(0)
        const heard: PumpOutput[] = []
        let open: BookedRun | null = null
        for (const count of asked.toSorted((a, b) => a - b)) {
          const so = Math.min(count, steps.count)
          inner.says = [{ kind: 'status', at_us, status: status(so === 0 ? null : { ...steps, count: so }) }]
          const said = pump.react(at_us, { kind: 'observe' })
          heard.push(...said)
          open = said.flatMap((output) => (output.kind === 'status' ? [output.status.open] : []))[0] ?? null
          const known = [...heardSteps(heard), ...(open === null ? [] : dues(open))]
          expect(known.map((due) => counted(faults, due))).toEqual(dues(steps).slice(0, so))
        }
        inner.says = [{ kind: 'booked', at_us, run: steps }]
        heard.push(...pump.react(at_us, { kind: 'wake' }))
        expect(heardSteps(heard).map((due) => counted(faults, due))).toEqual(dues(steps))
      }),
    )
  })

  it('has in its event log the true instants of its own time', () => {
    const inner = new Scripted()
    const pump = new DriftingPump(inner, [drift(1000, 1000, 100_000)])
    const entries = [900, 1550, 2100].map((own_us) => ({ at_us: us(own_us), event: 'x', detail: 'y' }))
    inner.says = [{ kind: 'log', at_us: us(2200), entries, dropped: 0 }]
    const [log] = pump.react(us(2100), { kind: 'read-log' })
    expect(log?.kind === 'log' && log.entries.map(({ at_us }) => at_us)).toEqual([us(900), us(1500), us(2000)])
  })

  it('takes back steps after the true instant of what it takes back', () => {
    const inner = new Scripted()
    const faults = [drift(1000, 1000, 100_000)]
    const pump = new DriftingPump(inner, faults)
    inner.says = [{ kind: 'cancel', at_us: us(1550), after_us: us(1550) }]
    expect(pump.react(us(1500), { kind: 'wake' })).toEqual([{ kind: 'cancel', at_us: us(1500), after_us: us(1500) }])
  })
})
