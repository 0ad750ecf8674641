/**
 * Admission: an order within every published limit is taken, and one beyond any of them is not.
 *
 * So a pump that refuses too much is seen, and one that takes too much. The limits are worked out by the oracle from what
 * docs/PUMP.md says, on the course of what the pump took before. Judged are orders that are alone at their instant, as long as
 * the pump obeys; what cannot be told of one is left open.
 */
import { Admission, type Ask, LIMITS, type Limit, type Meant, type Moment } from '#hil/oracle/admission'
import { basalOf } from '#hil/oracle/course'
import { steadyDailyDose } from '#hil/oracle/daily-dose'
import { volumeRate } from '#hil/oracle/flow'
import { type Look, prescribe } from '#hil/oracle/prescribed'
import { fromExact } from '#hil/run/exact'
import { acceptedBy } from '#hil/run/invariants/accepted'
import { type ToldFluid, type ToldVolume, toldFluids, toldVolumes } from '#hil/run/invariants/belief'
import type { Breach, Evidence } from '#hil/run/invariants/evidence'
import { recordsOf } from '#hil/run/ledgers'
import { refillOrder } from '#hil/run/programs'
import type { Entry, ScenarioEvent, Therapy } from '#hil/scenario/types'
import { duration } from '#units/format'
import { add, compare, isPositive, isZero, larger, multiply, type Rational, subtract, ZERO } from '#units/rational'

type Refill = Extract<ScenarioEvent, { kind: 'refill' }>

/** Something that the pump was sent, alone at its instant, and what became of it. */
interface Order {
  readonly at_us: Rational
  readonly text: string
  readonly what: Ask | { readonly kind: 'restart' } | { readonly kind: 'refill'; readonly refill: Refill }
  /** Why it was refused; null where it was taken, or would have been but for a person. */
  readonly reason: string | null
}

/** Beside those of the oracle: room in the reservoir, and something to restart. */
type Rule = Limit | 'room' | 'restart'

/** The limit that a reason speaks of. */
const REASONS: readonly (readonly [told: RegExp, rule: Rule])[] = [
  [/is above the highest rate|is below the least rate/, 'range'],
  [/^the dose rises by/, 'change'],
  [/^[^a-z].* in 24 h are more than .* the hard limit of the clinic/, 'dose of 24 h'],
  [/boluses a day are more than|comes back after 1 min|boluses would overlap/, 'pattern'],
  [/^a prime of/, 'contents'],
  [/^there is nothing to bridge/, 'line'],
  [/on top of .* believed left/, 'room'],
  [/^there is nothing to restart/, 'restart'],
]

export function admission(evidence: Evidence): Breach | null {
  const { intent, spells, apart_us } = acceptedBy(evidence)
  const [first] = spells
  if (first === undefined) return null
  const orders = ordersOf(evidence).filter(
    ({ at_us, reason }) => compare(at_us, first.to_us) < 0 && (reason === null || ruleOf(reason) !== undefined),
  )
  const rules = new Admission(evidence.scenario)
  const known = { fluids: toldFluids(evidence), volumes: toldVolumes(evidence), therapies: intent.prescription }
  let breach: Breach | null = null
  const looks = orders.map((order): Look => {
    const { at_us } = order
    return {
      at_us,
      look: (course, primed) => {
        // What was set apart by a moment is displaced by a little, and so is the end of a bridge.
        if (breach !== null || (!isZero(apart_us) && course.isBridging)) return
        const meant = meantAt(evidence, known, at_us)
        const moment: Moment = { course, at_us, primed, meant, left_uL: leftAt(evidence, known.volumes, at_us) }
        breach = wrongOf(order, verdictOf(rules, order, moment, evidence))
      },
    }
  })
  if (looks.length > 0) prescribe(intent, undefined, looks)
  return breach
}

/** Everything sent that is alone at its instant and of which it is known what became of it. */
function ordersOf({ scenario, applied, records }: Evidence): readonly Order[] {
  const deeds = [...scenario.programming, ...scenario.events.filter(({ kind }) => !TELEMETRY.has(kind))]
  const together = new Map<string, number>()
  const key = ({ n, d }: Rational) => `${n}/${d}`
  for (const { at_us } of deeds) together.set(key(at_us), (together.get(key(at_us)) ?? 0) + 1)
  const taken = new Set(applied.map(({ when_us }) => key(when_us)))
  const refused = new Map(recordsOf(records, 'refused').map(({ at_us, reason }) => [key(fromExact(at_us)), reason]))
  const spoilt = scenario.faults.some(({ fault }) => fault === 'clock-setting')
  return deeds.flatMap((deed): Order[] => {
    const at = key(deed.at_us)
    const what = askOf(deed)
    const reason = refused.get(at)
    if (what === null || together.get(at) !== 1 || (spoilt && what.kind === 'set-clock')) return []
    if (reason === undefined && !taken.has(at)) return []
    const left = reason === undefined || reason.startsWith('not confirmed')
    return [{ at_us: deed.at_us, text: 'text' in deed ? deed.text : deed.kind, what, reason: left ? null : reason }]
  })
}

/** What changes nothing of what runs. */
const TELEMETRY: ReadonlySet<ScenarioEvent['kind']> = new Set(['interrogate', 'silence', 'read-log', 'clear'])

function askOf(deed: Entry | ScenarioEvent): Order['what'] | null {
  switch (deed.kind) {
    case 'therapy':
      return { kind: deed.kind, therapy: deed.therapy }
    case 'bolus':
      return { kind: deed.kind, bolus: deed.bolus }
    case 'prime':
      return { kind: deed.kind, prime: deed.prime }
    case 'bridge':
      return { kind: deed.kind, bridge: deed.bridge }
    case 'set-clock':
      return { kind: deed.kind, to_us: deed.to_us }
    case 'restart':
      return { kind: deed.kind }
    case 'refill':
      return { kind: deed.kind, refill: deed }
    // Leave is given without a look at what it may come to; the others are no orders.
    case 'patient-bolus':
    case 'request-bolus':
    case 'stop':
    case 'silence':
    case 'interrogate':
    case 'read-log':
    case 'clear':
      return null
  }
}

/** Which rules stand against an order; what is not there does not, and null is not told. */
type Verdict = Readonly<Partial<Record<Rule, boolean | null>>>

function verdictOf(rules: Admission, { what }: Order, moment: Moment, evidence: Evidence): Verdict {
  if (what.kind === 'refill') return { room: roomBroken(what.refill, moment, evidence) }
  if (what.kind !== 'restart') return rules.verdict(what, moment)
  const { therapy } = moment.course
  const resumed = lastGiving(evidence, moment)
  if (therapy.mode !== 'stopped' || resumed === null) return { restart: true }
  return { ...rules.verdict({ kind: 'therapy', therapy: resumed }, moment), restart: false }
}

/** A refill on top of what is believed left that the reservoir does not hold. */
function roomBroken(refill: Refill, { left_uL }: Moment, { scenario }: Evidence): boolean | null {
  const { program } = refillOrder(refill)
  if (program.kind !== 'refill') return null
  const { withdrawn, volume_uL } = program.refill
  if (withdrawn !== 'all' && left_uL === null) return null
  const filled = (left: Rational) =>
    add(withdrawn === 'all' ? ZERO : larger(ZERO, subtract(left, withdrawn)), volume_uL)
  const beyond = (left: Rational) => compare(filled(left), scenario.pump.reservoir_uL) > 0
  const [least, most] = [beyond(left_uL?.least ?? ZERO), beyond(left_uL?.most ?? ZERO)]
  return least === most ? least : null
}

/** The limit that a reason speaks of; undefined where it speaks of none. */
function ruleOf(reason: string): Rule | undefined {
  return REASONS.find(([told]) => told.test(reason))?.[1]
}

/** What the order came to against what was due. */
function wrongOf({ at_us, text, reason }: Order, verdict: Verdict): Breach | null {
  const wrong = (why: string): Breach => ({
    invariant: 'admission',
    at_us,
    detail: `"${text}" of ${duration(at_us)} ${why}`,
  })
  if (reason === null) {
    const broken = RULES.find((rule) => verdict[rule] === true)
    return broken === undefined ? null : wrong(`was taken, against its ${broken}`)
  }
  const rule = ruleOf(reason)
  if (rule === undefined || (verdict[rule] ?? null) !== false) return null
  return wrong(`was refused, and its ${rule} is within every limit: ${reason}`)
}

const RULES: readonly Rule[] = [...LIMITS, 'room', 'restart']

interface Known {
  readonly fluids: readonly ToldFluid[]
  readonly volumes: readonly ToldVolume[]
  readonly therapies: readonly Entry[]
}

/** The last therapy by an instant that gave a dose, with the fluid of its time. */
function meantAt({ scenario }: Evidence, { fluids, therapies }: Known, at_us: Rational): Meant | null {
  for (const entry of therapies.toReversed()) {
    if (entry.kind !== 'therapy' || compare(entry.at_us, at_us) >= 0 || entry.therapy.mode === 'minimum-rate') continue
    const fluid = fluids.findLast(({ from_us }) => compare(from_us, entry.at_us) <= 0)
    if (fluid === undefined || !isGiving(scenario, entry.therapy, fluid.concentration)) continue
    return { therapy: entry.therapy, drug: fluid.drug, concentration: fluid.concentration }
  }
  return null
}

/** The therapy that a restart resumes: the last that gave anything. */
function lastGiving(evidence: Evidence, { at_us, course }: Moment): Therapy | null {
  const { prescription } = acceptedBy(evidence).intent
  const found = prescription.findLast(
    (entry) =>
      entry.kind === 'therapy' &&
      compare(entry.at_us, at_us) < 0 &&
      isGiving(evidence.scenario, entry.therapy, course.concentration),
  )
  return found?.kind === 'therapy' ? found.therapy : null
}

function isGiving({ pump }: Evidence['scenario'], therapy: Therapy, concentration: Rational): boolean {
  return isPositive(steadyDailyDose(therapy, basalOf(therapy, pump), (flow) => volumeRate(flow, concentration)))
}

/** What the pump believes is left, within a step: one that is due at the instant may be made or not. */
function leftAt(
  { loses, scenario, believedBy }: Evidence,
  walk: readonly ToldVolume[],
  at_us: Rational,
): Moment['left_uL'] {
  const told = walk.findLast(({ from_us }) => compare(from_us, at_us) < 0) ?? walk[0]
  if (loses || told === undefined || !told.known) return null
  const { step_uL } = scenario.pump
  const left_uL = subtract(told.volume_uL, multiply(step_uL, subtract(believedBy(at_us), told.steps)))
  return { least: subtract(left_uL, step_uL), most: add(left_uL, step_uL) }
}
