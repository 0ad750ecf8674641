/** Faults of the clock of the pump: a crystal that is off, a jump, and a summer time that reaches it wrong. */
import { deviceFault, type Keys, type NoPlace, type Staging } from '#hil/fault/catalogue/device-fault'
import { HOUR_us, third } from '#hil/fault/catalogue/spot'
import { followsClock, LASTING, NO_CLOCK } from '#hil/fault/catalogue/staging'
import type { CatalogueEntry, WrittenScenario } from '#hil/fault/catalogue-entry'
import { MOST_EVENTS } from '#hil/scenario/language'
import type { ClockSetting, Scenario } from '#hil/scenario/types'
import { duration } from '#units/format'
import { add, compare, floor, ratio } from '#units/rational'

const CRYSTAL_SOURCE =
  'FDA Infusion Pumps Total Product Life Cycle 2014, hardware hazards: loss of synchronization of the real-time clock'
const SUMMER_SOURCE =
  'time changes may affect flex dosing: Boster and others 2016, best practices for intrathecal baclofen therapy, Neuromodulation 19(6)'
const RIGHT_DAY =
  'volume and dose of a day stay nearly right; only who compares the times of boluses with the clock on the wall can know'

const drift = (name: string, mechanism: string, by: string): CatalogueEntry =>
  deviceFault({
    name,
    group: 'clock',
    mechanism,
    parameters: [{ name: 'by', meaning: 'how much', range: '-100000 to 100000 ppm', taken: by }, LASTING],
    source: CRYSTAL_SOURCE,
    expected: 'nobody',
    because:
      'the pump has no other clock to hold its own against, and half a percent of the rate lies within the tolerance of any check; only steps held one by one against the prescription show it',
    stage: (scenario) => ({ lines: [{ fault: 'clock-drift', at_us: third(scenario), for_us: null, keys: { by } }] }),
  })

const step = (name: string, mechanism: string, key: 'forward' | 'back'): CatalogueEntry =>
  deviceFault({
    name,
    group: 'clock',
    mechanism,
    parameters: [{ name: key, meaning: 'how far', range: 'above 0 s', taken: '90 min' }],
    source: CRYSTAL_SOURCE,
    expected: 'nobody',
    because: RIGHT_DAY,
    stage: (scenario) =>
      followsClock(scenario)
        ? { lines: [{ fault: 'clock-step', at_us: third(scenario), for_us: null, keys: { [key]: '90 min' } }] }
        : NO_CLOCK,
  })

const summer = (name: string, mechanism: string, setting: ClockSetting): CatalogueEntry =>
  deviceFault({
    name,
    group: 'clock',
    mechanism,
    parameters: [
      { name: 'setting', meaning: 'what goes wrong with it', range: 'missed, doubled', taken: setting },
      {
        name: 'do: set-clock',
        meaning: 'the change of the clock',
        range: 'any',
        taken: 'that of the scenario, else an hour on at a third of the run',
      },
    ],
    source: SUMMER_SOURCE,
    expected: 'nobody',
    because: RIGHT_DAY,
    stage: (scenario) => (followsClock(scenario) ? changeOfClock(scenario, setting) : NO_CLOCK),
  })

/** The setting of the clock that goes wrong: one of the scenario, or one that it is given. */
function changeOfClock(scenario: Scenario, setting: ClockSetting): Staging | NoPlace {
  const { events, clock_us } = scenario
  const at_us = third(scenario)
  const settings = events.filter(({ kind }) => kind === 'set-clock')
  const own = settings.find((event) => compare(event.at_us, at_us) >= 0) ?? settings.at(-1)
  const line = { fault: 'clock-setting', for_us: null, keys: { setting } } as const
  if (own !== undefined) return { lines: [{ ...line, at_us: own.at_us }] }
  if (events.length >= MOST_EVENTS) return `a scenario has at most ${MOST_EVENTS} events, and this one has as many`
  const to = localTime(floor(ratio(add(add(clock_us, at_us), HOUR_us).n, add(add(clock_us, at_us), HOUR_us).d)))
  const event = { at: duration(at_us), do: 'set-clock', to }
  return {
    lines: [{ ...line, at_us }],
    also: (written) => withEvent(written, event),
    words: `summer time, set-clock to ${to} at ${duration(at_us)}`,
  }
}

function withEvent(written: WrittenScenario, event: Keys): WrittenScenario {
  const events = Array.isArray(written['events']) ? (written['events'] as readonly unknown[]) : []
  return { ...written, events: [...events, event] }
}

/** A local time in whole seconds, as a scenario writes it. */
function localTime(clock_us: bigint): string {
  return new Date(Number(clock_us / 1000n)).toISOString().slice(0, 19)
}

export const CLOCK_FAULTS: readonly CatalogueEntry[] = [
  drift(
    'clock-fast',
    'The crystal of the pump runs fast: it doses faster, and every time of day comes earlier.',
    '5000 ppm',
  ),
  drift(
    'clock-slow',
    'The crystal of the pump runs slow: it doses slower, and every time of day comes later.',
    '-5000 ppm',
  ),
  step(
    'clock-step-forward',
    'The clock of the pump jumps forward, and nobody set it: boluses are skipped or come early.',
    'forward',
  ),
  step('clock-step-back', 'The clock of the pump jumps back, and nobody set it: boluses come late.', 'back'),
  summer('summer-time-missed', 'Summer time begins, and nobody sets the clock of the pump.', 'missed'),
  summer(
    'summer-time-doubled',
    'Summer time begins, and two people set the clock of the pump, one after the other.',
    'doubled',
  ),
]
