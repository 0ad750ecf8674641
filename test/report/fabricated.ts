/**
 * Results made up for the tests of reports: a week that passes, a reservoir that ran dry, hostile names.
 *
 * No bench was involved; the figures are only as consistent as a report needs them to be.
 */
import { PAGE_SCRIPT } from '#hil/report/page-script'
import type { Analysis } from '#hil/run/analysis/types'
import type { AlarmResult, CheckResult, EventResult, Manifest, Result, RunResult, Sample } from '#hil/run/result'

const DAY_s = 86_400
const STEP_uL = 0.25

const MANIFEST: Manifest = {
  tool: 'pumpbench',
  version: '0.1.0',
  commit: '4f1c0e2d9b7a6c5e8f3a1b2c4d5e6f7081929394',
  node: 'v20.20.2',
  platform: 'linux x64',
  started: '2026-01-05T08:00:00.000Z',
  rig_firmware: '9a3f55d1',
}

export function result(...runs: readonly RunResult[]): Result {
  return { schema: 'pumpbench/result@1', manifest: MANIFEST, runs }
}

export function check(over: Partial<CheckResult>): CheckResult {
  return {
    check: 'tracking',
    outcome: 'pass',
    expect: 'pass',
    verdict: 'pass',
    measured: 0.25,
    limit: 0.25,
    unit: 'uL',
    at_s: 3600,
    detail: '',
    ...over,
  }
}

/** Samples every hour of a pump that gives 2000 ug/mL; `flow` tells the true volume, `belief` what the pump thinks. */
export function hourly(
  days: number,
  prescribed: (t_s: number) => number,
  flow: (t_s: number) => number = prescribed,
  belief: (t_s: number) => number = flow,
): readonly Sample[] {
  const stepped = (volume: number) => Math.floor(volume / STEP_uL) * STEP_uL
  return Array.from({ length: days * 24 + 1 }, (_, hour) => {
    const t_s = hour * 3600
    return {
      t_s,
      prescribed_uL: prescribed(t_s),
      prescribed_ug: prescribed(t_s) * 2,
      believed_uL: stepped(belief(t_s)),
      believed_ug: stepped(belief(t_s)) * 2,
      displaced_uL: stepped(flow(t_s)),
      tip_ug: stepped(flow(t_s)) * 2,
    }
  })
}

/** The analysis of a run of which nothing was analyzed. */
const NOT_ANALYZED: Analysis = {
  ...{ volume: null, drugs: null, trumpet: null, start_up: null, boluses: null, interruption: null },
  ...{ alarm_latencies: null, changeovers: null },
  omitted: [{ part: 'volume', reason: 'the run is made up' }],
}

/** A run with the given samples and otherwise plausible figures. */
export function run(samples: readonly Sample[], over: Partial<RunResult> = {}): RunResult {
  const last = samples.at(-1)
  const displaced = last?.displaced_uL ?? 0
  return {
    scenario: 'simple-week',
    file: 'scenarios/simple-week.yaml',
    file_sha256: '5'.repeat(64),
    pump: 'model',
    pump_model: 'im-40',
    step_uL: STEP_uL,
    rig: 'ideal',
    rig_identity: 'in-process motor',
    seed: 1,
    requirements: ['R1', 'R4'],
    outcome: 'pass',
    verdict: 'pass',
    simulated_s: last?.t_s ?? 0,
    wall_s: 0.0421,
    prescribed: { volume_uL: last?.prescribed_uL ?? 0, dose_ug: last?.prescribed_ug ?? 0 },
    believed: {
      volume_uL: last?.believed_uL ?? 0,
      dose_ug: last?.believed_ug ?? 0,
      reservoir_uL: 20_000 - (last?.believed_uL ?? 0),
      steps: Math.round((last?.believed_uL ?? 0) / STEP_uL),
    },
    delivered: {
      steps: Math.round(displaced / STEP_uL),
      displaced_uL: displaced,
      tip_volume_uL: displaced,
      tip_dose_ug: last?.tip_ug ?? 0,
      leaked_uL: 0,
      withdrawn_uL: 0,
      reservoir_uL: 20_000 - displaced,
      in_line_uL: 375,
    },
    provenance: {
      steps: 'modelled',
      steps_uncertainty: 0,
      displaced: 'modelled',
      displaced_uncertainty_uL: 0,
      displaced_uncertainty_percent: 0,
      tip: 'modelled: plug flow',
      tip_uncertainty_uL: 0,
      tip_uncertainty_percent: 0,
      tip_dose_uncertainty_ug: 0,
      leaked: 'modelled',
      leaked_uncertainty_uL: 0,
      withdrawn: 'modelled',
      withdrawn_uncertainty_uL: 0,
      reservoir: 'modelled',
      reservoir_uncertainty_uL: 0,
      reservoir_uncertainty_percent: 0,
      in_line: 'modelled',
      in_line_uncertainty_uL: 0,
    },
    checks: [
      check({ detail: 'delivered against prescribed at most 0.25 uL, believed against delivered never apart' }),
      check({
        check: 'mass-conservation',
        measured: 0,
        limit: 0,
        unit: 'ug',
        at_s: null,
        detail: 'exact for baclofen',
      }),
      check({
        check: 'no-other-alarms',
        measured: null,
        limit: null,
        unit: '',
        at_s: null,
        detail: 'no alarm was raised',
      }),
    ],
    alarms: [],
    events: [
      { t_s: 0, event: 'fill', drug: 'baclofen', volume_uL: 20_000 },
      { t_s: 0, event: 'programmed', detail: 'simple-continuous 350 ug/d' },
    ],
    samples,
    analysis: NOT_ANALYZED,
    detection: null,
    trace_sha256: 'ab'.repeat(32),
    ...over,
  }
}

/** Seven days of 175 uL a day, within one step throughout. */
export function passingWeek(): RunResult {
  return run(hourly(7, (t_s) => (175 * t_s) / DAY_s))
}

/** When the reservoir of {@link ranDry} was empty: day 171.67. */
const DRY_s = 171 * DAY_s + 16 * 3600 + 288

const EVENTS_DRY: readonly EventResult[] = [
  { t_s: 0, event: 'fill', drug: 'baclofen', volume_uL: 20_000 },
  { t_s: 0, event: 'programmed', detail: 'simple-continuous 233 ug/d' },
  { t_s: 60 * DAY_s, event: 'programmed', detail: 'simple-continuous 233 ug/d, confirmed soft limit' },
  { t_s: 90 * DAY_s, event: 'interrogate' },
]

const ALARMS_DRY: readonly AlarmResult[] = [
  { alarm: 'low-reservoir', priority: 'non-critical', raised_s: 154 * DAY_s, cleared_s: null },
  { alarm: 'empty-reservoir', priority: 'critical', raised_s: DRY_s, cleared_s: null },
  { alarm: 'stopped-pump', priority: 'critical', raised_s: DRY_s + 0.75, cleared_s: null },
]

/** Two hundred days on one fill: the pump stopped when it was empty, and knew it. */
export function ranDry(): RunResult {
  const prescribed = (t_s: number) => (116.5 * t_s) / DAY_s
  return run(
    hourly(200, prescribed, (t_s) => prescribed(Math.min(t_s, DRY_s))),
    {
      scenario: 'ran-dry',
      rig: 'avr',
      rig_identity: 'ATmega328P, emulated, serial number 0x0001',
      outcome: 'fail',
      verdict: 'fail',
      checks: [
        check({
          check: 'delivered-volume',
          outcome: 'fail',
          verdict: 'fail',
          measured: 14.1638,
          limit: 2,
          unit: '%',
          at_s: 200 * DAY_s,
          detail: 'delivered 19999.5 uL of 23300 uL prescribed',
          parted: [{ pair: 'volume', since_s: DRY_s }],
        }),
        check({
          check: 'dose-at-tip',
          outcome: 'fail',
          verdict: 'fail',
          measured: 14.1638,
          limit: 2,
          unit: '%',
          at_s: 200 * DAY_s,
          detail: 'out of the tip 39999 ug of 46600 ug prescribed',
          parted: [{ pair: 'mass', since_s: DRY_s }],
        }),
        check({ check: 'alarm', measured: null, limit: null, unit: '', at_s: DRY_s, detail: 'empty-reservoir raised' }),
        check({
          check: 'mass-conservation',
          measured: 0,
          limit: 0,
          unit: 'ug',
          at_s: null,
          detail: 'exact for baclofen',
        }),
      ],
      alarms: ALARMS_DRY,
      events: EVENTS_DRY,
    },
  )
}

export const HOSTILE =
  '<script>alert(1)</script>"><img src=x onerror=alert(1)>\u001b[31mred\u001b[0m\u202egnirts\n\u0007\u009b2J\' `&amp;'

/** A run in which every text that a scenario, a rig or a trace can choose is an attack. */
export function hostileRun(): RunResult {
  const base = ranDry()
  return {
    ...base,
    scenario: HOSTILE,
    file: HOSTILE,
    pump: HOSTILE,
    pump_model: HOSTILE,
    rig: HOSTILE,
    rig_identity: HOSTILE,
    requirements: [HOSTILE],
    provenance: { ...base.provenance, displaced: HOSTILE, tip: HOSTILE, reservoir: HOSTILE },
    checks: base.checks.map((one) => ({ ...one, detail: HOSTILE, unit: HOSTILE })),
    alarms: base.alarms.map((alarm) => ({ ...alarm, alarm: HOSTILE })),
    events: base.events.map((event) => ({ ...event, event: HOSTILE, drug: HOSTILE, [HOSTILE]: HOSTILE })),
    logs: [{ t_s: DAY_s, dropped: 4_294_967_295, entries: [{ t_s: 1, event: HOSTILE, detail: HOSTILE }] }],
  }
}

/** The page without its own script and the data it carries; whatever else poses as a script stays. */
export function scriptless(page: string): string {
  return page
    .replace(`<script>${PAGE_SCRIPT}</script>`, '')
    .replaceAll(/<script type="application\/json" id="run-\d+-curves">[^<]*<\/script>/g, '')
}
