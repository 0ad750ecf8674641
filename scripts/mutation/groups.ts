/**
 * What is mutated together, and the suites that its mutants are held against.
 *
 * A mutant of a constant runs every test of its group, and any other those that touch it, so a group names the few
 * suites that are about its files, and none whose time is that of many random lives.
 */

export interface MutationGroup {
  readonly name: string
  /** Files that are mutated; globs are welcome. */
  readonly mutate: readonly string[]
  /** Suites that are run, in `test/`, without `.test.ts`. */
  readonly tests: readonly string[]
  /** Whether its files are about traces and no run of a scenario depends on them; the runs are then made once. */
  readonly ofTraces?: boolean
}

export const GROUPS: readonly MutationGroup[] = [
  {
    name: 'programming',
    mutate: ['firmware-sim/programming.ts', 'firmware-sim/transaction.ts'],
    tests: [
      'firmware-sim/transaction',
      'firmware-sim/limits',
      'firmware-sim/reservoir',
      'firmware-sim/transport',
      'firmware-sim/line',
      'firmware-sim/operating',
      'firmware-sim/clock-log',
      'firmware-sim/restart',
      'firmware-sim/damage',
      'firmware-sim/patient',
      'firmware-sim/patterns',
    ],
  },
  {
    name: 'limits',
    mutate: [
      'firmware-sim/limits.ts',
      'firmware-sim/warnings.ts',
      'firmware-sim/dose-limits.ts',
      'firmware-sim/foresight.ts',
    ],
    tests: [
      'firmware-sim/clock-log',
      'firmware-sim/limits',
      'firmware-sim/clinic-limits',
      'firmware-sim/dose-cap',
      'firmware-sim/transport',
      'firmware-sim/line',
      'firmware-sim/patient',
      'firmware-sim/grants',
      'firmware-sim/reservoir',
      'firmware-sim/unfit-refill',
    ],
  },
  {
    name: 'reservoir',
    mutate: [
      'firmware-sim/refill.ts',
      'firmware-sim/reconciliation.ts',
      'firmware-sim/reservoir.ts',
      'firmware-sim/accounting.ts',
      'firmware-sim/delivery.ts',
    ],
    tests: [
      'firmware-sim/refill',
      'firmware-sim/unfit-refill',
      'firmware-sim/reconciliation',
      'firmware-sim/reservoir',
      'firmware-sim/delivery',
      'firmware-sim/transport',
      'firmware-sim/line',
      'firmware-sim/lost-step',
      'firmware-sim/damage',
    ],
  },
  {
    name: 'operating',
    mutate: ['firmware-sim/operating.ts'],
    tests: ['firmware-sim/operating-table'],
  },
  {
    name: 'pump',
    mutate: [
      'firmware-sim/pump.ts',
      'firmware-sim/stimulate.ts',
      'firmware-sim/turn.ts',
      'firmware-sim/actions.ts',
      'firmware-sim/boundaries.ts',
      'firmware-sim/state.ts',
    ],
    tests: [
      'firmware-sim/boundaries',
      'firmware-sim/words',
      'firmware-sim/restart',
      'firmware-sim/refill',
      'firmware-sim/unfit-refill',
      'firmware-sim/supervision',
      'firmware-sim/transaction',
      'firmware-sim/reservoir',
      'firmware-sim/lost-step',
      'firmware-sim/transport',
      'firmware-sim/line',
      'firmware-sim/patterns',
      'firmware-sim/clock-log',
      'firmware-sim/damage',
      'firmware-sim/patient',
      'firmware-sim/steadiness',
      'firmware-sim/operating',
      'firmware-sim/power',
    ],
  },
  {
    name: 'power',
    mutate: ['firmware-sim/power.ts', 'firmware-sim/record.ts'],
    tests: [
      'firmware-sim/boundaries',
      'firmware-sim/damage',
      'firmware-sim/memory-record',
      'firmware-sim/power',
      'firmware-sim/supervision',
    ],
  },
  {
    name: 'motion',
    mutate: [
      'firmware-sim/motion.ts',
      'firmware-sim/line.ts',
      'firmware-sim/transport.ts',
      'firmware-sim/clock.ts',
      'firmware-sim/clock-setting.ts',
    ],
    tests: [
      'firmware-sim/boundaries',
      'firmware-sim/clinic-limits',
      'firmware-sim/refill',
      'firmware-sim/unfit-refill',
      'firmware-sim/delivery',
      'firmware-sim/transport',
      'firmware-sim/line',
      'firmware-sim/second-prime',
      'firmware-sim/lost-step',
      'firmware-sim/limits',
      'firmware-sim/dose-cap',
      'firmware-sim/patterns',
      'firmware-sim/clock-log',
      'firmware-sim/supervision',
    ],
  },
  {
    name: 'therapy',
    mutate: ['firmware-sim/therapy/*.ts', 'firmware-sim/patient.ts'],
    tests: [
      'firmware-sim/clinic-limits',
      'firmware-sim/damage',
      'firmware-sim/daily-dose',
      'firmware-sim/patterns',
      'firmware-sim/transaction',
      'firmware-sim/limits',
      'firmware-sim/patient',
      'firmware-sim/grants',
      'firmware-sim/transport',
    ],
  },
  {
    name: 'dose',
    mutate: ['firmware-sim/dose-history.ts', 'firmware-sim/daily-dose.ts'],
    tests: ['firmware-sim/dose-history', 'firmware-sim/daily-dose', 'firmware-sim/dose-cap'],
  },
  {
    name: 'supervision',
    mutate: [
      'firmware-sim/battery.ts',
      'firmware-sim/standing.ts',
      'firmware-sim/sound.ts',
      'firmware-sim/alarms.ts',
      'firmware-sim/event-log.ts',
    ],
    tests: [
      'firmware-sim/battery',
      'firmware-sim/standing',
      'firmware-sim/sound',
      'firmware-sim/steadiness',
      'firmware-sim/words',
      'firmware-sim/supervision',
    ],
  },
  {
    name: 'memory',
    mutate: ['firmware-sim/memory/*.ts'],
    tests: ['firmware-sim/memory', 'firmware-sim/memory-record', 'firmware-sim/flip', 'firmware-sim/damage'],
  },
  {
    name: 'models',
    mutate: ['firmware-sim/models.ts'],
    tests: ['firmware-sim/models'],
  },
  {
    name: 'wire',
    mutate: [
      'protocol/frame.ts',
      'protocol/splitter.ts',
      'protocol/message.ts',
      'protocol/field.ts',
      'protocol/field-text.ts',
      'protocol/crc32.ts',
    ],
    tests: [
      'protocol/frame',
      'protocol/field-text',
      'protocol/splitter',
      'protocol/vectors',
      'protocol/misshapen',
      'protocol/page',
    ],
  },
  {
    name: 'pump-wire',
    mutate: ['protocol/pump/*.ts'],
    tests: [
      'protocol/pump-misshapen',
      'protocol/pump-frame',
      'protocol/pump-page',
      'pump-wire/same',
      'pump-wire/hostile',
    ],
  },
  {
    name: 'line-splitter',
    mutate: ['protocol/line-splitter.ts', 'protocol/edges.ts'],
    tests: ['protocol/pump-frame', 'protocol/splitter', 'protocol/edges'],
  },
  {
    name: 'wire-tally',
    mutate: ['protocol/wire-tally.ts'],
    tests: ['protocol/wire-tally'],
  },
  {
    name: 'wire-motion',
    mutate: ['protocol/motion.ts', 'protocol/motion-queue.ts', 'protocol/ticks.ts', 'protocol/telemetry-order.ts'],
    tests: [
      'protocol/motion',
      'protocol/ticks',
      'protocol/host-parts',
      'protocol/host-link',
      'protocol/host-watch',
      'protocol/rig-link',
    ],
  },
  {
    name: 'link',
    mutate: [
      'protocol/host-link.ts',
      'protocol/rig-link.ts',
      'protocol/command-window.ts',
      'protocol/host-session.ts',
      'protocol/handshake.ts',
      'protocol/link.ts',
    ],
    tests: [
      'protocol/host-parts',
      'protocol/host-link',
      'protocol/host-watch',
      'protocol/rig-link',
      'protocol/rig-latch',
    ],
  },
  {
    name: 'oracle-prescribed',
    mutate: [
      'hil/oracle/prescribed.ts',
      'hil/oracle/course.ts',
      'hil/oracle/bridge.ts',
      'hil/oracle/prime.ts',
      'hil/oracle/plumbing.ts',
      'hil/oracle/under-way.ts',
      'hil/oracle/patterns.ts',
      'hil/oracle/pattern-clock.ts',
      'hil/oracle/patient-bolus.ts',
      'hil/oracle/permit.ts',
      'hil/oracle/daily-dose.ts',
      'hil/oracle/dose-limits.ts',
      'hil/oracle/flow.ts',
      'hil/oracle/line.ts',
      'hil/oracle/tip.ts',
      'hil/oracle/changeover.ts',
      'hil/oracle/wrong-dose.ts',
    ],
    tests: [
      'oracle/prescribed',
      'oracle/growth',
      'oracle/patterns',
      'oracle/patient-bolus',
      'oracle/line-changes',
      'oracle/tip',
      'oracle/daily-dose',
      'oracle/dose-limits',
      'oracle/under-way',
      'oracle/trumpet',
      'oracle/any-prescription',
    ],
  },
  {
    name: 'oracle-tracking',
    mutate: [
      'hil/oracle/staircase.ts',
      'hil/oracle/heights.ts',
      'hil/oracle/climb.ts',
      'hil/oracle/common-unit.ts',
      'hil/oracle/difference.ts',
      'hil/oracle/stretches.ts',
      'hil/oracle/tracking.ts',
      'hil/oracle/astray.ts',
      'hil/oracle/partings.ts',
      'hil/oracle/missed.ts',
      'hil/oracle/ruled.ts',
      'hil/oracle/delivery.ts',
      'hil/oracle/interruption.ts',
      'hil/oracle/alarm-latency.ts',
      'hil/oracle/guard-band.ts',
    ],
    tests: [
      'oracle/difference',
      'oracle/growth',
      'oracle/tracking',
      'oracle/astray',
      'oracle/missed',
      'oracle/interruption',
      'oracle/alarm-latency',
      'oracle/guard-band',
    ],
  },
  {
    name: 'oracle-flow',
    mutate: [
      'hil/oracle/trumpet.ts',
      'hil/oracle/envelope.ts',
      'hil/oracle/reaches.ts',
      'hil/oracle/trumpet-curve.ts',
      'hil/oracle/published-trumpets.ts',
      'hil/oracle/start-up.ts',
      'hil/oracle/flow-verdict.ts',
      'hil/oracle/bolus-accuracy.ts',
      'hil/oracle/bolus-record.ts',
      'hil/oracle/burst.ts',
      'hil/oracle/beat.ts',
      'hil/oracle/arithmetic.ts',
    ],
    tests: [
      'oracle/trumpet',
      'oracle/trumpet-curve',
      'oracle/flow-verdict',
      'oracle/start-up',
      'oracle/bolus-accuracy',
      'oracle/burst',
      'oracle/beat',
      'oracle/difference',
    ],
  },
  {
    name: 'run-checks',
    mutate: ['hil/run/checks/*.ts', 'hil/run/reported-figures.ts'],
    tests: [
      'run/invariants-check',
      'run/told-figures',
      'run/altered-records',
      'run/programmed',
      'run/check-words',
      'run/check-cases',
      'run/verdicts',
      'run/measure-checks',
      'run/uncertain-measures',
      'run/refills',
      'run/programmer',
      'run/drifting-pump',
      'run/known-bad-pumps',
      'run/dispersive-line',
      'run/instrument',
    ],
    ofTraces: true,
  },
  {
    name: 'run-analysis',
    mutate: ['hil/run/analysis/*.ts', 'hil/run/changeovers.ts', 'hil/run/alarm-causes.ts'],
    tests: ['run/analysis', 'run/analysis-figures', 'run/altered-records', 'run/measure-checks'],
    ofTraces: true,
  },
  {
    name: 'run-detection',
    mutate: ['hil/run/detection/*.ts', 'hil/oracle/beyond.ts', 'hil/oracle/residual.ts'],
    tests: ['run/detection-findings', 'run/detection', 'run/mislabeled', 'oracle/beyond'],
    ofTraces: true,
  },
  {
    name: 'run-invariants',
    mutate: ['hil/run/invariants/*.ts'],
    tests: [
      'run/invariants',
      'run/invariants-alarms',
      'run/invariants-doses',
      'run/invariants-named',
      'run/admission-limits',
      'run/invariants-excused',
      'run/invariants-excused-belief',
      'run/invariants-excused-orders',
      'run/accepted',
      'explore/found',
      'explore/seeds',
      'explore/altered',
    ],
    ofTraces: true,
  },
  {
    name: 'oracle-admission',
    mutate: ['hil/oracle/admission.ts'],
    tests: [
      'run/admission-limits',
      'run/invariants-excused-orders',
      'run/accepted',
      'explore/admission',
      'explore/found',
      'explore/seeds',
    ],
    ofTraces: true,
  },
  {
    name: 'oracle-shortfall',
    mutate: ['hil/oracle/shortfall.ts'],
    tests: ['oracle/shortfall'],
  },
  {
    name: 'run-ledgers',
    mutate: [
      'hil/run/ledgers.ts',
      'hil/run/views.ts',
      'hil/run/strongest.ts',
      'hil/run/exact-samples.ts',
      'hil/run/rotor-mass.ts',
      'hil/run/open-run.ts',
      'hil/run/told.ts',
      'hil/run/emptied.ts',
    ],
    tests: [
      'run/judge',
      'run/altered-records',
      'run/refills',
      'run/analysis',
      'run/provenance',
      'run/motor-stall',
      'run/plant-truth',
      'run/open-run',
      'run/broken-off',
      'run/mislabeled',
      'run/told-events',
      'run/check-cases',
      'run/measure-checks',
    ],
    ofTraces: true,
  },
  {
    name: 'run-instrument',
    mutate: ['hil/run/instrument.ts', 'hil/run/provenance.ts'],
    tests: ['run/provenance', 'run/instrument', 'run/uncertain-measures'],
    ofTraces: true,
  },
  {
    name: 'run-judge',
    mutate: ['hil/run/judge.ts', 'hil/run/result.ts'],
    tests: ['run/judge', 'run/altered-records', 'run/verdicts', 'run/programmer'],
    ofTraces: true,
  },
  {
    name: 'run-trace',
    mutate: [
      'hil/run/read-trace.ts',
      'hil/run/trace-line.ts',
      'hil/run/trace-schema.ts',
      'hil/run/header.ts',
      'hil/run/recorder.ts',
      'hil/run/program-record.ts',
      'hil/run/exact.ts',
    ],
    tests: ['run/trace-line', 'run/read-trace', 'run/program-record', 'run/broken-off'],
  },
  {
    name: 'run-programs',
    mutate: ['hil/run/programmer.ts', 'hil/run/programs.ts', 'hil/run/script.ts', 'hil/run/pump-records.ts'],
    tests: ['run/script', 'run/pump-records', 'run/programmer', 'run/refills', 'run/verdicts'],
  },
  {
    name: 'run-parts',
    mutate: [
      'hil/run/agenda.ts',
      'hil/run/guarded-rig.ts',
      'hil/run/motion.ts',
      'hil/run/profiles.ts',
      'hil/run/rotor-watch.ts',
    ],
    tests: ['run/agenda', 'run/guarded-rig', 'run/motion', 'run/profiles', 'run/rotor-watch'],
  },
  {
    name: 'run',
    mutate: [
      'hil/run/bench.ts',
      'hil/run/execute.ts',
      'hil/run/fault-side.ts',
      'hil/run/plant-side.ts',
      'hil/run/pump-side.ts',
      'hil/run/rehearse.ts',
    ],
    tests: [
      'run/verdicts',
      'run/deeds',
      'run/pumps-out-of-turn',
      'run/fault-side',
      'run/rehearse',
      'run/told-events',
      'run/faults',
      'run/hostile',
      'run/instrument',
      'run/programmer',
      'run/refills',
      'run/rigs-of-all-kinds',
      'run/broken-off',
      'run/dispersive-line',
      'run/plant-truth',
      'run/motor-stall',
      'run/mislabeled',
      'fault/device-faults',
      'fault/injected',
    ],
  },
  {
    name: 'catalogue',
    mutate: ['protocol/catalogue.ts', 'protocol/c-header.ts', 'protocol/schema-hash.ts'],
    tests: ['protocol/page', 'protocol/vectors', 'protocol/frame'],
  },
]

/** Tests of these suites that are left out: each takes longer than all the others together. */
export const LEFT_OUT: readonly RegExp[] = [
  /of any one or two bits leaves no other frame/,
  /takes 5 MB without a newline/,
  /the steps of a segment stay within 32 bits of error/,
  /adds up from thousands of short therapies/,
  // It looks at so much that a mutant which hangs would be found out by nothing but the clock.
  /of a pattern too dense to be looked at is refused/,
  // Of the operations that the power can cut, one that was committed and one that was not.
  /power cut at every word write of committing .* \(([0-4]|[6-9]|1\d)\)/,
  /power cut at every word write of %s .* \([1-9]\)/,
]

/**
 * What several groups, named with commas between them, mutate and run. A file in the place of a group stands for itself and
 * the suites of its group. Throws RangeError for a name of none.
 */
export function groupsOf(names: string): Required<MutationGroup> {
  const groups = names.split(',').map(groupOf)
  const all = (part: 'mutate' | 'tests') => [...new Set(groups.flatMap((group) => group[part]))]
  const ofTraces = groups.every((group) => group.ofTraces === true)
  return { name: names, mutate: all('mutate'), tests: all('tests'), ofTraces }
}

function groupOf(name: string): MutationGroup {
  const group = GROUPS.find((candidate) => candidate.name === name)
  if (group !== undefined) return group
  const around = GROUPS.find(({ mutate }) => mutate.some((files) => isAmong(name, files)))
  if (around !== undefined) return { ...around, name, mutate: [name] }
  const known = GROUPS.map((candidate) => candidate.name).join(', ')
  throw new RangeError(`there is no group of files named ${name}, and none with such a file; the groups are ${known}`)
}

/** Whether a file is the one that is named, or in the folder of which all are. */
function isAmong(file: string, named: string): boolean {
  return file === named || (named.endsWith('/*.ts') && file.startsWith(named.slice(0, -'*.ts'.length)))
}
