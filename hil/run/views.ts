/** Views of a trace for the result: totals, samples, alarms and events. */
import { valueAt } from '#hil/oracle/line'
import { amountOf, fromExact } from '#hil/run/exact'
import { exactSamples } from '#hil/run/exact-samples'
import { type Ledgers, NOTHING, type RecordOf, recordsOf } from '#hil/run/ledgers'
import type { AlarmResult, EventResult, LogResult, RunResult, Sample } from '#hil/run/result'
import type { BenchEvent } from '#hil/scenario/event-names'
import { decimal } from '#units/format'
import {
  add,
  compare,
  divide,
  isZero,
  type Rational,
  smaller,
  subtract,
  sum,
  times,
  toNumber,
  whole,
  ZERO,
} from '#units/rational'

type Totals = Pick<RunResult, 'prescribed' | 'believed' | 'delivered'>

/** The ledgers at the end of the run, or as far as they are told where it broke off. */
export function totalsOf(ledgers: Ledgers): Totals {
  const { scenario, drug, prescribed, delivered, records, told_us } = ledgers
  const until_us = smaller(whole(told_us), scenario.duration_us)
  const status = ledgers.believed.statuses.at(-1)
  const fills = recordsOf(records, 'fill')
  const filled = sum(fills.map(({ volume_uL }) => fromExact(volume_uL)))
  const withdrawn = sum(fills.map(({ withdrawn_uL }) => fromExact(withdrawn_uL)))
  const line = sum(recordsOf(records, 'line').map(({ volume_uL }) => fromExact(volume_uL)))
  const leaked = leakedIn(ledgers)
  const escaped = subtract(delivered.drained.total, delivered.displaced.total)
  const injected = sum(recordsOf(records, 'injection').map(({ tip_uL }) => fromExact(tip_uL)))
  const mass = prescribed.mass.get(drug)
  const late = withdrawnSinceAsked(ledgers)
  const gone_uL = sum(late.map(({ step_uL, count }) => times(fromExact(step_uL), count)))
  const ofDrug = late.filter((run) => run.drug === drug)
  const gone_ug = sum(ofDrug.map(({ step_ug, count }) => times(fromExact(step_ug), count)))
  return {
    prescribed: {
      volume_uL: toNumber(valueAt(prescribed.volume, until_us)),
      dose_ug: mass === undefined ? 0 : toNumber(valueAt(mass, until_us)),
    },
    believed: {
      volume_uL: status === undefined ? 0 : toNumber(subtract(fromExact(status.volume_uL), gone_uL)),
      dose_ug: status === undefined ? 0 : toNumber(subtract(amountOf(status.dose_ug, drug), gone_ug)),
      reservoir_uL: status === undefined ? 0 : toNumber(add(fromExact(status.reservoir_uL), gone_uL)),
      steps: late.reduce((steps, { count }) => steps - count, status?.steps ?? 0),
    },
    delivered: {
      steps: delivered.steps,
      displaced_uL: toNumber(delivered.displaced.total),
      tip_volume_uL: toNumber(delivered.tipVolume.total),
      tip_dose_ug: toNumber((delivered.tipMass.get(drug) ?? NOTHING).total),
      leaked_uL: toNumber(add(leaked, escaped)),
      withdrawn_uL: toNumber(withdrawn),
      reservoir_uL: toNumber(subtract(subtract(filled, withdrawn), delivered.drained.total)),
      in_line_uL: toNumber(
        subtract(sum([line, injected, delivered.displaced.total]), sum([delivered.tipVolume.total, leaked])),
      ),
    },
  }
}

/** As it was read at the end; of a run that broke off, by what its steps and surges lost. */
function leakedIn({ records }: Ledgers): Rational {
  const [truth] = recordsOf(records, 'truth')
  if (truth !== undefined) return fromExact(truth.leaked_uL)
  const bySteps = recordsOf(records, 'delivered').map(({ cadence, leaked_uL }) =>
    leaked_uL === undefined ? ZERO : times(fromExact(leaked_uL), cadence.count),
  )
  return sum([...bySteps, ...recordsOf(records, 'surge').map(({ leaked_uL }) => fromExact(leaked_uL))])
}

/** What the pump ceased to believe after it was asked for the last time: steps of before that, whose loss it heard of later. */
function withdrawnSinceAsked({ records }: Ledgers): RecordOf<'withdrawn'>[] {
  const asked = records.findLastIndex(({ kind }) => kind === 'status')
  const status = records[asked]
  if (status?.kind !== 'status') return []
  const withdrawn = recordsOf(records.slice(asked + 1), 'withdrawn')
  return withdrawn.filter(({ first_us }) => compare(fromExact(first_us), whole(status.t_us)) <= 0)
}

/** The ledgers at every sample instant the run has reached. */
export function samplesOf(ledgers: Ledgers): Sample[] {
  return [...exactSamples(ledgers)].map(({ at_us, prescribed_uL, believed_uL, displaced_uL, masses }) => {
    const mass = masses.get(ledgers.drug)
    return {
      t_s: seconds(at_us),
      prescribed_uL: toNumber(prescribed_uL),
      prescribed_ug: toNumber(mass?.prescribed_ug ?? ZERO),
      believed_uL: toNumber(believed_uL),
      believed_ug: toNumber(mass?.believed_ug ?? ZERO),
      displaced_uL: toNumber(displaced_uL),
      tip_ug: toNumber(mass?.tip_ug ?? ZERO),
    }
  })
}

/** Each alarm from its raise to its clearing, in the order of the raises. */
export function alarmsOf(ledgers: Ledgers): AlarmResult[] {
  const alarms: { raise: RecordOf<'alarm'>; cleared_s: number | null }[] = []
  for (const record of recordsOf(ledgers.records, 'alarm')) {
    if (record.state === 'raised') alarms.push({ raise: record, cleared_s: null })
    else {
      const open = alarms.find(({ raise, cleared_s }) => raise.alarm === record.alarm && cleared_s === null)
      if (open !== undefined) open.cleared_s = record.t_us / 1e6
    }
  }
  return alarms.map(({ raise, cleared_s }) => ({
    alarm: raise.alarm,
    priority: raise.priority,
    raised_s: raise.t_us / 1e6,
    cleared_s,
  }))
}

/** What was programmed, refused, refilled and noted, in order of time. */
export function eventsOf(ledgers: Ledgers): EventResult[] {
  const first = ledgers.records.find(({ kind }) => kind === 'fill')
  const events = ledgers.records.flatMap((record): EventResult[] => {
    switch (record.kind) {
      case 'applied':
        return [programmed(record)]
      case 'refused':
        return [refusal(record)]
      case 'fill':
        return record === first ? [] : [refilled(record)]
      case 'surge':
        return [surged(record)]
      case 'escape':
        return [escaped(record)]
      case 'injection':
        return [injected(record)]
      case 'event':
        return [{ t_s: record.t_us / 1e6, event: record.event, detail: record.detail }]
      case 'fault':
        return [faultTurn(record)]
      default:
        return []
    }
  })
  return events.sort((a, b) => a.t_s - b.t_s)
}

/** What the event log of the pump held each time it was read, in order of time; nothing where it never was. */
export function logsOf({ records }: Ledgers): Pick<RunResult, 'logs'> {
  const logs = recordsOf(records, 'log').map(
    ({ t_us, dropped, entries }): LogResult => ({
      t_s: t_us / 1e6,
      dropped,
      entries: entries.map(({ at_us, event, detail }) => ({ t_s: seconds(fromExact(at_us)), event, detail })),
    }),
  )
  return logs.length === 0 ? {} : { logs }
}

/** An event that the bench tells of by itself. */
type BenchEventResult = EventResult & { readonly event: BenchEvent }

function refusal({ t_us, text, reason }: RecordOf<'refused'>): BenchEventResult {
  return { t_s: t_us / 1e6, event: 'programming-refused', what: text, reason }
}

function faultTurn({ t_us, state, fault, detail }: RecordOf<'fault'>): BenchEventResult {
  return { t_s: t_us / 1e6, event: `fault-${state}`, fault, detail }
}

function programmed(record: RecordOf<'applied'>): BenchEventResult {
  const daily = fromExact(record.daily_uL)
  const before = record.previousDaily_uL === null ? ZERO : fromExact(record.previousDaily_uL)
  const change = isZero(before) ? null : toNumber(times(divide(subtract(daily, before), before), 100))
  return {
    t_s: record.t_us / 1e6,
    event: 'programmed',
    what: record.text,
    daily_uL: toNumber(daily),
    change_percent: change,
  }
}

function surged(record: RecordOf<'surge'>): BenchEventResult {
  const drugs = record.tip_ug.map(([drug, mass]) => `${decimal(fromExact(mass))} ug of ${drug}`)
  return {
    t_s: record.t_us / 1e6,
    event: 'surge',
    detail: `a blockage gave way: ${drugs.length === 0 ? 'no drug' : drugs.join(' and ')} out of the tip at once`,
    tip_uL: toNumber(fromExact(record.tip_uL)),
    leaked_uL: record.leaked_uL === '0' ? null : toNumber(fromExact(record.leaked_uL)),
  }
}

function escaped({ t_us, volume_uL }: RecordOf<'escape'>): BenchEventResult {
  const leaked_uL = toNumber(fromExact(volume_uL))
  return { t_s: t_us / 1e6, event: 'septum-leaked', detail: 'out of the reservoir, to the outside', leaked_uL }
}

function injected({ t_us, tip_uL, tip_ug }: RecordOf<'injection'>): BenchEventResult {
  const drugs = tip_ug.map(([drug, mass]) => `${decimal(fromExact(mass))} ug of ${drug}`)
  const detail = `through the side port: ${drugs.join(' and ')} at the tip at once`
  return { t_s: t_us / 1e6, event: 'injected', detail, tip_uL: toNumber(fromExact(tip_uL)) }
}

function refilled(record: RecordOf<'fill'>): BenchEventResult {
  return {
    t_s: record.t_us / 1e6,
    event: 'refilled',
    withdrawn_uL: toNumber(fromExact(record.withdrawn_uL)),
    volume_uL: toNumber(fromExact(record.volume_uL)),
  }
}

function seconds(at_us: Rational): number {
  return toNumber(divide(at_us, whole(1_000_000)))
}
