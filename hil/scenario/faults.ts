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
import type { Fault, LineDirection } from '#hil/scenario/types'
import { quoted } from '#hil/scenario/wording'
import { as, type Fraction, type Time_us } from '#units/quantity'
import { compare, divide, isNegative, magnitude, type Rational, ratio, subtract, whole } from '#units/rational'

/** Faster or slower than this is not a crystal. */
const LARGEST_DRIFT = ratio(1n, 10n)
/** Most changes that all drifts of a file bring about. */
const MOST_CHANGES = whole(5000)
/** Over-infusions multiply, and so do the digits of what a step moves. */
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
  /** Changes of a drift that are left to this fault and those after it. */
  readonly budget: { left: Rational }
}

const ROWS: { readonly [N in Name]: (written: WrittenOf<N>, place: Place) => Read<N> | undefined } = {
  'motor-stall': ({ fault }) => ({ own: { fault }, words: '' }),
  'telemetry-carrier': ({ fault }) => ({ own: { fault }, words: '' }),
  'power-cut': ({ fault, write }) => ({
    own: { fault, write: write ?? null },
    words: write === undefined ? '' : ` at word write ${write}`,
  }),
  'bit-flip': ({ fault, copy = 'first', bit }) => ({
    own: { fault, copy, bit: bit ?? null },
    words: ` in ${copy === 'both' ? 'both copies' : `the ${copy} copy`}${bit === undefined ? '' : `, bit ${bit}`}`,
  }),
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
  'catheter-leak': ({ fault, fraction, position }) => ({
    own: { fault, fraction: as(fraction.value), position: as<Fraction>(position?.value ?? MIDDLE) },
    words: ` of ${fraction.text}${position === undefined ? '' : ` at ${position.text} of the line`}`,
  }),
  'over-infusion': ({ fault, by, drift }, { findings, path, longest_us, budget }) => {
    const own = { fault, by: as<Fraction>(by.value) }
    if (drift === undefined) return { own: { ...own, drift: null }, words: ` by ${by.text}` }
    const { by: more, every } = drift
    if (longest_us !== undefined) budget.left = subtract(budget.left, divide(longest_us, every.value))
    if (isNegative(budget.left)) {
      const rule = `changes too often: the drifts of a scenario may change ${MOST_CHANGES.n} times in all; write a longer time`
      findings.add([...path, 'drift', 'every'], `${quoted(every.text)} ${rule}`)
      return undefined
    }
    const grows = { by: as<Fraction>(more.value), every_us: as<Time_us>(every.value) }
    return { own: { ...own, drift: grows }, words: ` by ${by.text} and ${more.text} more each ${every.text}` }
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
}

function directionText(direction: LineDirection): string {
  return direction === 'both' ? '' : ` ${direction.replace('-', ' ')}`
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
  const tooMany = inOrder.filter(({ fault }) => fault.fault === 'over-infusion')[MOST_OVER_INFUSIONS]
  if (tooMany !== undefined)
    findings.add(tooMany.path, `one over-infusion more than the ${MOST_OVER_INFUSIONS} that a scenario may have`)
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
  where: Omit<Place, 'longest_us'>,
  run: Span | undefined,
): Fault | undefined {
  const lasting = 'for' in written ? written.for : undefined
  const longest_us = lasting?.value ?? (run && at_us && subtract(run.duration_us, at_us))
  // The compiler cannot follow that row and keys share the name of the fault; the table's type ensures it.
  const row = ROWS[written.fault] as (written: WrittenFault, place: Place) => Read<Name> | undefined
  const found = row(written, { ...where, longest_us })
  if (found === undefined || at_us === undefined) return undefined
  const for_us = lasting === undefined ? null : as<Time_us>(lasting.value)
  return { ...found.own, at_us, for_us, text: `${written.fault}${found.words}${forText(lasting)}` }
}

function forText(written: Written | undefined): string {
  return written === undefined ? '' : ` for ${written.text}`
}
