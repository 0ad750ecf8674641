/** Defects seeded in the pump's firmware: at least one in every file of it that does something. */
import { type Defect, explore, library, matrix } from './defect.ts'

type Seed = readonly [id: string, mistake: string, find: string, replace: string, ...hunts: Defect['hunts']]

const SEEDS: Readonly<Record<string, readonly Seed[]>> = {
  accounting: [
    [
      'lost-steps-added',
      'sign: steps that moved nothing are added to the belief',
      'stepsAt(state.delivery, at_us) - state.lost',
      'stepsAt(state.delivery, at_us) + state.lost',
      library('field-mri-two-hours'),
    ],
  ],
  actions: [
    [
      'stall-never-cleared',
      'the alarm of a stall is not cleared when the rotor moves again',
      "    clear(turn, ['motor-stall'])\n",
      '',
      library('field-three-stalls-in-three-days'),
    ],
    [
      'stall-made-up',
      'what a stall missed is given as a bolus once the rotor moves',
      'change(turn, { missedInARow: 0 })',
      `const missed_uL = { n: turn.model.step_uL.n * BigInt(missedInARow), d: turn.model.step_uL.d }
    const over_us = { n: 600_000_000n, d: 1n }
    const made = started({ dose: { by: 'volume', volume_uL: missed_uL }, over_us }, turn.state.now_us)
    change(turn, { missedInARow: 0, boluses: missedInARow > 0 ? [...turn.state.boluses, made] : turn.state.boluses })
    if (missedInARow > 0) setRate(turn)`,
      library('field-mri-two-hours'),
    ],
  ],
  alarms: [
    [
      'alarm-kept-over-lost-memory',
      'an alarm that somebody has to clear is taken for one that nothing clears',
      "cause: 'steps were ordered and the rotor did not move; cleared when it moves again',\n    clearedBy: 'motion'",
      "cause: 'steps were ordered and the rotor did not move; cleared when it moves again',\n    clearedBy: 'never'",
      library('memory-lost-during-a-stall'),
    ],
  ],
  battery: [
    [
      'one-reading-decides',
      'replacement is judged by any number of readings against the sum for ten',
      'readings_mV.length < READINGS_KEPT',
      'readings_mV.length < 1',
      library('field-resistive-film'),
    ],
    [
      'service-from-first-day',
      'end of service is counted from the first day and not from when replacement fell due',
      'add(battery.replacementSince_us, model.replacementPeriod_us)',
      'add(ZERO, model.replacementPeriod_us)',
      library('field-resistive-film'),
    ],
  ],
  boundaries: [
    [
      'empty-a-step-early',
      'off by one: the reservoir counts as empty with one step left',
      'stepReaching(reservoir, ZERO, model.step_uL)',
      'stepReaching(reservoir, model.step_uL, model.step_uL)',
      library('field-empty-and-still-delivering'),
    ],
  ],
  'clock-setting': [
    [
      'pattern-by-the-old-clock',
      'stale value: after the clock is set the pattern goes on by the clock before',
      '? nextStart(therapy, { began_us, clock: after, from_us: now_us, after: null })\n      : turn.state.next',
      '? nextStart(therapy, { began_us, clock, from_us: now_us, after: null })\n      : turn.state.next',
      library('clock-forward-in-spring'),
    ],
  ],
  clock: [
    [
      'hour-given-twice',
      'a clock that is set back forgets which part of the pattern it has passed',
      'isJump(clock, at_us, to_us) ? to_us : firstDue(clock, at_us)',
      'to_us',
      library('clock-back-in-autumn'),
    ],
  ],
  'daily-dose': [
    [
      'day-before-forgotten',
      'the wrong side of now: what was given in the day before does not count',
      'past.filter(({ from_us }) => compare(from_us, now_us) < 0)',
      'past.filter(({ from_us }) => compare(from_us, now_us) > 0)',
      library('patient-bolus-capped'),
    ],
  ],
  delivery: [
    [
      'fraction-forgotten',
      'at every change of rate what was begun of the next step is lost',
      'const position = positionAt(delivery, at_us)\n  const steps',
      'const position = whole(stepsAt(delivery, at_us))\n  const steps',
      library('clock-forward-in-spring'),
    ],
  ],
  'dose-history': [
    [
      'past-by-volume',
      'wrong unit: the past is counted in microliters against a limit in micrograms',
      '? piece.mass_ug_per_us : ZERO',
      '? piece.volume_uL_per_us : ZERO',
      library('patient-bolus-capped'),
    ],
  ],
  'dose-limits': [
    [
      'limit-itself-refused',
      '>= for >: exactly the dose that the clinic allows is refused',
      'return compare(most, bound) > 0\n',
      'return compare(most, bound) >= 0\n',
      library('patient-bolus-capped'),
    ],
  ],
  'event-log': [
    [
      'entry-dropped',
      'the wrong entry gives way: the new one, from the first on',
      'entries: [...(full ? log.entries.slice(1) : log.entries), entry],',
      'entries: full ? [...log.entries.slice(1), entry] : log.entries,',
      library('power-cut-in-the-log'),
    ],
  ],
  foresight: [
    [
      'looks-at-the-last-only',
      'a bolus that starts at the instant looked at is left for the next look, which never comes further',
      'while (next !== null && compare(next.at_us, now_us) <= 0)',
      'while (next !== null && compare(next.at_us, now_us) < 0)',
      library('fourteen-boluses'),
    ],
  ],
  limits: [
    [
      'minimum-rate-refused',
      'the therapy that is exempt from the least rate is held to it',
      'if (!exempt && compare(given, least) < 0)',
      'if (compare(given, least) < 0)',
      library('motor-stall-at-minimum-rate'),
    ],
    [
      'everything-exempt',
      'every therapy is exempt from the least rate',
      'if (!exempt && compare(given, least) < 0)',
      'if (exempt && compare(given, least) < 0)',
      library('stronger-drug-alone'),
    ],
    [
      'highest-rate-refused',
      '>= for >: exactly the highest rate of the pump is refused',
      'if (compare(given, most) > 0) {',
      'if (compare(given, most) >= 0) {',
      explore(68),
    ],
    [
      'increase-at-the-limit-refused',
      '>= for >: exactly the increase that the clinic allows is refused',
      'compare(changed, hard) > 0) {',
      'compare(changed, hard) >= 0) {',
      explore(5),
    ],
  ],
  line: [
    [
      'bridge-inverted',
      'the factor of a bridge is inverted',
      'divide(contents.concentration_ug_per_uL, atTip.concentration_ug_per_uL)',
      'divide(atTip.concentration_ug_per_uL, contents.concentration_ug_per_uL)',
      library('bridge-interrupted'),
    ],
  ],
  'memory/record': [
    [
      'fractions-truncated',
      'silent truncation: a fraction is kept as the whole number below it',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code of the file
      'return spent(place, `"${TAG}${n}/${d}"`)',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code of the file
      'return spent(place, `"${TAG}${n / d}/1"`)',
      library('field-reply-lost'),
      matrix('power-cut', 'field-bolus-interrupted-at-once'),
    ],
  ],
  'memory/store': [
    [
      'second-copy-never-written',
      'the second copy is never written',
      'copyOf(payload, sequence), [other(last), last], cut, kept)',
      'copyOf(payload, sequence), [other(last)], cut, kept)',
      library('power-cut-between-copies'),
    ],
    [
      'checksum-not-checked',
      'the checksum of a copy is worked out and not looked at',
      'words.every((word) => word >>> 0 === word) && checksum(bytes) === words[words.length - 1]',
      'words.every((word) => word >>> 0 === word) && checksum(bytes) >= 0',
      matrix('bit-flip-both-copies', 'field-bolus-interrupted-at-once'),
    ],
    [
      'first-copy-alone-does-not-count',
      'a first copy that is whole does not count where the second is not',
      'return secondIsWhole ? 1 : firstIsWhole ? 0 : null',
      'return secondIsWhole ? 1 : null',
      library('field-reply-lost'),
      library('power-cut-between-copies'),
    ],
  ],
  models: [
    [
      'decimal-point',
      'a zero too few: minimum rate is ten times what it is said to be',
      "minimum_rate: { value: '0.006 mL/d'",
      "minimum_rate: { value: '0.06 mL/d'",
      library('motor-stall-at-minimum-rate'),
    ],
  ],
  motion: [
    [
      'one-step-more',
      'off by one: every stretch is ordered with one step more',
      'count: last - ordered }',
      'count: last - ordered + 1 }',
      library('clock-forward-in-spring'),
    ],
    [
      'mass-not-withdrawn',
      'a lost step is withdrawn from the volume and not from the dose',
      '    masses,\n    lost: state.lost + 1,',
      '    lost: state.lost + 1,',
      library('field-mri-two-hours'),
    ],
  ],
  operating: [
    [
      'stop-spares-boluses',
      'a stop ends the therapy, and the boluses on top of it go on',
      "const HALT = [\n  'end-boluses',",
      'const HALT = [',
      library('field-bolus-interrupted-at-once'),
    ],
    [
      'resumes-after-refill',
      'a refill of an empty pump leads back to the therapy instead of a pump at rest',
      "'program-refill': { next: 'stopped', actions: REFILL },\n  'request-bolus': { next: 'empty', actions: ['deny-request'] },",
      "'program-refill': { next: 'simple-continuous', actions: REFILL },\n  'request-bolus': { next: 'empty', actions: ['deny-request'] },",
      library('refilled-and-forgotten'),
    ],
  ],
  patient: [
    [
      'lockout-from-the-end',
      'the lockout is counted from the end of a bolus and not from its start',
      'as<Time_us>(now_us)]',
      'as<Time_us>(add(now_us, permission.over_us))]',
      library('patient-bolus-lockout'),
    ],
  ],
  power: [
    [
      'last-therapy-forgotten',
      'a reset clears more than it should: a restart has nothing to resume',
      '    ...kept,\n    operating: state.operating,',
      '    ...kept,\n    lastGiving: null,\n    operating: state.operating,',
      library('field-reply-lost'),
      matrix('power-cut', 'field-bolus-interrupted-at-once'),
    ],
  ],
  programming: [
    [
      'first-therapy-remembered',
      'stale value: a restart resumes the first therapy there ever was',
      'change(turn, { lastGiving: therapy })',
      'change(turn, { lastGiving: turn.state.lastGiving ?? therapy })',
      library('field-reply-lost'),
    ],
  ],
  pump: [
    [
      'carrier-stops-the-pump',
      'a programmer that comes near while an alarm sounds stops the pump',
      "note(turn, present ? 'carrier-found' : 'carrier-lost', 'telemetry carrier')",
      "note(turn, present ? 'carrier-found' : 'carrier-lost', 'telemetry carrier')\n  if (present && state.sound.sounding !== null) stimulate(turn, 'stop', NO_SUBJECT)",
      library('carrier-during-alarm'),
    ],
    [
      'interrogation-restarts-the-warning',
      'an interrogation counts as seeing to a pump that stands: its warning and alarm begin anew',
      "byTelemetry(turn, () => say(turn, { kind: 'status', status: statusOf(model, turn.state, state.now_us) }))",
      `byTelemetry(turn, () => {
        const { standing } = turn.state
        if (standing.since_us !== null) change(turn, { standing: { ...standing, since_us: state.now_us } })
        say(turn, { kind: 'status', status: statusOf(model, turn.state, state.now_us) })
      })`,
      library('stopped-and-interrogated'),
    ],
  ],
  reconciliation: [
    [
      'only-too-much-is-seen',
      'sign: only a residual above the expected one differs',
      'compare(magnitude(difference_uL), allowed_uL) <= 0',
      'compare(difference_uL, allowed_uL) <= 0',
      library('field-seventeen-of-twenty-by-day-five'),
    ],
  ],
  record: [
    [
      'one-field-alike-is-enough',
      'some for every: a state that shares one field with what is kept is not written',
      'FIELDS.every((field) => a[field] === b[field])',
      'FIELDS.some((field) => a[field] === b[field])',
      library('field-reply-lost'),
    ],
  ],
  refill: [
    [
      'old-concentration',
      'after a refill the pump goes on with the concentration before it',
      '    contents,\n    ...refilledLine',
      '    contents: { ...contents, concentration_ug_per_uL: state.contents.concentration_ug_per_uL },\n    ...refilledLine',
      library('bridge-interrupted'),
    ],
    [
      'low-level-itself-is-not-low',
      '< for <=: exactly the low level is not low',
      'compare(left, model.lowReservoir_uL) <= 0',
      'compare(left, model.lowReservoir_uL) < 0',
      library('carrier-during-alarm'),
    ],
  ],
  reservoir: [
    [
      'steps-of-the-fill-before',
      'forgotten reset: steps of the fill before are taken off the new one',
      'times(step_uL, steps - reservoir.steps)',
      'times(step_uL, steps)',
      library('bridge-interrupted'),
    ],
  ],
  sound: [
    [
      'tones-as-often-as-the-others',
      'the two intervals are swapped: a critical alarm is repeated each hour, and the others each 10 min',
      "priority === 'critical' ? model.criticalInterval_us : model.noncriticalInterval_us",
      "priority === 'critical' ? model.noncriticalInterval_us : model.criticalInterval_us",
      library('alarms-heard'),
    ],
    [
      'silence-never-ends',
      'an alarm that was silenced once is silent for good',
      'if (silence === null || compare(at_us, silence.until_us) >= 0) return null',
      'if (silence === null) return null',
      library('motor-stall-two-hours'),
    ],
  ],
  standing: [
    [
      'alarm-with-the-warning',
      'copied line: the alarm of a pump that stands comes with its warning',
      'add(standing.since_us, model.stoppedAlarm_us)',
      'add(standing.since_us, model.stoppedWarning_us)',
      library('field-code-that-blocks-programming'),
    ],
  ],
  state: [
    [
      'primed-from-the-start',
      'a pump leaves set-up as if its line were full',
      "primed: setup.line === 'filled'",
      "primed: setup.line !== 'filled'",
      library('prime-dry-line'),
    ],
  ],
  stimulate: [
    [
      'state-after-actions',
      'the actions are carried out in the state before, which changes last',
      `  if (transition.next !== turn.state.operating) change(turn, { operating: transition.next })
  for (const action of transition.actions) ACTIONS[action](turn, subject)`,
      `  for (const action of transition.actions) ACTIONS[action](turn, subject)
  if (transition.next !== turn.state.operating) change(turn, { operating: transition.next })`,
      library('field-code-that-blocks-programming'),
    ],
  ],
  'therapy/bolus': [
    [
      'length-for-an-instant',
      'the length of a bolus is taken for the instant of its end',
      'end_us: as(add(at_us, bolus.over_us))',
      'end_us: as(bolus.over_us)',
      library('patient-bolus-lockout'),
    ],
  ],
  'therapy/dose': [
    [
      'divided-for-multiplied',
      'a volume is divided by the concentration to get a mass',
      'multiply(dose.rate_uL_per_us, contents.concentration_ug_per_uL)',
      'divide(dose.rate_uL_per_us, contents.concentration_ug_per_uL)',
      library('patient-bolus-capped'),
    ],
  ],
  'therapy/flex': [
    [
      'bolus-of-the-instant-skipped',
      '> for >=: a bolus at the very instant a pattern begins waits for the next day',
      'compare(at_us, time_us) >= 0)',
      'compare(at_us, time_us) > 0)',
      library('clock-back-in-autumn'),
    ],
    [
      'midnight-not-passed',
      'after the last bolus of a day the pattern looks for the first one of the same day',
      'place === -1 ? boluses.length : place',
      'place === -1 ? 0 : place',
      library('flex-programmed-at-night'),
    ],
  ],
  'therapy/kind': [
    [
      'nothing-is-a-reason',
      'an empty text for none: what makes sense of itself is refused without a reason',
      'unfit: NOTHING,',
      "unfit: () => '',",
      library('field-bolus-interrupted-at-once'),
    ],
  ],
  'therapy/minimum-rate': [
    [
      'least-rate-for-minimum-rate',
      'the least rate of a therapy is taken for the rate of the minimum-rate mode',
      'model.minimumRate_uL_per_us',
      'model.rateMin_uL_per_us',
      library('field-reply-lost'),
    ],
  ],
  'therapy/periodic-bolus': [
    [
      'first-bolus-late',
      'counts from one: the first bolus comes an interval late',
      'times(therapy.every_us, index)',
      'times(therapy.every_us, index + 1)',
      library('bolus-continuous-and-both'),
    ],
  ],
  'therapy/simple-continuous': [
    [
      'an-hour-ahead',
      'wrong unit: an hour of what is still to come is counted and not a day',
      'horizon: () => DAY_us,',
      'horizon: () => ({ n: 3_600_000_000n, d: 1n }),',
      library('field-window-that-counts-only-the-past'),
    ],
  ],
  'therapy/stopped': [
    [
      'stopped-pump-trickles',
      'a stopped pump runs at minimum rate',
      'basal: () => as(ZERO),',
      'basal: (_therapy, _contents, model) => model.minimumRate_uL_per_us,',
      library('field-code-that-blocks-programming'),
    ],
  ],
  'therapy/therapies': [
    [
      'minimum-rate-stands',
      'wrong row: minimum rate gives what a stopped pump gives',
      "'minimum-rate': minimumRate,",
      "'minimum-rate': stopped,",
      library('motor-stall-at-minimum-rate'),
    ],
  ],
  transaction: [
    [
      'shift-for-jump',
      'swapped: an hour begins the pattern anew, and a jump does not',
      "? 'clock-jumped' : 'program-set-clock'",
      "? 'program-set-clock' : 'clock-jumped'",
      library('clock-back-in-autumn'),
    ],
  ],
  transport: [
    [
      'prime-of-the-catheter-alone',
      'swapped: a line that was never filled is primed with the volume of its catheter',
      'state.primed ? state.catheter_uL : lineVolume(model, state)',
      'state.primed ? lineVolume(model, state) : state.catheter_uL',
      library('prime-dry-line'),
    ],
  ],
  turn: [
    [
      'clears-the-others',
      '=== for !==: clearing an alarm keeps it, and drops all others',
      '(other) => other !== alarm)',
      '(other) => other === alarm)',
      library('field-three-stalls-in-three-days'),
    ],
  ],
  warnings: [
    [
      'warns-of-reductions-only',
      'sign: only a therapy that gives less is held to the soft limit',
      'return riseOf(model, before, after) <= 0 ? ownDose(model, after, soft) : beyondDose(model, after, soft)',
      'return riseOf(model, before, after) > 0 ? null : beyondDose(model, after, soft)',
      library('field-hours-in-the-field-of-minutes'),
    ],
  ],
}

export const FIRMWARE_DEFECTS: readonly Defect[] = Object.entries(SEEDS).flatMap(([module, seeds]) =>
  seeds.map(([id, mistake, find, replace, ...hunts]) => ({
    ...{ id, file: `firmware-sim/${module}.ts`, mistake, find, replace },
    hunts,
  })),
)
