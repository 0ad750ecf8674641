/**
 * What goes wrong in a scenario: each kind of fault is one row of the table, which reads its keys and says it in words.
 */
import { faultSchema, type WrittenFault } from '#hil/scenario/fault-language'
import { overlapping } from '#hil/scenario/fault-overlap'
import type { Findings } from '#hil/scenario/findings'
import { MOST_FAULTS } from '#hil/scenario/language'
import type { Written } from '#hil/scenario/quantities'
import type { Path } from '#hil/scenario/sheet'
import { read } from '#hil/scenario/structure'
import { instantWithin, inTimeOrder, listAt, type Span } from '#hil/scenario/timeline'
import type { Again, Fault, LineDirection } from '#hil/scenario/types'
import { quoted } from '#hil/scenario/wording'
import { as, type Fraction, type Time_us } from '#units/quantity'
import {
  add,
  compare,
  divide,
  floor,
  isNegative,
  magnitude,
  negate,
  ONE,
  type Rational,
  ratio,
  smaller,
  subtract,
  times,
  whole,
  ZERO,
} from '#units/rational'

/** Faster or slower than this is not a crystal. */
const LARGEST_DRIFT = ratio(1n, 10n)
/** Most changes that all drifts of a file, and all faults that come again, bring about. */
const MOST_CHANGES = whole(5000)
/** Over- and under-infusions multiply, and so do the digits of what a step moves. */
const MOST_OVER_INFUSIONS = 20
const MIDDLE = ratio(1n, 2n)
const DELAY_us = whole(50_000)

type Name = Fault['fault']
type Own<F> = F extends unknown ? Omit<F, 'at_us' | 'for_us' | 'text'> : never
type WrittenOf<N extends Name> = Extract<WrittenFault, { fault: N }>

/** What a row makes of the keys of its fault: the fault, and what is said of it between its name and how long it lasts. */
interface Read<N extends Name> {
  readonly own: Own<Extract<Fault, { fault: N }>>
  readonly words: string
}

/** Where a fault stands in the file, and how long it can last at most. */
interface Place {
  readonly findings: Findings
  readonly path: Path
  readonly longest_us: Rational | undefined
  /** How much of the run is left when it begins. */
  readonly left_us: Rational | undefined
  /** Changes of a drift that are left to this fault and those after it. */
  readonly budget: { left: Rational }
}

const ROWS: { readonly [N in Name]: (written: WrittenOf<N>, place: Place) => Read<N> | undefined } = {
  'motor-stall': ({ fault, recovery, ...written }, place) => {
    const recovery_us = as<Time_us>(recovery?.value ?? ZERO)
    if (recovery !== undefined && written.for === undefined) {
      place.findings.add([...place.path, 'recovery'], 'what never lets go is never recovered from; write "for" too')
      return undefined
    }
    const lingers = recovery === undefined ? '' : `, ${recovery.text} of recovery`
    const again = readAgain(written, place, recovery_us)
    return again && { own: { fault, again: again.again, recovery_us }, words: `${lingers}${again.words}` }
  },
  'motor-slip': ({ fault, every }) => ({ own: { fault, every_steps: Number(every.value.n) }, words: everyText(every) }),
  'motor-reverse': ({ fault }) => ({ own: { fault }, words: '' }),
  'encoder-loss': ({ fault, every }) => ({
    own: { fault, every_steps: every === undefined ? 1 : Number(every.value.n) },
    words: every === undefined ? '' : everyText(every),
  }),
  'brown-out': ({ fault }) => ({ own: { fault }, words: '' }),
  'cell-resistance': ({ fault, by }) => ({ own: { fault, by_ohm: as(by.value) }, words: ` by ${by.text}` }),
  'clock-step': ({ fault, forward, back }, { findings, path }) => {
    if (forward !== undefined && back === undefined)
      return { own: { fault, by_us: as(forward.value) }, words: ` forward by ${forward.text}` }
    if (back !== undefined && forward === undefined)
      return { own: { fault, by_us: as(negate(back.value)) }, words: ` back by ${back.text}` }
    findings.add(path, 'a clock jumps either forward or back; write one of the two, such as "forward: 1 h"')
    return undefined
  },
  'clock-setting': ({ fault, setting }) => ({ own: { fault, how: setting }, words: ` ${setting}` }),
  'septum-leak': ({ fault, volume }) => ({ own: { fault, volume_uL: as(volume.value) }, words: ` of ${volume.text}` }),
  'pocket-fill': ({ fault, fraction }) => ({
    own: { fault, fraction: as<Fraction>(fraction?.value ?? ONE) },
    words: fraction === undefined ? '' : ` of ${fraction.text}`,
  }),
  overfill: ({ fault, by }) => ({ own: { fault, by_uL: as(by.value) }, words: ` by ${by.text}` }),
  'side-port-injection': ({ fault, volume }) => ({
    own: { fault, volume_uL: as(volume.value) },
    words: ` of ${volume.text}`,
  }),
  temperature: ({ fault, to }) => ({ own: { fault, to_degC: as(to.value) }, words: ` of ${to.text}` }),
  'telemetry-carrier': ({ fault }) => ({ own: { fault }, words: '' }),
  'power-cut': ({ fault, write }) => ({
    own: { fault, write: write ?? null },
    words: write === undefined ? '' : ` at word write ${write}`,
  }),
  'bit-flip': ({ fault, copy = 'first', bit, part }) => {
    const where = `${copy === 'both' ? 'both copies' : `the ${copy} copy`}${part === undefined ? '' : ` of ${part}`}`
    return {
      own: { fault, copy, bit: bit ?? null, part: part ?? null },
      words: ` in ${where}${bit === undefined ? '' : `, bit ${bit}`}`,
    }
  },
  'clock-drift': ({ fault, by }, { findings, path }) => {
    if (compare(magnitude(by.value), LARGEST_DRIFT) <= 0)
      return { own: { fault, drift: as(by.value) }, words: ` by ${by.text}` }
    findings.add([...path, 'by'], `${quoted(by.text)} is no drift of a crystal; write -100000 ppm to 100000 ppm`)
    return undefined
  },
  occlusion: ({ fault, side = 'downstream', compliance }, { findings, path }) => {
    if (side === 'downstream') {
      const swells = compliance === undefined ? '' : `, a compliance of ${compliance.text}`
      return {
        own: { fault, side, compliance_uL: compliance === undefined ? null : as(compliance.value) },
        words: ` downstream${swells}`,
      }
    }
    if (compliance === undefined) return { own: { fault, side }, words: ' upstream' }
    const remedy = 'say "side: downstream", or leave compliance out'
    findings.add([...path, 'compliance'], `nothing swells before the pump; ${remedy}`)
    return undefined
  },
  'catheter-leak': ({ fault, fraction, position, ...written }, place) => {
    const own = { fault, fraction: as<Fraction>(fraction.value), position: as<Fraction>(position?.value ?? MIDDLE) }
    const where = position === undefined ? '' : ` at ${position.text} of the line`
    const again = readAgain(written, place)
    return again && { own: { ...own, again: again.again }, words: ` of ${fraction.text}${where}${again.words}` }
  },
  'line-noise': ({ fault, kind, share, up_to, direction = 'both' }, { findings, path }) => {
    const own = { fault, share: as<Fraction>(share.value), direction }
    const words = ` of ${share.text}${directionText(direction)}: ${kind}`
    if (kind === 'delay') {
      const late = up_to === undefined ? '' : ` up to ${up_to.text}`
      return { own: { ...own, kind, upTo_us: as<Time_us>(up_to?.value ?? DELAY_us) }, words: `${words}${late}` }
    }
    if (up_to === undefined) return { own: { ...own, kind }, words }
    findings.add([...path, 'up_to'], `only a delay is late by so much; say "kind: delay", or leave up_to out`)
    return undefined
  },
  'line-mute': ({ fault, direction = 'both' }) => ({ own: { fault, direction }, words: directionText(direction) }),
  'line-unplug': ({ fault }) => ({ own: { fault }, words: '' }),
  'over-infusion': ({ fault, ...written }, place) => {
    const found = readMisdelivery(written, place, 'more')
    return found && { own: { fault, ...found.own }, words: found.words }
  },
  'under-infusion': ({ fault, ...written }, place) => {
    const found = readMisdelivery(written, place, 'less')
    if (found === undefined) return undefined
    const { by, drift } = found.own
    const { findings, path, longest_us } = place
    const changes = drift === null || longest_us === undefined ? 0n : floor(divide(longest_us, drift.every_us))
    if (drift === null || compare(add(by, times(drift.by, changes)), ONE) < 0)
      return { own: { fault, ...found.own }, words: found.words }
    findings.add(
      [...path, 'drift'],
      'a pump that delivers nothing at all has stalled; let it drift less, or not so long',
    )
    return undefined
  },
}

interface Recurring {
  readonly for?: Written | undefined
  readonly every?: Written | undefined
  readonly times?: number | undefined
}

/** How a fault comes again; undefined when that is wrong, which is then said. */
function readAgain(
  { for: lasts, every, times: often }: Recurring,
  { findings, path, left_us, budget }: Place,
  lingering_us: Rational = ZERO,
): { readonly again: Again | null; readonly words: string } | undefined {
  if (every === undefined) {
    if (often === undefined) return { again: null, words: '' }
    findings.add([...path, 'times'], 'what comes several times comes each so long; write "every" too')
    return undefined
  }
  if (lasts === undefined || compare(every.value, add(lasts.value, lingering_us)) <= 0) {
    const rule = 'a fault that comes again lasts shorter than that; write "for" too, and a longer "every"'
    findings.add([...path, 'every'], `${quoted(every.text)}: ${rule}`)
    return undefined
  }
  const most = left_us === undefined ? ZERO : divide(left_us, every.value)
  spend(budget, times(often === undefined ? most : smaller(most, whole(often)), 2))
  if (isNegative(budget.left)) return tooOften(findings, [...path, 'every'], every)
  const again = { every_us: as<Time_us>(every.value), times: often ?? null }
  return { again, words: `, every ${every.text}${often === undefined ? '' : `, ${often} times`}` }
}

/** What moves too much or too little, and how that grows. */
function readMisdelivery(
  { by, drift }: Omit<WrittenOf<'over-infusion' | 'under-infusion'>, 'fault' | 'at' | 'for'>,
  { findings, path, longest_us, budget }: Place,
  comparison: string,
) {
  if (drift === undefined) return { own: { by: as<Fraction>(by.value), drift: null }, words: ` by ${by.text}` }
  const { by: more, every } = drift
  if (longest_us !== undefined) spend(budget, divide(longest_us, every.value))
  if (isNegative(budget.left)) return tooOften(findings, [...path, 'drift', 'every'], every)
  return {
    own: { by: as<Fraction>(by.value), drift: { by: as<Fraction>(more.value), every_us: as<Time_us>(every.value) } },
    words: ` by ${by.text} and ${more.text} ${comparison} each ${every.text}`,
  }
}

function spend(budget: Place['budget'], changes: Rational): void {
  budget.left = subtract(budget.left, changes)
}

function tooOften(findings: Findings, path: Path, every: Written): undefined {
  const rule = `changes too often: the faults of a scenario may change ${MOST_CHANGES.n} times in all; write a longer time`
  findings.add(path, `${quoted(every.text)} ${rule}`)
}

function directionText(direction: LineDirection): string {
  return direction === 'both' ? '' : ` ${direction.replace('-', ' ')}`
}

function everyText({ value }: Written): string {
  return ` of each ${value.n}. step`
}

/** The faults, in order of time. */
export function readFaults(findings: Findings, run: Span | undefined): Fault[] {
  const budget = { left: MOST_CHANGES }
  const faults = listAt(findings, ['faults'], MOST_FAULTS).flatMap((path) => {
    const written = read(findings, path, faultSchema)
    const at_us = instantWithin(findings, path, run)
    const fault = written && faultOf(written, at_us, { findings, path, budget }, run)
    return fault === undefined ? [] : [{ at_us: fault.at_us, path, fault }]
  })
  const inOrder = inTimeOrder(faults, () => 0)
  const misdeliver = ({ fault: { fault } }: { readonly fault: Fault }) =>
    fault === 'over-infusion' || fault === 'under-infusion'
  const tooMany = inOrder.filter(misdeliver)[MOST_OVER_INFUSIONS]
  if (tooMany !== undefined)
    findings.add(
      tooMany.path,
      `one over- or under-infusion more than the ${MOST_OVER_INFUSIONS} that a scenario may have`,
    )
  refuseOverlaps(findings, inOrder)
  return inOrder.map(({ fault }) => fault)
}

/** Reports each fault, in order of time, that begins while the last one of its kind lasts and must not. */
function refuseOverlaps(findings: Findings, faults: readonly { readonly path: Path; readonly fault: Fault }[]): void {
  for (const [index, { path, fault }] of faults.entries()) {
    const before = faults.slice(0, index).findLast((earlier) => overlapping(earlier.fault, fault))?.fault
    if (before !== undefined)
      findings.add([...path, 'at'], `"${fault.text}" begins while "${before.text}" lasts; write them as one`)
  }
}

function faultOf(
  written: WrittenFault,
  at_us: Time_us | undefined,
  where: Omit<Place, 'longest_us' | 'left_us'>,
  run: Span | undefined,
): Fault | undefined {
  const lasting = 'for' in written ? written.for : undefined
  const left_us = run && at_us && subtract(run.duration_us, at_us)
  const longest_us = lasting?.value ?? left_us
  // The compiler cannot follow that row and keys share the name of the fault; the table's type ensures it.
  const row = ROWS[written.fault] as (written: WrittenFault, place: Place) => Read<Name> | undefined
  const found = row(written, { ...where, longest_us, left_us })
  if (found === undefined || at_us === undefined) return undefined
  const for_us = lasting === undefined ? null : as<Time_us>(lasting.value)
  return { ...found.own, at_us, for_us, text: `${written.fault}${found.words}${forText(lasting)}` }
}

function forText(written: Written | undefined): string {
  return written === undefined ? '' : ` for ${written.text}`
}
