/**
 * What a scenario needs of a pump and a pump on a wire does not have: then the scenario is skipped, and this says why.
 *
 * A run without the thing would say nothing of the pump, whatever it came to.
 */

import type { Program } from '#firmware-sim/messages'
import { PUMP_EVENTS } from '#firmware-sim/messages'
import { figureTexts, MODELS, modelOf } from '#firmware-sim/models'
import { turnsOf } from '#hil/fault/faults'
import { isClockDrift } from '#hil/fault/local-clock'
import type { PumpSetup } from '#hil/pump/pump'
import type { Abilities } from '#hil/pump/wire/abilities'
import { FIGURE_NAMES, figureOf } from '#hil/pump/wire/figures'
import { inputMessage } from '#hil/pump/wire/input-messages'
import { beyondPlain } from '#hil/pump/wire/plain'
import { programMessages } from '#hil/pump/wire/program-messages'
import { limitMessages, setupMessages } from '#hil/pump/wire/setup-messages'
import { eventOrder, programOf, refillOrder } from '#hil/run/programs'
import type { Scenario, ScenarioEvent } from '#hil/scenario/types'
import type { ToPump } from '#protocol/pump/message'
import { equal } from '#units/rational'

/** Commands that every pump takes. */
const REQUIRED = ['ADVANCE', 'COMMIT', 'STOP', 'TELL', 'ROTOR', 'RESTORE']

/** The model whose figures a pump has that cannot be told any. */
const OWN_MODEL = 'im-20'
/** The bench itself uses this one; the pump is told the volume of its catheter. */
const NOT_FOR_PUMPS = 'catheter_volume_per_length'

/** Whoever lets a run decide how late it is cannot ask it of a pump with a clock and a motor of its own. */
export const FREE_RUNNING = 'the pump is free-running: its time cannot be held, and it turns its own motor and no rig'

/** What the pump lacks, for a person; null where it has everything. */
export function lackOf(scenario: Scenario, setup: PumpSetup, abilities: Abilities): string | null {
  const { programs, inputs } = askedBy(scenario)
  return (
    missing(programs.map(beginOf), (name) => abilities.hasProgram(name), 'the program') ??
    missing(
      inputs.map(({ type }) => type),
      (type) => REQUIRED.includes(type) || abilities.takesInput(type),
      'the command',
    ) ??
    missing(
      limitMessages(scenario.limits).map(({ limit }) => limit),
      (limit) => abilities.keepsLimit(limit),
      'the limit',
    ) ??
    missing(changedFigures(setup), (figure) => abilities.takesFigure(figure), 'the figure') ??
    missing(alarmsIn(scenario), (alarm) => abilities.hasAlarm(alarm), 'the alarm') ??
    missing(eventsIn(scenario), (event) => abilities.saysEvent(event), 'the event') ??
    (abilities.understandsFractions ? null : fractionIn(scenario, setup, abilities, { programs, inputs }))
  )
}

function missing<Name extends string>(
  names: readonly Name[],
  has: (name: Name) => boolean,
  what: string,
): string | null {
  const name = names.find((one) => !has(one))
  return name === undefined ? null : `the pump does not have ${what} ${name}`
}

interface Asked {
  readonly programs: readonly Program[]
  readonly inputs: readonly ToPump[]
}

/** Everything that the pump will be asked to do and meet, but steps and questions. */
function askedBy(scenario: Scenario): Asked {
  const { programming, events } = scenario
  const programs = [...programming.map(programOf), ...events.flatMap((event) => programIn(event) ?? [])]
  const done = events.flatMap((event): ToPump[] => {
    if (event.kind === 'refill' || programIn(event) !== null || event.kind === 'set-clock' || event.kind === 'restart')
      return []
    return [inputMessage(event.at_us, { kind: event.kind })]
  })
  const met = turnsOf(scenario).flatMap(({ at_us, deed }): ToPump[] => {
    if (deed.to !== 'pump' || deed.input.kind === 'prepare') return []
    return [inputMessage(at_us, deed.input)]
  })
  return { programs, inputs: [...done, ...met] }
}

function programIn(event: ScenarioEvent): Program | null {
  return event.kind === 'refill' ? refillOrder(event).program : (eventOrder(event)?.program ?? null)
}

function beginOf(program: Program): string {
  return program.kind === 'therapy' ? program.therapy.mode : program.kind
}

/** Figures of the scenario's pump that are not those of the model which a pump has that cannot be told. */
function changedFigures({ model }: PumpSetup) {
  const own = MODELS.get(OWN_MODEL)
  if (own === undefined) throw new RangeError(`there is no pump model ${OWN_MODEL}`)
  const usual = modelOf(OWN_MODEL, figureTexts(own))
  return FIGURE_NAMES.filter((name) => name !== NOT_FOR_PUMPS && !equal(figureOf(model, name), figureOf(usual, name)))
}

function alarmsIn({ checks }: Scenario): string[] {
  return checks.flatMap((check) => (check.check === 'alarm' || check.check === 'alarm-latency' ? [check.alarm] : []))
}

function eventsIn({ checks }: Scenario): string[] {
  const known: readonly string[] = PUMP_EVENTS
  return checks.flatMap((check) => (check.check === 'event' && known.includes(check.event) ? [check.event] : []))
}

/** What of the scenario is no whole number of the wire's units. */
function fractionIn(
  scenario: Scenario,
  setup: PumpSetup,
  abilities: Abilities,
  { programs, inputs }: Asked,
): string | null {
  if (scenario.faults.some(isClockDrift)) {
    return 'the pump does not have the option fractions, which it takes to count time on a clock that drifts'
  }
  const instants = [...scenario.programming, ...scenario.events].map(
    ({ at_us }): ToPump => ({ type: 'ADVANCE', to: at_us }),
  )
  const said = [...setupMessages(setup, abilities), ...programs.flatMap(programMessages), ...inputs, ...instants]
  const beyond = said.map(beyondPlain).find((reason) => reason !== null)
  return beyond === undefined ? null : `the pump does not have the option fractions, and ${beyond}`
}
